"""A stage is about a theme where its sentence, the list of the sentence, or a heading says so."""

import dataclasses
import re

import pytest
from stage_theme_reading import READING

from helpers import read_codebook, read_corpus
from helpers.approaches import approach_evidence, stage_theme_counts, stage_theme_hits
from helpers.characters import half_width
from helpers.codebook import CodebookError, checks, read_table, shared_codebook
from helpers.study import study_of
from helpers.text import locate

CELLS = [(stage, theme) for stage, themes in READING.items() for theme in themes]


@pytest.fixture(scope="module")
def shipped():
    return read_corpus()


@pytest.fixture(scope="module")
def hits(shipped):
    return stage_theme_hits(shipped)


@pytest.fixture(scope="module")
def counts(shipped):
    return stage_theme_counts(shipped)


def found(tmp_path, body, codebook=None):
    """Stage, theme and window of each hit in one briefing."""
    (tmp_path / "a.txt").write_text(
        f"平川: 养老服务监督\n\n养老服务有序。\n\n{body}\n", encoding="utf8"
    )
    table = stage_theme_hits(read_corpus(tmp_path), codebook)
    return set(table[["stage", "theme", "window"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("stage", "theme"), CELLS)
def test_the_reading_quotes_the_briefings_word_for_word(shipped, stage, theme):
    doc, quote = READING[stage][theme]
    assert locate(shipped[doc], quote), quote


def test_the_windows_find_what_a_careful_reader_finds(counts):
    is_found = set(counts.query("status == 'found'")[["stage", "theme"]].itertuples(index=False))
    is_found = {tuple(cell) for cell in is_found}
    # the province's assignment is no evidence; the theme of the evaluation stands in the paragraph
    # before
    assert set(CELLS) - is_found == {
        ("assign", "retrofit"),
        ("evaluate", "meal_service"),
    }
    # what is found besides: acts that a sentence names in passing, such as 对照审议意见, "in the
    # light of the deliberation opinions"; the reader was not asked for the regulation of providers
    besides = {cell for cell in is_found - set(CELLS) if cell[1] != "regulation"}
    assert len(besides) <= 8


def test_the_deliberation_in_sanmenxia_names_its_service_deficits(hits):
    rows = hits.query("doc == '001_sanmenxia' and stage == 'deliberate'")
    named = rows[rows["quote"].str.contains("听取审议了")].set_index("theme")
    assert set(named.index) == {"funding_policy", "home_community", "institution"}
    assert named.loc["funding_policy", "terms"] == "要素投入|扶持政策"
    deficits = ["要素投入保障", "扶持政策落实", "养老服务机构发展", "居家社区养老服务相对较弱"]
    assert all(deficit in named["quote"].iloc[0] for deficit in deficits)


def test_the_rectification_in_sanmenxia_is_about_one_retrofit(hits, counts):
    rows = hits.query("stage == 'rectify' and theme == 'retrofit'")
    assert rows[["doc", "window"]].to_numpy().tolist() == [["001_sanmenxia", "heading"]]
    assert rows["quote"].iloc[0].startswith("１项老旧小区适老化改造已完成")
    row = counts.query("stage == 'rectify' and theme == 'retrofit'").iloc[0]
    assert (row["n"], row["n_docs"], row["status"]) == (1, 1, "found")


def test_what_is_not_found_is_missing_and_never_zero(counts):
    assert len(counts) == 7 * 13
    missing = counts["status"] == "not_found"
    assert 0 < missing.sum() < len(counts)
    assert counts.loc[missing, ["n", "n_docs"]].isna().all(axis=None)
    assert (counts.loc[~missing, ["n", "n_docs"]] > 0).all(axis=None)
    assert set(counts["status"]) == {"found", "not_found"}


def test_every_counted_sentence_leads_back_to_its_quotation(shipped, counts):
    quotations = study_of(shipped).stage_theme_hits
    sizes = quotations.groupby(["stage", "theme"]).size()
    expected = counts.dropna(subset=["n"]).set_index(["stage", "theme"])["n"]
    assert sizes.to_dict() == expected.to_dict()
    for row in quotations.itertuples():
        assert shipped[row.doc].quote(row.start, row.end) == row.quote


def test_a_hit_names_the_terms_that_stand_in_its_sentence(hits):
    for row in hits.itertuples():
        for term in row.terms.split("|"):
            first, *_ = re.split(r"[*?]", term)
            assert first in half_width(row.quote).replace(" ", "")


def test_an_instrument_without_a_stage_opens_no_window(shipped, monkeypatch):
    codebook = shipped.codebook
    staged = codebook.approaches.assign(
        stage=codebook.approaches["stage"].mask(codebook.approaches["stage"] == "evaluate", "")
    )
    without = dataclasses.replace(codebook, approaches=staged)
    table = stage_theme_hits(shipped, without)
    assert "" not in set(table["stage"])
    told = table.query("window == 'sentence'")
    assert "evaluate" not in set(told["stage"]) and len(told) > 50


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # items in the sentences that follow
        (
            "市人大常委会会议听取审议专项工作报告,指出存在的问题。一是助餐点少。二是护理员短缺。",
            {("deliberate", "meal_service", "list"), ("deliberate", "workforce", "list")},
        ),
        # items in the paragraphs that follow, with marks of other kinds
        (
            "市人大常委会会议听取审议专项工作报告,指出以下问题:\n\n1.助餐点少。\n\n"
            "2.护理员短缺,\n招人难。",
            {("deliberate", "meal_service", "list"), ("deliberate", "workforce", "list")},
        ),
        (
            "市人大常委会会议听取审议专项工作报告,提出四方面建议。首先,多建食堂。其次,培训护理员。",
            {("deliberate", "meal_service", "list"), ("deliberate", "workforce", "list")},
        ),
        # the sentence before the announcing one tells of the instrument
        (
            "市人大常委会会议听取审议专项工作报告。会议认为还有以下不足:一是助餐点少。二是护理员短缺。",
            {("deliberate", "meal_service", "list"), ("deliberate", "workforce", "list")},
        ),
        # items without marks, up to the next instrument
        (
            "市人大常委会会议听取审议专项工作报告,指出两个问题。助餐点少。护理员短缺。"
            "市人大常委会走访养老机构9家。老旧小区改造慢。",
            {
                ("deliberate", "meal_service", "list"),
                ("deliberate", "workforce", "list"),
                ("investigate", "institution", "sentence"),
            },
        ),
        # a sentence that announces nothing is not carried on
        ("市人大常委会会议听取审议专项工作报告。助餐点少。护理员短缺。", set()),
        # items as headings, each with several paragraphs
        (
            "市人大常委会会议听取审议专项工作报告,指出以下问题:\n\n(一)服务不足\n\n助餐点少。\n\n"
            "护理员短缺。\n\n(二)其他\n\n农村养老弱。",
            {
                ("deliberate", "meal_service", "list"),
                ("deliberate", "workforce", "list"),
                ("deliberate", "rural", "list"),
            },
        ),
        # one sentence, parted by a colon and semicolons
        (
            "市人大常委会会议听取审议专项工作报告,会议指出:助餐点少;护理员短缺。",
            {("deliberate", "meal_service", "sentence"), ("deliberate", "workforce", "sentence")},
        ),
        # a list in a list: the third item belongs to the outer list again
        (
            "市人大常委会召开问题交办会,交办以下问题:\n\n(一)助餐问题。一是助餐点少。\n\n"
            "(二)护理员短缺。",
            {("assign", "meal_service", "list"), ("assign", "workforce", "list")},
        ),
        # the list of another matter is not the instrument's
        (
            "市人大常委会召开专题交办会。全市养老服务有力有序。一是助餐点多。二是护理员多。",
            set(),
        ),
        # the list is over with its paragraph
        (
            "市人大常委会会议听取审议专项工作报告,指出存在的问题。一是助餐点少。\n\n护理员短缺。",
            {("deliberate", "meal_service", "list")},
        ),
        # a part of a sentence that tells of an instrument itself is not carried on
        (
            "市人大常委会会议听取审议专项工作报告;护理员短缺的问题由市人大常委会集中交办。",
            {("assign", "workforce", "sentence")},
        ),
    ],
)
def test_the_window_reaches_over_the_list_of_a_sentence(tmp_path, body, expected):
    assert found(tmp_path, body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "一、紧盯整改,跟踪问效\n\n老旧小区适老化改造完成74户。\n\n二、发展助餐\n\n建成食堂9家。",
            {("rectify", "retrofit", "heading")},
        ),
        # a heading of a lower order names the stage of its own paragraphs only
        (
            "一、工作开展情况\n\n(一)深入调研\n\n护理员招聘难。\n\n(二)其他\n\n食堂9家。\n\n"
            "二、结语\n\n很好。",
            {("investigate", "workforce", "heading")},
        ),
        # the first clause of an item and a short first sentence serve as headings
        (
            "主要做法如下。一是狠抓整改落实,食堂增加9家。二是其他,护理员增加9人。",
            {("rectify", "meal_service", "heading")},
        ),
        (
            "持续跟踪问效。食堂增加9家。\n\n护理员增加9人。",
            {("rectify", "meal_service", "heading")},
        ),
        # 审议意见的落实 follows up what was deliberated: it is not the deliberation
        (
            "一、跟踪审议意见落实\n\n食堂增加9家。",
            {("rectify", "meal_service", "heading")},
        ),
        # a heading alone is no sentence about its theme
        ("一、紧盯助餐问题整改\n\n成效很好。", set()),
    ],
)
def test_a_heading_that_names_a_stage_opens_its_paragraphs(tmp_path, body, expected):
    assert found(tmp_path, body) == expected


@pytest.mark.parametrize("row", list(shared_codebook().stages.itertuples()), ids=lambda r: r.stage)
def test_the_example_of_heading_words_opens_a_window_of_its_stage(tmp_path, row):
    body = f"{row.heading_example}\n\n食堂增加9家。"
    assert (row.stage, "meal_service", "heading") in found(tmp_path, body)
    codebook = shared_codebook()
    others = codebook.stages.assign(
        headings=codebook.stages["headings"].mask(codebook.stages["stage"] == row.stage, "")
    )
    without = dataclasses.replace(codebook, stages=others)
    assert row.stage not in {stage for stage, *_ in found(tmp_path, body, without)}


def test_the_example_of_announcing_words_opens_a_list(tmp_path):
    codebook = shared_codebook()
    announces = codebook.act_words["role"] == "announces"
    for row in codebook.act_words[announces].itertuples():
        body = row.example.replace("¶", "\n\n")
        assert ("deliberate", "meal_service", "list") in found(tmp_path, body)
        without = dataclasses.replace(codebook, act_words=codebook.act_words.drop(row.Index))
        assert not found(tmp_path, body, without)


@pytest.mark.parametrize(
    ("words", "why"), [("整改||督办", "empty word"), ("(整改", "not a pattern")]
)
def test_a_broken_word_of_a_heading_is_an_error_that_names_its_row(words, why):
    codebook = read_codebook()
    tables = {name: getattr(codebook, name) for name in checks.TABLES}
    stages = tables["stages"]
    tables["stages"] = stages.assign(
        headings=stages["headings"].mask(stages["stage"] == "rectify", words)
    )
    places = {name: f"{name}.csv" for name in tables}
    roles = read_table("reference/roles")
    with pytest.raises(CodebookError, match=f"(?s)stages.csv.*{why}"):
        checks.checked(
            tables,
            places,
            roles,
            own_themes=False,
            shipped_exclusions=tables["theme_exclusions"],
        )


def test_a_codebook_without_heading_words_opens_no_heading(tmp_path):
    codebook = shared_codebook()
    plain = codebook.stages.drop(columns=["headings", "heading_example"])
    without = dataclasses.replace(codebook, stages=plain)
    body = "一、紧盯整改\n\n食堂增加9家。\n\n市人大常委会走访养老机构9家。"
    assert {window for *_, window in found(tmp_path, body, without)} == {"sentence"}


def test_a_corpus_without_evidence_gives_tables_of_missing_counts(tmp_path):
    (tmp_path / "a.txt").write_text("食堂增加9家。\n", encoding="utf8")
    corpus = read_corpus(tmp_path)
    assert stage_theme_hits(corpus).empty and approach_evidence(corpus).empty
    counts = stage_theme_counts(corpus)
    assert set(counts["status"]) == {"not_found"} and counts["n"].isna().all()
