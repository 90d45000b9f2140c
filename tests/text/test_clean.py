"""Each rule of cleaning changes what it should and nothing else, and leads back to the raw text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import clean, read_corpus
from helpers.characters import half_width, unradical
from helpers.text.lines import is_page_mark, join_blocks, page_measure, split_lines, verbatim

WRAPPED = """
河南省人大社会建设委员会

简　　报

(２０２４年　第６０期)

　河南省人大社会建设委员会 ２０２４年１１月２８日

“积极应对人口老龄化　加快发展养老服务”联动监督专辑 (五十九)

鹤城: 打好人大监督 “组合拳”

助推养老服务事业高质量发展

鹤城市人大常委会坚持以人民为中心,把推动养老事业发展作为

保障民生的重中之重,共走访养老机构１１７

家,提出建议２６

条,形成合力.

一、坚持高位推动,注重 “顶层谋划”

省人大常委会动员会召开后,市人大常委会高度重视,针对地域
—３—



面积大的特点,结合 “为人民履职、为中原添彩人
 大代表在行动”主题活动,每个代表走访不 少于１０名老人.

(鹤城市人大社会建设委员会供稿)
 　报:全国人大社会建设委员会

省人大常委会主任、副主任

　发:省人大常委会副秘书长
"""


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("养老问\n\n题日益", "养老问题日益"),
        ("１１７\n\n条", "117条"),
        ("走访不 少于", "走访不少于"),
        ("添彩人\n 大代表", "添彩人大代表"),
        ("注重 “顶层谋划”", "注重“顶层谋划”"),
        ("各乡 (镇)人大", "各乡(镇)人大"),
        ("—５—", ""),
        ("地域面积\n—３—\n\n大、机构", "地域面积大、机构"),
        ("１—５月", "1—5月"),  # a range of months is not a page mark
        ("监督—落实—再监督", "监督—落实—再监督"),
        ("2020—2021—2022年", "2020—2021—2022年"),
        ("上下联动　凝聚合力", "上下联动 凝聚合力"),  # the ideographic space of a title is a space
        ("the long\nterm care", "the long term care"),  # words of a Latin script keep a space
        ("占比２１．９８％", "占比21.98%"),
        ("㎡①½", "㎡①½"),  # NFKC would rewrite these
        ("⼈⺠代表", "人民代表"),
        ("", ""),
        ("  \n\u3000", ""),
    ],
)
def test_each_rule_changes_what_it_should_and_nothing_else(raw, text):
    assert clean(raw).text == text


def test_a_wrapped_briefing_becomes_one_line_per_paragraph():
    lines = clean(WRAPPED).text.split("\n")
    assert lines == [
        "鹤城市人大常委会坚持以人民为中心,把推动养老事业发展作为保障民生的重中之重,"
        "共走访养老机构117家,提出建议26条,形成合力.",
        "一、坚持高位推动,注重“顶层谋划”",
        (
            "省人大常委会动员会召开后,市人大常委会高度重视,针对地域面积大的特点,结合“为人民履职、"
            "为中原添彩人大代表在行动”主题活动,每个代表走访不少于10名老人."
        ),
    ]


def test_what_is_not_body_is_kept_as_metadata():
    marks = [(mark.rule, mark.text) for mark in clean(WRAPPED).metadata]
    assert marks == [
        ("masthead", "河南省人大社会建设委员会"),
        ("masthead", "简  报"),
        ("issue", "(2024年 第60期)"),
        ("date", "河南省人大社会建设委员会 2024年11月28日"),
        ("campaign", "“积极应对人口老龄化 加快发展养老服务”联动监督专辑 (五十九)"),
        ("title", "鹤城: 打好人大监督 “组合拳”"),
        ("title", "助推养老服务事业高质量发展"),
        ("attribution", "(鹤城市人大社会建设委员会供稿)"),
        ("distribution", "报:全国人大社会建设委员会"),
        ("distribution", "省人大常委会主任、副主任"),
        ("distribution", "发:省人大常委会副秘书长"),
    ]


def test_text_that_is_not_wrapped_keeps_its_lines():
    raw = (
        "关于养老服务工作的报告\n\n一、总体情况\n　　全市共有养老机构120家，床位1.2万张。近年来，"
        "各级高度重视养老服务工作，成效明显。\n　　今年以来，开展了专题调研。\n二、"
        "存在问题\n　　一是投入不足，设施老化，服务质量不高，群众意见较多。\n"
    )
    assert clean(raw).text.split("\n") == [
        "一、总体情况",
        "全市共有养老机构120家,床位1.2万张。近年来,各级高度重视养老服务工作,成效明显。",
        "今年以来,开展了专题调研。",
        "二、存在问题",
        "一是投入不足,设施老化,服务质量不高,群众意见较多。",
    ]


def test_a_body_without_masthead_loses_nothing():
    assert clean("关于设立老龄工作委员会").text == "关于设立老龄工作委员会"
    assert clean("今年以来,委员会开展调研.").metadata == ()


def rebuilt(result):
    parts, place = [], 0
    for edit in result.ledger:
        assert edit.start >= place, "edits overlap"
        assert result.raw[edit.start : edit.end] == edit.before
        parts += [result.raw[place : edit.start], edit.after]
        place = edit.end
    return "".join(parts) + result.raw[place:]


def assert_way_back(result):
    assert len(result.offsets) == len(result.text)
    assert (result.offsets[1:] > result.offsets[:-1]).all()
    assert rebuilt(result) == result.text


ODD = st.text(
    st.sampled_from("养老,.。 \n\r\f\u3000—－3３０“”(（〇⼈\ufeff\u2028\ud800aZ、一报:"),
    max_size=60,
)


@given(st.one_of(st.text(), ODD))
def test_any_text_is_cleaned_with_a_ledger_that_rebuilds_it(raw):
    assert_way_back(clean(raw))


@given(st.one_of(st.text(), ODD))
def test_width_and_radicals_are_mapped_one_to_one(raw):
    assert len(half_width(raw)) == len(raw) == len(unradical(raw))
    assert half_width(half_width(raw)) == half_width(raw)


def test_a_page_mark_within_a_title_is_cut_once():
    title = "凝聚监督合力护航养老服务高质量发展推动社会养老事业再上一个\n—３—\n新的台阶\n"
    body = (
        "　　今年以来，市人大常委会坚持问题导向，围绕养老服务开展专题调研和\n执法检查，"
        "推动解决了一批群众反映强烈的突出问题，取得了较好的成效，\n受到好评。"
    )
    cleaned = clean(title + body)
    assert cleaned.cuts[:2] == (
        ("title", 0, len(title) - 1),
        ("line_break", len(title) - 1, len(title) + 2),
    )
    assert [(mark.rule, mark.text) for mark in cleaned.metadata] == [
        ("title", "凝聚监督合力护航养老服务高质量发展推动社会养老事业再上一个新的台阶")
    ]
    assert_way_back(cleaned)


def test_the_shipped_briefings_have_a_ledger_that_rebuilds_them():
    for document in read_corpus():
        assert_way_back(document.clean_text)
        assert {edit.rule for edit in document.clean_text.ledger} <= {
            "line_break",
            "stray_space",
            "width",
            "page_mark",
            "masthead",
            "issue",
            "date",
            "campaign",
            "title",
            "attribution",
            "distribution",
        }


@pytest.mark.parametrize(
    ("line", "is_mark"),
    [
        ("—３—", True),
        ("- 12 -", True),
        ("第3页 共5页", True),
        ("－ ４ －", True),
        ("１—５月", False),
        ("３", False),
        ("第3页的图", False),
        ("·3·", True),
        ("第一页", True),
        ("～5～", True),
        ("·提示·", False),
    ],
)
def test_page_marks_are_distinguished_from_ranges(line, is_mark):
    assert is_page_mark(line) is is_mark


def test_verbatim_drops_page_furniture_and_nothing_else():
    assert (
        verbatim("地域面积\n—３—\n\n大、走访不\n 少于１０名  老人")
        == "地域面积大、走访不少于１０名  老人"
    )


def test_the_page_measure_shows_whether_text_is_wrapped():
    wrapped = split_lines(
        "把推动养老事业发展作为保障和改善民\n生的重中之重连续多年将养老服务纳入\n年度工作要点."
    )
    loose = split_lines("第一段到这里结束。\n第二段也到这里结束了。")
    assert page_measure(wrapped) == 17 and page_measure(loose) == 0
    assert [len(block) for block in join_blocks(wrapped)] == [3]


PROSE = (
    "今年以来,鹤城市人大常委会坚持以人民为中心的发展思想,聚焦养老服务突出问题,"
    "组织开展联动专题调研和执法检查,随机暗访养老机构十二家,"
    "发现问题三十五个,全部转交市政府研究处理."
)
LIST = (
    "现将任务公布如下.\n鹤山区建成日间照料中心12个、"
    "新增床位350\n2024年底前完成床位420\n3个县区建立站点280\n浚县合计11\n"
    "淇县改造居家适老化环境困难家庭八百二十一户"
)


def cut(text, width):
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))


@pytest.mark.parametrize(
    ("raw", "paragraphs", "n"),
    [
        (cut(PROSE, 30), False, 1),
        (cut(PROSE, 12), False, 1),  # a column of a page
        (cut(PROSE, 12) + "\n" + cut(PROSE, 12), False, 2),
        # four lines do not prove that a Word file was pasted from a page
        (cut(PROSE, 30) + "\n" + cut(PROSE, 30), True, 6),
        (cut(PROSE, 16), True, 1),  # six do
        (LIST, False, 6),  # no margin: short paragraphs
        (LIST, True, 6),
        ("农村敬老院28\n3年来新增床位1200", False, 2),
        ("农村敬老院28\n3年来新增床位1200", True, 2),
    ],
)
def test_lines_are_joined_only_where_a_margin_shows(raw, paragraphs, n):
    assert len(join_blocks(split_lines(raw), paragraphs=paragraphs)) == n


def test_page_numbers_of_a_text_without_form_feeds_are_found_by_their_counting():
    page = cut(PROSE * 3, 24)
    cleaned = clean("\n".join(f"{page}\n{n}" for n in (1, 2, 3)))
    assert len(cleaned.page_marks) == 3 and "处理.1" not in cleaned.text
    table = clean("序号\n1\n2\n3\n4\n合计.")
    assert not table.page_marks


@pytest.mark.parametrize(
    "bad",
    ["”", "…", "—", " ", "\n", "1", "一、\n", "汉 ", "第", "(", "报:\n", "1\n\f", "人大简报\n\f"],
)
def test_hostile_repetition_is_cleaned_in_linear_time(bad):
    # of this process, the best of three: another one's load says nothing about the code
    def seconds(n):
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            clean(bad * n)
            best = min(best, time.process_time() - began)
        return best

    seconds(1000)
    assert seconds(40_000) < 40 * max(seconds(4_000), 0.005)  # quadratic would be 100 times
