"""The maps of where results travel draw each arrow of the table once, at fixed places, and leave
whatever is not told in grey."""

import numpy as np
import pandas as pd
import pytest
from figure_tables import routes
from matplotlib.patches import Polygon
from matplotlib.text import Text

from helpers import read_corpus, result_routes, study_of
from helpers.figures import FIGURES, style
from helpers.figures.catalogue import draw_figure

RESULT = ("congress", "government", "handed over", "交办")
ORDER = ("province", "congress", "ordered", "部署")
JOINED = ("lower", "congress", "joined in", "联动")


def table(*arrows, doc="a", city=("郑州", "Zhengzhou"), **cells):
    """Clauses of one document, each with source, target and verbs of an arrow, all with the same
    further cells."""
    rows = [
        {"doc": doc, "city_zh": city[0], "city_en": city[1], "route": verb, "verb_en": verb}
        | {"source": source, "target": target, "verb_zh": zh, "anchored": 1, "own_clause": 1}
        | {"results": "yes" if verb == "handed over" else "", "below": 0}
        | cells
        for source, target, verb, zh in arrows
    ]
    return pd.DataFrame(rows)


def words(chart):
    return [text.get_text() for text in chart.findobj(Text) if text.get_text().strip()]


def colours(chart):
    """The colour of each text, by the text."""
    return {text.get_text(): text.get_color() for text in chart.findobj(Text)}


def shafts(chart):
    """The lines of arrows: neither the lines above the maps nor the marks of the key."""
    lines = [line for line in chart.axes[0].get_lines() if len(line.get_xdata()) == 2]
    return [line for line in lines if line.get_zorder() == 2 and line.get_linewidth() >= 0.8]


@pytest.fixture(scope="module")
def shipped():
    return study_of(read_corpus()).routes


def test_each_row_drawn_is_one_arrow_with_a_head_and_its_verb():
    invented = routes(5)
    chart = result_routes(invented, lang="en")
    arrows = chart.drawn[chart.drawn["source"] != ""]
    assert not arrows.duplicated(["doc", "source", "target"]).any()
    assert len(shafts(chart)) == len(chart.findobj(lambda x: type(x) is Polygon)) == len(arrows)
    assert chart.drawn["n"].sum() == (invented["source"] != "").sum()
    verbs = " ".join(text.replace("*", "") for text in words(chart))
    assert all(verb in verbs for verb in arrows["verb_en"].str.split().explode())


def test_results_are_thick_and_coloured_and_whatever_is_not_pinned_down_is_dashed():
    one = table(RESULT, ORDER)
    thick, thin = sorted(
        shafts(result_routes(one, lang="en")), key=lambda line: -line.get_linewidth()
    )
    assert thick.get_linewidth() >= 2 * thin.get_linewidth()
    assert (thick.get_color(), thin.get_color()) == (style.MAIN, style.QUIET)
    assert thick.get_linestyle() == "-"
    dashed = shafts(result_routes(one.assign(anchored=0), lang="en"))
    assert {line.get_linestyle() for line in dashed} == {"--"}


def test_of_several_clauses_the_result_then_the_one_pinned_down_names_the_arrow():
    reported = ("congress", "government", "reported", "汇报")
    clauses = pd.concat([table(reported), table(RESULT, anchored=0), table(RESULT, anchored=1)])
    (arrow,) = result_routes(clauses, lang="en").drawn.to_dict("records")
    assert (arrow["verb_en"], arrow["anchored"], arrow["n"]) == ("handed over", 1, 3)


def test_an_item_of_a_list_makes_no_arrow():
    clauses = pd.concat([table(RESULT), table(ORDER, own_clause=0)])
    assert list(result_routes(clauses, lang="en").drawn["source"]) == ["congress"]


def test_a_place_without_an_arrow_keeps_its_grey_name():
    found = colours(result_routes(table(RESULT), lang="en"))
    assert found["Government"] == style.INK
    silent = {found[name] for name in ("Party committee", "Province", "Deputies", "Public")}
    assert len(silent) == 1 and silent.isdisjoint({style.INK, style.QUIET})


def test_a_document_without_arrows_has_a_map_of_grey_names():
    blank = table(RESULT, doc="b", city=("开封", "Kaifeng"), own_clause=0)
    chart = result_routes(pd.concat([table(RESULT), blank]), lang="en")
    assert list(chart.drawn["doc"]) == ["a", "b"] and list(chart.drawn["n"]) == [1, 0]
    assert words(chart).count("Government") == 2 and "Kaifeng" in words(chart)
    assert len(shafts(chart)) == 1


def test_without_any_arrow_the_figure_says_why():
    from types import SimpleNamespace

    blank = table(RESULT, own_clause=0)
    assert "There is nothing to draw" in words(result_routes(blank, lang="en"))
    study = SimpleNamespace(routes=blank, codebook=None)
    assert "no clause of its own" in draw_figure("result_routes", study, lang="en").alt["en"]


def test_places_stand_at_the_same_place_on_every_map():
    chart = result_routes(routes(5), lang="zh")
    for name in ("政府", "党委", "社会公众", "本级人大"):
        at = [text.get_position() for text in chart.findobj(Text) if text.get_text() == name]
        tops = sorted(
            text.get_position()
            for text in chart.findobj(Text)
            if text.get_text() in {"郑州", "开封", "洛阳", "平顶山", "安阳"}
        )
        gaps = {
            (round(x - left, 6), round(y - top, 6))
            for (x, y), (left, top) in zip(sorted(at), tops, strict=True)
        }
        assert len(gaps) == 1, name


def crossed(chart):
    """The texts through which an arrow passes, without the empty space above and below letters."""
    chart.draw_without_rendering()
    texts = [text for text in chart.findobj(Text) if text.get_text().strip()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    points = [
        line.get_transform().transform(along(line, share))
        for line in shafts(chart)
        for share in np.linspace(0, 1, 60)
    ]
    return {
        text
        for text, box in boxes
        for x, y in points
        if box.x0 < x < box.x1 and box.y0 + 0.15 * box.height < y < box.y1 - 0.15 * box.height
    }


@pytest.mark.parametrize(("lang", "width"), [("zh", "double"), ("en", "double"), ("en", "single")])
@pytest.mark.parametrize("n", [0, 12])
def test_no_arrow_crosses_a_text(shipped, n, lang, width):
    assert crossed(result_routes(routes(n) if n else shipped, lang=lang, width=width)) == set()


def test_the_check_for_crossed_texts_can_fail(monkeypatch):
    monkeypatch.setattr("helpers.figures.routes._REACH", -4.0)
    assert crossed(result_routes(routes(3), lang="en"))


def along(line, share):
    """The point at some share of the length of a line."""
    (x0, x1), (y0, y1) = line.get_data()
    return x0 + share * (x1 - x0), y0 + share * (y1 - y0)


def test_documents_can_be_chosen_and_ordered_by_city_and_rows_can_not(shipped):
    chart = result_routes(shipped, docs=["Luohe", "济源"], lang="en")
    assert list(chart.drawn["city_en"].unique()) == ["Luohe", "Jiyuan"]
    cities = [word for word in words(chart) if word in ("Luohe", "Jiyuan", "Jiaozuo")]
    assert cities == ["Luohe", "Jiyuan"]
    with pytest.raises(TypeError, match="result_routes: the rows of this chart cannot be chosen"):
        result_routes(shipped, rows=["handed_over"])


def test_a_colour_of_ones_own_is_that_of_results_alone():
    chart = result_routes(table(RESULT, ORDER), lang="en", colour="#AA3377")
    assert sorted(line.get_color() for line in shafts(chart)) == [style.QUIET, "#AA3377"]
    found = colours(chart)
    assert found["→ handed over"] == "#AA3377" and found["↓ ordered"] == style.QUIET


def test_signs_point_as_the_arrows_do():
    assigned = ("province", "government", "assigned", "交办")
    back = ("government", "congress", "reports back", "定期报告")
    chart = result_routes(table(RESULT, ORDER, JOINED, assigned, back), lang="en")
    signs = {"→ handed over", "↓ ordered", "↑ joined in", "↓ assigned", "← reports back"}
    assert signs <= set(words(chart))


def test_what_a_lower_congress_did_has_a_star_that_a_note_explains():
    chart = result_routes(table(ORDER, below=1), lang="en")
    assert "↓ ordered*" in words(chart) and "* Done by a lower congress." in words(chart)[-1]
    both = pd.concat([table(ORDER, below=1), table(ORDER)])
    assert not any("*" in word for word in words(result_routes(both, lang="en")))
    vague = pd.concat([table(ORDER, anchored=0), table(ORDER, below=1)])
    assert "↓ ordered*" in words(result_routes(vague, lang="en"))


def test_the_key_explains_only_what_is_drawn():
    only_results = words(result_routes(table(RESULT), lang="en"))
    both = words(result_routes(table(RESULT, ORDER, anchored=0), lang="en"))
    assert not any(word.startswith(("anything else", "without these")) for word in only_results)
    assert any(word.startswith("anything else") for word in both)
    assert any(word.startswith("without these") for word in both)
    assert not any(word.startswith("done, with") for word in both)


def test_the_note_counts_the_documents_that_tell_of_a_result_for_each_place(shipped):
    note = words(result_routes(shipped, lang="en"))[-1].replace("\n", " ")
    assert note.startswith("n = 5 briefings.")
    assert "Government in 5, Party committee in 3," in note and "Public in 0." in note


def test_the_alternative_text_says_where_the_results_of_each_document_go(shipped):
    alt = result_routes(shipped, docs=["Zhengzhou", "Luohe"], lang="zh").alt
    assert "Zhengzhou: Congress to Government (handed over); Luohe: " in alt["en"]
    assert "郑州：本级人大→政府（交办）；漯河：" in alt["zh"]
    assert "publicised" not in alt["en"]


def test_every_arrow_leads_to_quotations_of_its_clauses():
    study = study_of(read_corpus())
    chart = draw_figure("result_routes", study)
    quotations = FIGURES["result_routes"].quotations(study)
    counts = quotations.groupby(["doc", "source", "target"]).size()
    for arrow in chart.drawn.itertuples():
        assert counts[arrow.doc, arrow.source, arrow.target] == arrow.n
    assert len(counts) == len(chart.drawn)
    for row in quotations.itertuples():
        assert study.corpus[row.doc].quote(row.start, row.end) == row.quote
