"""The charts of numbers show every number as it is read, whose it is and how certain it is."""

import numpy as np
import pandas as pd
import pytest
from figure_tables import outcomes, problem_chain, questions, repaired
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle
from test_plots import cut, lines, overlapping, said, texts

from helpers import figures, read_corpus, study_of
from helpers.figures import tiles as tiles_module

NUMBER = {
    **{"printed": "40", "value": 40.0, "low": 40.0, "high": 40.0, "unit": "个"},
    **{"qualifier": "exact", "direction": "", "level": "city", "timing": "during"},
    **{"status": "as_printed", "basis": "printed", "group": "effort", "indicator": "visits"},
}


def one(**number):
    """Return a table of one number of Zhengzhou."""
    return outcomes(1).head(1).assign(**{**NUMBER, **number})


def many(*numbers):
    return pd.concat([one(**number) for number in numbers], ignore_index=True)


def words(fig):
    return [text.get_text() for text in texts(fig)]


@pytest.fixture(scope="module")
def five():
    return study_of(read_corpus())


# ---- one tile for every number


def boxes_of(fig):
    """Return the fills of tiles and samples, left half and right half, and their outlines."""
    patches = [patch for patch in fig.axes[0].patches if isinstance(patch, Rectangle)]
    fills = [patch for patch in patches if patch.get_fill()]
    outlines = [patch for patch in patches if not patch.get_fill() and not patch.get_hatch()]
    return list(zip(fills[::2], fills[1::2], strict=True)), outlines


def test_every_number_has_one_tile_in_the_cell_of_its_city_and_group(five):
    fig = figures.number_tiles(five.outcomes, lang="en", width="double")
    assert len(fig.drawn) == len(five.outcomes) == 91
    assert "Supervisory effort: 49 of 91" in words(fig) and "Outcome: 5 of 91" in words(fig)
    cells = five.outcomes.groupby(["group", "doc"]).size()
    counts = [text for text in words(fig) if text.startswith("n = ") and text[4:].isdigit()]
    assert sorted(int(text[4:]) for text in counts) == sorted([*cells, *[0] * (20 - len(cells))])


def test_equal_indicators_stand_in_the_same_order_in_all_columns(five):
    drawn = figures.number_tiles(five.outcomes).drawn
    for _, of_group in drawn.groupby("group"):
        order = {thing: place for place, thing in enumerate(_common_order(of_group))}
        for _, cell in of_group.groupby("doc"):
            places = [order[thing] for thing in cell["indicator"]]
            assert places == sorted(places)
    assert drawn.loc[drawn["group"] == "effort", "indicator"].iloc[0] == "problem_list"


def _common_order(numbers):
    n_docs = numbers.groupby("indicator")["doc"].nunique()
    seen = {thing: place for place, thing in enumerate(numbers["indicator"].unique())}
    first = {}
    for _, cell in numbers.groupby("doc", sort=False):
        for thing in cell["indicator"]:
            first.setdefault(thing, seen[thing])
    assert set(n_docs.index) == set(first)
    return sorted(first, key=lambda thing: (-n_docs[thing], first[thing]))


@pytest.mark.parametrize(
    ("number", "en", "zh"),
    [
        ({}, "40", "40个"),
        ({"qualifier": "at_least"}, "≥40", "≥40个"),
        ({"qualifier": "about", "unit": "人"}, "≈40 people", "约40人"),
        ({"direction": "up", "unit": "个百分点", "value": 2.58}, "↑2.58 pp", "↑2.58百分点"),
        ({"value": np.nan, "low": 2.0, "high": 3.0, "unit": "人"}, "2–3 people", "2–3人"),
        (
            {"value": np.nan, "low": 36e3, "high": 36e4, "unit": "人次", "status": "ambiguous"},
            "36k–360k pt",
            "3.6–36万人次",
        ),
        ({"value": 7_440_000.0, "unit": "元"}, "¥7,440,000", "744万元"),
        ({"value": 9_292_400.0, "unit": "人"}, "9,292,400 p", "929.24万人"),
        ({"value": 4.83e10, "unit": "元"}, "¥48.3 billion", "483亿元"),
        ({"value": 1_234_500_000.0, "unit": "人次"}, "1.2345bn pt", "12.345亿人次"),
        ({"value": np.nan, "low": np.nan, "high": np.nan, "printed": "若干"}, "若干", "若干"),
    ],
)
def test_a_tile_has_the_number_with_its_sign_range_and_unit(number, en, zh):
    assert en in words(figures.number_tiles(one(**number), lang="en", width="single"))
    assert zh in words(figures.number_tiles(one(**number), lang="zh", width="single"))


def test_short_units_and_signs_are_explained():
    table = many({"unit": "人次", "value": 7050.0}, {"qualifier": "at_least"})
    written = said(figures.number_tiles(table, lang="en", width="single"))
    assert "7,050 pt" in written and "Units: pt person-times; no unit: things." in written.replace(
        "- ", "-"
    )
    assert "≥ at least." in written
    plain = said(figures.number_tiles(one(), lang="en", width="single"))
    assert "Units" not in plain and "≥" not in plain


def test_two_units_with_the_same_initials_have_different_short_forms():
    units = tiles_module._short_units(["events", "estates", "eggs"], "en")
    assert len(set(units.values())) == 3 and units["events"] == "e"


@pytest.mark.parametrize("colour", [None, "black"])
def test_the_fill_shows_whose_number_it_is_without_relying_on_hue(colour):
    levels = ["province", "city", "county", "several", "institution", ""]
    shades = {}
    for level in levels:
        fig = figures.number_tiles(one(level=level), colour=colour)
        (left, right), *_ = boxes_of(fig)[0]
        shades[level] = tuple(sum(half.get_facecolor()[:3]) for half in (left, right))
    apart = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a in shades.values() for b in shades.values()]
    assert sorted(apart)[len(levels)] > 0.2, "two levels look alike"
    assert shades["several"][0] != shades["several"][1]
    assert shades["county"] == shades["several"][1:] * 2
    written = said(figures.number_tiles(many(*({"level": each} for each in levels)), lang="en"))
    for meaning in ("province", "county or township", "several levels together", "level not said"):
        assert meaning in written


def test_the_outline_shows_that_a_point_was_put_back():
    looks = {}
    for status in ("as_printed", "restored", "confirmed", "ambiguous"):
        fig = figures.number_tiles(one(status=status, basis="coder"), lang="en")
        outline = boxes_of(fig)[1][0]
        looks[status] = outline.get_linewidth(), outline.get_linestyle() != "solid"
    assert len(set(looks.values())) == 4
    assert looks["restored"][0] > looks["confirmed"][0] > looks["as_printed"][0]
    assert looks["ambiguous"][1]


def test_hatching_marks_what_was_before_the_campaign():
    def hatched(**number):
        patches = figures.number_tiles(one(**number), lang="en").axes[0].patches
        return [patch for patch in patches if patch.get_hatch()]

    assert not hatched(timing="during")
    assert len(hatched(timing="before")) == 2  # the tile and its sample in the key


def test_users_choose_documents_groups_and_colour_of_tiles():
    table = outcomes(3)
    fig = figures.number_tiles(table, docs=["Luoyang", "Zhengzhou"], rows=["outcome"], lang="en")
    assert list(fig.drawn["doc"]) == ["002_luoyang", "000_zhengzhou"]
    assert set(fig.drawn["group"]) == {"outcome"} and "Output" not in said(fig)
    assert words(fig).index("Luoyang") < words(fig).index("Zhengzhou")
    red = figures.number_tiles(one(level="province"), colour="#aa0000")
    assert boxes_of(red)[0][0][0].get_facecolor()[:3] == pytest.approx(to_rgb("#aa0000"))


def test_a_group_without_numbers_is_shown_as_zero():
    fig = figures.number_tiles(many({}, {}), lang="en", width="single")
    assert "Outcome: 0 of 2" in words(fig) and "Supervisory effort: 2 of 2" in words(fig)


@pytest.mark.parametrize(("n", "docs"), [(120, 1), (700, 1), (40, 12)])
@pytest.mark.parametrize("width", ["single", "double"])
def test_very_many_tiles_take_several_pages_and_none_is_lost(n, docs, width):
    table = pd.concat([outcomes(docs).assign(**NUMBER)] * (n // 2), ignore_index=True)
    table = table.assign(value=np.arange(len(table), dtype=float))
    first = figures.number_tiles(table, lang="en", width=width)
    pages = [first] + [
        figures.number_tiles(table, lang="en", width=width, page=page)
        for page in range(2, first.pages + 1)
    ]
    drawn = pd.concat(page.drawn for page in pages)
    assert sorted(drawn["value"]) == sorted(table["value"])
    for page in (pages[0], pages[-1]):
        assert page.get_size_inches()[1] * 25.4 < 250
        assert not cut(page) and not overlapping(page)


def test_one_document_with_120_numbers_fits_one_page():
    table = pd.concat([outcomes(1)] * 60, ignore_index=True)
    assert figures.number_tiles(table, lang="en", width="double").pages == 1


def test_every_tile_leads_to_its_quotation(five):
    drawn = figures.number_tiles(five.outcomes).drawn
    quotations = figures.FIGURES["number_tiles"].quotations(five)
    assert drawn["indicator_en"].notna().all()
    for row in drawn.itertuples():
        assert five.corpus[row.doc].quote(row.quote_start, row.quote_end) == row.quote
    assert set(zip(drawn["doc"], drawn["start"], strict=True)) == set(
        zip(quotations["doc"], quotations["start"], strict=True)
    )


# ---- where a decimal point was put back


def test_only_numbers_in_which_something_was_put_back_are_listed(five):
    drawn = figures.outcome_values(five.naive_values).drawn
    assert drawn["status"].value_counts().to_dict() == {"restored": 9, "ambiguous": 1}
    open_only = repaired(4).query("status == 'ambiguous'")
    assert figures.outcome_values(open_only, lang="en").drawn.empty
    sure = repaired(4).query("status == 'as_printed'")
    assert figures.outcome_values(sure, lang="en").drawn.empty


def printed_rows(fig):
    """Return the printed digits of each row, with a full stop at each point that was put back."""
    places = {}
    for line in lines(fig):
        if line.get_marker() == "o":
            y = round(float(line.get_ydata()[0]) - 0.8, 2)
            places.setdefault(y, []).append((float(line.get_xdata()[0]), "."))
    for text in fig.axes[0].texts:
        x, y = text.get_position()
        if len(text.get_text()) == 1 and text.get_text().isascii() and text.get_text().isdigit():
            places.setdefault(round(y, 2), []).append((x, text.get_text()))
    rows = {y: "".join(sign for _, sign in sorted(signs)) for y, signs in places.items()}
    return [rows[y] for y in sorted(rows) if any(c.isdigit() for c in rows[y])]


def test_the_point_stands_where_it_was_put_back(five):
    fig = figures.outcome_values(five.naive_values, lang="en", width="double")
    assert printed_rows(fig) == [
        *("44.4", "21.98", "2.58", "1.48", "74.4"),
        *("929.24", "166.89", "17.96", "3.6", "22.6"),
    ]


def test_printed_digits_keep_their_wan_and_the_reading_has_a_unit(five):
    english = words(figures.outcome_values(five.naive_values, lang="en", width="single"))
    assert english.count("万") == 4 and "444,000 people" in english and "万 = 10,000." in english
    assert "36,000–360,000 person-times" in " ".join(english).replace("\n", " ").replace("- ", "-")
    chinese = words(figures.outcome_values(five.naive_values, lang="zh", width="single"))
    assert "44.4万人" in chinese and "3.6万–36万人次" in chinese and "↑2.58个百分点" in chinese


def test_deduction_and_reading_and_doubt_put_different_points():
    rows = repaired(4)
    fig = figures.outcome_values(rows, lang="en", width="double")
    points = [line for line in lines(fig) if line.get_marker() == "o"]
    assert {line.get_fillstyle() for line in points} == {"full", "left", "none"}
    for meaning in ("found by deduction", "by the reference reading", "may have stood"):
        assert meaning in said(fig)


def test_the_reason_is_the_comparison_that_settled_the_place(five):
    wide = said(figures.outcome_values(five.naive_values, lang="zh", width="double"))
    assert "166.89 ÷ 929.24 = 17.96 %" in wide and "参照编码判读" in wide
    narrow = said(figures.outcome_values(five.naive_values, lang="zh", width="single"))
    assert "÷" not in narrow


def test_no_city_is_named_twice_in_the_list_of_points(five):
    written = words(figures.outcome_values(five.naive_values, lang="en", width="double"))
    assert written.count("Sanmenxia") == written.count("Zhengzhou") == 1


def test_a_range_that_lost_a_point_is_written_as_printed():
    row = repaired(1).head(1).assign(status="restored", basis="bound", printed="16-18", unit="个")
    row = row.assign(value=np.nan, low=1.6, high=1.8, naive=np.nan)
    fig = figures.outcome_values(row, lang="en", width="single")
    assert "1.6–1.8" in said(fig) and not cut(fig)


# ---- problems found, assigned and rectified


def test_each_list_has_a_row_that_says_who_assigned_it(five):
    fig = figures.outcome_chain(five.outcome_steps, lang="en", width="single")
    at = {text.get_text(): text.get_position()[1] for text in fig.axes[0].texts}
    heights = {word: [] for word in ("province", "several levels")}
    for text in fig.axes[0].texts:
        if text.get_text() in heights:
            heights[text.get_text()].append(text.get_position()[1])
    assert len(heights["province"]) == 2 and len(heights["several levels"]) == 2
    assert abs(at["3"] - heights["province"][1]) < 1, "Sanmenxia's 3 were assigned by the province"
    assert abs(at["57"] - heights["several levels"][1]) < 1
    assert "found or assigned by" in said(fig)


def test_units_of_the_chain_stand_in_its_headings_and_classifiers_only_in_chinese():
    english = figures.outcome_chain(problem_chain(1), lang="en", width="double")
    assert "≥200" in words(english) and not any("条" in word for word in words(english))
    assert "Problems found ≥200 (city)" in english.alt["en"]
    assert {"Problems assigned", "Departments evaluated"} <= set(words(english))
    assert "≥200条" in words(figures.outcome_chain(problem_chain(1), lang="zh", width="double"))


def bars(fig):
    return [np.ptp(x.get_xdata()) for x in lines(fig) if x.get_linewidth() == 3.2]


def test_a_step_without_a_number_is_a_dash_and_bars_are_to_scale():
    table = problem_chain(1).query("step != 'evaluated'").assign(status="as_printed")
    table["value"] = [200.0, 100.0, 50.0]
    fig = figures.outcome_chain(table, width="double")
    assert sorted(np.array(bars(fig)) / max(bars(fig))) == pytest.approx([0.25, 0.5, 1])
    assert len([x for x in lines(fig) if x.get_marker() == "_"]) == 1


def test_departments_have_no_bar_and_do_not_change_the_scale_of_problems():
    table = problem_chain(1).query("step != 'evaluated'").assign(status="as_printed")
    table = table.assign(value=[200.0, 100.0, 50.0], high=200.0)
    departments = table.tail(1).assign(step="evaluated", value=9_000.0, high=9_000.0)
    both = figures.outcome_chain(pd.concat([table, departments]), width="double")
    assert bars(both) == bars(figures.outcome_chain(table, width="double"))
    assert bars(figures.outcome_chain(departments, width="double")) == []
    assert "9,000条" in words(both)


def test_a_lower_bound_has_an_arrow_and_an_open_number_a_dashed_line():
    def drawn(**number):
        table = problem_chain(1).head(1).assign(**{"qualifier": "exact", **number})
        fig = figures.outcome_chain(table, lang="en", width="single")
        dashed = [x for x in lines(fig) if x.get_linestyle() == "--"]
        arrows = [x for x in lines(fig) if x.get_marker() == ">"]
        return len(arrows), len(dashed), words(fig)

    arrows, dashed, written = drawn(qualifier="at_least")
    assert (arrows, dashed) == (1, 0) and "≥200" in written
    arrows, dashed, written = drawn(value=np.nan, low=20.0, status="ambiguous")
    assert (arrows, dashed) == (0, 1) and "20–200" in written
    assert drawn(value=np.nan, low=20.0)[:2] == (0, 0)  # a range in the text is certain


def test_users_choose_whose_lists_are_drawn_and_in_which_order(five):
    steps = five.outcome_steps
    fig = figures.outcome_chain(steps, rows=["several", "province"], docs=["Sanmenxia"])
    assert list(fig.drawn["level"]) == ["several", "several", "province", "province"]
    red = figures.outcome_chain(steps, colour="#aa0000")
    assert {x.get_color() for x in lines(red) if x.get_linewidth() == 3.2} == {"#aa0000"}


def test_many_numbers_of_one_step_and_assigner_stand_in_rows_and_on_pages():
    first = problem_chain(1).head(1)
    table = pd.concat([first.assign(value=i + 1.0, status="as_printed") for i in range(70)])
    chart = figures.outcome_chain(table, lang="en", width="double")
    pages = [
        figures.outcome_chain(table, lang="en", width="double", page=page)
        for page in range(1, chart.pages + 1)
    ]
    assert chart.pages > 1
    assert pd.concat(p.drawn for p in pages)["value"].to_list() == list(range(1, 71))
    for page in pages:
        assert page.get_size_inches()[1] * 25.4 < 250 and words(page).count("Zhengzhou") == 1
        assert not overlapping(page) and not cut(page)


# ---- numbers by question


def test_only_numbers_that_nothing_keeps_apart_have_bars():
    fig = figures.numbers_by_question(questions(2), lang="en", width="double")
    assert np.array(bars(fig)) / max(bars(fig)) == pytest.approx([12 / 19, 1])
    assert "How many problems did the province assign? (n = 2)" in words(fig)
    assert "bar: the numbers may share an axis" in said(fig)


def test_each_caveat_has_a_mark_a_word_and_a_place_in_the_key():
    fig = figures.numbers_by_question(questions(3), lang="en", width="double")
    markers = [x.get_marker() for x in lines(fig)]
    assert markers.count("s") == 4 and markers.count("o") == 4  # three numbers and the key
    assert {">", "d"} <= set(markers), "a planned number points ahead"
    for word in (
        "caveat: state of completion",
        "caveat: date",
        "caveat: merged sources",
        "several levels",
    ):
        assert word in said(fig)
    assert "planned 2024" in words(fig) and "time not said" in words(fig)
    same = questions(3).query("verdict == 'same_axis'")
    assert "caveat" not in said(figures.numbers_by_question(same, lang="en"))


def test_a_further_stage_has_a_fuller_circle():
    table = questions(3).query("panel == 2")
    fig = figures.numbers_by_question(table, lang="en", width="single")
    circles = [x for x in lines(fig) if x.get_marker() == "o"]
    circles = sorted(circles[:-1] if len(circles) > 3 else circles, key=lambda x: x.get_ydata()[0])
    assert [x.get_fillstyle() for x in circles[:3]] == ["none", "left", "full"]
    assert [w for w in words(fig) if w in ("chosen", "sited and built", "in use")] == [
        *("chosen", "sited and built", "in use")
    ]


def test_bounds_and_directions_stand_before_the_numbers_and_in_the_key():
    table = questions(2).assign(direction=["up", "down"] * 3)
    written = said(figures.numbers_by_question(table, lang="en", width="single"))
    assert "↑12" in written and "↓≥19" in written
    assert "≥ at least; ↑ rose by; ↓ fell by." in written
    exact = questions(2).assign(qualifier="exact")
    plain = said(figures.numbers_by_question(exact, lang="en", width="single"))
    assert "≥" not in plain and "↑" not in plain


def test_a_number_with_a_point_put_back_says_so_beside_others():
    table = questions(2).assign(status="restored", basis="bound")
    assert "point found by deduction" in said(figures.numbers_by_question(table, lang="en"))
    assert "deduction" not in said(figures.numbers_by_question(questions(2), lang="en"))


def test_a_reading_that_was_set_aside_does_not_shorten_the_bars():
    table = questions(2).query("panel == 0")
    plain = bars(figures.numbers_by_question(table, lang="en"))
    aside = table.assign(status="restored", basis="coder", high=10 * table["value"])
    assert bars(figures.numbers_by_question(aside, lang="en")) == plain


def test_a_city_is_named_once_for_its_numbers_of_a_question():
    table = pd.concat([questions(2).query("panel == 1")] * 2).sort_values("doc")
    fig = figures.numbers_by_question(table, lang="en", width="double")
    assert len(fig.drawn) == 4 and words(fig).count("Zhengzhou") == 1


def test_a_question_that_one_document_answers_is_left_out():
    table = questions(2)
    one_city = figures.numbers_by_question(table, docs=["Zhengzhou"], lang="en")
    assert one_city.drawn.empty
    apart = table[(table["panel"] == 0) | (table["doc"] == "000_zhengzhou")]
    assert set(figures.numbers_by_question(apart, lang="en").drawn["panel"]) == {0}


def test_a_question_with_many_numbers_takes_several_pages():
    first = figures.numbers_by_question(questions(60), lang="en", width="single")
    pages = [first] + [
        figures.numbers_by_question(questions(60), lang="en", width="single", page=page)
        for page in range(2, first.pages + 1)
    ]
    drawn = pd.concat(page.drawn for page in pages)
    assert first.pages > 2 and drawn["value"].to_list() == questions(60)["value"].to_list()
    assert max(bars(pages[0])) < 0.8 * max(bars(pages[1])), "one scale on all pages"


def test_users_choose_and_order_the_indicators_of_questions(five):
    values = five.comparable_values
    fig = figures.numbers_by_question(values, rows=["dining_sites", "teams"], lang="en")
    assert list(fig.drawn["indicator"].unique()) == ["dining_sites", "teams"]
    red = figures.numbers_by_question(values, colour="#aa0000")
    assert {x.get_color() for x in lines(red) if x.get_linewidth() == 3.2} == {"#aa0000"}


# ---- another corpus

REPORT = """{city}: 以监督之力托起幸福晚年

一、深入调研,摸清底数

市人大常委会组成{n}个检查组,走访养老机构{m}家,召开座谈会{k}次,梳理出问题{p}条.

二、跟踪督办,务求实效

市人大常委会向市政府交办问题{p}项,目前已整改到位{k}项.全市建成助餐场所{m}个.
"""
CITIES = "洛阳 开封 安阳 鹤壁 新乡 濮阳 许昌 南阳 商丘 信阳 周口 驻马店".split()


@pytest.fixture(scope="module")
def twelve(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twelve")
    for i, city in enumerate(CITIES):
        text = REPORT.format(city=city, n=3 + i % 4, m=20 + 7 * i, k=2 + i, p=30 + i)
        (folder / f"{i:02d}.txt").write_text(text, "utf8")
    return study_of(read_corpus(folder))


@pytest.mark.parametrize(
    ("name", "least"), [("number_tiles", 84), ("outcome_chain", 36), ("comparable_values", 60)]
)
def test_other_reports_with_recurring_indicators_give_charts_of_numbers(twelve, name, least):
    from helpers.figures.catalogue import draw_figure

    first = draw_figure(name, twelve, lang="en", width="double")
    pages = [
        draw_figure(name, twelve, lang="en", width="double", page=page)
        for page in range(1, first.pages + 1)
    ]
    drawn = pd.concat(page.drawn for page in pages)
    assert drawn["doc"].nunique() == 12 and len(drawn) >= least
    assert not any(cut(page) or overlapping(page) for page in pages)


def test_reports_that_lost_no_point_give_no_list_of_points_and_the_reason_is_said(twelve):
    from helpers.figures.catalogue import draw_figure

    fig = draw_figure("restored_values", twelve, lang="en")
    assert fig.drawn.empty and "no number had a decimal point put back" in fig.alt["en"]
