"""The summary says what the tables say, leads back to quotations and fits on one page; nothing in a
text becomes markup."""

import re
import shutil
import subprocess

import pandas as pd
import pytest

from helpers import read_corpus, study_of
from helpers.labels import number_kind, number_words
from helpers.site.site import build_site
from helpers.site.summary import SIGNS, summary_pages
from helpers.study.summary import reported_words, summary_table, summary_texts
from helpers.study.synthesis import most_frequent_themes

TEXTS = {
    "a_zhengzhou.txt": (
        "郑州:打好“组合拳”<script>alert(1)</script>\n\n"
        "　　市人大常委会开展执法检查,走访养老机构５家.\n"
        "　　问题整改率达到９０％以上.建成助餐点３０个.\n"
    ),
    "b_jiaozuo.txt": "焦作:工作报告\n\n　　会议听取了专项工作报告.\n",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf8")
    return study_of(read_corpus(folder))


@pytest.fixture(scope="module")
def shipped():
    return study_of(read_corpus("data/raw"))


def test_every_mentioned_instrument_and_every_silent_stage_is_a_row(shipped):
    table = summary_table(shipped)
    rows = table[table["part"] == "instrument"]
    cells = shipped.approach_matrix
    assert rows["present"].sum() == cells["present"].sum()
    reported = cells[cells["state"].isin(["done", "planned", "called_for"])]
    named = rows[rows["code"] != ""]
    assert sorted(zip(named["doc"], named["code"], strict=True)) == sorted(
        zip(reported["doc"], reported["code"], strict=True)
    )
    groups = cells["stage"].where(cells["stage"] != "", cells["strand"])
    assert set(zip(rows["doc"], rows["stage"], strict=True)) == set(
        zip(cells["doc"], groups, strict=True)
    )
    hard = rows[rows["stage"] == "hard_form"]
    assert len(hard) == 5 and (hard["state"] == "not_mentioned").all()
    silent = rows[rows["state"] == "not_mentioned"]
    assert not set(zip(silent["doc"], silent["stage"], strict=True)) & set(
        zip(reported["doc"], reported["stage"], strict=True)
    )


def test_a_line_of_the_summary_counts_done_and_planned_instruments_apart():
    from figure_tables import SUMMARY_TEXTS, documents, summary

    table = summary(18)
    instruments = pd.DataFrame(
        [
            {
                **documents(18)[0],
                "part": "instrument",
                "stage": "investigate",
                "code": f"c{i}",
                "state": state,
                "n": 1,
                "present": int(state == "done"),
            }
            for i, state in enumerate(["done"] * 4 + ["planned"] * 2)
        ]
    ).reindex(columns=table.columns)
    table_of_many = pd.concat(
        [
            instruments.astype("object").fillna(""),
            table[(table["doc"] != "000_zhengzhou") & (table["part"] != "instrument")],
        ]
    )
    html = summary_pages(
        table_of_many, SUMMARY_TEXTS, dict.fromkeys(table_of_many["doc"], "t.html")
    )[1].body
    assert '<td class="number">● 4 ◐ 2</td>' in html
    assert (
        reported_words(instruments, "en") == "instruments: 4 done, 2 planned"
        and reported_words(instruments, "zh") == "监督方式：已做4种，已作安排2种"
    )


def test_results_show_their_value_and_how_sure_it_is(study):
    table = summary_table(study).query("doc == 'a_zhengzhou'")
    result = table[table["part"] == "result"].iloc[0]
    assert (result["zh"], result["en"], result["state"]) == (
        "问题整改率 ≥90%",
        "share of problems rectified ≥90%",
        "as_printed",
    )
    assert list(table[table["part"] == "output"]["en"]) == ["meal sites built 30"]
    assert (
        summary_table(study)
        .query("doc == 'b_jiaozuo' and part in ('result', 'output', 'more')")
        .empty
    )


def test_the_text_around_the_cities_has_the_numbers_of_the_tables(study):
    frames = summary_texts(study)
    assert frames["zh"].base.startswith("2篇文本，正文") and frames["en"].base.startswith(
        "2 documents, "
    )
    silent, cells = (
        (study.approach_matrix["state"] == "not_mentioned").sum(),
        len(study.approach_matrix),
    )
    assert (
        f"{cells}格中有{silent}格未提及" in frames["zh"].notes[0]
        and f"{silent} of {cells} cells are not mentioned" in frames["en"].notes[0]
    )
    assert "均未写明日期" in frames["zh"].base and "without dates" in frames["en"].base


def test_one_document_is_compared_with_no_other(study):
    alone = study_of(type(study.corpus)((study.corpus["b_jiaozuo"],)))
    words = " ".join(text for frame in summary_texts(alone).values() for _, text in frame.findings)
    assert (
        "1 document," in summary_texts(alone)["en"].base
        and "all 1" not in words
        and "pairs" not in words
        and "只有一篇" not in words
    )


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        (
            {"value": 22.6, "unit": "%", "qualifier": "exact", "timing": "before"},
            "22.6%（此前）",
            "22.6% (before)",
        ),
        (
            {"value": 3.0, "unit": "家", "qualifier": "exact", "timing": "planned"},
            "3家（计划）",
            "3 (planned)",
        ),
        (
            {"value": 2_000_000.0, "unit": "人", "qualifier": "about"},
            "约200万人",
            "about 2,000,000 people",
        ),
        ({"value": 1234.0, "unit": "家", "qualifier": "at_most"}, "≤1,234家", "≤1,234"),
        (
            {"value": 10_000.0, "unit": "人", "qualifier": "at_least", "direction": "up"},
            "↑≥1万人",
            "↑≥10,000 people",
        ),
        # a fall is told by the arrow alone, not by the arrow and the sign
        ({"value": -3.2, "unit": "%", "direction": "down"}, "↓3.2%", "↓3.2%"),
        ({"value": 12_345.0, "unit": "个", "qualifier": "exact"}, "1.2345万个", "12,345"),
        (
            {"value": float("nan"), "low": 7.44, "high": 74.4, "unit": "%", "qualifier": "exact"},
            "7.44–74.4%",
            "7.44–74.4%",
        ),
    ],
)
def test_a_number_is_written_with_its_bound_range_unit_and_time(row, zh, en):
    assert (number_words(row, "zh"), number_words(row, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("status", "basis", "value", "kind"),
    [
        ("as_printed", "printed", 2.0, "as_printed"),
        ("as_printed", "printed", None, "range"),
        ("restored", "coder", 2.0, "coder"),
        ("confirmed", "coder", 2.0, "confirmed"),
        ("restored", "bound", 2.0, "restored"),
        ("ambiguous", None, None, "ambiguous"),
    ],
)
def test_each_kind_of_number_has_a_mark(status, basis, value, kind):
    assert number_kind({"status": status, "basis": basis, "value": value}) == kind
    assert kind in SIGNS


def test_the_most_frequent_themes_are_those_with_most_hits_in_their_family():
    rates = pd.DataFrame(
        [
            ("d", "process", "a", 2),
            ("d", "process", "b", 5),
            ("d", "service", "c", 0),
            ("e", "service", "c", 1),
        ],
        columns=["doc", "family", "theme", "n"],
    )
    assert most_frequent_themes(rates, most=1)[["doc", "theme"]].to_numpy().tolist() == [
        ["d", "b"],
        ["e", "c"],
    ]
    assert most_frequent_themes(rates)["theme"].tolist() == ["b", "a", "c"]


def test_the_page_shows_markup_of_a_text_as_text_and_links_to_places_that_exist(study, tmp_path):
    (tmp_path / "notebooks").mkdir()
    site = build_site(tmp_path, tmp_path / "site", corpus=study.corpus)
    for name in ("summary.html", "summary-en.html"):
        page = (site / name).read_text(encoding="utf8")
        assert "<script>" not in page and not re.search(r'(?:src|href)="(?:https?:)?//', page)
        for file, place in re.findall(r'href="(text-\d\.html)(?:#(s\d+))?"', page):
            assert not place or f'id="{place}"' in (site / file).read_text(encoding="utf8")
        assert name in (site / "index.html").read_text(encoding="utf8")


def test_each_of_many_documents_gets_one_line_of_a_table(study):
    table, frames = summary_table(study), summary_texts(study)
    many = pd.concat(
        [table.assign(doc=table["doc"] + f"_{i}") for i in range(6)], ignore_index=True
    )
    files = dict.fromkeys(many["doc"], "text-1.html")
    few, lines = (
        summary_pages(t, frames, {**files, **dict.fromkeys(table["doc"], "text-1.html")})[1].body
        for t in (table, many)
    )
    assert few.count("<section>") == 2 and "<table>" not in few
    assert lines.count('<th scope="row">') == 12 and "<section>" not in lines
    asked = many.assign(state=many["state"].replace("done", "called_for"), present=0)
    assert '<td class="number">○ 1</td>' in summary_pages(asked, frames, files)[0].body


@pytest.mark.slow
@pytest.mark.parametrize("name", ["summary", "summary-en"])
def test_the_page_of_the_shipped_cities_prints_on_one_sheet_of_a4(name, shipped, tmp_path):
    chromium = next(
        (
            found
            for command in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(command))
        ),
        None,
    )
    if chromium is None:
        pytest.skip("no Chromium to print with (Debian: apt-get install chromium)")
    import pypdfium2

    (tmp_path / "notebooks").mkdir()
    site = build_site(tmp_path, tmp_path / "site", corpus=shipped.corpus)
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--user-data-dir={tmp_path / 'profile'}",
        f"--print-to-pdf={tmp_path / 'p.pdf'}",
    ]
    subprocess.run(
        [*command, (site / f"{name}.html").as_uri()], check=True, capture_output=True, timeout=120
    )
    with pypdfium2.PdfDocument(tmp_path / "p.pdf") as pdf:
        assert len(pdf) == 1 and [round(x) for x in pdf[0].get_size()] == [595, 842]


def test_the_synthesis_table_shows_results_with_how_sure_they_are(study):
    row = study.synthesis_table.set_index("doc").loc["a_zhengzhou"]
    assert (
        row["results_en"] == "share of problems rectified ≥90% (as printed)"
        and row["results_zh"] == "问题整改率 ≥90%（如原文）"
    )
    assert row["numbers_en"] == (
        "3: 3 as printed; 0 on one axis with another document's, 0 beside one with caveats"
    ) and row["instruments_en"].startswith("2 done; links told: law inspection")
    assert (
        study.synthesis_table.set_index("doc")
        .loc["b_jiaozuo", ["results_zh", "numbers_zh"]]
        .isna()
        .all()
    )
