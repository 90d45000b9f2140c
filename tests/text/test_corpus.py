"""Reading gives the metadata that a text states, offsets into the file, and a clear message for
every bad file."""

import shutil

import pandas as pd
import pytest

from helpers import (
    count_themes,
    extract_outcomes,
    locate,
    read_corpus,
    split_sentences,
    study_of,
    theme_hits,
)
from helpers.characters import half_width
from helpers.codebook.codebook import DATA
from helpers.figures.catalogue import FIGURES
from helpers.text.ledger import damage_table

RAW = DATA / "raw"
BODY = "今年以来,鹤城市人大常委会开展专题调研,走访养老机构12家.\n"


@pytest.fixture(scope="module")
def corpus():
    return read_corpus()


def write(folder, **files):
    for name, content in files.items():
        path = folder / f"{name}.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf8"))
    return folder


def test_the_five_briefings_are_read_with_their_metadata_and_what_is_missing_stays_missing(corpus):
    table = corpus.documents.set_index("doc")
    assert table["city_zh"].tolist() == ["济源", "三门峡", "漯河", "郑州", "焦作"]
    assert table["city_en"].tolist() == ["Jiyuan", "Sanmenxia", "Luohe", "Zhengzhou", "Jiaozuo"]
    assert table["album_number"].tolist() == [59, 53, 52, 14, 49]
    assert table.loc[["000_jiyuan", "003_zhengzhou"], "date"].tolist() == [
        "2024-11-28",
        "2024-05-20",
    ]
    assert table.loc[["000_jiyuan", "003_zhengzhou"], "issue_number"].tolist() == [60, 14]
    assert (
        table.loc[
            ["001_sanmenxia", "002_luohe", "004_jiaozuo"], ["issue_year", "issue_number", "date"]
        ]
        .isna()
        .all(axis=None)
    )
    assert table["contributor"].str.endswith("人大社会建设委员会").all()
    assert corpus.problems.empty and corpus.is_shipped


def test_every_sentence_leads_back_to_its_place_in_the_file(corpus):
    for row in corpus.sentences.itertuples():
        quote = corpus[row.doc].quote(row.start, row.end)
        assert "".join(half_width(quote).split()) == "".join(row.text.split())


@pytest.mark.parametrize("width", [7, 12, 80])
def test_many_places_cited_at_once_are_those_cited_one_by_one(corpus, width):
    """Within a line the raw text is taken as it is; across lines and page marks it must be the same
    quotation, too."""
    for document in corpus:
        spans = [
            (first, min(first + width, len(document.text)))
            for first in range(0, len(document.text) - 1, 5)
        ]
        one_by_one = [
            (start, end, document.quote(start, end))
            for start, end in (document.raw_span(*span) for span in spans)
        ]
        assert document.cite(spans) == one_by_one
        assert any("\n" in document.raw[start:end] for start, end, _ in one_by_one)
    assert corpus["000_jiyuan"].cite([]) == []


def test_body_holds_neither_masthead_nor_distribution_list(corpus):
    text = "".join(corpus.sentences["text"])
    for furniture in ("供稿)", "报:全国人大", "联动监督专辑", "简  报"):
        assert furniture not in text


def test_n_chars_counts_all_sentence_texts_without_white_space(corpus):
    counted = corpus.sentences.assign(
        n=corpus.sentences["text"].str.replace(r"\s", "", regex=True).str.len()
    )
    assert counted.groupby("doc")["n"].sum().tolist() == corpus.documents["n_chars"].tolist()


def test_a_changed_file_is_an_error_with_both_hashes(tmp_path):
    folder = shutil.copytree(RAW, tmp_path / "raw")
    changed = folder / "002_luohe.txt"
    changed.write_text(changed.read_text("utf8") + "改", "utf8")
    with pytest.raises(
        ValueError,
        match=(
            r"002_luohe\.txt was changed: SHA256SUMS expects 278d6c79\w+, the file has \w{64}\."
            r" Restore"
        ),
    ):
        read_corpus(folder)


def test_a_new_file_beside_the_hashed_ones_is_read(tmp_path):
    folder = shutil.copytree(RAW, tmp_path / "raw")
    write(folder, **{"005_hebi": "鹤壁: 凝聚合力\n\n" + BODY})
    corpus = read_corpus(folder)
    assert (
        corpus.documents.set_index("doc").loc["005_hebi", "city_en"] == "Hebi"
        and not corpus.is_shipped
    )


def test_a_missing_path_is_an_error_that_says_what_to_give(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere' does not exist. Give a file, a folder"):
        read_corpus(tmp_path / "nowhere")


def problems(corpus):
    return dict(corpus.problems.groupby("source")["problem"].agg(",".join))


def test_one_bad_file_never_loses_the_good_ones(tmp_path):
    write(
        tmp_path,
        good="鹤城: 凝聚合力\n\n" + BODY,
        gb="洛阳: 凝聚合力\n\n今年以来，洛阳市人大常委会开展专题调研，走访养老机构。\n".encode(
            "gb18030"
        ),
        empty=b"",
        spaces="  \n\u3000\n",
        binary=bytes(range(256)) * 20,
        odd=b"\x81\x20\xff\xfe\x99" * 30,
        anonymous="这里没有题目和城市.也没有别的.\n",
        twin="鹤城: 凝聚合力\n\n" + BODY,
    )
    (tmp_path / "sheet.xyz").write_text("?")
    corpus = read_corpus(tmp_path)
    assert [document.doc for document in corpus] == ["anonymous", "gb", "good", "twin"]
    assert problems(corpus) == {
        "anonymous.txt": "missing_metadata",
        "binary.txt": "binary",
        "empty.txt": "empty",
        "gb.txt": "encoding",
        "odd.txt": "unknown_encoding",
        "sheet.xyz": "unknown_format",
        "spaces.txt": "empty",
        "twin.txt": "duplicate",
    }
    assert corpus["gb"].city_en == "Luoyang" and corpus["anonymous"].city_zh is None
    assert pd.isna(corpus.documents.set_index("doc").loc["anonymous", "title"])
    # an unknown city goes by its own name
    assert corpus["good"].city_zh == "鹤城" and corpus["good"].city_en == "Hecheng"


def test_a_folder_without_documents_says_so(tmp_path):
    corpus = read_corpus(tmp_path)
    assert len(corpus) == 0 and corpus.documents.empty and corpus.sentences.empty
    assert corpus.problems["problem"].tolist() == ["no_documents"]


def test_a_file_over_the_limit_is_named_and_the_limit_can_be_raised(tmp_path):
    write(tmp_path, long="鹤城: 凝聚合力\n\n" + BODY * 20)
    assert read_corpus(tmp_path, size_limit=500).problems["problem"].tolist() == ["too_large"]
    assert len(read_corpus(tmp_path, size_limit=100_000)) == 1


def test_a_stem_that_repeats_is_made_unique(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, report=f"鹤城: {name}\n\n{BODY}")
    assert [document.doc for document in read_corpus(tmp_path)] == ["report", "report_2"]


def test_a_place_outside_the_text_and_a_document_that_is_not_there_are_refused_by_name(corpus):
    document = corpus["002_luohe"]
    size = len(document.raw)
    for start, end in ((-1, 5), (5, 4), (0, size + 1)):
        with pytest.raises(
            ValueError,
            match=rf"002_luohe: quote\({start}, {end}\) is outside the text of {size} characters",
        ):
            document.quote(start, end)
    with pytest.raises(
        KeyError, match="'luohe' is not in the corpus. Its documents: 000_jiyuan, 001_sanmenxia"
    ):
        corpus["luohe"]
    assert "002_luohe" in corpus and "luohe" not in corpus


@pytest.mark.parametrize(
    "front",
    [
        "总第99999999999999999999期",
        "2024年第" + "9" * 30 + "期",
        "2024年13月40日",
        "养老服务专项监督专辑(" + "9" * 25 + ")",
        "养老服务专项监督专辑(" + "一" * 25 + ")",
    ],
)
def test_impossible_numbers_of_a_masthead_are_missing(tmp_path, front):
    table = read_corpus(write(tmp_path, a=f"简报\n{front}\n成效\n走访养老机构12家。\n")).documents
    assert table[["issue_number", "album_number", "date"]].isna().all(axis=None)


def test_a_quotation_is_located_ignoring_white_space_only(corpus):
    document = corpus["003_zhengzhou"]
    start, end = locate(document, "全市户籍 人口达９２９２４万人,其中")
    assert document.quote(start, end) == "全市户籍人口达９２９２４万人,其中"
    for quote, message in (
        ("", "empty quotation"),
        ("全市户籍人口达92924万人", "is not in the document"),
        ("养老服务", "times. Quote more words"),
    ):
        with pytest.raises(ValueError, match=message):
            locate(document, quote)


def test_a_document_that_proves_nothing_follows_its_corpus(tmp_path):
    lost = "甲市: 成效\n\n老人４４４万人,占总人口的２１９８％.完成率７３９％.\n"
    plain = "乙市: 成效\n\n走访老人995人.\n"
    intact = "丙市: 成效\n\n占总人口的21.98%.\n"
    read = read_corpus(write(tmp_path, a=lost, b=plain)).documents
    assert read["decimals"].tolist() == ["lost", "unknown"] and read[
        "decimals_read_as"
    ].tolist() == ["lost", "lost"]
    read = read_corpus(write(tmp_path, c=intact)).documents
    assert read["decimals"].tolist() == ["lost", "unknown", "intact"] and read[
        "decimals_read_as"
    ].tolist() == ["lost", "intact", "intact"]


@pytest.mark.parametrize(
    ("text", "city", "date", "contributor"),
    [
        (
            (
                "鹤城市人大常委会2024年监督工作总结\n\n一、情况\n开展调研。"
                "\n\n鹤城市人大常委会办公室\n2024年12月30日\n"
            ),
            "鹤城",
            "2024-12-30",
            "鹤城市人大常委会办公室",
        ),
        (
            (
                "“我们认账”\n——衢州市人大常委会监督见闻\n\n记者在现场看到，"
                "前不久代表们在检查中指出的助餐点关门、补贴公示过期等问题都已经整改到位。"
                "\n\n（图片由市人大办公室提供）\n"
            ),
            "衢州",
            None,
            None,
        ),
        (
            "保定市组织收看视频会议\n\n会议通报了方案。\n\n（保定市人大常委会办公室，5月25日）\n",
            "保定",
            None,
            "保定市人大常委会办公室",
        ),
        ("工作进展\n\n近年来，洛阳市人大常委会开展调研。\n", "洛阳", None, None),
        ("工作进展\n\n洛阳市人大常委会学习了郑州市人大常委会的做法。\n", "洛阳", None, None),
        ("工作进展\n\n洛阳市人大常委会、郑州市人大常委会联合调研。\n", None, None, None),
        ("河南省人大常委会工作报告\n\n全省各市人大常委会开展调研。\n", "河南省", None, None),
    ],
)
def test_city_date_and_contributor_are_found_where_other_reports_put_them(
    tmp_path, text, city, date, contributor
):
    document = read_corpus(write(tmp_path, report=text))["report"]
    assert (document.city_zh, document.date, document.contributor) == (city, date, contributor)


def test_metadata_are_the_documents_without_what_numbers_prove(corpus):
    columns = [name for name in corpus.documents if not name.startswith("decimals")]
    pd.testing.assert_frame_equal(corpus.metadata, corpus.documents[columns])
    assert list(corpus.documents)[-2:] == ["decimals", "decimals_read_as"]


def test_no_number_is_parsed_for_metadata_or_for_themes(monkeypatch):
    def fail(*arguments):
        raise AssertionError("a number was parsed")

    monkeypatch.setattr("helpers.numbers.find_quantities", fail)
    corpus = read_corpus()
    study = study_of(corpus)
    assert len(corpus.metadata) == len(study.cities) == 5
    assert len(theme_hits(corpus)) and len(count_themes(corpus))
    assert len(getattr(study, FIGURES["theme_rates"].tables))
    with pytest.raises(AssertionError, match="a number was parsed"):
        len(corpus.documents)


def test_a_package_without_the_briefings_asks_for_documents_and_names_no_path(
    tmp_path, monkeypatch
):
    monkeypatch.delenv("HELPERS_CORPUS", raising=False)
    monkeypatch.setattr("helpers.text.corpus.DATA", tmp_path / "site-packages")
    with pytest.raises(FileNotFoundError, match="not part of the installed package. Give") as told:
        read_corpus()
    assert "site-packages" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("推动整改到位.１０月３１日,开展满意度测评.", 2),
        ("这是落脚点.2024年,列入“民生实事”.3月开会.", 3),
        ("整改率达７３％.１０月复查.", 2),
        ("占比１２.５％,比上年上升0.6个百分点.", 1),
        ("１.加强领导...２.狠抓落实", 0),
    ],
)
def test_a_point_before_a_digit_is_a_full_stop_unless_a_digit_precedes_it(tmp_path, text, stops):
    corpus = read_corpus(write(tmp_path, a=BODY + text))
    (counted,) = damage_table(corpus, extract_outcomes(corpus))["points_for_stops"]
    assert counted == 1 + stops
    if stops:  # a sentence ends at each of them
        assert len(split_sentences(text)) == stops


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("江苏省人大常委会听取和审议了省政府关于养老服务的报告。", "province"),
        ("广西壮族自治区人大常委会视察敬老院。", "province"),
        ("许昌市人大常委会视察敬老院。", "city"),
        ("凉山彝族自治州人大常委会视察敬老院。", "city"),
        ("根据安排,县人大常委会对我县养老服务情况开展调研。", "county"),
        ("近日,云溪区人大常委会视察敬老院。区人大常委会提出建议。", "county"),
        ("固始县往流镇人大组织代表视察敬老院。", "township"),
        ("人大街道工委组织代表视察敬老院。", "township"),
        ("记者走进社区食堂。", "other"),
    ],
)
def test_a_document_says_which_level_wrote_it(tmp_path, text, level):
    corpus = read_corpus(write(tmp_path, report=f"养老服务见闻\n\n{text}\n"))
    assert corpus["report"].level == level
    assert corpus.metadata["level"].to_list() == [level]


def test_a_hidden_place_is_a_problem(tmp_path):
    corpus = read_corpus(write(tmp_path, report="监督养老服务\n\n某市人大常委会视察敬老院。\n"))
    assert (corpus["report"].city_zh, corpus["report"].city_en) == ("某市", "unnamed place")
    assert "unnamed_place" in corpus.problems["problem"].to_list()
