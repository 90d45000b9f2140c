"""A document without a date is bounded by its own words, and never by more than they say."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from helpers import read_codebook, read_corpus, read_table

TITLE = "许昌: 养老服务走深走实\n\n"
END = "\n会议认为成效明显。\n"
CODEBOOK = read_codebook()


def bounds(folder, text, codebook=None):
    """The lower and the upper bound, each with the words that it rests on."""
    (folder / "a.txt").write_text(text, encoding="utf8")
    corpus = read_corpus(folder, codebook=codebook)
    row, document = corpus.metadata.iloc[0], corpus["a"]
    read = []
    for side in ("date_from", "date_to"):
        start, end = row[f"{side}_start"], row[f"{side}_end"]
        quote = "" if pd.isna(start) else document.quote(start, end)
        read.append("" if pd.isna(row[side]) else f"{row[side]} {quote}".strip())
    return read


@pytest.mark.parametrize(
    ("body", "low", "high"),
    [
        # the year is printed
        ("2024年6月中旬,省人大来许视察。", "2024-06-11 2024年6月中旬", ""),
        ("二〇二四年六月中旬,省人大来许视察。", "2024-06-11 二〇二四年六月中旬", ""),
        ("二〇二四年六月,省人大来许视察。", "2024-06-01 二〇二四年六月", ""),
        ("截至2023年底,全市有养老机构172家。", "2023-12-31 截至2023年底", ""),
        ("截至2024年9月30日,已整改85%。", "2024-09-30 截至2024年9月30日", ""),
        ("2024年10月31日,开展了满意度测评。", "2024-10-31 2024年10月31日", ""),
        ("2024年上半年,新建日间照料中心20个。", "2024-01-01 2024年上半年", ""),
        ("该项目计划于2025年6月逐步完成。", "", "2025-06-30 计划于2025年6月"),
        ("条例将于2024年11月提请批准。", "", "2024-11-30 将于2024年11月"),
        ("将于2024年6月印发方案。", "", "2024-06-30 将于2024年6月"),
        ("预计2024年12月底前完成。", "", "2024-12-31 预计2024年12月底"),
        (
            "2024年5月,召开会议。2024年6月常委会会议期间,我们还将召开联组会议。",
            "2024-05-01 2024年5月",
            "2024-06-30 2024年6月常委会会议期间,我们还将",
        ),
        ("2024年9月,将26个问题集中交办市政府。", "2024-09-01 2024年9月", ""),
        ("2024年9月,将推动问题整改。", "", ""),
        # a known event
        ("贯彻党的二十届三中全会精神。", "2024-07-18 党的二十届三中全会", ""),
        ("贯彻二十届二中、三中全会精神。", "2024-07-18 二十届二中、三中全会", ""),
        ("党的二十大报告提出目标。", "2022-10-22 党的二十大", ""),
        ("喜迎党的二十大胜利召开。", "", "2022-10-16 党的二十大"),
        ("抓好二十大项目建设。", "", ""),
        ("贯彻十八届三中全会精神。", "", ""),
        # the year of the document is that of its text
        (
            "2024年,市人大开展监督。今年6月,听取了报告。条例将于今年11月提请批准。",
            "2024-06-01 今年6月",
            "2024-11-30 将于今年11月",
        ),
        (
            "2024年10月31日,开展测评。12月上旬,将听取报告。",
            "2024-10-31 2024年10月31日",
            "2024-12-10 12月上旬,将听取",
        ),
        ("2024年9月,听取报告。去年10月,开展了检查。", "2024-09-01 2024年9月", ""),
        (
            "截至2023年12月31日,有机构172家。6月,听取报告。将于2024年11月提请批准。",
            "2024-06-01 6月",
            "2024-11-30 将于2024年11月",
        ),
        # no year can be had, or either of two may be meant
        ("今年6月,听取了报告。将于今年11月提请批准。", "", ""),
        ("10月31日,开展了满意度测评。", "", ""),
        ("2023年,全市户籍人口达900万人。6月会议期间,我们还将召开联组会议。", "", ""),
        (
            "2024年,市人大开展了监督。将于今年3月提请批准。",
            "2024-01-01 2024年",
            "",
        ),
        ("2023年6月,启动调研。9月,完成报告。2024年5月,开会。", "2024-05-01 2024年5月", ""),
        ("2024年1月,开会。\n2023年,启动调研。6月,完成报告。", "2024-01-01 2024年1月", ""),
        ("2023年底,启动了改造。12月上旬,将听取报告。", "2023-12-01 2023年底", ""),
        # what is wanted, ordered or planned is not told as past, and an order may be an old one
        ("市人大要求各县2024年10月底前完成整改。", "", ""),
        ("方案要求,将于2024年6月完成自查。", "", ""),
        ("2024年6月省政府通知要求将开展自查。", "", ""),
        ("下一步,将强化监督。2025年3月,开展满意度测评。", "", ""),
        ("将条例列入2025年立法调研内容。", "", ""),
        ("到2035年,基本建成体系。", "", ""),
        ("《河南省养老服务条例》自2022年10月1日起施行。", "", ""),
        ("学习《2025年3月工作要点》。", "", ""),
        ("2024年2月30日,召开会议。", "", ""),
        ("2024年2月十十日,召开会议。", "", ""),
        ("每月一督查、一月一评、三月一报。", "", ""),
        # contradictions
        ("2024年9月,开展了检查。计划于2024年6月完成。", "", ""),
        ("2024年9月,开展了检查。6月上旬,将听取报告。", "2024-09-01 2024年9月", ""),
    ],
)
def test_a_text_is_bounded_by_what_it_tells_and_announces(tmp_path, body, low, high):
    assert bounds(tmp_path, TITLE + body + END) == [low, high]


def test_a_plan_is_not_bounded_by_the_dates_that_it_sets(tmp_path):
    body = "为做好监督工作,制定本方案,请结合实际认真贯彻落实好。\n2024年6月,开展执法检查。\n"
    plan = f"关于开展养老服务监督的工作方案\n\n{body}"
    assert bounds(tmp_path, plan) == ["", ""]
    report = plan.replace("工作方案", "工作报告")
    assert bounds(tmp_path, report) == ["2024-06-01 2024年6月", ""]


def test_the_day_of_the_meeting_in_a_subtitle_is_the_day_of_the_report(tmp_path):
    head = (
        "关于全市养老服务工作情况的报告\n——2024年8月28日在许昌市第八届人大常委会第十次会议上\n"
        "许昌市民政局局长 张明\n\n"
    )
    day = "2024-08-28 2024年8月28日"
    text = head + "主任、各位副主任、秘书长、各位委员:\n\n养老服务得到发展。" + END
    assert bounds(tmp_path, text) == [day, day]
    # A text about a meeting may be written later.
    about = text.replace("在许昌市第八届人大常委会第十次会议上", "养老服务座谈会情况")
    assert bounds(tmp_path, about) == [day, ""]


@pytest.mark.parametrize(
    ("front", "low", "high"),
    [
        ("人大工作简报\n(2024年第11期)\n", "2024-06-11 6月中旬", "2024-12-31 2024"),
        (
            "人大工作简报\n第11期\n许昌市人大办公室 2024年9月\n",
            "2024-09-01 2024年9月",
            "2024-09-30 2024年9月",
        ),
        (
            "人大工作简报\n第11期\n许昌市人大办公室 二〇二四年九月\n",
            "2024-09-01 二〇二四年九月",
            "2024-09-30 二〇二四年九月",
        ),
        (
            "人大工作简报\n(2024年第11期)\n许昌市人大办公室 2024年2月30日\n",
            "2024-06-11 6月中旬",
            "2024-12-31 2024",
        ),
        (
            "人大工作简报\n第11期\n许昌市人大办公室 2024年9月3日\n",
            "2024-09-03 2024年9月3日",
            "2024-09-03 2024年9月3日",
        ),
    ],
)
def test_the_masthead_bounds_and_gives_the_year(tmp_path, front, low, high):
    body = "　　6月中旬,市人大常委会召开会议,听取和审议专项工作报告,开展专题询问。" + END
    assert bounds(tmp_path, f"{front}\n“四个着力”走深走实\n\n{body}") == [low, high]


def test_the_five_briefings_are_bounded_as_their_texts_and_their_album_say():
    table = read_corpus().documents.set_index("doc")
    found = table[["date_from", "date_from_by", "date_to", "date_to_by"]].agg(" ".join, axis=1)
    assert found.to_dict() == {
        "000_jiyuan": "2024-11-28 date 2024-11-28 date",
        "001_sanmenxia": "2024-06-01 text 2024-11-28 album",
        "002_luohe": "2024-07-18 event 2024-11-28 album",
        "003_zhengzhou": "2024-05-20 date 2024-05-20 date",
        "004_jiaozuo": "2024-06-11 text 2024-11-28 album",
    }


def test_a_document_has_the_same_bounds_alone_as_among_others():
    """So that a run in parts gives the same table as one in memory."""
    corpus = read_corpus()
    columns = [name for name in corpus.metadata if name.startswith("date_")]
    for document in corpus:
        alone = replace(corpus, items=(document,)).metadata[columns]
        among = corpus.metadata.query("doc == @document.doc")[columns].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, among)


def test_sanmenxia_without_its_album_is_bounded_by_the_draft_that_it_announces(tmp_path):
    raw = read_corpus()["001_sanmenxia"].raw
    text = raw.replace("(五十三)", "")
    assert bounds(tmp_path, text) == ["2024-06-01 今年６月", "2024-11-30 将于今年１１月"]


def test_the_dates_of_last_year_come_first_even_if_the_year_is_unknown(tmp_path):
    body = "去年10月,交办了问题。3月,听取了报告。"
    (tmp_path / "a.txt").write_text(TITLE + body + END, encoding="utf8")
    last_year, this_year = read_corpus(tmp_path)["a"].named_dates
    assert [str(last_year), str(this_year)] == ["10", "03"]
    assert last_year.last < this_year.first


def test_a_date_that_lies_ahead_is_named_like_one_that_is_past(tmp_path):
    body = "2024年6月,听取了报告。条例将于今年11月提请批准。"
    (tmp_path / "a.txt").write_text(TITLE + body + END, encoding="utf8")
    assert list(map(str, read_corpus(tmp_path)["a"].named_dates)) == ["2024-06", "2024-11"]


def test_a_date_from_a_table_has_no_words_in_the_text(tmp_path):
    table = pd.DataFrame({"text": ["市人大常委会召开会议。"], "date": ["2024-05-01"]})
    table.to_csv(tmp_path / "t.csv", index=False)
    row = read_corpus(tmp_path / "t.csv").metadata.iloc[0]
    assert (row["date_from"], row["date_to"]) == ("2024-05-01", "2024-05-01")
    assert pd.isna(row["date_from_start"]) and pd.isna(row["date_to_end"])


ROLES = set(
    "as_of announced will ordered happened deadline not_past not_past_before object meanwhile"
    " next_step plan_title data_of_a_year compared this_year last_year awaited_before"
    " awaited_behind".split()
)
WORDS = [
    pytest.param(row, id=f"{row.role}:{row.words[:12]}")
    for row in CODEBOOK.document_words.itertuples()
    if row.role in ROLES
]


@pytest.mark.parametrize("row", WORDS)
def test_without_its_row_an_example_is_bounded_otherwise(tmp_path, row):
    text = TITLE + row.example.replace(" / ", "\n") + END
    others = replace(CODEBOOK, document_words=CODEBOOK.document_words.drop(index=row.Index))
    assert bounds(tmp_path, text) != bounds(tmp_path, text, others)


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.event) for row in CODEBOOK.dated_events.itertuples()]
)
def test_the_example_of_an_event_is_bounded_by_its_date(tmp_path, row):
    lines = row.example.replace(" / ", "\n")
    text = f"{lines}\n\n{END}" if row.number else TITLE + lines + END
    others = replace(CODEBOOK, dated_events=CODEBOOK.dated_events.drop(index=row.Index))
    low, high = bounds(tmp_path, text)
    assert row.end in (low + high) and bounds(tmp_path, text, others) != [low, high]


def test_the_events_are_told_with_their_days():
    for row in CODEBOOK.dated_events.itertuples():
        assert date.fromisoformat(row.begin) <= date.fromisoformat(row.end) and row.source


def test_the_outside_facts_of_the_campaign_say_when_what_and_where_from():
    facts = read_table("reference/campaign")
    assert list(facts) == ["date", "what_zh", "what_en", "source", "address"]
    assert (facts != "").all(axis=None) and facts["date"].is_monotonic_increasing
    for day in facts["date"].str.split("/").explode():
        assert 2021 <= pd.Timestamp(day).year <= 2024
