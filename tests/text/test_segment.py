"""Texts are split into sentences, clauses and headings at the right places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import read_corpus, split_clauses, split_sentences


def sentences(text):
    return [text[s.start : s.end] for s in split_sentences(text)]


def headings(text):
    return [text[s.start : s.end] for s in split_sentences(text) if s.kind == "heading"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("占12.5%.同比上升.", ["占12.5%.", "同比上升."]),
        ("整改到位.10月31日,开展测评.", ["整改到位.", "10月31日,开展测评."]),
        ("高质量发展.”市人大主任强调.", ["高质量发展.”", "市人大主任强调."]),
        (
            "听取汇报;召开座谈会。效果如何?很好!",
            ["听取汇报;", "召开座谈会。", "效果如何?", "很好!"],
        ),
        ("1.加强领导。2.加大投入。", ["1.加强领导。", "2.加大投入。"]),
        ("网址www.gov.cn可查。", ["网址www.gov.cn可查。"]),
        ("没有句号", ["没有句号"]),
        ("«条例».第二句", ["«条例».", "第二句"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_sentences_end_at_full_stops_and_not_inside_numbers(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("走访1,200人,占12.5%.", ["走访1,200人,", "占12.5%."]),
        ("其中:8:30到,见2,3人", ["其中:", "8:30到,", "见2,", "3人"]),
        ("省、市、县三级", ["省、市、县三级"]),
        ("", []),
    ],
)
def test_clauses_end_at_commas_and_not_inside_numbers(text, expected):
    assert [text[a:b] for a, b in split_clauses(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今年开展调研。\n一、坚持高位推动\n成立小组。", ["一、坚持高位推动"]),
        (
            "党政领导重视,监督实效更加凸显\n“人大开展监督”,市委支持.",
            ["党政领导重视,监督实效更加凸显"],
        ),
        ("一、总体情况\n(一)机构建设\n建成10家。", ["一、总体情况", "(一)机构建设"]),
        ("开展调研。\n最后一行没有句号", []),  # nothing follows: no heading
        ("现将有关情况报告如下:\n正文。", []),
        ("一是深入基层了解实情.检查组实地检查.", []),
    ],
)
def test_headings_are_numbered_or_bare_lines(text, expected):
    assert headings(text) == expected


def test_sections_open_at_the_highest_headings_only():
    units = split_sentences("引言。\n一、总体情况\n(一)机构\n建成10家。\n二、问题\n不足。")
    assert [s.section for s in units] == [0, 1, 1, 1, 2, 2]
    assert [s.sentence for s in units] == [1, 2, 3, 4, 5, 6]


@given(st.text(st.sampled_from("养老12.,。;;!?\n “”()一、:．A"), max_size=80))
def test_sentences_cover_all_but_white_space_in_order(text):
    units = split_sentences(text)
    assert "".join("".join(text[s.start : s.end].split()) for s in units) == "".join(text.split())
    assert all(a.end <= b.start for a, b in zip(units, units[1:], strict=False))
    assert all(text[s.start : s.end].strip() == text[s.start : s.end] != "" for s in units)


@given(st.text(st.sampled_from("养老12.,，。;:3"), max_size=60))
def test_clauses_cover_the_sentence(text):
    assert "".join(text[a:b] for a, b in split_clauses(text)) == text


def test_the_shipped_briefings_have_their_headings_of_both_kinds():
    sections = read_corpus().documents.set_index("doc")["n_sections"]
    assert sections.to_dict() == {
        "000_jiyuan": 5,
        "001_sanmenxia": 4,
        "002_luohe": 4,
        "003_zhengzhou": 3,
        "004_jiaozuo": 4,
    }
