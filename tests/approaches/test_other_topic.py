"""Another topic is studied by copying the tables and editing them: no code knows elderly care."""

import re
from pathlib import Path

import pandas as pd
import pytest

import helpers
from helpers import read_codebook, read_corpus
from helpers.approaches.coding import approach_evidence, code_approaches
from helpers.approaches.windows import stage_theme_counts

TOPIC = [
    ("topic", "环境保护|生态环境|污染|水质|河道"),
    ("topic_near", "绿化"),
    ("topic_law", "噪声"),
    ("topic_body", "污水处理厂"),
    ("other_matter", "养老服务|义务教育"),
    ("other_topic", "养老|老人|助餐"),
    ("other_subject", "养老|助餐|教育"),
]
THEMES = [
    ("water", "service", "水质", "水环境", "Water"),
    ("water", "service", "河道", "水环境", "Water"),
    ("air", "service", "空气质量", "大气", "Air"),
]
APPROACHES = [
    ("river_walk", "investigate", "technique", "巡河", "River walk", "a river was walked along"),
    ("symposium", "investigate", "technique", "座谈会", "Meeting", "a meeting was held"),
    (
        "inquiry",
        "deliberate",
        "form",
        "专题询问",
        "Special inquiry",
        "an inquiry was held or fixed",
    ),
    ("handover", "assign", "technique", "交办", "Assignment", "problems were assigned"),
]
RULES = [
    ("river_walk", "walk", "巡河|沿*河*查看|查看*河道", "", "congress"),
    ("symposium", "meeting", "座谈会", "", "congress"),
    ("inquiry", "inquiry", "专题询问", "", "own"),
    ("handover", "handover", "交办", "问题|清单", "own"),
]
REPORTS = {
    "qingshan": "青川: 守护一江清水\n\n"
    "市人大常委会围绕水质开展监督。检查组沿河查看排污口12个,召开座谈会3场。\n\n"
    "9月,市人大常委会将26个污染问题集中交办市政府。",
    "lanhe": "蓝河: 污染防治监督\n\n县人大常委会组织代表巡河5次。下一步,市人大常委会将召开座谈会。",
    "baisha": "白沙: 生态环境监督\n\n"
    "会议要求,各级人大要定期召开座谈会。10月,市人大常委会将开展专题询问。",
    "hongqiao": "红桥: 监督河道治理\n\n"
    "市人大常委会开展巡河。去年监督养老服务,召开座谈会9场。\n\n"
    "就老年助餐工作,市人大常委会开展专题询问。",
    "jinshan": "金山: 水质监督\n\n"
    "市生态环境局召开座谈会。污水处理厂召开座谈会。省人大常委会开展专题询问。",
    "yinhu": "银湖: 监督养老服务\n\n市人大常委会检查养老机构,召开座谈会2场。",
}


def table(folder, name, columns, rows):
    pd.DataFrame(rows, columns=columns.split()).to_csv(folder / f"{name}.csv", index=False)


@pytest.fixture(scope="module")
def codebook(tmp_path_factory):
    folder = tmp_path_factory.mktemp("environment")
    table(folder, "topic", "role words", TOPIC)
    table(folder, "themes", "theme family term zh en", THEMES)
    table(folder, "approaches", "code stage type zh en definition", APPROACHES)
    table(folder, "approach_rules", "code rule terms requires actor", RULES)
    read_codebook().act_words.to_csv(folder / "act_words.csv", index=False)
    return read_codebook(folder)


@pytest.fixture(scope="module")
def corpus(codebook, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    for name, text in REPORTS.items():
        (folder / f"{name}.txt").write_text(text + "\n", encoding="utf8")
    return read_corpus(folder, codebook=codebook)


@pytest.fixture(scope="module")
def cells(corpus):
    with pytest.warns(UserWarning, match="^yinhu: no word of .*环境保护, 生态环境, 污染 …"):
        return code_approaches(corpus).set_index(["doc", "code"])


@pytest.mark.parametrize(
    ("doc", "states"),
    [
        ("qingshan", "done done not_mentioned done"),
        ("lanhe", "done called_for not_mentioned not_mentioned"),
        ("baisha", "not_mentioned called_for planned not_mentioned"),
        ("hongqiao", "done not_mentioned not_mentioned not_mentioned"),
        ("jinshan", "not_mentioned not_mentioned not_mentioned not_mentioned"),
    ],
)
def test_the_states_of_another_topic_are_told_apart(cells, doc, states):
    assert cells.loc[doc, "state"].to_list() == states.split()


def test_who_acts_is_told_by_the_same_grammar(corpus):
    evidence = approach_evidence(corpus).set_index("quote")
    assert evidence.loc["检查组沿河查看排污口12个", "actor"] == "city_congress"
    assert evidence.loc["县人大常委会组织代表巡河5次。", "actor"] == "county_congress"
    # the bureau's and the sewage plant's own meetings are not the congress's
    assert "jinshan" not in set(evidence["doc"])


def test_a_sentence_on_elderly_care_is_off_this_topic(corpus):
    quotes = approach_evidence(corpus)["quote"]
    about_care = quotes[quotes.str.contains("养老|助餐|召开座谈会9场")]
    assert about_care.empty


def test_a_report_on_elderly_care_is_coded_for_its_own_subject(cells):
    assert (
        cells.loc["yinhu", "state"].to_list() == ["not_mentioned", "done"] + ["not_mentioned"] * 2
    )


def test_stages_meet_the_themes_of_the_codebook(corpus):
    counts = stage_theme_counts(corpus).set_index(["stage", "theme"])["n"]
    assert pd.isna(counts.loc[("investigate", "water")])
    assert counts.index.get_level_values("theme").unique().to_list() == ["water", "air"]


def test_no_pattern_of_the_code_names_elderly_care():
    folder = Path(helpers.__file__).parent / "approaches"
    for path in folder.glob("*.py"):
        code = re.sub(r'""".*?"""|#.*', "", path.read_text(encoding="utf8"), flags=re.DOTALL)
        assert not re.search("养老|老年|老人|老龄|敬老|助餐|elderly", code), path.name
