"""A shared passage is a set phrase only if it is neither a title nor a name, and it is known
whether the province used it."""

import pandas as pd
import pytest

from helpers import read_corpus
from helpers.approaches import boilerplate, boilerplate_share
from helpers.approaches.shared_passages import is_of_province

CITY = "{city}: 养老服务监督\n\n养老服务有序。\n\n{city}市人大常委会走访{n}户。{words}\n"
PROVINCE = (
    "河南省人大常委会关于开展养老服务联动监督的工作方案\n\n"
    "省人大常委会部署养老服务联动监督。{words}\n"
)
PHRASE = "不断增强广大老年人的获得感和幸福感"


def corpus_of(tmp_path, words, *, other=None, province=None):
    """Two cities that use the same words, and a document of the province."""
    for name, city, n, said in (("a", "平川", 3, words), ("b", "东川", 5, other or words)):
        text = CITY.format(city=city, n=n, words=said)
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf8")
    if province is not None:
        text = PROVINCE.format(words=province)
        (tmp_path / "p.txt").write_text(text, encoding="utf8")
    return read_corpus(tmp_path)


def test_shared_words_are_found_in_both_documents_at_their_offsets(tmp_path):
    corpus = corpus_of(tmp_path, f"我们{PHRASE}。", other=f"要{PHRASE}!")
    passages = boilerplate(corpus)
    assert passages["quote"].to_list() == [PHRASE] * 2
    assert passages["doc"].to_list() == ["a", "b"] and set(passages["docs"]) == {"a b"}
    for row in passages.itertuples():
        assert corpus[row.doc].quote(row.start, row.end) == row.quote
    share = boilerplate_share(corpus, passages)
    assert share["share_percent"].between(1, 99).all()


@pytest.mark.parametrize(
    ("words", "in_province", "answer", "n"),
    [
        (PHRASE, PHRASE, "yes", len(PHRASE)),
        (PHRASE, "增强广大老年人的获得感", "partly", len("增强广大老年人的获得感")),
        (PHRASE, "另有安排", "no", 0),
    ],
)
def test_a_passage_is_measured_against_the_words_of_the_province(
    tmp_path, words, in_province, answer, n
):
    corpus = corpus_of(tmp_path, f"我们{words}。", province=f"要{in_province}。")
    passages = boilerplate(corpus)
    passages = passages[passages["quote"].str.contains("获得感")]
    assert passages["doc"].to_list() == ["a", "b"]
    assert set(passages["from_province"]) == {answer}
    assert set(passages["n_from_province"]) == {n}


def test_without_a_document_of_the_province_nothing_is_said_to_be_handed_down(tmp_path):
    corpus = corpus_of(tmp_path, f"我们{PHRASE}。")
    passages = boilerplate(corpus)
    assert set(passages["from_province"]) == {"no_document"}
    assert passages["n_from_province"].isna().all()
    share = boilerplate_share(corpus, passages)
    assert share["n_from_province"].isna().all() and share["doc"].to_list() == ["a", "b"]


def test_one_city_that_repeats_the_province_is_enough(tmp_path):
    corpus = corpus_of(tmp_path, f"我们{PHRASE}。", other="另有安排。", province=f"{PHRASE}。")
    passages = boilerplate(corpus)
    assert passages[["doc", "docs", "from_province"]].to_numpy().tolist() == [["a", "a p", "yes"]]
    share = boilerplate_share(corpus, passages).set_index("doc")
    assert share["n_from_province"].to_dict() == {"a": len(PHRASE), "b": 0}


@pytest.mark.parametrize(
    "words",
    [
        # laws and papers in marks of titles
        "学习《河南省养老服务高质量发展促进条例》。",
        "学习«关于推进基本养老服务体系建设的意见»。",
        # the title of the campaign, and of another one, in quotation marks
        "围绕“积极应对人口老龄化　加快发展养老服务”联动监督。",
        "参加“为人民履职、为中原添彩人大代表在行动”主题活动。",
        # the names of congresses, of the Party's and the government's bodies
        "省人大常委会、市人大常委会、县人大常委会、各级人大。",
        "市民政局、市财政局、市住建局、市卫生健康委、市人力资源和社会保障局。",
        "市委、市政府、市委书记、组织部、市委常委会会议。",
    ],
)
def test_titles_and_names_are_no_boilerplate(tmp_path, words):
    assert boilerplate(corpus_of(tmp_path, words)).empty


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("“积极应对人口老龄化　加快发展养老服务”联动监督", "积极应对人口老龄化、加快发展养老服务"),
        ("“积极应对人口老龄化　加快发展养老服务”联动监督", "积极应对人口老龄化"),
        ("“守护夕阳红代表在行动”主题活动", "守护夕阳红代表在行动"),
        ("《平川市居家社区养老服务条例》", "平川市居家社区养老服务条例"),
    ],
)
def test_a_title_is_known_without_its_marks(tmp_path, marked, bare):
    corpus = corpus_of(tmp_path, f"开展{marked}。{bare}很重要。", other=f"抓好{bare}。")
    assert boilerplate(corpus).empty


def test_names_do_not_count_and_do_not_part_a_set_phrase(tmp_path):
    phrase = "在市委的坚强领导下,在省人大常委会的精心指导下"
    passages = boilerplate(corpus_of(tmp_path, f"{phrase}推进。", other=f"{phrase}开展。"))
    assert passages["quote"].to_list() == [phrase] * 2
    # seven characters besides the name are too few
    assert boilerplate(
        corpus_of(tmp_path, "好在市人大常委会的正确领导", other="在市人大常委会的正确领导下")
    ).empty


def test_a_quoted_set_phrase_is_no_title(tmp_path):
    words = "坚持“党委领导、人大监督、政府主责、部门履职”的总要求。"
    passages = boilerplate(corpus_of(tmp_path, words))
    assert len(passages) == 2 and passages["quote"].str.contains("主责").all()


@pytest.mark.parametrize(
    ("text", "of_province"),
    [
        (
            "河南省人大常委会关于开展养老服务联动监督的工作方案\n\n省人大常委会统一部署,市人大常委会参加监督。\n",
            True,
        ),
        (
            "全省联动监督方案\n\n广西壮族自治区人大常委会部署联动监督,各市、县人大常委会参加。\n",
            True,
        ),
        ("平川: 养老服务监督\n\n省人大常委会部署后,市人大常委会开展监督。\n", False),
        ("养老服务监督\n\n市人大常委会按照省人大常委会部署开展监督。\n", False),
        ("省人大常委会动员会后,市人大常委会走访12户,召开座谈会。\n", False),
        ("养老服务见闻\n\n食堂增加9家。\n", False),
    ],
)
def test_a_document_of_the_province_names_the_congress_of_the_province_and_no_city(
    tmp_path, text, of_province
):
    (tmp_path / "d.txt").write_text(text, encoding="utf8")
    assert is_of_province(read_corpus(tmp_path)["d"]) == of_province


def test_the_five_briefings_share_no_title_and_no_name():
    corpus = read_corpus()
    passages = boilerplate(corpus)
    assert set(passages["from_province"]) == {"no_document"}
    quotes = passages["quote"]
    assert not quotes.str.contains("应对人口老龄化|为中原添彩|[«»《》]").any()
    assert "市人大常委会党组书记、主任" not in set(quotes) and "联动监督领导小组" not in set(quotes)
    assert "审议专项工作报告、专题询问、满意度测评等" in set(quotes)
    pd.testing.assert_frame_equal(
        boilerplate_share(corpus, passages)[["doc"]], corpus.metadata[["doc"]]
    )
