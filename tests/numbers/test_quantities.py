"""Every number is found, with its unit, qualifier and offsets; what states no magnitude is
classed, never dropped."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.characters import chinese_number, chinese_range
from helpers.codebook.codebook import read_table
from helpers.numbers.quantities import NOT_METRIC, Quantities, find_quantities


def only(text: str):
    """The one quantity of a text."""
    found = find_quantities(text)
    assert len(found) == 1, [(q.printed, q.kind, q.reason) for q in found]
    return found[0]


MAGNITUDES = [  # text, printed, value, unit, kind, qualifier
    ("全市６００余个代表联络站", "６００", 600, "个", "count", "at_least"),
    ("床位８０００张", "８０００", 8000, "张", "count", "exact"),
    ("任务完成率１００％.", "１００", 100, "%", "share", "exact"),
    ("问题７３％以上已整改", "７３", 73, "%", "share", "at_least"),
    ("全市户籍人口达９２９２４万人", "９２９２４", 929240000, "人", "count", "exact"),
    ("常住人口２０２万,", "２０２", 2020000, "人", "count", "exact"),
    ("高龄老人约２０万人", "２０", 200000, "人", "count", "about"),
    ("新增技能人才１万余人", "１", 10000, "人", "count", "at_least"),
    ("答卷总数一万余份", "一万", 10000, "份", "count", "at_least"),
    ("人大代表百余人次", "百", 100, "人次", "count", "at_least"),
    ("接访近千人", "千", 1000, "人", "count", "about"),
    ("督办的十件重点建议", "十", 10, "件", "count", "exact"),
    ("投入７４４万元", "７４４", 7440000, "元", "money", "exact"),
    ("不少于１０名老人", "１０", 10, "名", "count", "at_least"),
    ("不超过３０天", "３０", 30, "天", "duration", "at_most"),
    ("不足５％", "５", 5, "%", "share", "at_most"),
    ("控制在4.5%以内", "4.5", 4.5, "%", "share", "at_most"),
    ("超过1.2亿元", "1.2", 120000000, "元", "money", "at_least"),
    ("２１．９８％", "２１．９８", 21.98, "%", "share", "exact"),
    ("２１·９８％", "２１·９８", 21.98, "%", "share", "exact"),
    ("面积3.14159平方公里", "3.14159", 3.14159, "平方公里", "area", "exact"),
    ("1.5万亿元", "1.5", 1.5e12, "元", "money", "exact"),
    ("三百二十名老人", "三百二十", 320, "名", "count", "exact"),
    ("百分之四十", "四十", 40, "%", "share", "exact"),
    ("占百分之三点五", "三点五", 3.5, "%", "share", "exact"),
    ("14家乡镇敬老院", "14", 14, "家", "count", "exact"),
    ("上百家企业", "百", 100, "家", "count", "at_least"),
    ("翻两番", "两", 2, "番", "change", "exact"),
    ("建成1所以照护为主的机构", "1", 1, "所", "count", "exact"),
    ("40个点位", "40", 40, "个", "count", "exact"),
    ("下降3个点", "3", 3, "个点", "change", "exact"),
    ("12位次", "12", 12, "", "number", "exact"),
    ("增幅达2/3以上", "2/3", 2 / 3, "", "share", "at_least"),
    ("机构215家次", "215", 215, "家次", "count", "exact"),
    ("近三年来", "三", 3, "年", "duration", "about"),
    ("同比增长-2.3%", "2.3", -2.3, "%", "share", "exact"),
    ("完成1000 \n\n 户改造", "1000", 1000, "户", "count", "exact"),
    # what other libraries get wrong
    ("100000万美元", "100000", 1e9, "美元", "money", "exact"),
    ("123元1角1分", "123元1角1分", 123.11, "元", "money", "exact"),
    ("1,100万人", "1,100", 11000000, "人", "count", "exact"),
    ("20个百分点", "20", 20, "个百分点", "change", "exact"),
    ("3万4000人", "3万4000", 34000, "人", "count", "exact"),
    ("3亿5000万元", "3亿5000万", 350000000, "元", "money", "exact"),
    ("47.264287亿元", "47.264287", 4726428700, "元", "money", "exact"),
    ("9日元", "9", 9, "日元", "money", "exact"),
    ("三十几万元", "三十", 300000, "元", "money", "at_least"),
    ("二百余万元", "二百", 2000000, "元", "money", "at_least"),
    ("一千多万元", "一千", 10000000, "元", "money", "at_least"),
    ("发行总额4120亿", "4120", 4.12e11, "", "number", "exact"),
    ("16.000", "16.000", 16, "", "number", "exact"),
    ("29.7", "29.7", 29.7, "", "number", "exact"),
]


@pytest.mark.parametrize("text, printed, value, unit, kind, qualifier", MAGNITUDES)
def test_a_magnitude_is_read_with_unit_and_qualifier(text, printed, value, unit, kind, qualifier):
    q = only(text)
    assert (q.printed, q.value, q.unit, q.kind, q.qualifier) == (
        printed,
        value,
        unit,
        kind,
        qualifier,
    )
    assert (q.status, q.basis, q.readings, q.best, q.p_best) == (
        "as_printed",
        "printed",
        (value,),
        value,
        1,
    )


NOT_MAGNITUDES = [  # text, the classes of its numbers in order
    ("（２０２４年　第６０期）", ["date", "issue"]),
    ("2024年5月20日", ["date"] * 3),
    ("2024-06-20", ["date"] * 3),
    ("１—５月", ["date"] * 2),
    ("2021—2023年", ["date"] * 2),
    ("二〇二四年六月", ["date"] * 2),
    ("上世纪90年代", ["date"]),
    ("上午9点30分", ["date"] * 2),
    ("14:30", ["date"] * 2),
    ("一季度", ["date"]),
    ("3·15", ["date"]),
    ("60岁以上", ["age"]),
    ("６０－６９周岁", ["age"] * 2),
    ("年满六十周岁", ["age"]),
    ("80后代表", ["age"]),
    ("第104次会议", ["ordinal"]),
    ("市八届人大常委会第十四次会议", ["ordinal"] * 2),
    ("党的二十届三中全会", ["ordinal"] * 2),
    ("十四届全国人大二次会议", ["ordinal"] * 2),
    ("第二十届", ["ordinal"]),
    ("一级巡视员", ["ordinal"]),
    ("第三十二条", ["clause"]),
    ("第十四、十五条", ["clause"] * 2),
    ("一、坚持高位推动", ["clause"]),
    ("办好.二是梳理", ["clause"]),
    ("（三）", ["clause"]),
    ("老年\n\n—３—\n\n人", ["page"]),
    ("第12页", ["page"]),
    ("“１＋４＋N”政策", ["slogan"] * 2),
    ("“１＋X”证书", ["slogan"]),
    ("15分钟养老生活圈", ["slogan"]),
    ("每1000名老人", ["ratio"]),
    ("把握“四个一”", ["slogan"]),
    ("五大政策体系", ["slogan"]),
    ("以“四不两直”方式", ["slogan"] * 2),
    ("养老服务三级联动", ["slogan"]),
    ("市、县两级人大", ["slogan"]),
    ("全国两会期间", ["slogan"]),
    ("“一府一委两院”", ["slogan"] * 3),
    ("“十四五”规划", ["slogan"]),
    ("三年行动计划", ["slogan"]),
    ("千家万户", ["slogan"] * 2),
    ("亿万老年人", ["slogan"]),
    ("12345热线", ["code"]),
    ("5G", ["code"]),
    ("豫政〔2024〕12号", ["date", "code"]),
    ("5.2.1.6", ["code"]),
    ("护理比1:3", ["ratio"] * 2),
    ("形成一个意见", ["indefinite"]),
    ("五星级养老机构", ["ordinal"]),
    ("3楼会议室", ["ordinal"]),
    ("医养结合机构四个类型", ["slogan"]),
    ("1.加强领导。2.完善机制。", ["clause"] * 2),
    ("三甲医院", ["ordinal"]),
    # numbers of documents, standards, versions and lines: in every official text, and none of them
    # a result
    ("详见附件３", ["ordinal"]),
    ("附件1、2", ["ordinal"] * 2),
    ("表1", ["ordinal"]),
    ("见图3-2", ["ordinal"] * 2),
    ("GB 38600—2019", ["code"] * 2),
    ("GB/T 29353-2012", ["code"] * 2),
    ("JGJ450-2018", ["code"] * 2),
    ("DB41/T 1234-2020", ["code"] * 3),
    ("建标143-2010", ["code"] * 2),
    ("ISO 9001:2015", ["code"] * 2),
    ("3.0版", ["code"]),
    ("升级为３０版", ["code"]),
    ("V2.0", ["code"]),
    ("“智慧养老2.0”平台", ["code"]),
    ("第3版", ["ordinal"]),
    ("豫民〔2024〕15号", ["date", "code"]),
    ("民发（2021）15号", ["date", "ordinal"]),
    ('"9064"', ["slogan"]),
    ('"1251"工程', ["slogan"]),
    ("9073养老格局", ["slogan"]),
    ("拨打110、119、120", ["code"] * 3),
    ("400-800-1234", ["code"] * 3),
    ("邮编450000", ["code"]),
    ("QQ群123456", ["code"]),
    ("107国道", ["code"]),
    ("COVID-19", ["code"]),
    ("No.12", ["ordinal"]),
    ("365天×24小时", ["slogan"] * 2),
    ("“双11”", ["date"]),
]


@pytest.mark.parametrize("text, kinds", NOT_MAGNITUDES)
def test_what_states_no_magnitude_is_found_and_classed_with_its_rule(text, kinds):
    found = find_quantities(text)
    assert [q.kind for q in found] == kinds
    assert set(kinds) <= NOT_METRIC and all(q.reason for q in found)


@pytest.mark.parametrize(
    "text",
    [
        "附件3份",
        "代表12名",
        "地图12幅",
        "报表35张",
        "专栏3个",
        "发表12篇",
        "刊登3版",
        "投资400—800万元",
        "国道3条",
        "接警110次",
        "接处110、119个",
        "占比2.0%",
        "达到2.0",
        "150工程师",
        "GDP-2.3%",
        "双12个",
        "完成1200平方米",
        "议题5项",
    ],
)
def test_a_magnitude_beside_such_words_stays_one(text):
    assert [q.kind for q in find_quantities(text) if q.kind in NOT_METRIC] == []


@pytest.mark.parametrize(
    "text",
    ["统一部署", "十分重要", "一些问题", "进一步", "万一", "百花齐放的", "一般", "千方", "唯一"],
)
def test_a_numeral_that_is_part_of_a_word_is_not_a_number(text):
    assert [q for q in find_quantities(text) if q.kind not in NOT_METRIC] == []


@pytest.mark.parametrize(
    "text, printed, low, high, unit",
    [
        ("由２－３人组成", "２－３", 2, 3, "人"),
        ("今后五至十年", "五至十", 5, 10, "年"),
        ("３０至４０万元", "３０至４０", 300000, 400000, "元"),
        ("三五个人", "三五", 3, 5, "个"),
        ("数百人", "数百", 200, 900, "人"),
    ],
)
def test_a_range_keeps_both_ends_and_no_single_value(text, printed, low, high, unit):
    q = only(text)
    assert (q.printed, q.low, q.high, q.unit, q.qualifier, q.value) == (
        printed,
        low,
        high,
        unit,
        "range",
        None,
    )


def test_a_range_with_a_unit_at_both_ends_is_two_numbers_that_know_each_other():
    first, second = find_quantities("增长7%—8%")
    assert (first.value, second.value) == (7, 8)
    assert {first.qualifier, second.qualifier} == {"range"} and (first.low, first.high) == (
        second.low,
        second.high,
    ) == (7, 8)


@pytest.mark.parametrize("text", ["从5%到8%", "从去年的２２６％提升至４０％以上"])
def test_a_change_is_not_a_range(text):
    assert [q.qualifier for q in find_quantities(text)][0] == "exact" and len(
        find_quantities(text)
    ) == 2


def test_numbers_of_a_list_share_the_unit_behind_the_last():
    first, second = find_quantities("分别上升２５８和１４８个百分点")
    assert (first.unit, first.kind, second.unit) == ("个百分点", "change", "个百分点")


def test_a_digit_behind_an_amount_does_not_enter_it():
    before, first, after = find_quantities("2.2本计划投资3541.07万元2.3本项目")
    assert (first.printed, first.value, first.unit) == ("3541.07", 35410700, "元") and (
        before.value,
        after.value,
    ) == (2.2, 2.3)


def test_a_name_that_ends_in_a_numeral_pays_no_money():
    assert find_quantities("赔偿李四人民币") == []


def test_a_dot_that_stands_for_a_full_stop_cuts_no_number():
    assert [(q.printed, q.kind) for q in find_quantities("共有１８０.２０２４年")] == [
        ("１８０", "number"),
        ("２０２４", "date"),
    ]


@pytest.mark.parametrize(
    ("text", "printed", "value", "unit", "qualifier"),
    [
        ("下降百分之五点三五", "五点三五", 5.35, "%", "exact"),
        ("下降百分之五点三十", "五点三", 5.3, "%", "exact"),  # 十 is no decimal
        ("三分之二的机构", "三分之二", 2 / 3, "", "exact"),
        ("约万分之一", "一", 1, "万分之", "about"),
        ("十几个机构", "十几", 10, "个", "at_least"),
    ],
)
def test_fractions_and_vague_numerals_in_words_are_read(text, printed, value, unit, qualifier):
    q = only(text)
    assert (q.printed, q.value, q.unit, q.qualifier) == (
        printed,
        pytest.approx(value),
        unit,
        qualifier,
    )


@pytest.mark.parametrize(
    "text", ["零分之三", "百分之多少", "五三十个", "第一分之差", "百分之五点万二"]
)
def test_numerals_that_name_no_number_are_none(text):
    assert [q for q in find_quantities(text) if q.printed not in ("五", "一")] == []


def test_a_compound_before_a_number_with_a_unit_keeps_its_own():
    assert [(q.printed, q.value, q.unit) for q in find_quantities("４４４万２５８和１４８个")] == [
        ("４４４万２５８", 4440258, ""),
        ("１４８", 148, "个"),
    ]


def test_digits_behind_a_fraction_in_words_are_not_lost():
    assert [(q.printed, q.unit) for q in find_quantities("百分之5..7")] == [("5", "%"), ("7", "")]
    assert [q.printed for q in find_quantities("0/0·0%")] == ["0/0", "0"]
    assert [q.printed for q in find_quantities("百分之0.")] == ["0"]


def test_offsets_are_those_of_the_text_given():
    text = "　全市床位８０００张、\n占２１．９８％；三级"
    assert [text[q.start : q.end] for q in find_quantities(text)] == [
        q.printed for q in find_quantities(text)
    ]


@pytest.mark.parametrize(
    "row", read_table("codebook/number_rules").to_dict("records"), ids=lambda row: row["example"]
)
def test_each_rule_of_the_table_is_met_by_its_own_example(row):
    assert (row["kind"], row["rule"]) in [
        (q.kind, q.reason) for q in find_quantities(row["example"])
    ]


def test_units_table_names_each_unit_once_and_says_whether_it_can_have_decimals():
    units = read_table("codebook/units")
    assert (
        units["unit"].is_unique
        and set(units["decimals"]) <= set("0123")
        and set(units["chinese"]) <= {"yes", "no"}
    )
    assert (units["en"] != "").all() and not set(units["kind"]) & NOT_METRIC


@given(
    st.text(
        alphabet=(
            "０１２3４5.．·,，万亿百千十一二三两多余约近%％元人个年月日岁第—-－至\n 　“”()一是、"
            "abN+＋分之:角届"
        ),
        max_size=60,
    )
)
def test_any_text_is_read_without_error_and_every_digit_is_covered(text):
    found = find_quantities(text)
    assert all(text[q.start : q.end] == q.printed for q in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    covered = {i for q in found for i in range(q.start, q.end)}
    assert {i for i, c in enumerate(text) if c in "０１２3４5"} <= covered


@given(st.integers(1, 10**6), st.sampled_from(["户", "万元", "％", "人次"]))
def test_full_width_and_half_width_are_read_alike(number, unit):
    half, full = (
        f"共{number}{unit}",
        "共" + str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")) + unit,
    )
    a, b = only(half), only(full)
    assert (a.value, a.unit, a.kind, a.start, a.end) == (b.value, b.unit, b.kind, b.start, b.end)


def test_chinese_numerals_agree_with_an_independent_library():
    rng = random.Random(0)
    for number in [*range(2000), *(rng.randrange(10**12) for _ in range(2000))]:
        assert chinese_number(cn2an.an2cn(number)) == number


@pytest.mark.parametrize(
    "numeral, expected",
    [("二十六亿六千万", 2660000000), ("一万亿", 10**12), ("三万五", 35000), ("十百", None)],
)
def test_spoken_numerals(numeral, expected):
    assert chinese_number(numeral) == expected


def test_a_year_in_numerals_is_not_a_range():
    assert chinese_range("二〇二三") is None


@pytest.mark.parametrize(
    "text", ["1," * 500_000, "1" * 1_000_000, "12,345," * 140_000, "１，" * 300_000, "一" * 300_000]
)
def test_a_megabyte_of_digits_and_commas_is_read_in_two_seconds(text):
    start = time.process_time()
    find_quantities(text)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("piece", ["服务12家、", "7%-8%,", "１１和９名;", "2-3人,", "-5,", "1/3。"])
def test_very_many_numbers_held_compactly_are_the_numbers_that_were_read(piece):
    text = piece * 1100
    held, listed = find_quantities(text), find_quantities(text + "。" * 50 * len(text))
    assert isinstance(held, Quantities) and isinstance(listed, list)
    assert list(held) == held[:] == listed


def test_a_number_held_compactly_can_be_replaced():
    held = Quantities("占12%", find_quantities("占12%"))
    other = replace(held[0], readings=(1.2, 12.0), value=None, low=1.2, high=12.0, best=1.2)
    held[0] = other
    assert list(held) == [other]
