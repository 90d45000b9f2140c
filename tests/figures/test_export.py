"""What is exported is complete, safe to open, the same bytes every time, and leads back to the raw
text."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from figure_tables import CHARTS, documents, instruments, outcomes, themes

from helpers import figures, writing
from helpers.figures import catalogue, export
from helpers.writing import cell_text, plain, table_bytes

SOURCES = pd.DataFrame(
    [
        {**d, "source": f"/home/someone/{d['doc']}.txt", "sha256": f"{i:064x}"}
        for i, d in enumerate(documents(5))
    ]
)
WORDS = {"caption_zh": "图 1", "caption_en": "Figure 1", "sources": SOURCES}


def save(name="matrix", folder=None, **options):
    return export.save_figure(
        figures.instrument_matrix(instruments(5), lang="en"),
        name,
        folder=folder,
        **{**WORDS, **options},
    )


# ---- tables


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("＝1＋1", "'＝1＋1"),
        ("＋审议意见", "'＋审议意见"),
        ("-", "-"),
        ("", ""),
        ("报告+意见", "报告+意见"),
        ("3-5", "3-5"),
        ("'tis", "'tis"),
        (-2, "-2"),
        (-2.5, "-2.5"),
        (3.0, "3"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333"),
        (1e-7, "1e-07"),
        (123456789.25, "123456789.25"),
        (-0.0, "0"),
        (float("nan"), ""),
        (None, ""),
        (pd.NA, ""),
        (True, "True"),
        ((1.5, 2.0), "1.5;2"),
    ],
)
def test_a_cell_is_always_written_the_same_way_and_never_runs_as_a_formula(value, written):
    assert cell_text(value) == written
    if isinstance(value, str):
        assert plain(written) == value


def test_a_table_opens_in_excel_and_reads_back(tmp_path):
    table = pd.DataFrame(
        {
            "doc": ["003_zhengzhou", "a"],
            "quote": ["交办，整改", '说"好"\n了'],
            "value": [21.98, None],
            "n": [3, 4],
        }
    )
    path = writing.write_table(table, "outcomes", folder=tmp_path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") and b"\r" not in content
    pd.testing.assert_frame_equal(pd.read_csv(path, encoding="utf-8-sig"), table, check_dtype=False)


def test_a_table_of_other_types_is_written_plainly():
    table = pd.DataFrame(
        {
            "date": pd.to_datetime(["2024-05-20", None]).date,
            "year": pd.array([2024, None], dtype="Int64"),
            "city": pd.Categorical(["a", "b"]),
        }
    )
    assert table_bytes(table).decode("utf-8-sig") == "date,year,city\n2024-05-20,2024,a\n,,b\n"


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "a/b",
        "a\\b",
        "",
        ".",
        "..",
        "fig.1",
        "CON",
        "nul",
        "a b",
        "x" * 101,
        "图:1",
        "-x",
    ],
)
def test_a_name_that_cannot_be_a_file_name_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="expected letters, digits"):
        writing.write_table(pd.DataFrame({"x": [1]}), name, folder=tmp_path)
    with pytest.raises(ValueError, match="expected letters, digits"):
        save(name, tmp_path)
    assert not list(tmp_path.rglob("*"))


def test_tables_and_figures_go_to_the_folder_of_the_run(tmp_path, monkeypatch):
    monkeypatch.setenv("HELPERS_OUT", str(tmp_path))
    assert (
        writing.write_table(pd.DataFrame({"x": [1]}), "x")
        == tmp_path / "data" / "derived" / "x.csv"
    )
    assert save("m", formats=["svg"])[0] == tmp_path / "figures" / "en" / "m.svg"


def test_an_interrupted_export_leaves_the_old_file_intact(tmp_path, monkeypatch):
    path = writing.write_table(pd.DataFrame({"x": [1]}), "x", folder=tmp_path)
    before = path.read_bytes()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        writing.write_table(pd.DataFrame({"x": range(1000)}), "x", folder=tmp_path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]


def test_a_figure_that_fails_to_render_replaces_nothing(tmp_path, monkeypatch):
    files = save(folder=tmp_path)
    before = {p: p.read_bytes() for p in files}
    render = export.render
    monkeypatch.setattr(
        export, "render", lambda fig, kind, **o: 1 / 0 if kind == "png" else render(fig, kind, **o)
    )
    with pytest.raises(ZeroDivisionError):
        save(folder=tmp_path, caption_zh="另一图")
    assert {p: p.read_bytes() for p in files} == before


# ---- figures


def test_a_figure_becomes_five_files_with_its_data_and_its_record(tmp_path):
    fig = figures.theme_rates(themes(), lang="zh")
    files = export.save_figure(fig, "theme_rates", folder=tmp_path, notebook="03_themes", **WORDS)
    assert [p.name for p in files] == [
        f"theme_rates.{kind}" for kind in ("svg", "pdf", "png", "csv", "json")
    ]
    back = pd.read_csv(tmp_path / "theme_rates.csv", encoding="utf-8-sig")
    pd.testing.assert_frame_equal(back, fig.drawn, check_dtype=False, rtol=0, atol=5e-7)
    record = json.loads((tmp_path / "theme_rates.json").read_text(encoding="utf8"))
    assert (
        record["caption"] == {"zh": "图 1", "en": "Figure 1"}
        and record["alt"] == fig.alt
        and record["notebook"] == "03_themes"
    )
    assert record["sources"][3] == {
        "doc": "003_pingdingshan",
        "file": "003_pingdingshan.txt",
        "sha256": f"{3:064x}",
    }
    assert record["versions"]["python"] == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_no_file_contains_a_path_of_this_machine_or_a_date(tmp_path):
    import datetime

    year = f"{datetime.date.today().year}-".encode()
    for path in save(folder=tmp_path):
        content = path.read_bytes()
        assert b"/home/" not in content and str(Path.cwd()).encode() not in content
        assert year not in content and b"CreationDate" not in content and b"ModDate" not in content


def test_a_png_for_the_screen_is_small_and_keeps_the_picture(tmp_path):
    from PIL import Image, ImageChops, ImageStat

    fine, small = (
        next(
            path
            for path in save(folder=tmp_path / name, formats=["png"], print_png=print_png)
            if path.suffix == ".png"
        )
        for name, print_png in (("print", True), ("screen", False))
    )
    assert small.stat().st_size < fine.stat().st_size / 4
    with Image.open(fine) as large, Image.open(small) as picture:
        assert round(picture.info["dpi"][0]) == 120
        same = large.convert("RGB").resize(picture.size, Image.Resampling.LANCZOS)
        difference = ImageStat.Stat(ImageChops.difference(same, picture.convert("RGB")))
        assert max(difference.mean) < 8  # of 255


@pytest.mark.parametrize(("out", "dots"), [(None, 120), ("results", 300)])
def test_the_project_keeps_small_pictures_and_other_folders_get_pictures_for_print(
    out, dots, tmp_path, monkeypatch
):
    from PIL import Image

    from helpers import publish, read_corpus, study_of, writing

    monkeypatch.setattr(writing, "_PROJECT", tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    if out:
        monkeypatch.setenv("HELPERS_OUT", str(tmp_path / out))
    else:
        monkeypatch.delenv("HELPERS_OUT", raising=False)
    publish("word_cloud", study_of(read_corpus()))
    pictures = sorted((tmp_path / (out or ".") / "figures").glob("*/word_cloud.png"))
    assert [round(Image.open(picture).info["dpi"][0]) for picture in pictures] == [dots, dots]
    assert writing.in_project() == (out is None)


def test_a_figure_without_data_is_a_sentence_and_no_file(tmp_path, monkeypatch):
    from IPython import display

    from helpers import publish, read_corpus, study_of

    monkeypatch.setenv("HELPERS_OUT", str(tmp_path / "out"))
    (tmp_path / "a.txt").write_text("郑州:简报\n\n　　成立５个检查组.\n", encoding="utf8")
    shown = []
    monkeypatch.setattr(display, "display", shown.append)
    assert publish("comparable_values", study_of(read_corpus(tmp_path / "a.txt"))) is None
    [sentence] = shown
    assert "no two documents give a number" in sentence.data and "不能并列" in sentence.data
    assert not list((tmp_path / "out").rglob("comparable_values*"))


def test_the_png_has_300_dots_per_inch_at_the_requested_width(tmp_path):
    from PIL import Image

    with Image.open(
        next(p for p in save(folder=tmp_path, formats=["png"]) if p.suffix == ".png")
    ) as image:
        assert round(image.info["dpi"][0]) == 300
        assert abs(image.width / 300 * 25.4 - 178) < 0.1


def test_svg_text_is_paths_or_text_with_fallback_fonts(tmp_path):
    outlines = save(folder=tmp_path, formats=["svg"])[0].read_text(encoding="utf8")
    text = save(folder=tmp_path, formats=["svg"], svg_text="text")[0].read_text(encoding="utf8")
    assert "<text" not in outlines and "<text" in text and "Satisfaction evaluation" in text
    assert "'Briefings Sans SC', 'Noto Sans SC'" in text and "sans-serif" in text


def test_a_plain_matplotlib_figure_needs_its_data_and_descriptions(tmp_path):
    from matplotlib.figure import Figure

    fig = Figure()
    fig.text(0.5, 0.5, "郑州")
    with pytest.raises(ValueError, match="pass data, alt_zh and alt_en"):
        export.save_figure(fig, "own", folder=tmp_path, **WORDS)
    data = pd.DataFrame({"x": ["=1"]})
    files = export.save_figure(
        fig, "own", folder=tmp_path, data=data, alt_zh="字", alt_en="word", lang="zh", **WORDS
    )
    assert len(files) == 5 and (tmp_path / "own.csv").read_text(encoding="utf-8-sig") == "x\n'=1\n"


def test_an_unknown_format_or_a_source_without_hash_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"format 'jpg'.*expected one of svg, pdf, png"):
        save(folder=tmp_path, formats=["jpg"])
    with pytest.raises(ValueError, match="a row lacks doc or sha256"):
        save(folder=tmp_path, sources=[{"doc": "x"}])
    assert not list(tmp_path.iterdir())


def test_evidence_that_belongs_to_no_mark_is_refused(tmp_path):
    with pytest.raises(ValueError, match="shares no column"):
        save(
            folder=tmp_path,
            evidence=pd.DataFrame({"start": [1], "end": [2], "quote": ["x"], "doc_id": ["a"]}),
        )


@pytest.mark.slow
def test_two_processes_export_the_same_bytes(tmp_path):
    script = (
        "import sys; from figure_tables import CHARTS; from test_export import WORDS\n"
        "from helpers.figures import export\nfor name, chart in CHARTS.items():\n"
        "    for lang in ('zh', 'en'):\n"
        "        fig = chart(5, lang=lang)\n"
        "        export.save_figure(fig, name, folder=f'{sys.argv[1]}/{lang}', **WORDS)"
    )
    for run, seed in (("a", "1"), ("b", "2")):
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / run)],
            check=True,
            cwd=Path(__file__).parent,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    first = {
        p.relative_to(tmp_path / "a"): p.read_bytes() for p in sorted((tmp_path / "a").rglob("*.*"))
    }
    second = {
        p.relative_to(tmp_path / "b"): p.read_bytes() for p in sorted((tmp_path / "b").rglob("*.*"))
    }
    assert len(first) == 2 * 5 * len(CHARTS) and first == second


def test_the_same_figure_twice_is_the_same_bytes(tmp_path):
    first = [p.read_bytes() for p in save(folder=tmp_path)]
    assert [p.read_bytes() for p in save(folder=tmp_path)] == first


# ---- from a mark to its quotations


def evidence():
    rows = instruments(5).query("n_evidence > 0")
    return pd.DataFrame(
        {
            "doc": rows["doc"],
            "code": rows["code"],
            "start": range(len(rows)),
            "end": range(5, len(rows) + 5),
            "quote": "=引文" + rows["code"],
        }
    )


def test_a_cell_of_the_matrix_leads_to_its_quotations(tmp_path):
    save(folder=tmp_path, evidence=evidence(), formats=[])
    cell = instruments(5).query("n_evidence > 0").iloc[0]
    for label in (
        (cell["city_zh"], cell["zh"]),
        (f"{cell['city_zh']} {cell['city_en']}", cell["en"]),
        {"doc": cell["doc"], "code": cell["code"]},
    ):
        found = export.trace("matrix", label, folder=tmp_path)
        assert found[["doc", "code", "start", "end", "quote"]].to_dict("records") == [
            {
                "doc": cell["doc"],
                "code": cell["code"],
                "start": 0,
                "end": 5,
                "quote": "=引文" + cell["code"],
            }
        ]


def test_a_cell_not_mentioned_leads_to_a_row_without_offsets(tmp_path):
    save(folder=tmp_path, evidence=evidence(), formats=[])
    cell = instruments(5).query("state == 'not_mentioned'").iloc[0]
    found = export.trace("matrix", {"doc": cell["doc"], "code": cell["code"]}, folder=tmp_path)
    assert len(found) == 1 and found["start"].isna().all()


def test_an_outcome_number_is_its_own_evidence(tmp_path):
    export.save_figure(
        figures.number_tiles(outcomes(), lang="zh"),
        "values",
        folder=tmp_path,
        formats=[],
        **WORDS,
    )
    found = export.trace("values", ("郑州", "整改完成率"), folder=tmp_path)
    assert found[["start", "end", "quote"]].to_dict("records") == [
        {"start": 5, "end": 20, "quote": "整改完成率达到"}
    ]


def test_every_row_of_a_figure_can_be_traced_to_the_raw_text(tmp_path):
    raw = {
        "000_zhengzhou": "郑州市人大常委会发放问卷调查三千份．",
        "001_kaifeng": "开封市交办问题十条．",
    }
    table = instruments(2).assign(state="done")
    found = [("000_zhengzhou", "survey", 8, 17), ("001_kaifeng", "handover", 3, 9)]
    quotes = pd.DataFrame(
        [{"doc": d, "code": c, "start": s, "end": e, "quote": raw[d][s:e]} for d, c, s, e in found]
    )
    fig = figures.instrument_matrix(table)
    export.save_figure(fig, "matrix", folder=tmp_path, evidence=quotes, formats=[], **WORDS)
    for row in fig.drawn.to_dict("records"):
        for quote in (
            export.trace("matrix", {"doc": row["doc"], "code": row["code"]}, folder=tmp_path)
            .dropna(subset=["start"])
            .itertuples()
        ):
            assert raw[quote.doc][quote.start : quote.end] == quote.quote
    assert export.trace("matrix", "问卷调查", folder=tmp_path)["quote"].dropna().tolist() == [
        "发放问卷调查三千份"
    ]


def test_wrong_names_and_labels_are_answered_with_the_nearest(tmp_path):
    save(folder=tmp_path, formats=[])
    with pytest.raises(FileNotFoundError, match="figure 'matrices' is not in .*there are: matrix"):
        export.trace("matrices", "郑州", folder=tmp_path)
    save(folder=tmp_path / "en", formats=[])
    with pytest.raises(FileNotFoundError, match=r"Did you mean '.*en'\?"):  # one folder too high
        export.trace("matrices", "郑州", folder=tmp_path)
    with pytest.raises(ValueError, match="no dot, bar or cell '问卷调察'. Did you mean '问卷调查'"):
        export.trace("matrix", "问卷调察", folder=tmp_path)


def test_numbers_have_the_offsets_of_their_clause_as_evidence():
    record = export.evidence_records(outcomes(1).head(1))
    assert record == [
        {
            "doc": "000_zhengzhou",
            "indicator_zh": "整改完成率",
            "start": 5,
            "end": 20,
            "quote": "整改完成率达到",
        }
    ]


# ---- gallery


def test_the_gallery_shows_every_figure_with_captions_alt_texts_data_and_notebook(tmp_path):
    for lang in ("zh", "en"):
        export.save_figure(
            figures.theme_rates(themes(), lang=lang),
            "theme_rates",
            folder=tmp_path / lang,
            notebook="03_themes",
            formats=["png"],
            **{**WORDS, "caption_en": "Rates [a](b) <i>"},
        )
    page = catalogue.write_gallery(tmp_path).read_text(encoding="utf8")
    for part in (
        "## theme_rates",
        "](zh/theme_rates.png)",
        "](en/theme_rates.png)",
        "(zh/theme_rates.csv)",
        "(../notebooks/03_themes.ipynb)",
        "图 1",
        r"Rates \[a\](b) \<i\>",
        "Table of dots: hits per 1,000 characters",
        "`003_pingdingshan.txt`",
    ):
        assert part in page
    assert catalogue.write_gallery(tmp_path).read_text(encoding="utf8") == page


def test_a_gallery_without_figures_is_a_page_with_a_head_alone(tmp_path):
    assert catalogue.write_gallery(tmp_path).read_text(encoding="utf8").startswith("# Figures")


def test_a_csv_that_excel_has_saved_can_still_be_traced(tmp_path):
    save(folder=tmp_path, evidence=evidence(), formats=[])
    path = tmp_path / "matrix.csv"
    table = pd.read_csv(
        io.BytesIO(path.read_bytes()), dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )
    path.write_bytes(table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))
    assert len(export.trace("matrix", "郑州", folder=tmp_path)) >= 9


def test_a_theme_figure_is_exported_without_reading_any_number(tmp_path):
    from helpers import read_corpus, study_of

    study = study_of(read_corpus("data/raw/000_jiyuan.txt"))
    _, files = catalogue.export_figure("theme_rates", study, folder=tmp_path)
    caption = json.loads((tmp_path / "theme_rates.json").read_text(encoding="utf8"))["caption"]
    (document,) = study.corpus
    assert len(files) == 5 and "quantities" not in vars(document)
    assert caption["en"].endswith(
        f"Base: 1 document, {document.n_chars:,} characters of body text."
    )


# ---- figures of several pages


def test_trace_finds_what_stands_on_a_later_page(tmp_path):
    save(folder=tmp_path)
    doc = instruments(5)["doc"].iloc[-1]
    rows = pd.read_csv(tmp_path / "matrix.csv", encoding="utf-8-sig")
    rows[rows["doc"] != doc].to_csv(tmp_path / "matrix.csv", index=False, encoding="utf-8-sig")
    rows[rows["doc"] == doc].to_csv(tmp_path / "matrix_2.csv", index=False, encoding="utf-8-sig")
    (tmp_path / "matrix_2.json").write_bytes((tmp_path / "matrix.json").read_bytes())
    found = export.trace("matrix", {"doc": doc}, folder=tmp_path)
    assert len(found) and set(found["doc"]) == {doc}


def test_pages_that_an_earlier_run_left_are_deleted(tmp_path):
    for name in ("matrix", "matrix_2", "matrix_3", "matrix_of_others"):
        save(name, folder=tmp_path)
    export.remove_pages("matrix", tmp_path, kept=1)
    assert {path.stem for path in tmp_path.iterdir()} == {"matrix", "matrix_of_others"}
    export.remove_pages("matrix", tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == {"matrix_of_others"}
