"""Whose report a text is: a county, a township or a street that the report may not even name."""

from dataclasses import replace

import pytest

from helpers import read_corpus
from helpers.approaches.coding import approach_evidence
from helpers.approaches.doers import Doers, report_of
from helpers.codebook import shared_codebook

OWN_ROLES = "not_one_body own_congress body_above_town zone"
OWN_ROLES += " town_congress town_party town_government"
ROWS = [
    number
    for number, role in shared_codebook().act_words["role"].items()
    if role in OWN_ROLES.split()
]
TOWN = "青峰镇人大监督养老服务"


def document_of(folder, title, text, codebook=None):
    (folder / "a.txt").write_text(f"{title}\n\n{text}\n\n人大工作有序推进。\n", encoding="utf8")
    return next(iter(read_corpus(folder, codebook=codebook)))


@pytest.mark.parametrize(
    ("title", "text", "mark", "own"),
    [
        ("加强养老服务监督", "县人大常委会对我县养老服务开展调研。", "县", "county_congress"),
        ("加强养老服务监督", "近日,区人大常委会视察我区敬老院。", "区", "county_congress"),
        ("加强养老服务监督", "旗十五届人大常委会审议报告。", "旗", "county_congress"),
        ("加强养老服务监督", "镇人大主席团组织代表视察敬老院。", "镇", "township_congress"),
        ("云县人大常委会监督养老服务", "县人大常委会开展调研。", "县", "county_congress"),
        ("云溪镇人大视察敬老院", "镇人大组织代表视察。", "镇", "township_congress"),
        ("城关街道人大工委视察敬老院", "街道人大工委组织代表视察。", "街道", "township_congress"),
        ("海港示范区人大工委监督养老服务", "示范区人大工委视察。", "区", "county_congress"),
        ("河东省人大常委会监督养老服务", "省人大常委会赴6市调研。", "省", "city_congress"),
        ("加强养老服务监督", "省人大常委会来我市。市人大常委会陪同。", "", "city_congress"),
        ("新乡: 监督养老服务", "市人大常委会走访养老机构。", "", "city_congress"),
        ("景德镇: 监督养老服务", "市人大常委会听取报告,镇人大同步视察。", "", "city_congress"),
        ("云州: 监督养老服务", "云溪县人大常委会视察敬老院。", "", "city_congress"),
        ("加强养老服务监督", "各县人大视察敬老院。市人大常委会听取报告。", "", "city_congress"),
        ("加强养老服务监督", "市、县、乡三级人大视察敬老院。", "", "city_congress"),
        ("加强养老服务监督", "组织县人大代表视察。市人大常委会开展检查。", "", "city_congress"),
    ],
)
def test_a_report_is_that_of_its_own_congress_whether_named_or_not(
    tmp_path, title, text, mark, own
):
    document = document_of(tmp_path, title, text)
    report = report_of(document)
    assert (report.mark, report.own_congress) == (mark, own)
    assert len(report.text) == len(document.text)
    assert Doers(document).own_level == own.removesuffix("_congress")


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("镇人大组织代表视察。", "市人大组织代表视察。"),
        ("镇人大主席团听取镇政府汇报。", "市人大常委会听取市政府汇报。"),
        ("意见汇报至镇党委。", "意见汇报至市委□。"),
        ("县人大常委会来我镇调研。", "省人大常委会来我市调研。"),
        ("全镇有敬老院2家。", "全市有敬老院2家。"),
    ],
)
def test_a_townships_bodies_are_read_as_a_citys_and_those_above_as_a_provinces(
    tmp_path, text, rewritten
):
    assert report_of(document_of(tmp_path, TOWN, text)).text.startswith(rewritten)


def test_the_acts_of_a_township_are_those_of_its_congress(tmp_path):
    text = "镇人大组织代表走访敬老院3家。县人大常委会来我镇召开座谈会。"
    (tmp_path / "a.txt").write_text(f"{TOWN}\n\n{text}\n", encoding="utf8")
    evidence = approach_evidence(read_corpus(tmp_path))
    assert set(evidence["actor"]) == {"township_congress"}
    assert "symposium" not in set(evidence["code"])


@pytest.mark.parametrize("number", ROWS)
def test_each_row_about_a_reports_own_bodies_is_read(tmp_path, number):
    codebook = shared_codebook()
    row = codebook.act_words.loc[number]
    less = replace(codebook, act_words=codebook.act_words.drop(index=number))
    is_of_town = row.role.startswith("town") or row.role in ("body_above_town", "not_one_body")
    title = TOWN if is_of_town else "监督养老"
    title = "海港示范区人大工委监督养老服务" if row.role == "zone" else title

    def reading(of):
        report = report_of(document_of(tmp_path, title, row.example, of))
        return report.text, report.mark

    assert reading(codebook) != reading(less)


@pytest.mark.parametrize("role", ["congress", "any_congress", "congress_team", "congress_subject"])
def test_each_row_that_tells_a_congresss_text_from_others_is_read(tmp_path, role):
    codebook = shared_codebook()
    table = codebook.act_words
    row = table[table["role"] == role].iloc[0]
    less = replace(codebook, act_words=table.drop(index=row.name))
    title, text = row.example.split("¶") if "¶" in row.example else ("养老服务见闻", row.example)
    (tmp_path / "a.txt").write_text(f"{title}\n\n{text}\n", encoding="utf8")

    def reading(of):
        corpus = read_corpus(tmp_path, codebook=of)
        return report_of(corpus["a"]).author, approach_evidence(corpus)["code"].to_list()

    assert reading(codebook) != reading(less)


@pytest.mark.parametrize(
    ("title", "text", "codes"),
    [
        (
            "护理员座谈",
            "市民政局召开座谈会。养老院增设护理床位。食堂开了12家。护理员300人。",
            set(),
        ),
        ("老人的一天", "记者走进社区。社区召开座谈会。食堂开了12家。车站增设扶手。", set()),
        (
            "老人的一天",
            "记者走进社区。食堂开了12家。车站增设扶手。小区加装电梯。街道扩建食堂。"
            "此前,市人大常委会召开养老服务座谈会。",
            {"symposium"},
        ),
        ("老人的一天", "近日,云溪区人大常委会召开养老服务座谈会。", {"symposium"}),
    ],
)
def test_in_a_text_that_no_congress_wrote_only_acts_beside_a_congress_count(
    tmp_path, title, text, codes
):
    (tmp_path / "a.txt").write_text(f"{title}\n\n{text}\n", encoding="utf8")
    assert set(approach_evidence(read_corpus(tmp_path))["code"]) == codes
