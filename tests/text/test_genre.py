"""What kind of text a document is, whether it reports upwards, and to whom: in its own words."""

from dataclasses import replace

import pandas as pd
import pytest

from helpers import read_codebook, read_corpus

CODEBOOK = read_codebook()
BODY = (
    "　　今年以来，各有关方面坚持问题导向，扎实开展专题调研，走访养老机构12家。\n　　会议认为，"
    "各项任务正在落到实处、见到成效，老年人普遍感到满意。\n"
)


def facts(folder, text, codebook=None):
    """Type, direction and addressee; type and direction with the words that state them."""
    (folder / "a.txt").write_text(text, encoding="utf8")
    corpus = read_corpus(folder, codebook=codebook)
    row, document = corpus.metadata.iloc[0], corpus["a"]
    read = []
    for name, column in (("type", "document_type"), ("direction",) * 2, ("addressee",) * 2):
        start, end = row[f"{name}_start"], row[f"{name}_end"]
        quote = "" if pd.isna(start) else document.quote(start, end)
        value = "" if pd.isna(row[column]) else row[column]
        read.append(value if value == quote else f"{value} {quote}")
    return read


@pytest.mark.parametrize(
    ("head", "tail", "kind", "direction", "addressee"),
    [
        (
            "关于全市养老服务工作情况的报告\n\n市人大常委会：\n\n",
            "　　特此报告。\n\n许昌市民政局\n2024年9月3日\n",
            "report 报告",
            "up 特此报告",
            "市人大常委会",
        ),
        (
            "许昌市人民政府\n关于养老服务工作情况的调研报告\n\n"
            "主任、各位副主任、秘书长、各位委员：\n\n",
            "　　以上报告，请予审议。\n",
            "report 调研报告",
            "up 请予审议",
            "主任、各位副主任、秘书长、各位委员",
        ),
        (
            "关于开展养老服务执法检查的通知\n\n各县（市、区）人大常委会，市直有关单位：\n\n"
            "　　现将有关事项通知如下：\n",
            "",
            "notice 通知",
            "down 现将有关事项通知如下",
            "各县（市、区）人大常委会，市直有关单位",
        ),
        (
            "关于养老服务工作情况报告的审议意见\n\n市人民政府：\n\n",
            "　　请认真贯彻落实。\n",
            "opinion 审议意见",
            "down 请认真贯彻落实",
            "市人民政府",
        ),
        (
            "许昌人大\n工 作 简 报\n第11期\n许昌市人大常委会办公室　2024年7月29日\n"
            "许昌：走深走实\n\n",
            "\n报：省人大常委会办公厅\n发：各县（市、区）人大常委会\n编辑：张明\n（共印150份）\n",
            "briefing 简 报",
            "",
            "报：省人大常委会办公厅发：各县（市、区）人大常委会",
        ),
        (
            "市人大常委会听取养老服务专项工作报告\n\n"
            "　　本报讯（记者张明）9月3日，市人大常委会召开会议，听取专项工作报告。\n",
            "",
            "news 本报讯",
            "",
            "",
        ),
        (
            "在全市养老服务联动监督动员会上的讲话\n（2024年3月21日）\n\n同志们：\n\n",
            "",
            "speech 讲话",
            "",
            "同志们",
        ),
        ("许昌市养老服务条例（草案）\n\n", "", "regulation 条例", "", ""),
        ("许昌：走深走实\n\n", "", "", "", ""),
        ("市人大常委会审议养老服务条例\n\n", "", "", "", ""),
        ("许昌：走深走实\n\n　　存在以下问题：\n", "", "", "", ""),
        ("许昌：走深走实\n\n　　政府部门的问题主要如下：\n", "", "", "", ""),
    ],
)
def test_type_direction_and_addressee_are_read(tmp_path, head, tail, kind, direction, addressee):
    read = [fact.strip() for fact in facts(tmp_path, head + BODY + tail)]
    assert read == [kind, direction, addressee]


def test_the_five_are_briefings_and_jiaozuo_is_a_summary_that_reports_upwards():
    corpus = read_corpus()
    table = corpus.documents.set_index("doc")
    kinds = table["document_type"].tolist()
    assert kinds == ["briefing", "briefing", "briefing", "briefing", "summary"]
    assert table["direction"].dropna().to_dict() == {"004_jiaozuo": "up"}
    for document in corpus:
        row = table.loc[document.doc]
        readers = document.quote(row["addressee_start"], row["addressee_end"])
        assert row["addressee"] == readers
        assert readers.startswith("报:全国人大社会建设委员会省人大常委会主任、")
        assert readers.endswith("各省辖市人大常委会、济源示范区人大工委")
    jiaozuo = corpus["004_jiaozuo"].genre
    assert corpus["004_jiaozuo"].quote(*jiaozuo.type[1:]) == "经验总结材料"
    assert corpus["004_jiaozuo"].quote(*jiaozuo.direction[1:]) == "现将有关工作汇报如下"


TYPES = [
    pytest.param(row, id=f"{row.type}:{row.place}") for row in CODEBOOK.document_types.itertuples()
]


@pytest.mark.parametrize("row", TYPES)
def test_the_example_of_a_type_is_of_this_type_only_with_its_row(tmp_path, row):
    lines = row.example.replace(" / ", "\n")
    text = (
        f"{lines}\n\n{BODY}"
        if row.place in ("title", "masthead")
        else f"许昌：实\n\n　　{lines}\n{BODY}"
    )
    others = replace(CODEBOOK, document_types=CODEBOOK.document_types.drop(index=row.Index))
    kind = facts(tmp_path, text)[0].split(maxsplit=1)[0]
    assert kind == row.type
    assert facts(tmp_path, text, others)[0] != facts(tmp_path, text)[0]


ROLES = set("reports_up hands_down addressed commissioned handled not_address".split())
WORDS = [
    pytest.param(row, id=f"{row.role}:{row.words[:12]}")
    for row in CODEBOOK.document_words.itertuples()
    if row.role in ROLES
]


@pytest.mark.parametrize("row", WORDS)
def test_without_its_row_an_example_is_read_otherwise(tmp_path, row):
    is_title = row.role == "handled"
    text = f"{row.example}\n\n{BODY}" if is_title else f"许昌：走深走实\n\n{row.example}\n\n{BODY}"
    others = replace(CODEBOOK, document_words=CODEBOOK.document_words.drop(index=row.Index))
    assert facts(tmp_path, text) != facts(tmp_path, text, others)


def test_every_role_has_words_and_is_asked_for():
    from pathlib import Path

    import helpers.text
    from helpers import read_table

    roles = read_table("reference/roles").query("table == 'document_words'")["role"]
    assert set(CODEBOOK.document_words["role"]) == set(roles)
    folder = Path(helpers.text.__file__).parent
    source = "".join(
        (folder / f"{name}.py").read_text(encoding="utf8") for name in ("dates", "genre")
    )
    assert [role for role in roles if f"{{{role}}}" not in source] == []
