"""Whose document it is: places of all provinces and levels, in titles, mastheads, datelines and
openings; no function word is ever a place."""

import random
from collections import Counter

import pytest

from helpers import read_table
from helpers.text.cleaning import clean
from helpers.text.divisions import place_kinds
from helpers.text.masthead import read_masthead

BODY = (
    "　　今年以来，各有关方面坚持问题导向，扎实开展专题调研，走访养老机构12家。\n"
    "　　下一步，将持续跟踪问效，推动各项任务落到实处、见到成效，让老年人满意。\n"
)


def place_of(text):
    cleaned = clean(text)
    return read_masthead(cleaned.metadata, cleaned.text)["city_zh"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        # a function word is no place
        ("根据市人大常委会2025年监督工作计划，开展调研。", None),
        ("按照市人大常委会安排，调研组到6个县走访。", None),
        ("会上，部分市人大代表提出建议。", None),
        ("近日，部分县人大代表视察敬老院。", None),
        ("依托县人大常委会代表联络站，收集意见。", None),
        ("围绕市人大常委会审议意见，各部门逐项整改。", None),
        ("邀请区人大代表参加检查，听取区政府汇报。", None),
        ("现任县人大常委会主任张明华出席。", None),
        ("受区人大常委会委托，社会委组织视察。", None),
        ("听取了市民政局关于养老服务工作的汇报。", None),
        ("对于是否设立街道人大工委，各方意见不一。", None),
        ("共同绘就温州养老幸福底色\n　　温州市人大常委会视察敬老院。", "温州"),
        # a title
        ("——关于加快云州养老服务体系建设的调研报告\n　　对云州市养老服务情况进行了调研。", "云州"),
        ("推动云岭嵌入式养老见实效\n　　云岭县人大常委会视察养老服务。", "云岭县"),
        ("关于固始县养老服务情况的调研报告\n　　固始县人大常委会组成调研组。", "固始县"),
        ("加快许昌养老服务体系建设的思考\n　　近年来，市人大常委会多次调研。", "许昌"),
        ("浙江云州：老年食堂办到家门口\n　　近日，记者走进社区，看到老人正在用餐。", "云州"),
        ("湖北荆门：联动监督聚合力\n　　市人大常委会开展视察。", "荆门"),
        ("贵州云溪县：幸福院里笑声多\n　　县人大代表走进幸福院。", "云溪县"),
        # an opening
        ("近日，云溪区人大常委会组织代表视察养老服务工作。", "云溪区"),
        ("云溪县人大常委会开展执法检查。县人大常委会听取汇报。", "云溪县"),
        ("现将云州市人大常委会执法检查组检查情况报告如下。", "云州"),
        ("根据云州市人大常委会监督计划，开展调研。", "云州"),
        ("5月10日上午，准格尔旗人大常委会视察养老服务。", "准格尔旗"),
        ("日前，大厂回族自治县人大常委会听取报告。", "大厂县"),
        ("7月，凉山彝族自治州人大常委会开展调研。", "凉山州"),
        ("锡林郭勒盟人大工委组织代表视察敬老院。", "锡林郭勒盟"),
        ("近日，固始县往流镇人大组织代表视察敬老院。", "往流镇"),
        ("郑州市金水区经八路街道人大工委召开座谈会。", "经八路街道"),
        ("江苏省人大常委会听取和审议了省政府关于养老服务的报告。", "江苏省"),
        ("广西壮族自治区人大常委会开展养老服务条例执法检查。", "广西壮族自治区"),
        ("贵安新区人大工委开展视察。", "贵安新区"),
        ("云江经济技术开发区人大工委开展视察。", "云江经济技术开发区"),
        # a dateline
        ("本报许昌讯 市民在家门口享受服务。", "许昌"),
        ("新华社郑州3月5日电 老年助餐点开到家门口。", "郑州"),
        ("云溪县讯（记者张明）老年食堂开业。", "云溪县"),
        # who visits, and where one goes
        ("省人大常委会副主任李四一行来我市调研。市人大常委会主任王五陪同。", None),
        ("荆州市人大常委会副主任李四一行来我区考察。区人大常委会主任王五陪同。", None),
        ("赴杭州市人大常委会学习考察养老服务。我市代表参加。", None),
        ("省人大常委会副主任李四来云岭调研养老服务。市人大常委会主任王五陪同。", "云岭"),
        ("护理员小王来北京学习护理，回乡后照顾老人。", None),
        # an anonymised place
        ("某市人大常委会开展养老服务调研。", "某市"),
        ("某某县人大常委会视察养老院。", "某某县"),
        ("A市人大常委会开展养老服务调研。", "A市"),
        ("×市人大常委会开展养老服务调研。", "×市"),
    ],
)
def test_the_place_of_a_text(text, place):
    assert place_of(text + "\n" + BODY) == place


def test_a_place_that_the_table_lacks_gets_pinyin():
    cleaned = clean("近日，云溪县人大常委会视察敬老院。\n" + BODY)
    assert read_masthead(cleaned.metadata, cleaned.text)["city_en"] == "Yunxi County"
    cleaned = clean("锡林郭勒盟人大工委视察敬老院。\n" + BODY)
    assert read_masthead(cleaned.metadata, cleaned.text)["city_en"] == "Xilingol League"


MASTHEAD = "{body}\n简　报\n第３期\n{body}办公室　２０２４年９月３日\n\n让银龄更幸福\n"
DATED = "关于养老服务工作情况的报告\n——2023年6月28日在{place}第十六届{congress}第九次会议上\n"
KINDS = {
    "masthead": MASTHEAD,
    "title": "{body}关于开展养老服务工作视察的报告\n",
    "formal": DATED,
    "opening": "养老服务走深走实\n　　近日，{body}组织部分代表视察养老服务，听取了汇报。\n",
    "formula": "养老服务走深走实\n　　现将{body}检查养老服务工作的情况报告如下。\n",
}
INVENTED = (
    "云溪县 鹭江区 云岭市 柳浦县 桐安区 青泷市 岚川县 澄湾区 霁城市 沅溪旗 云岭彝族自治县"
).split()


def documents():
    """One hundred texts: places of all provinces and levels, and invented names, in each kind."""
    chance = random.Random(20261129)
    rows = read_table("reference/divisions").query("former == '' and code < '7'")
    by_level = {level: list(group["name_zh"]) for level, group in rows.groupby("level")}
    by_province = [list(group["name_zh"]) for _, group in rows.groupby(rows["code"].str[:2])]
    names = [chance.choice(group[1:]) for group in by_province]
    names += chance.sample(by_level["province"], 14) + chance.sample(by_level["prefecture"], 22)
    names += chance.sample(by_level["county"], 22) + INVENTED
    for name, kind in zip(names, [*KINDS] * 20, strict=True):
        congress = "人大常委会"
        yield name, KINDS[kind].format(body=name + congress, place=name, congress=congress) + BODY


def shown(name):
    """A division's name as tables show it, found anew from its row."""
    row = read_table("reference/divisions").query("name_zh == @name")
    kind = next(kind for kind in place_kinds() if name.endswith(kind))
    if not len(row):
        return name.removesuffix("市").replace("彝族自治", "")
    short, level = row.iloc[0][["short_zh", "level"]]
    if level == "province":
        return short if kind == "市" else name
    return short if kind == "市" or short == name else short + kind.removeprefix("自治")


def test_one_hundred_documents_of_all_provinces_and_levels():
    found = [(name, shown(name), place_of(text)) for name, text in documents()]
    assert len(found) == 100
    wrong = [row for row in found if row[2] not in (row[1], None)]
    counts = Counter(right == place for _, right, place in found)
    assert (wrong, counts[True] >= 95) == ([], True), [row for row in found if row[1] != row[2]]


def test_the_table_of_divisions_is_whole():
    table = read_table("reference/divisions")
    now = table[table["former"] == ""]
    n = now["level"].value_counts()
    assert (n["province"], n["prefecture"]) == (34, 333) and n["county"] > 2800
    assert not now.duplicated(["code"]).any() and now["code"].str.fullmatch(r"\d{6}").all()
    assert (table["name_en"] != "").all()
    for row in table.itertuples():
        assert row.name_zh.startswith(row.short_zh) and len(row.short_zh) >= 2
