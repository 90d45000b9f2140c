"""Numbers of one indicator that count another thing are told apart, and the same thing is not."""

import re

import pytest
from test_circumstances import read_numbers

from helpers.codebook import read_table

DISTINCTIONS = read_table("codebook/distinctions")

# text, the ids of its numbers: each kind in several wordings
SAME_THING = [
    # a bare place has the service that the sentence speaks of
    ("社区食堂选址工作稳步推进，已选定站点26处。", ["dining_sites"]),
    ("老年助餐服务铺开后，全市布局网点85个。", ["dining_sites"]),
    ("全市推进长者食堂建设，确定场所40处。", ["dining_sites"]),
    ("社区食堂列入民生实事，第一批落实站点32处，其中已营业18处。", ["dining_sites"] * 2),
    # a number that is referred to has the name of the last of its kind
    ("问题整改率达到91%。与7月底时63%的比例相比，进度明显加快。", ["rectified_share"] * 2),
    ("老年人口占比为22%，预计到2030年该比例将达到28%。", ["share_of_elderly"] * 2),
    ("60岁及以上占19.8%；按户籍口径为21.5%。", ["share_of_elderly"] * 2),
    ("今年新增养老床位1800张，超过年初1500张的目标。", ["beds"] * 2),
    ("年初下达的任务是新增床位1200张，实际完成1360张。", ["beds"] * 2),
    ("60岁及以上占22.2%；如按户籍人口计算，占比为24.1%。", ["share_of_elderly"] * 2),
    ("新建助餐点35个，超过年度30个任务。", ["dining_sites"] * 2),
    # old people are those of 60 and over, also where no age is given
    ("户籍人口中老年人比重达23%。", ["share_of_elderly"]),
    ("我市老年人口占常住人口的20.1%。", ["share_of_elderly"]),
    ("65岁及以上人口占比14.2%。", ["share_of_elderly_65"]),
    # what was handed over is assigned
    ("市人大常委会梳理问题33个，移送市政府办理。", ["problem_list"]),
    ("市人大常委会梳理出58个问题一并转交有关部门。", ["problem_list"]),
    ("将查摆出的45个问题送交有关部门限期整改。", ["problem_list"]),
    # another body counts what the body before it counted
    ("市人大成立检查组7个，各县区也组织了28个。", ["teams"] * 2),
    ("市级组成调研组4个，县级人大另成立19个。", ["teams"] * 2),
    ("市人大常委会组建8个小组，区县人大同步组建56个。", ["teams"] * 2),
    # batches are parts of a list; what they add up to, and a first batch alone, is the list
    ("省里两次向我市反馈问题，第一次19个，第二次16个，合计35个。", None),
    ("市人大常委会首批交办问题26个，已办结20个。", ["problem_list", "problems_rectified"]),
    ("第一轮交办问题30个、第二轮交办25个，共55个。", None),
]
BATCHES = ["problem_list(batch)", "problem_list(batch)", "problem_list"]


@pytest.mark.parametrize("text, expected", SAME_THING)
def test_numbers_of_the_same_thing_have_the_same_id(tmp_path, text, expected):
    assert list(read_numbers(tmp_path, text)["indicator"])[-3:] == (expected or BATCHES)


APART = [  # text, the ids of its numbers
    ("各部门满意率均达85%以上。", ["satisfaction(each)"]),
    ("7个县区整改率都超过90%。", ["districts", "rectified_share(each)"]),
    ("各县区问题整改率均不低于92%。", ["rectified_share(each)"]),
    ("整改率、满意率均达95%。", ["satisfaction"]),
    ("对6个部门测评，满意率最高的为98.2%。", ["departments_evaluated", "satisfaction(highest)"]),
    ("综合满意率为94.1%，得票最低的部门为83.7%。", ["satisfaction", "satisfaction(lowest)"]),
    ("入住率最低的敬老院为18%。", ["occupancy(lowest)"]),
    ("居民表示满意和比较满意的占95%。", ["satisfaction(wider.fairly)"]),
    ("居民对养老服务满意和基本满意的占95%。", ["satisfaction(wider.fairly)"]),
    ("满意和基本满意率合计97.6%，其中满意率90.2%。", None),
    ("受访老人对社区食堂的满意率为88%。", ["satisfaction(with.meals)"]),
    ("群众对问题整改成效的满意率为90.5%。", ["satisfaction(with.results)"]),
    ("居民对乡镇敬老院表示满意的占71%。", ["satisfaction(with.rural_homes)"]),
    ("城乡居民对本市养老服务的满意率为91.8%。", ["satisfaction"]),
    ("排查消防隐患52处，已整改47处，整改率90.4%。", None),
    ("检查发现安全隐患31个。", ["problems_found(hazards)"]),
    ("发现问题隐患40个，整改35个。", ["problems_found", "problems_rectified"]),
    ("扣除历史遗留问题后，整改率为98%。", ["rectified_share(condition)"]),
    ("剔除长期整改事项，问题整改率为97%。", ["rectified_share(condition)"]),
    ("不含在建项目，全市养老床位1.2万张。", ["beds(condition)"]),
    ("剔除重复事项后形成12项问题清单。", ["problem_list"]),
    ("已整改问题报到38个，市人大核实后不予认可。", ["problems_rectified(refused)"]),
    ("市人大常委会派出3个暗访组。", ["teams(recheck)"]),
    ("成立4个回头看检查组，对整改情况复查。", ["teams(recheck)"]),
    ("区人大常委会组织2个小组夜查机构值班。", ["teams(recheck)"]),
    ("成立5个执法检查组。", ["teams"]),
    ("全市养老机构床位9800张。", ["beds(of.institutions)"]),
    ("民办养老机构共有床位4200张。", ["beds(of.institutions)"]),
    ("全市共有养老机构173家，养老床位25860张。", ["institutions", "beds"]),
    ("市财政投入300万元用于老年食堂建设。", ["funds(purpose.meals)"]),
    ("市本级安排适老化改造资金600万元。", ["funds(purpose.retrofit)"]),
    ("新增养老床位1650张，市本级财政为此支出2180万元。", ["beds", "funds(purpose.beds)"]),
    ("市财政安排养老资金2100万元，其中用于助餐480万元。", ["funds", "funds(purpose.meals)"]),
    (
        "市财政投入100万元用于养老院改造，80万元用于适老化改造。",
        ["funds(purpose.facilities)", "funds(purpose.retrofit)"],
    ),
    ("县区整改率最低的只有62%，最高的达到100%。", None),
    ("养老机构入住率48%，其中公办机构56%。", ["occupancy", "occupancy(公办机构)"]),
    ("剔除需长期推进的3个问题，整改率达到100%。", ["problems", "rectified_share(condition)"]),
    ("全市86家养老机构共设床位9600张。", ["institutions", "beds(of.institutions)"]),
    ("对整改报告的满意率为91.5%。", ["satisfaction(with.report)"]),
    ("财政投入养老服务2亿元，其中市级6450万元。", ["funds", "funds"]),
    ("供销社助餐点3家开始运营，1家正在洽谈。", ["dining_sites(owner.coop)"] * 2),
    (
        "供销社办起食堂。目前3家开始运营，全市助餐点共有60家。",
        ["dining_sites(owner.coop)", "dining_sites"],
    ),
    ("全市医养结合机构48家、床位8000张。", ["medical_care_institutions", "beds(of.medical)"]),
    ("投入744万元用于实施2024年民生实事项目老年人助餐服务工程。", ["funds(purpose.meals)"]),
    ("国家级、省级媒体报道20余篇。", ["media_reports(medium.above)"]),
    ("在市人大官网刊登监督动态70余条。", ["media_reports(medium.website)"]),
]
SEVERAL = {
    "整改率最低": ["rectified_share(lowest)", "rectified_share(highest)"],
    "满意和基本满意率": ["satisfaction(wider.fairly)", "satisfaction"],
    "排查消防隐患": [
        "problems_found(hazards)",
        "problems_rectified(hazards)",
        "rectified_share(hazards)",
    ],
}


@pytest.mark.parametrize("text, expected", APART)
def test_another_thing_has_another_id(tmp_path, text, expected):
    expected = expected or next(ids for words, ids in SEVERAL.items() if words in text)
    assert list(read_numbers(tmp_path, text)["indicator"]) == expected


ASKED = [  # text, who was asked
    ("市人大代表对民政等5个部门评议的满意度为93%。", "代表"),
    ("参加测评的委员对部门的满意率为94%。", "组成人员"),
    ("常委会围绕群众关心的问题询问，会后对部门进行测评，满意率92.6%。", "组成人员"),
    ("入住老人满意率97%。", "入住老人"),
    ("受访的老年人及其家属中，有84.9%的人对养老服务表示满意。", "老年人及家属"),
    ("城乡居民养老服务满意度为92%。", "群众"),
    ("居民对老年人助餐服务的满意率为88%。", "群众"),
]


@pytest.mark.parametrize("text, who", ASKED)
def test_a_rate_of_satisfaction_says_who_was_asked(tmp_path, text, who):
    assert list(read_numbers(tmp_path, text)["denominator"])[-1] == who


LEVELS = [  # text, level of its last number
    ("街道自行组织走访老人120名。", "township"),
    ("镇里也建了助餐点3个。", "township"),
    ("社区自己开办食堂2家。", "township"),
    ("全市养老服务财政支出1.08亿元。", "several"),
    ("全市财政投入养老服务资金1.5亿元。", "several"),
    ("市本级财政支出2180万元。", "city"),
    ("市福利院现有床位320张。", "institution"),
    ("市政府同意将闲置的疗养院改造后增加床位350张。", "institution"),
    ("7个县区人大常委会共组成检查组16个。", "county"),
    ("全市1512名四级人大代表参加监督。", "several"),
]


@pytest.mark.parametrize("text, level", LEVELS)
def test_the_level_is_that_of_who_acts_pays_or_owns(tmp_path, text, level):
    assert list(read_numbers(tmp_path, text)["level"])[-1] == level


PLANS = [  # text, flow of its last number
    ("到2025年全市养老床位达到1.8万张。", "stock"),
    ("力争年底助餐点增至200个。", "stock"),
    ("计划到年底发展到150个助餐点，已有80个开业。", "stock"),
    ("规划到2026年护理型床位占比提高到65%。", "stock"),
    ("计划明年新建助餐点40个。", "flow"),
    ("计划年底前建成老年食堂20家。", "flow"),
    ("今年新增养老床位1800张，超过年初1500张的目标。", "flow"),
]


@pytest.mark.parametrize("text, flow", PLANS)
def test_a_planned_level_is_a_stock_and_a_planned_addition_a_flow(tmp_path, text, flow):
    assert list(read_numbers(tmp_path, text)["flow"])[-1] == flow


def test_a_change_has_the_whole_of_the_share_that_changed(tmp_path):
    table = read_numbers(tmp_path, "养老机构入住率由49.2%提高到54.6%，上升5.4个百分点。")
    assert list(table["denominator"]) == ["养老机构"] * 3
    (change,) = read_numbers(tmp_path, "敬老院平均入住率上升5.8个百分点。").itertuples()
    assert change.denominator == "敬老院"
    assert (change.indicator_zh, change.indicator_en) == ("入住率升幅", "rise in occupancy")


def test_a_census_counts_people_where_they_live(tmp_path):
    text = "人口普查显示，全市60岁及以上人口占16.9%。"
    assert list(read_numbers(tmp_path, text)["denominator"]) == ["常住人口"]


@pytest.mark.parametrize("row", DISTINCTIONS.to_dict("records"), ids=lambda row: row["distinction"])
def test_the_example_of_a_distinction_is_told_apart(tmp_path, row):
    ids = read_numbers(tmp_path, row["example"] + "。")["indicator"]
    assert ids.str.contains(re.escape(f"({row['distinction']})")).any()
    known = set(read_table("codebook/indicators")["indicator"])
    assert set(filter(None, row["indicators"].split("|"))) <= known
