"""Every chart shows its table, whole and legible, in both languages and both widths, for one
document and for sixty."""

import dataclasses
import functools
import io
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from figure_tables import (
    CHARTS,
    CITIES,
    TABLES,
    cycle,
    documents,
    instruments,
    keyness,
    outcomes,
    problem_chain,
    questions,
    theme_edges,
    theme_nodes,
    themes,
    words,
)
from matplotlib.text import Text

from helpers import figures, labels, read_codebook, read_table
from helpers.figures import canvas, catalogue, style

STYLES = [
    ("zh", "double"),
    ("en", "single"),
    pytest.param("zh", "single", marks=pytest.mark.slow),
    pytest.param("en", "double", marks=pytest.mark.slow),
]


@functools.cache
def figure(chart, n=5, **options):
    """Draw a chart once for all the promises that are tested on it."""
    return CHARTS[chart](n, **options)


def texts(fig):
    fig.draw_without_rendering()
    axes = [axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)]
    # A tick outside the limits of its axis keeps its label, but is never drawn.
    of_ticks = {
        label
        for axis in axes
        for tick in [*axis.majorTicks, *axis.minorTicks]
        for label in (tick.label1, tick.label2)
    }
    drawn = {
        label
        for axis in axes
        for tick in axis._update_ticks()
        for label in (tick.label1, tick.label2)
    }
    return [
        t
        for t in fig.findobj(Text)
        if t.get_visible() and t.get_text().strip() and (t not in of_ticks or t in drawn)
    ]


@functools.cache
def boxes(fig):
    """Ink boxes of all texts in millimetres: the line box without the empty space above and below
    the letters."""
    import matplotlib

    with matplotlib.rc_context({"text.hinting": "no_hinting"}):
        out = []
        for text in texts(fig):
            box, lines = text.get_window_extent(), text.get_text().count("\n") + 1
            x, y = (
                (0.12 * box.width / lines, 0)
                if text.get_rotation() == 90
                else (0, 0.12 * box.height / lines)
            )
            out.append(
                (
                    text.get_text(),
                    np.array([box.x0 + x, box.y0 + y, box.x1 - x, box.y1 - y]) / fig.dpi * 25.4,
                )
            )
        return out


def overlapping(fig):
    found = boxes(fig)
    return [
        (a, b)
        for i, (a, p) in enumerate(found)
        for b, q in found[:i]
        if min(p[2], q[2]) - max(p[0], q[0]) > 0.15 and min(p[3], q[3]) - max(p[1], q[1]) > 0.25
    ]


def cut(fig):
    width, height = fig.get_size_inches() * 25.4
    return [
        t
        for t, (x0, y0, x1, y1) in boxes(fig)
        if x0 < -0.1 or y0 < -0.1 or x1 > width + 0.1 or y1 > height + 0.1
    ]


def test_the_check_for_cut_and_overlapping_texts_can_fail(monkeypatch):
    monkeypatch.setattr("helpers.figures.approaches._block_mm", lambda block, plan: 8.0)
    fig = CHARTS["instrument_matrix"](5, lang="zh", width="single")
    assert overlapping(fig) and cut(fig)


@pytest.mark.parametrize(("lang", "width"), STYLES)
@pytest.mark.parametrize("chart", CHARTS)
def test_no_text_is_cut_or_overlaps_another(chart, lang, width):
    fig = figure(chart, lang=lang, width=width)
    assert not cut(fig)
    assert not overlapping(fig)


OF_DOCUMENTS = list(TABLES)


@pytest.mark.parametrize(
    ("n", "lang", "width"),
    [
        (1, "en", "single"),
        (18, "zh", "double"),
        *(
            pytest.param(n, lang, width, marks=pytest.mark.slow)
            for n in (1, 2, 18, 60)
            for lang in ("zh", "en")
            for width in ("single", "double")
        ),
    ],
)
@pytest.mark.parametrize("chart", OF_DOCUMENTS)
def test_charts_stay_legible_from_one_document_to_sixty(chart, n, lang, width):
    fig = figure(chart, n, lang=lang, width=width)
    assert not cut(fig) and not overlapping(fig)
    assert fig.get_size_inches()[1] * 25.4 < 250, "taller than a page"
    if fig.pages > 1:
        last = CHARTS[chart](n, lang=lang, width=width, page=fig.pages)
        assert not cut(last) and not overlapping(last)


@pytest.mark.parametrize(
    "chart",
    [
        "instrument_matrix",
        pytest.param("sequence_and_close", marks=pytest.mark.slow),
        pytest.param("theme_rates", marks=pytest.mark.slow),
    ],
)
def test_the_pages_together_show_every_document_once(chart):
    first = CHARTS[chart](60, lang="en", width="double")
    pages = [
        CHARTS[chart](60, lang="en", width="double", page=p + 1).drawn["doc"].unique()
        for p in range(first.pages)
    ]
    assert first.pages > 1
    assert sorted(np.concatenate(pages)) == [d["doc"] for d in documents(60)]
    with pytest.raises(
        ValueError, match=rf"page {first.pages + 1}: this figure has pages 1 to {first.pages}"
    ):
        CHARTS[chart](60, lang="en", width="double", page=first.pages + 1)


@pytest.mark.parametrize(("lang", "width"), STYLES)
@pytest.mark.parametrize("chart", CHARTS)
def test_every_text_is_at_least_7_points_regular_and_in_the_packaged_font(chart, lang, width):
    fig = figure(chart, lang=lang, width=width)
    assert round(fig.get_size_inches()[0] * 25.4, 6) == {"single": 85, "double": 178}[width]
    for text in texts(fig):
        assert text.get_fontsize() >= 7
        assert text.get_weight() in ("normal", 400)
        assert text.get_family() == [style.FAMILY]
        assert not set(text.get_text()) - style.covered() - {"\n"}


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_describes_itself_in_both_languages_and_keeps_its_table(chart):
    fig = figure(chart, lang="zh", width="double")
    assert fig.alt["zh"].endswith("。") and fig.alt["en"].endswith(".")
    assert len(fig.drawn) > 0 and not any(str(c).startswith("_") for c in fig.drawn)


@pytest.mark.parametrize("chart", CHARTS)
def test_an_empty_table_gives_a_figure_that_says_so(chart):
    if chart == "theme_network":
        fig = figures.theme_network(theme_nodes(), theme_edges().head(0), lang="en")
    elif chart == "word_cloud":
        fig = figures.word_cloud(words().head(0), lang="en")
    else:
        fig = getattr(figures, chart)(TABLES[chart]().head(0), lang="en")
    assert [t.get_text() for t in texts(fig)] == ["There is nothing to draw"]


@pytest.mark.parametrize("chart", OF_DOCUMENTS)
def test_a_stacked_table_with_a_repeated_index_is_drawn_once(chart):
    whole = TABLES[chart](2)
    stacked = pd.concat(
        [rows.reset_index(drop=True) for _, rows in whole.groupby("doc", sort=False)]
    )
    assert stacked.index.has_duplicates
    pd.testing.assert_frame_equal(
        getattr(figures, chart)(stacked).drawn, getattr(figures, chart)(whole).drawn
    )


def test_a_missing_column_is_named_with_where_the_table_comes_from():
    with pytest.raises(
        ValueError,
        match=r"theme_rates: column 'low' is missing; found doc, .*Pass the table of count_themes",
    ):
        figures.theme_rates(themes().drop(columns="low"))


def test_charts_leave_their_table_and_matplotlib_settings_as_they_were():
    import matplotlib

    table, before = instruments(), dict(matplotlib.rcParams)
    copy = table.copy(deep=True)
    figures.instrument_matrix(table)
    pd.testing.assert_frame_equal(table, copy)
    assert dict(matplotlib.rcParams) == before


# ---- the data drawn equal the table


def lines(fig):
    return [line for ax in fig.axes for line in ax.get_lines()]


def test_the_matrix_draws_one_mark_per_cell_in_the_look_of_its_mark_or_state():
    table = instruments(5)
    sheet = figures.instrument_matrix(table, lang="en", width="double").axes[0]
    drawn = [line for line in sheet.get_lines() if line.get_linestyle() == "None"]
    shown = table["mark"].where(table["mark"] != "", table["state"])
    looks = style.MARK_LOOKS | {state: {"size": None} | look for state, look in _plain_states()}
    for name, count in shown.value_counts().items():
        look = looks[name]
        marks = [
            line
            for line in drawn
            if (line.get_marker(), line.get_fillstyle()) == (look["marker"], look["fillstyle"])
            and look["size"] in (None, line.get_markersize())
        ]
        # a dated act has a ring, which has the fill of other marks, around a smaller dot
        expected = 0 if name == "dated" else count + 1
        ringed = (shown == "dated").sum() + 1
        assert len(marks) in (expected, expected + ringed), name
    squares = [line for line in drawn if line.get_marker() == "s"]
    assert len(squares) == table["disagree"].sum() + 1


def _plain_states():
    return [pair for pair in style.STATE_MARKS.items() if pair[0] not in ("done", "planned")]


def test_not_mentioned_is_a_neutral_dash_and_never_a_zero():
    table = instruments(5).assign(state="not_mentioned", mark="", n_evidence=0, disagree=False)
    fig = figures.instrument_matrix(table, lang="en", width="double")
    marks = [x for x in lines(fig) if x.get_linestyle() == "None"]
    assert {x.get_marker() for x in marks} == {"_"} and len(marks) == len(table) + 1
    assert "0" not in [t.get_text() for t in texts(fig)]


def test_a_more_concrete_account_has_the_larger_dot():
    told = ["anchored", "told", "listed"]
    table = instruments(1).head(3).assign(state="done", mark=told, n_evidence=1, disagree=False)
    sizes = [
        x.get_markersize() for x in lines(figures.instrument_matrix(table)) if x.get_marker() == "o"
    ]
    assert sorted(set(sizes)) == [style.MARK_LOOKS[name]["size"] for name in reversed(told)]


def test_within_a_stage_the_instrument_done_by_most_comes_first():
    table = instruments(3).query("stage == 'investigate'").assign(state="not_mentioned")
    table.loc[table["code"] == "unannounced", "state"] = "done"
    assert list(figures.instrument_matrix(table).drawn["code"].unique()) == [
        "unannounced",
        "survey",
    ]


def row_of(fig, city):
    """Return the texts that stand beside the name of a city, from left to right."""
    found = boxes(fig)
    (name,) = [box for text, box in found if text == city]
    beside = [(box[0], text) for text, box in found if abs(box[1] - name[1]) < 2 and text != city]
    return [text for _, text in sorted(beside)]


def test_the_sequence_draws_one_mark_per_link_with_the_date_of_the_act_in_the_language():
    table = cycle(4)
    for lang, date in (("en", "31 Oct"), ("zh", "10月31日")):
        fig = figures.sequence_and_close(table, lang=lang, width="double")
        assert fig.drawn[["doc", "link", "mark"]].equals(table[["doc", "link", "mark"]])
        dates = [text.get_text() for text in texts(fig) if text.get_text() == date]
        assert len(dates) == (table["mark"] == "dated").sum() > 0
    english = said(figures.sequence_and_close(table, lang="en", width="double"))
    assert "The sequence" in english and "How a matter ends" in english
    assert not any("\u4e00" <= char <= "\u9fff" for char in english)


def test_the_last_row_counts_who_reports_a_link_and_leaves_out_what_is_only_called_for():
    table = cycle(4).assign(state=["done", "called_for", "planned"] * 4, mark="")
    fig = figures.sequence_and_close(table, lang="en", width="double")
    assert row_of(fig, "Reported by how many of 4") == ["4", "0", "4"]
    one = figures.sequence_and_close(table, docs=["Kaifeng"], lang="en")
    assert "Reported by" not in said(one), "of one document, silence would be a zero"


def strip_of(fig):
    """Return the bars of the strip of months, as pairs of ends, and the places of its ticks."""
    bars = [x.get_xdata() for x in lines(fig) if x.get_linewidth() == 3.2]
    ticks = [x for line in lines(fig) if line.get_marker() == "|" for x in line.get_xdata()]
    return bars, ticks[:-1]  # the last tick is that of the key


def test_the_strip_has_a_bar_from_earliest_to_latest_writing_and_a_tick_per_dated_act():
    table = cycle(2).assign(state="done", mark="told", date_iso=None)
    first = table["doc"] == "000_zhengzhou"
    table = table.assign(date_from=np.where(first, "2024-03-01", "2024-07-01"))
    table = table.assign(date_to=np.where(first, "2024-03-01", "2024-12-31"))
    table.loc[table.index[:2], "date_iso"] = ["2024-06", "2024-06"]
    table.loc[table.index[3], "date_iso"] = "10"  # without a year it has no place
    fig = figures.sequence_and_close(table, lang="en", width="double")
    ((day, day_end), (left, right)), (tick,) = strip_of(fig)
    month = (right - left) / 6
    assert day_end - day == pytest.approx(0.9), "a printed date is a short bar"
    assert day == pytest.approx(right - 10 * month, abs=0.5)
    assert tick == pytest.approx(right - 6.5 * month, abs=0.5)
    assert "Mar May Jul Sep Nov 2024" in said(fig), "every second month has room for its name"
    assert said(fig).count("Jun") == 2, "below two marks"


def hatched(fig):
    return [patch for patch in fig.axes[0].patches if patch.get_hatch()]


def test_hatching_covers_what_comes_after_the_writing_and_nothing_else():
    table = cycle(2).assign(state="done", mark="told", date_iso=None, date_from="2024-03-01")
    table["date_to"] = np.where(table["doc"] == "000_zhengzhou", "2024-06-30", "2024-12-31")
    fig = figures.sequence_and_close(table, lang="en", width="double")
    bars, _ = strip_of(fig)
    (after,) = hatched(fig)
    assert after.get_x() == pytest.approx(bars[0][1]) and "after the writing" in said(fig)
    assert after.get_x() + after.get_width() == pytest.approx(bars[1][1], abs=0.5)
    announced = table.assign(date_to="2024-12-31")
    assert not hatched(figures.sequence_and_close(announced, lang="en"))
    assert "after the writing" not in said(figures.sequence_and_close(announced, lang="en"))
    announced.loc[announced.index[2], ["state", "mark"]] = ["planned", "scheduled"]
    assert len(hatched(figures.sequence_and_close(announced, lang="en"))) == 1


def test_a_bound_that_is_not_known_is_an_arrow_and_without_dates_there_is_no_strip():
    table = cycle(3)
    table.loc[table["doc"] == "000_zhengzhou", "date_from"] = None
    table.loc[table["doc"] == "001_kaifeng", "date_to"] = None
    fig = figures.sequence_and_close(table, lang="en", width="double")
    assert {x.get_marker() for x in lines(fig)} >= {"<", ">"}
    assert "≤2024-10-28" in fig.alt["en"] and "≥2024-06-02" in fig.alt["zh"]
    undated = table.assign(date_iso=None, date_from=None, date_to=None)
    for fig in (undated, undated.drop(columns=["date_iso", "date_from", "date_to"])):
        fig = figures.sequence_and_close(fig, lang="en", width="double")
        assert strip_of(fig) == ([], []) and "Time of writing" not in said(fig)
        assert "written" not in fig.alt["en"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", ["single", "double"])
@pytest.mark.parametrize("years", [1, 2, 30])
def test_a_strip_of_many_years_stays_legible(years, width, lang):
    table = cycle(3)
    last = table["doc"] == table["doc"].iloc[-1]
    table.loc[last, ["date_from", "date_to"]] = [f"{2023 + years}-01-20", f"{2023 + years}-02-03"]
    fig = figures.sequence_and_close(table, lang=lang, width=width)
    assert not cut(fig) and not overlapping(fig)
    assert str(2023 + years) in said(fig)


def test_a_line_joins_links_that_the_document_reports_one_after_the_other():
    table = cycle(2).assign(state="done", mark="told")
    table.loc[table.index[3], ["state", "mark"]] = ["not_mentioned", ""]
    joined = [x for x in lines(figures.sequence_and_close(table)) if x.get_zorder() == 1]
    assert len(joined) == 1, "the closings and the silent link are not joined"


def test_a_sequence_that_no_document_tells_is_empty():
    table = cycle(2).assign(state="not_mentioned", mark="")
    assert figures.sequence_and_close(table, lang="en").drawn.empty
    text = catalogue.wording("sequence_and_close")
    assert text["empty_zh"] and text["empty_en"]


def test_users_choose_documents_links_and_colour_of_the_sequence():
    table = cycle(3)
    links = ["close_out", "assignment"]
    fig = figures.sequence_and_close(
        table, docs=["开封", "Zhengzhou"], rows=links, colour="#A00000", lang="en"
    )
    assert list(fig.drawn["doc"].unique()) == ["001_kaifeng", "000_zhengzhou"]
    assert set(fig.drawn["link"]) == set(links) and "Research" not in said(fig)
    marks = {x.get_color() for x in lines(fig) if x.get_marker() in ("o", "|")}
    assert marks == {"#A00000"}
    turned = figures.sequence_and_close(table, rows=["assignment", "research"], lang="en")
    assert list(turned.drawn["link"].unique()) == ["assignment", "research"]


def test_every_mark_of_the_sequence_leads_to_quotations():
    from helpers import read_corpus, study_of

    study = study_of(read_corpus())
    drawn = catalogue.draw_figure("sequence_and_close", study).drawn
    told = drawn[drawn["state"] != "not_mentioned"]
    quotations = catalogue.cycle_quotations(study)
    assert set(map(tuple, told[["doc", "link"]].to_numpy())) <= set(
        map(tuple, quotations[["doc", "link"]].to_numpy())
    )
    for row in quotations.itertuples():
        assert study.corpus[row.doc].quote(row.start, row.end) == row.quote


def test_the_matrix_counts_the_documents_that_report_an_instrument():
    table = instruments(4).query("code == 'survey'").assign(disagree=False, mark="", n_evidence=1)
    table["state"] = ["done", "planned", "called_for", "not_applicable"]
    fig = figures.instrument_matrix(table, lang="en", width="double")
    assert "2/3" in [text.get_text() for text in texts(fig)]
    assert "texts" in [text.get_text() for text in texts(fig)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("chart", ["instrument_matrix", "sequence_and_close"])
def test_a_city_is_named_once_and_in_the_language_of_the_figure(chart, lang):
    written = said(figure(chart, 2, lang=lang, width="single"))
    names = {"zh": "郑州", "en": "Zhengzhou"}
    assert written.count(names.pop(lang)) == 1 and not any(
        name in written for name in names.values()
    )


def dots(fig):
    """The dots of a table of dots, without those of the key: their places, sizes and fills."""
    marks = [x for x in fig.axes[0].get_lines() if x.get_marker() == "o"]
    y_of_key = fig.foot["top"]
    return [x for x in marks if x.get_ydata()[0] < y_of_key]


@pytest.mark.parametrize("width", ["single", "double"])
def test_the_area_of_a_dot_is_its_rate_and_the_number_beside_it_counts_the_hits(width):
    table = themes(2)
    fig = figures.theme_rates(table, lang="zh", width=width)
    areas = sorted(x.get_markersize() ** 2 for x in dots(fig))
    rates = np.sort(table.loc[table["n"] > 0, "per_1000_chars"])
    assert np.array(areas) / areas[-1] == pytest.approx(rates / rates[-1])
    written = [t.get_text() for t in texts(fig)]
    for n, times in table.loc[table["n"] > 0, "n"].value_counts().items():
        assert written.count(str(n)) >= times


def test_a_ring_shows_that_the_interval_reaches_0_and_half_a_dot_that_there_is_none():
    table = themes(1).assign(n=5, per_1000_chars=2.0, low=1.0, high=3.0)
    table.loc[0, "low"] = 0.0
    table.loc[1, ["low", "high"]] = np.nan
    fig = figures.theme_rates(table, lang="en")
    fills = [x.get_fillstyle() for x in dots(fig)]
    assert (fills.count("none"), fills.count("left"), fills.count("full")) == (1, 1, 3)
    for meaning in ("interval above 0", "interval reaches 0", "fewer than 20 sentences"):
        assert meaning in said(fig)
    sure = figures.theme_rates(table.assign(low=1.0, high=3.0), lang="en")
    assert "interval reaches 0" not in said(sure) and "fewer than" not in said(sure)


def test_a_theme_without_hits_has_an_empty_cell():
    table = themes(2)
    table.loc[0, ["n", "per_1000_chars", "low", "high"]] = 0
    fig = figures.theme_rates(table, lang="en", width="double")
    assert len(dots(fig)) == (table["n"] > 0).sum()
    assert "0" not in [t.get_text() for t in texts(fig)]


def test_a_theme_that_no_document_mentions_has_no_row_and_is_named_in_the_note():
    table = themes(2)
    table.loc[table["theme"] == "smart", ["n", "per_1000_chars", "low", "high"]] = 0
    fig = figures.theme_rates(table, lang="en", width="double")
    assert "smart" not in set(fig.drawn["theme"]) and "Without a hit: Smart care." in said(fig)
    assert "Without a hit" not in said(figures.theme_rates(themes(2), lang="en"))
    nothing = figures.theme_rates(table.assign(n=0), lang="en")
    assert nothing.drawn.empty


def test_intervals_are_printed_where_columns_are_wide_and_always_in_the_table_drawn():
    table = themes(5)
    first = table.iloc[0]
    printed = f"{first['low']:.1f}–{first['high']:.1f}"
    wide = figures.theme_rates(table, lang="en", width="double")
    narrow = figures.theme_rates(table, lang="en", width="single")
    assert printed in [t.get_text() for t in texts(wide)] and "Grey: the interval" in said(wide)
    assert printed not in said(narrow) and "Grey: the interval" not in said(narrow)
    assert {"low", "high"} <= set(narrow.drawn.columns)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_five_cities_fit_one_page_of_one_column_with_one_scale(lang):
    from helpers import read_corpus, study_of

    fig = figures.theme_rates(study_of(read_corpus()).theme_rates, lang=lang, width="single")
    assert fig.pages == 1 and len(fig.axes) == 1
    assert fig.get_size_inches()[1] * 25.4 < 180 and not cut(fig) and not overlapping(fig)
    name = {"zh": "三门峡", "en": "Sanmenxia"}[lang]
    assert [t.get_text() for t in texts(fig)].count(name) == 1


def test_all_pages_of_theme_rates_have_the_scale_of_the_highest_rate():
    table = themes(30)
    table.loc[0, ["n", "per_1000_chars"]] = [290, 100.0]
    last = figures.theme_rates(table, width="single", page=2)
    on_page = last.drawn["per_1000_chars"].max()
    largest = max(x.get_markersize() for x in dots(last))
    assert largest == pytest.approx(9.0 * (on_page / 100) ** 0.5)


def test_users_choose_documents_themes_order_and_colour_of_theme_rates():
    rows = ["smart", "meal_service", "regulation"]
    options = {"docs": ["Luoyang", "郑州"], "rows": rows, "colour": "#AA0000"}
    fig = figures.theme_rates(themes(5), lang="en", **options)
    assert list(fig.drawn["theme"].unique()) == rows
    assert list(fig.drawn["city_en"].unique()) == ["Luoyang", "Zhengzhou"]
    assert {x.get_color() for x in dots(fig)} == {"#AA0000"}
    written = [t.get_text() for t in texts(fig)]
    assert written.index("Luoyang") < written.index("Zhengzhou")
    assert written.index("Smart care") < written.index("Meal services")
    with pytest.raises(ValueError, match="'meals' is not in the table"):
        figures.theme_rates(themes(5), rows=["meals"])


def test_themes_are_sorted_by_mean_rate_within_their_family():
    table = themes(3)
    drawn = figures.theme_rates(table).drawn
    means = table.groupby("theme")["per_1000_chars"].mean()
    for _, rows in drawn.groupby("family"):
        order = means[list(dict.fromkeys(rows["theme"]))]
        assert order.is_monotonic_decreasing


def keyness_dots(fig):
    """The dots of the chart of keyness, without the arrows of long intervals."""
    marks = [x for ax in fig.axes[1:] for x in ax.get_lines() if x.get_linestyle() == "None"]
    return [x for x in marks if x.get_marker() != ">"]


def test_dots_of_keyness_stand_at_the_log_ratio_with_both_counts():
    table = keyness(1)
    fig = figures.keyness_chart(table, top=4, lang="en", width="single")
    clear = table[table["log_ratio_low"] > 0]
    top = clear.sort_values("log_ratio", ascending=False).head(4)
    assert 0 < len(top) < len(table)
    at = [float(x.get_xdata()[0]) for x in keyness_dots(fig)]
    assert at == pytest.approx(list(top["log_ratio"]))
    written = {t.get_text() for t in texts(fig)}
    assert {f"{r.n_target}:{r.n_reference}" for r in top.itertuples()} <= written


def test_an_arrow_shows_that_an_interval_goes_on_beyond_the_axis():
    table = keyness(1).assign(log_ratio_low=0.5)
    table.loc[0, "log_ratio_high"] = 40.0
    fig = figures.keyness_chart(table, top=20, width="single")
    arrows = [x for x in lines(fig) if x.get_marker() == ">"]
    end = fig.axes[1].get_xlim()[1]
    assert end < 20 and len(arrows) == (table["log_ratio_high"] > end).sum() > 0


def test_only_words_whose_interval_lies_above_0_are_drawn():
    table = keyness(3)
    drawn = figures.keyness_chart(table, top=99).drawn
    assert len(drawn) == (table["log_ratio_low"] > 0).sum() < len(table)
    none = figures.keyness_chart(table.assign(log_ratio_low=-0.1), lang="en")
    assert none.drawn.empty and "nothing to draw" in none.alt["en"]


@pytest.mark.parametrize(
    ("measure", "said_below"),
    [
        ("log_ratio", "Only words whose 95% interval lies above 1×"),
        ("lrc", "allows for the number of words"),
        ("g2", "G² ranks the words and tests nothing"),
    ],
)
def test_the_measure_of_keyness_orders_the_words_and_is_drawn(measure, said_below):
    table = keyness(1)
    fig = figures.keyness_chart(table, measure=measure, top=99, lang="en")
    above = "lrc" if measure == "lrc" else "log_ratio_low"
    clear = table[table[above] > 0].sort_values(measure, ascending=False)
    assert fig.drawn["feature"].tolist() == clear["feature"].tolist()
    at = [float(x.get_xdata()[0]) for x in keyness_dots(fig)]
    assert at == pytest.approx(list(clear[measure])) and said_below in said(fig)


def test_an_unknown_measure_of_keyness_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="'chi2' is not known. Use log_ratio, lrc, g2"):
        figures.keyness_chart(keyness(1), measure="chi2")


@pytest.mark.parametrize("chart", ["keyness_chart", "word_cloud"])
def test_glosses_stand_beside_words_in_english_figures_only(chart):
    shown = {lang: said(figure(chart, 5, lang=lang, width="double")) for lang in ("zh", "en")}
    assert "rectification" in shown["en"] and "rectification" not in shown["zh"]
    assert "长期护理保险" in shown["en"], "a word without a gloss is printed bare"


def test_every_word_of_the_keyness_chart_of_the_shipped_briefings_has_a_gloss():
    from helpers import read_corpus, study_of

    words = set(study_of(read_corpus()).keyness["feature"])
    assert words <= set(read_table("codebook/glosses")["word"])


def test_users_choose_documents_words_and_the_colour_of_a_city_in_keyness():
    options = {"docs": ["Kaifeng"], "colour": {"Kaifeng": "black"}, "measure": "g2"}
    table = keyness(2).assign(log_ratio_low=0.5)
    fig = figures.keyness_chart(table, rows=["助餐", "整改"], lang="en", **options)
    assert fig.drawn[["city_en", "feature"]].values.tolist() == [
        ["Kaifeng", "助餐"],
        ["Kaifeng", "整改"],
    ]
    assert {x.get_color() for x in keyness_dots(fig)} == {"black"}


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("个", "个", ""),
        ("家", "家", ""),
        ("名", "名", ""),
        ("件", "件", ""),
        ("人次", "人次", "person-times"),
        ("户", "户", "households"),
        ("%", "%", "%"),
    ],
)
def test_a_classifier_is_left_out_in_english_and_a_measure_is_kept(unit, zh, en):
    assert (labels.unit_label(unit, "zh"), labels.unit_label(unit, "en")) == (zh, en)


def test_all_words_of_a_line_stand_on_one_baseline():
    fig = figures.sequence_and_close(cycle(1), rows=["research", "assignment"], lang="en")
    heads = [t for t in texts(fig) if t.get_text() in ("Research", "Assignment")]
    assert len(
        {round(t.get_transform().transform(t.get_position())[1], 6) for t in heads}
    ) == 1 and {t.get_va() for t in heads} == {"baseline"}


@pytest.mark.parametrize("lang, label", [("zh", "老龄化形势"), ("en", "The challenge of ageing")])
def test_the_network_of_themes_names_each_theme_and_family_in_the_language(lang, label):
    fig = figures.theme_network(theme_nodes(), theme_edges(), lang=lang)
    written = [t.get_text().replace("\n", " ") for t in texts(fig)]
    assert written.count(label) == 1
    families = {"zh": ["如何监督", "以何立论"], "en": ["How they supervise", "How it is framed"]}
    assert set(families[lang]) <= set(written)
    assert fig.drawn[["source_en", "target_en"]].to_numpy().tolist() == [
        ["Meals", "Rectification"],
        ["Rectification", "The challenge of ageing"],
    ]
    assert len([x for x in lines(fig) if x.get_linestyle() == "-"]) == 2
    assert {"6", "4"} <= set(written), "each line has its number of sentences"


def test_only_lines_above_the_stated_strength_are_drawn_and_the_others_counted():
    weak = pd.DataFrame(
        {"source": ["t0"], "target": ["t2"], "n_both": [3], "weight": [0.9], "docfreq": [2]}
    )
    edges = pd.concat([theme_edges(), weak])
    fig = figures.theme_network(theme_nodes(), edges, lang="en")
    assert len(fig.drawn) == 2 and "weaker lines, not drawn: 1" in said(fig)
    assert "coefficient of at least 0.3 and at least 4 sentences" in said(fig)
    more = figures.theme_network(theme_nodes(), edges, least_both=3, lang="en")
    assert more.drawn["n_both"].tolist() == [3, 6, 4]
    assert len(figures.theme_network(theme_nodes(), edges, most=1).drawn) == 1
    assert figures.theme_network(theme_nodes(), edges, least_weight=0.95).drawn.empty


def test_lines_within_a_family_lie_left_of_the_themes_and_others_right():
    nodes = theme_nodes().assign(family=["service", "service", "frame"])
    fig = figures.theme_network(nodes, theme_edges(), lang="en")
    arcs = [x.get_xdata() for x in lines(fig) if x.get_linestyle() == "-"]
    middle = fig.get_size_inches()[0] * 25.4 / 2
    assert [bool((arc < middle).all()) for arc in arcs] == [True, False]
    assert "within a group" in said(fig) and "between groups" in said(fig)
    apart = figures.theme_network(theme_nodes(), theme_edges(), lang="en")
    assert "within a group" not in said(apart)


def test_users_choose_the_themes_their_order_and_the_colour_of_the_network():
    rows = ["t1", "t0"]
    fig = figures.theme_network(
        theme_nodes(), theme_edges(), rows=rows, colour="#AA0000", lang="en"
    )
    assert fig.drawn[["source", "target"]].values.tolist() == [["t0", "t1"]]
    written = [t.get_text() for t in texts(fig)]
    assert written.index("Rectification") < written.index("Meals")
    arcs = [x for x in lines(fig) if x.get_linestyle() == "-"]
    assert {x.get_color() for x in arcs} == {"#AA0000"}


def test_documents_cannot_be_chosen_from_tables_that_do_not_name_them():
    with pytest.raises(
        TypeError, match="theme_network: a table without column 'doc' takes no docs"
    ):
        figures.theme_network(theme_nodes(), theme_edges(), docs=["Jiaozuo"])


@pytest.mark.parametrize("width", ["single", "double"])
def test_the_numbers_of_a_full_network_never_overlap(width):
    names = [f"t{i}" for i in range(26)]
    nodes = pd.DataFrame({"theme": names, "family": "service", "n": 9, "zh": names, "en": names})
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    edges = pd.DataFrame(pairs, columns=["source", "target"]).assign(n_both=123, weight=0.5)
    for part in (edges.head(18), edges.iloc[::17], edges.tail(18)):
        fig = figures.theme_network(nodes, part, lang="en", width=width)
        assert not overlapping(fig) and not cut(fig)


def test_squared_letter_sizes_of_the_cloud_follow_the_counts():
    drawn = figures.word_cloud(words()).drawn
    share = drawn["size_pt"] ** 2 / drawn["n"]
    assert (share / share.iloc[0]).to_numpy() == pytest.approx(1, rel=0.01)


def test_words_without_room_are_reported_not_dropped():
    many = pd.DataFrame({"word": [f"养老服务词{chr(0x4E00 + i)}" for i in range(400)], "n": 1})
    fig = figures.word_cloud(many, most=400, width="single", lang="en")
    out = fig.drawn[~fig.drawn["placed"]]
    assert len(out) > 0 and len(fig.drawn) == 400
    written = [t.get_text() for t in texts(fig)]
    assert f"{len(out)} not placed" in " ".join(written).replace("\n", " ")
    assert set(fig.drawn[fig.drawn["placed"]]["word"]) <= set(written)
    assert not set(out["word"]) & set(written)


def test_the_cloud_adds_up_all_documents_and_colours_words_by_how_many_use_them():
    rows = [("a", "助餐", 3), ("b", "助餐", 4), ("c", "助餐", 1), ("a", "供销社", 9)]
    table = pd.DataFrame(rows, columns=["doc", "word", "n"])
    table = table.assign(city_zh=table["doc"], city_en=table["doc"])
    fig = figures.word_cloud(table, colour="#AA0000", lang="en")
    assert fig.pages == 1
    assert fig.drawn[["word", "n", "docfreq"]].values.tolist() == [
        ["供销社", 9, 1],
        ["助餐", 8, 3],
    ]
    colours = {t.get_text(): t.get_color() for t in texts(fig)}
    assert (colours["助餐"], colours["供销社"]) == ("#AA0000", style.QUIET)
    assert "in at least half of the documents" in colours and "in fewer documents" in colours
    one = figures.word_cloud(table, docs=["a"], lang="en")
    assert one.drawn["n"].tolist() == [9, 3] and "fewer documents" not in said(one)


def test_the_seed_alone_decides_where_the_words_of_a_cloud_stand():
    first, again, other = (
        sorted(t.get_position() for t in texts(figures.word_cloud(words(), seed=s)))
        for s in (1, 1, 2)
    )
    assert first == again != other


# ---- other corpora than the shipped one


def said(fig):
    return " ".join(t.get_text().replace("\n", " ") for t in texts(fig))


@pytest.mark.parametrize(("lang", "city"), [("zh", "郑州"), ("en", "Zhengzhou")])
@pytest.mark.parametrize("width", ["single", "double"])
@pytest.mark.parametrize("chart", OF_DOCUMENTS)
def test_two_documents_of_one_city_have_different_names(chart, width, lang, city):
    names = {"000_zhengzhou": "first", "001_kaifeng": "second"}
    table = TABLES[chart](2).assign(city_zh="郑州", city_en="Zhengzhou").replace({"doc": names})
    fig = getattr(figures, chart)(table, lang=lang, width=width)
    written = said(fig)
    assert city in written and "first" in written and "second" in written
    assert not cut(fig) and not overlapping(fig)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "chart",
    [
        "sequence_and_close",
        "instrument_matrix",
        "theme_rates",
        "keyness_chart",
        "number_tiles",
        "outcome_chain",
    ],
)
def test_every_page_says_how_many_documents_there_are_and_which_page_it_is(chart, lang):
    first = CHARTS[chart](60, lang=lang, width="double")
    for page in range(1, first.pages + 1):
        written = said(CHARTS[chart](60, lang=lang, width="double", page=page))
        assert (
            "n = 60" in written
            and (
                f"第 {page}/{first.pages} 页" if lang == "zh" else f"Page {page} of {first.pages}."
            )
            in written
        )
    assert "Page 1" not in said(CHARTS[chart](1, lang="en", width="double"))


def test_a_figure_without_data_says_why(tmp_path):
    from helpers import read_corpus, study_of
    from helpers.figures.catalogue import draw_figure, wording

    (tmp_path / "a.txt").write_text("天气很好。\n小猫睡着了。\n", "utf8")
    study = study_of(read_corpus(tmp_path))
    for name in (
        "theme_rates",
        "keyness",
        "theme_network",
        "outcome_chain",
        "restored_values",
        "comparable_values",
    ):
        for lang, (start, why) in {
            "zh": ("没有可以绘制的数据：", wording(name)["empty_zh"]),
            "en": ("There is nothing to draw: ", wording(name)["empty_en"]),
        }.items():
            fig = draw_figure(name, study, lang=lang, width="single")
            assert why and fig.alt[lang].startswith(start + why) and not cut(fig)


# ---- the figures by name, and the codebook passed in


@pytest.mark.parametrize("name", figures.FIGURES)
def test_a_figure_is_drawn_by_a_function_of_this_room_from_tables_of_the_study(name):
    from helpers import Study

    chart = figures.FIGURES[name].chart
    assert getattr(figures, chart.__name__) is chart
    for table in figures.FIGURES[name].tables.split():
        assert hasattr(Study, table.split(".")[0])


@pytest.fixture
def renamed():
    """A codebook in which stages, states, actors, units and themes have other names, and the cities
    another order."""
    book = read_codebook()
    tables = {
        "stages": book.stages.assign(en="Stage " + book.stages["stage"]),
        "states": book.states.assign(en="state " + book.states["state"]),
        "actor_kinds": book.actor_kinds.assign(en="actor " + book.actor_kinds["actor"]),
        "theme_rules": book.theme_rules.assign(en="Theme " + book.theme_rules["theme"]),
        "units": book.units.assign(en="unit of " + book.units["kind"]),
        "cities": book.cities.iloc[::-1].reset_index(drop=True),
    }
    return dataclasses.replace(book, **tables)


def test_charts_print_the_names_of_the_codebook_passed_in(renamed):
    options = {"codebook": renamed, "lang": "en", "width": "double"}
    people = outcomes(1).assign(unit="人次")
    problems = problem_chain(1).assign(unit="人次")
    drawn = {
        "Stage assign": [figures.instrument_matrix(instruments(2), **options)],
        "state called_for": [figures.instrument_matrix(instruments(5), **options)],
        "state not_mentioned": [
            figures.instrument_matrix(instruments(5), **options),
            figures.sequence_and_close(cycle(2), **options),
        ],
        "Theme smart": [figures.theme_rates(themes().drop(columns=["zh", "en"]), **options)],
        "unit of count": [
            figures.number_tiles(people, **options),
            figures.outcome_chain(problems, **options),
        ],
    }
    assert {name for name, charts in drawn.items() for c in charts if name not in said(c)} == set()


def test_the_order_of_cities_in_the_codebook_passed_in_decides_their_looks(renamed):
    shipped = style.city_look("郑州")
    assert style.city_look("郑州", renamed) != shipped
    dot = keyness_dots(figures.keyness_chart(keyness(1), codebook=renamed))[0]
    assert (dot.get_color(), dot.get_marker()) == style.city_look("郑州", renamed)


def test_the_table_of_evidence_prints_the_names_of_the_codebook_passed_in(renamed):
    from helpers import read_corpus, study_of

    study = study_of(read_corpus("data/raw/000_jiyuan.txt"))
    tables = study.approach_matrix, study.approach_evidence, study.corpus.documents
    (page,) = figures.evidence_pages(*tables, codebook=renamed)
    for name in ("Stage assign", "state done", "actor city_congress"):
        assert name in page


# ---- one look


def test_a_city_keeps_its_look_whatever_else_is_drawn():
    looks = {city: style.city_look(city) for city, _ in CITIES}
    assert len(set(looks.values())) == 18
    table = keyness(5)
    for part in (table, table[table["city_zh"] == "洛阳"], table.iloc[::-1]):
        looks_drawn = {
            (x.get_color(), x.get_marker()) for x in keyness_dots(figures.keyness_chart(part))
        }
        assert looks["洛阳"] in looks_drawn


def test_an_unknown_city_always_has_the_same_look():
    assert style.city_look("某某市") == style.city_look("某某市")


def test_colours_differ_in_lightness_or_hue_for_colour_blind_readers():
    """Every two colours stay apart (ΔE of CIE76 ≥ 9) as deuteranopes and protanopes see them
    (Viénot et al. 1999)."""
    matrices = {
        "protan": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        "deutan": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    }
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in style.COLOURS])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    for matrix in matrices.values():
        xyz = np.clip(linear @ np.array(matrix).T, 0, 1) @ np.array(
            [[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]]
        )
        f = np.cbrt(xyz / [0.9505, 1, 1.089])
        lab = np.stack(
            [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
        )
        apart = np.linalg.norm(lab[:, None] - lab[None], axis=2) + 1000 * np.eye(len(lab))
        assert apart.min() >= 9


@pytest.mark.parametrize(("lang", "width"), [("fr", "double"), ("zh", "triple")])
def test_an_unknown_style_is_refused(lang, width):
    with pytest.raises(ValueError, match="expected"):
        figures.use_style(lang, width)


def test_rare_characters_of_names_can_be_drawn_with_matplotlib_alone():
    import matplotlib.pyplot as plt

    try:
        figures.use_style("zh", "double", texts=["臺中", "漯河"])
        drawn = plt.figure()
        drawn.text(0.5, 0.5, "臺中 漯河")
        drawn.savefig(io.BytesIO(), format="png")
    finally:
        plt.close("all")
        figures.use_style()


def test_use_style_sets_language_and_width_of_what_follows():
    try:
        figures.use_style("en", "single")
        fig = figures.word_cloud(words())
        assert fig.lang == "en" and round(fig.get_size_inches()[0] * 25.4) == 85
    finally:
        figures.use_style()


# ---- fonts


def test_a_character_that_no_font_has_is_an_error_naming_it_and_its_text():
    table = words().assign(word=["😀老人", *words()["word"][1:]])
    with pytest.raises(figures.MissingGlyph, match=r"'😀老人'.*U\+1F600"):
        figures.word_cloud(table)


def test_a_rare_character_is_taken_from_a_font_made_in_a_folder_of_this_process():
    assert "㴋" not in style.covered()
    families = style.families_for("㴋河区")
    assert families[0] == style.FAMILY and len(families) == 2
    made = style._supplement("㴋")
    assert style.register(made) == families[1] and "㴋" in style.covered(made)
    assert made.parent.stat().st_mode & 0o077 == 0, "other users may not write to the folder"


def test_an_installed_font_of_the_same_name_is_not_used(tmp_path):
    from matplotlib import font_manager

    other = tmp_path / "other.ttf"
    other.write_bytes(style.cut_font("养老", family=style.FAMILY))
    font_manager.fontManager.ttflist.insert(
        0, font_manager.ttfFontProperty(font_manager.get_font(str(other)))
    )
    font_manager.fontManager._findfont_cached.cache_clear()
    assert font_manager.findfont(style.FAMILY) == str(other), "the attack works"
    style.register.cache_clear()
    assert font_manager.findfont(style.register()) == str(style.FONT)


def test_settings_of_this_machine_change_no_byte_of_a_figure():
    """A file `matplotlibrc` in the user's folder or in the working folder sets such values."""
    import matplotlib

    empty = SimpleNamespace(comparable_values=questions().iloc[:0], codebook=None)

    def drawn():
        charts = [figures.word_cloud(words()), catalogue.draw_figure("comparable_values", empty)]
        files = [figures.render(fig, kind) for fig in charts for kind in figures.FORMATS]
        return files + [canvas.preview(fig) for fig in charts]

    mine = {
        "savefig.bbox": "tight",
        "savefig.facecolor": "red",
        "lines.linewidth": 9,
        "axes.grid": True,
    }
    before = drawn()
    with matplotlib.rc_context({**mine, "path.sketch": (3, 10, 1)}):
        assert drawn() == before


def test_lengths_add_up_alike_under_every_python():
    assert canvas.add_up([0.1] * 10) == 1.0  # `sum` gives 0.9999999999999999 before Python 3.12


def test_matplotlib_itself_raises_on_a_missing_glyph():
    import warnings

    from matplotlib.figure import Figure

    with warnings.catch_warnings():
        figures.use_style()
        fig = Figure()
        fig.text(0.5, 0.5, "😀")
        with pytest.raises(UserWarning, match="Glyph 128512"):
            fig.savefig("/dev/null", format="png")


def test_the_packaged_font_is_static_truetype_with_its_own_name_and_licence():
    from fontTools.ttLib import TTFont

    with TTFont(style.FONT) as font:
        assert "glyf" in font and "CFF " not in font and "fvar" not in font
        assert {str(n) for n in font["name"].names if n.nameID in (1, 4)} == {style.FAMILY}
        assert "Open Font License" in font["name"].getDebugName(13)
        assert not any("Noto" in str(n) for n in font["name"].names if n.nameID in (1, 3, 4, 6))
    assert style.FONT.stat().st_size < 3_000_000
    assert "SIL OPEN FONT LICENSE" in (style.FOLDER / "OFL.txt").read_text(encoding="utf8")
    assert set("济源三门峡漯河郑州焦作，。；：！？“”‘’（）《》、—…％→≥≤×·") <= style.covered()


@pytest.mark.slow
def test_the_packaged_font_can_be_made_again_byte_for_byte():
    assert style.cut_font(style.basic_characters()) == style.FONT.read_bytes()


# ---- measuring and wrapping


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("养老服务", 20, "养老服务"),
        ("养老服务", 5.5, "养老\n服务"),
        ("law inspection", 14, "law\ninspection"),
        ("问题，整改", 6, "问\n题，\n整改"),
        ("n = 5", 1, "n = 5"),
        ("（两）", 3, "（两）"),
        ("", 5, ""),
        ("assign 2, rectify 1", 14, "assign 2,\nrectify 1"),
        ("care (8), care (1)", 12, "care (8),\ncare (1)"),
        ("evaluate 3", 8, "evaluate\n3"),
        ("003_pingdingshan", 16, "003_\npingdingshan"),
        ("6: 6 here, 0 there", 12, "6: 6 here,\n0 there"),
    ],
)
def test_wrapping_keeps_words_marks_and_counts_together(text, width, expected):
    assert canvas.wrap(text, width) == expected


def test_a_shortened_text_fits_and_says_so():
    text = canvas.fit("社区养老服务设施覆盖率", 15)
    assert text.endswith("…") and canvas.text_mm(text) <= 15
    name = canvas.fit("a_file_with_a_name_that_has_no_end", 15)
    assert name.endswith("…") and canvas.text_mm(name) <= 15


def test_every_figure_has_a_caption_in_the_table_and_every_caption_a_figure():
    assert list(read_table("text/figures")["name"]) == list(figures.FIGURES)


@pytest.mark.parametrize(
    "counts, placed",
    [([8000, 1, 1], 1), ([10**12, 1], 1), ([1e308, 1], 1), ([0.5, 0.1], 2), ([10**18] * 2, 2)],
)
def test_a_word_cloud_bears_any_range_of_counts(counts, placed):
    table = pd.DataFrame({"word": ["助餐", "整改", "交办"][: len(counts)], "n": counts})
    assert figures.word_cloud(table).drawn["placed"].sum() == placed


def test_very_many_words_of_one_count_still_fill_the_cloud():
    words = [f"词{chr(0x4E00 + i)}" for i in range(800)]
    drawn = figures.word_cloud(pd.DataFrame({"word": words, "n": 1}), most=800).drawn
    assert 100 < drawn["placed"].sum() < 800 and set(drawn["size_pt"]) == {7.0}


def test_jupyter_shows_a_chart_with_its_alternative_text_also_after_pyplot_was_imported(
    monkeypatch,
):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda part, **options: shown.append(part))
    chart = canvas.new_chart(style.Style("en"), 20)
    chart.alt = {"en": "two dots", "zh": "两点"}
    chart._ipython_display_()  # has precedence over what pyplot registers for all figures
    png, about = shown[0]._repr_png_()
    assert png.startswith(b"\x89PNG") and about["alt"] == "two dots" and shown[0].lang == "en"
