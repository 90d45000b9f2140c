"""The masthead of any city's or county's briefing is read; titles and first sentences that look
like one are not taken for it."""

import time

import pytest

from helpers import read_corpus
from helpers.codebook import shared_codebook
from helpers.text.cleaning import clean
from helpers.text.front import MastheadPatterns
from helpers.text.masthead import read_masthead
from helpers.text.places import PlaceNames

BODY = (
    "　　今年以来，各有关方面坚持问题导向，扎实开展专题调研，走访养老机构12家。\n　　下一步，"
    "将持续跟踪问效，推动各项任务落到实处、见到成效，让老年人满意。\n"
)


def read(front, body=BODY):
    cleaned = clean(front + "\n" + body)
    facts = read_masthead(cleaned.metadata, cleaned.text)
    assert cleaned.text.startswith("今年以来,"), (
        "the first sentence must never be eaten, nor a masthead stay in the body"
    )
    return facts


@pytest.mark.parametrize(
    ("front", "city", "year", "number", "date", "title"),
    [
        (
            "鹤城市人大常委会\n\n联动监督工作简报\n\n第６期\n\n"
            "鹤城市人大常委会办公室编　　２０２４年９月３日\n\n鹤城市人大:小城也有大幸福",
            "鹤城",
            None,
            6,
            "2024-09-03",
            "鹤城市人大:小城也有大幸福",
        ),
        (
            "人大工作简报\n第18期\n平顶山市人大常委会办公室　　2024年8月15日\n\n护航晚年\n"
            "——平顶山市人大常委会执法检查综述",
            "平顶山",
            None,
            18,
            "2024-08-15",
            "护航晚年 ——平顶山市人大常委会执法检查综述",
        ),
        (
            "许昌人大\n工作简报\n２０２４年第１１期（总第２０５期）\n"
            "许昌市人大常委会办公室　２０２４年７月２９日\n“四个着力”走深走实",
            "许昌",
            2024,
            11,
            "2024-07-29",
            "“四个着力”走深走实",
        ),
        (
            "监督工作简报\n（2024）第8期\n许昌市人大常委会办公室　2024年7月29日\n走深走实",
            "许昌",
            2024,
            8,
            "2024-07-29",
            "走深走实",
        ),
        (
            "许昌市人民代表大会常务委员会\n工作简报\n〔2024〕8号\n"
            "许昌市人大常委会办公室　二〇二四年七月二十九日\n走深走实",
            "许昌",
            2024,
            8,
            "2024-07-29",
            "走深走实",
        ),
        (
            (
                "养老服务联动监督简报\n第3期（总第3期）\n许昌市养老服务联动监督领导小组办公室"
                " 2024年7月29日\n走深走实"
            ),
            "许昌",
            None,
            3,
            "2024-07-29",
            "走深走实",
        ),
        (
            (
                "芜湖人大信息\n第 52 期\n芜湖市人大常委会研究室编印      2024 年 8 月 9"
                " 日\n市人大常委会三级联动纪实"
            ),
            "芜湖",
            None,
            52,
            "2024-08-09",
            "市人大常委会三级联动纪实",
        ),
        (
            "金水人大简报\n２０２４年第７期\n郑州市金水区人大常委会办公室　２０２４年６月２４日\n"
            "人大常委会专题询问",
            "金水区",
            2024,
            7,
            "2024-06-24",
            "人大常委会专题询问",
        ),
        (
            "固始县人大常委会\n人大工作简报\n第23期\n固始县人大常委会办公室　　2024年7月18日\n\n"
            "代表票决办实事",
            "固始县",
            None,
            23,
            "2024-07-18",
            "代表票决办实事",
        ),
        (
            "恩施州人大常委会\n工作简报\n第31期\n"
            "恩施土家族苗族自治州人大常委会办公室　2024年9月12日\n\n跟踪监督农村养老",
            "恩施州",
            None,
            31,
            "2024-09-12",
            "跟踪监督农村养老",
        ),
        (
            "关于养老服务监督的简报\n商丘市人大社会建设委员会　2024年6月5日\n商丘:提升养老的温度",
            "商丘",
            None,
            None,
            "2024-06-05",
            "商丘:提升养老的温度",
        ),
        (
            "荆州人大信息\t第12期\t2023.6.8\n荆州市人大常委会开展执法检查",
            "荆州",
            None,
            12,
            "2023-06-08",
            "荆州市人大常委会开展执法检查",
        ),
        (
            "人大快报\n总第128期\n2024-09-03\n荆州市人大常委会开展执法检查",
            "荆州",
            None,
            128,
            "2024-09-03",
            "荆州市人大常委会开展执法检查",
        ),
        (
            "代表工作简报\n增 刊\n成都市武侯区人大常委会代表工委　2024年1月5日\n联络站里话养老",
            "武侯区",
            None,
            None,
            "2024-01-05",
            "联络站里话养老",
        ),
        (
            "浙江人大信息专报\n〔2023〕第17期\n杭州市余杭区人大常委会办公室　2023年5月16日\n"
            "余杭区人大常委会破解养老难",
            "余杭区",
            2023,
            17,
            "2023-05-16",
            "余杭区人大常委会破解养老难",
        ),
        (
            (
                "苏 州 人 大 简 报\n第 15 期（总第 612"
                " 期）\n苏州市人大常委会办公室　二〇二三年十月十二日\n本期要目：养老服务\n"
                "让银龄更幸福"
            ),
            "苏州",
            None,
            15,
            "2023-10-12",
            "让银龄更幸福",
        ),
        (
            (
                "内部资料 注意保存\n长沙县人大工作动态\n2024年第5期\n"
                "长沙县人大常委会办公室编　2024年4月30日\n长沙县人大常委会调研"
            ),
            "长沙县",
            2024,
            5,
            "2024-04-30",
            "长沙县人大常委会调研",
        ),
        (
            "建水县人大常委会工作简讯\n（第三期）\n建水县人大常委会办公室 2022-03-15\n"
            "建水县人大常委会视察",
            "建水县",
            None,
            3,
            "2022-03-15",
            "建水县人大常委会视察",
        ),
        (
            "★★★★★\n人大快报\n第9期\n延边朝鲜族自治州人大常委会办公室编印\t2023.8.21\n"
            "听取养老服务报告",
            "延边州",
            None,
            9,
            "2023-08-21",
            "听取养老服务报告",
        ),
        (
            "社会建设委员会工作通讯　2023年第2期（总第38期）　2023年6月30日\n"
            "青岛市人大社会建设委员会主办\n执法检查启动",
            "青岛",
            2023,
            2,
            "2023-06-30",
            "执法检查启动",
        ),
        (
            "中共榆林市人大常委会党组\n工作专报\n第4期\n2024年2月19日\n榆林：高位推动",
            "榆林",
            None,
            4,
            "2024-02-19",
            "榆林:高位推动",
        ),
        (
            "贵州省黔东南苗族侗族自治州人大常委会\n人大信息\n第二十一期\n"
            "州人大常委会办公室　二○二三年九月一日\n专题询问",
            "黔东南州",
            None,
            21,
            "2023-09-01",
            "专题询问",
        ),
        (
            (
                "鄂尔多斯市准格尔旗人大常委会\n专 题 调 研\n简 报\n2023年第6期\n旗人大常委会办公室 "
                " 2023年7月7日\n准格尔旗人大常委会调研"
            ),
            "准格尔旗",
            2023,
            6,
            "2023-07-07",
            "准格尔旗人大常委会调研",
        ),
        (
            "上海市浦东新区人大常委会\n调研与参考\n第7期\n（总第96期）\n"
            "浦东新区人大常委会研究室编　2023年11月2日\n责任编辑：张明\n关于嵌入式养老的调研报告",
            "浦东新区",
            None,
            7,
            "2023-11-02",
            "关于嵌入式养老的调研报告",
        ),
        (
            "豫人常〔2024〕8号\n许昌市人大常委会办公室　2024年3月8日\n走深走实",
            "许昌",
            2024,
            8,
            "2024-03-08",
            "走深走实",
        ),
        # a slogan between
        (
            "许昌人大工作简报\n依法履职 服务人民\n第12期\n2024年9月3日\n许昌：走深走实",
            "许昌",
            None,
            12,
            "2024-09-03",
            "许昌:走深走实",
        ),
        (
            "许昌人大工作简报\n第12期\n社会建设工作\n许昌市人大常委会办公室 2024年9月3日\n"
            "许昌：走深走实",
            "许昌",
            None,
            12,
            "2024-09-03",
            "许昌:走深走实",
        ),
    ],
)
def test_a_masthead_of_any_congress_is_read(front, city, year, number, date, title):
    facts = read(front)
    assert (
        facts["city_zh"],
        facts["issue_year"],
        facts["issue_number"],
        facts["date"],
        facts["title"],
    ) == (city, year, number, date, title)


@pytest.mark.parametrize(
    ("front", "number", "date", "title"),
    [
        ("关于设立老龄工作委员会", None, None, "关于设立老龄工作委员会"),
        ("监督工作简报会在我市召开", None, None, "监督工作简报会在我市召开"),
        ("监督工作简报会在我市召开\n2024年9月3日", None, "2024-09-03", "监督工作简报会在我市召开"),
        ("2024年第3期全市人大干部培训班开班", None, None, "2024年第3期全市人大干部培训班开班"),
        ("鹤城市人大常委会第3期代表培训班举办", None, None, "鹤城市人大常委会第3期代表培训班举办"),
        ("人大工作简报\n第3期\n关于设立老龄工作委员会", 3, None, "关于设立老龄工作委员会"),
        (
            "许昌市人大常委会\n关于养老服务工作的调研报告\n2024年9月3日",
            None,
            "2024-09-03",
            "许昌市人大常委会 关于养老服务工作的调研报告",
        ),
        (
            "养老服务信息\n平台建设走在前列\n2024年9月3日",
            None,
            "2024-09-03",
            "养老服务信息 平台建设走在前列",
        ),
        (
            "养老服务走深走实\n许昌市人大常委会办公室 2024年9月3日",
            None,
            "2024-09-03",
            "养老服务走深走实",
        ),
        (
            "许昌人大工作简报\n第12期\n养老服务走深走实\n许昌市人大常委会办公室 2024年9月3日",
            12,
            "2024-09-03",
            "养老服务走深走实",
        ),
        (
            "人大工作简报\n第12期\n许昌市人大常委会办公室\n养老服务走深走实",
            12,
            None,
            "养老服务走深走实",
        ),
        ("截至2024年9月3日", None, None, "截至2024年9月3日"),
        ("依法监督\n服务人民", None, None, "依法监督 服务人民"),
    ],
)
def test_what_may_be_a_title_stays_one(front, number, date, title):
    facts = read(front)
    assert (facts["issue_number"], facts["date"], facts["title"]) == (number, date, title)


def test_a_first_sentence_that_begins_with_a_date_is_not_a_masthead():
    cleaned = clean(
        "工作简报\n第3期\n2024年9月3日，鹤城市人大常委会召开会议，部署监督工作。\n" + BODY
    )
    assert cleaned.text.startswith("2024年9月3日,鹤城市人大常委会召开会议")


def test_a_title_as_wide_as_the_page_does_not_run_into_the_first_sentence():
    lines = [
        "汝州市人大常委会安排部署养老服务监督工作",
        "四月二十六日汝州市人大常委会召开养老服务联动监督",
        "部署会,市人大常委会主任和副主任以及市政府分管副市",
        "长和二十一个乡镇人大负责人和市直部门负责人参加会",
        "议,会议宣读了方案.",
    ]
    cleaned = clean(
        "汝州市人大常委会\n简　报\n第４期\n汝州市人大常委会办公室　２０２４年４月２９日\n\n"
        + lines[0]
        + "\n\n"
        + "\n".join(lines[1:])
    )
    assert [mark.text for mark in cleaned.metadata if mark.rule == "title"] == [
        lines[0]
    ] and cleaned.text == "".join(lines[1:])


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("河南省郑州市金水区人大常委会", "金水区"),
        ("恩施土家族苗族自治州人大", "恩施州"),
        ("长阳土家族自治县人大", "长阳县"),
        ("景德镇市人大", "景德镇"),
        ("新乡县人大", "新乡县"),
        ("新乡市人大", "新乡"),
        ("滑县人大", "滑县"),
        ("呼和浩特市人大", "呼和浩特"),
        ("锡林郭勒盟人大工委", "锡林郭勒盟"),
        ("喀什地区人大工委", "喀什地区"),
        ("内蒙古自治区包头市昆都仑区人大", "昆都仑区"),
        ("乌鲁木齐市人大", "乌鲁木齐"),
        ("莫力达瓦达斡尔族自治旗人大", "莫力达瓦旗"),
        ("固始县往流镇人大", "往流镇"),
        ("市人大常委会", None),
        ("河南省人大常委会", "河南省"),
        ("全县人大", None),
        ("社区养老服务", None),
        ("小区改造", None),
        ("三个县区人大", None),
        ("郑州市和开封市", "郑州"),
    ],
)
def test_a_place_is_the_smallest_that_a_text_begins_with(text, city):
    match = shared_codebook().once(PlaceNames).at(text)
    assert (match and match.place.zh) == city


@pytest.mark.parametrize(
    ("title", "body", "city"),
    [
        ("郑州市人大: “回头看”看出新变化", "", "郑州"),
        ("固始县人大常委会:代表票决办实事", "", "固始县"),
        ("固始：票决办实事", "固始县人大常委会开展视察。", "固始县"),
        ("荆门：联动监督聚合力", "市人大常委会开展视察。", "荆门"),
        ("社旗县人大常委会视察报告", "", "社旗县"),
        ("固始县委县政府推进养老服务", "", "固始县"),  # two bodies, no county named 委
        ("关于鹤岗市养老服务的报告", "", "鹤岗"),
        ("养老服务: 我们在行动", "鹤城市人大常委会开展视察。", "鹤城"),
        ("编者按: 我们在行动", "", None),
        ("智慧城市建设与养老", "有关部门开展视察。", None),
        ("全国百强县创建养老", "新县人大常委会开展视察，县人大常委会听取汇报。", "新县"),
        (
            "视察养老服务",
            "固始县人大常委会学习洛阳市人大常委会的做法。县人大常委会开展视察，"
            "县人大常委会听取汇报。",
            "固始县",
        ),
    ],
)
def test_the_city_is_a_place_and_not_any_word_before_a_colon(title, body, city):
    cleaned = clean(title + "\n\n" + "　　" + body + "\n" + BODY)
    assert read_masthead(cleaned.metadata, cleaned.text)["city_zh"] == city


FORMAL = "关于养老服务工作情况的报告"


@pytest.mark.parametrize(
    ("front", "city", "date", "title", "contributor"),
    [
        (
            f"{FORMAL}\n——2018年12月25日在市十五届人大常委会第二次会议上"
            "\n市人大常委会副主任 张明华",
            None,
            "2018-12-25",
            FORMAL,
            None,
        ),
        (
            f"{FORMAL}\n——2018年12月25日在云州市第十五届人民代表大会常务委员会第二次会议上"
            "\n　　张　明",
            "云州",
            "2018-12-25",
            FORMAL,
            None,
        ),
        (
            f"{FORMAL}\n市人大常委会副主任　张明华\n（2018年12月25日）",
            None,
            "2018-12-25",
            FORMAL,
            None,
        ),
        (
            f"云溪县人大常委会{FORMAL}\n（2019年8月28日在云溪县第十七届人大常委会第二十次会议上）\n"
            "县人大常委会副主任　李明",
            "云溪县",
            "2019-08-28",
            f"云溪县人大常委会{FORMAL}",
            None,
        ),
        (
            f"{FORMAL}\n2023年6月28日在市十六届人大常委会第九次会议上\n市民政局局长 赵明华",
            None,
            "2023-06-28",
            FORMAL,
            None,
        ),
        (
            f"{FORMAL}\n—2021年4月27日在凉山州十二届人大常委会第三十次会议上"
            "\n州人民政府副州长 阿明",
            "凉山州",
            "2021-04-27",
            FORMAL,
            None,
        ),
        (
            f"{FORMAL}\n——2022年11月23日在江苏省第十三届人大常委会第三十三次会议上",
            "江苏省",
            "2022-11-23",
            FORMAL,
            None,
        ),
        (
            "视察养老服务工作\n发布时间：2024-03-08 信息来源：许昌人大网 作者：张明华",
            None,
            "2024-03-08",
            "视察养老服务工作",
            "张明华",
        ),
        ("视察养老服务工作\n作者：张明华", None, None, "视察养老服务工作", "张明华"),
        ("视察养老服务工作\n来源：许昌人大网", "许昌", None, "视察养老服务工作", "许昌人大网"),
        (
            "视察养老服务工作\n（云溪区人大社会委 李明华）",
            "云溪区",
            None,
            "视察养老服务工作",
            "云溪区人大社会委 李明华",
        ),
        (
            "视察养老服务工作\n云溪区人大常委会办公室供稿",
            "云溪区",
            None,
            "视察养老服务工作",
            "云溪区人大常委会办公室",
        ),
    ],
)
def test_day_speaker_and_contributor_below_a_title_are_not_part_of_it(
    front, city, date, title, contributor
):
    facts = read(front)
    found = facts["city_zh"], facts["date"], facts["title"], facts["contributor"]
    assert found == (city, date, title, contributor)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2024.9.3", True),
        ("2024-09-03", True),
        ("二〇二四年九月三日印发", True),
        ("鹤城市人大常委会办公室 2024年12月30日", True),
        ("2024年9月3日,市人大常委会召开会议", False),
        ("2024年9月3日许昌市人大常委会", False),
        ("第3期", False),
        ("1.2.3", False),
    ],
)
def test_a_date_stands_alone_or_behind_an_office(text, is_one):
    assert shared_codebook().once(MastheadPatterns).is_date(text) is is_one


def test_a_problem_says_what_the_text_lacks_and_how_to_give_it(tmp_path):
    (tmp_path / "a.txt").write_text("工作简报\n增刊\n2024年9月\n养老服务走深走实\n" + BODY, "utf8")
    details = read_corpus(tmp_path).problems["detail"].tolist()
    assert (
        details[0].startswith("The text does not say its city. A place was looked for")
        and "columns text and city_zh" in details[0]
    )
    assert details[1:] == [
        "The masthead's issue '增刊' has no number to read.",
        "The masthead's date '2024年9月' has no day to read.",
    ]
    (tmp_path / "a.txt").write_text(
        "工作简报\n第3期\n2024年9月3日\n鹤城: 养老服务走深走实\n" + BODY, "utf8"
    )
    assert read_corpus(tmp_path).problems.empty and read_corpus(tmp_path)["a"].city_zh == "鹤城区"


@pytest.mark.parametrize(
    "bad",
    [
        "第",
        "第1期",
        "第1期 ",
        "〔2024〕",
        "2024.",
        "鹤城市",
        "州",
        "土家族",
        "监督工作",
        " 第",
        "总",
        "关于",
        "简报\n",
        "第1期\n",
        "2024年1月1日\n",
        "鹤城市人大常委会\n",
        "标题\n",
    ],
)
def test_hostile_mastheads_are_read_in_linear_time(bad):
    def seconds(n):
        best = float("inf")
        for _ in range(3):
            began = time.process_time()
            cleaned = clean(bad * n)
            read_masthead(cleaned.metadata, cleaned.text)
            best = min(best, time.process_time() - began)
        return best

    seconds(1000)
    assert seconds(40_000) < 40 * max(seconds(4_000), 0.005)
