"""Who passes what to whom: every row of routes.csv has an example, and the routes of the five
briefings are those that a reader found in them."""

from dataclasses import replace

import pytest

from helpers import Study, read_corpus, study_of
from helpers.approaches import routes
from helpers.codebook import shared_codebook

ROWS = shared_codebook().routes
JIYUAN, SANMENXIA, LUOHE, ZHENGZHOU, JIAOZUO = (
    "000_jiyuan",
    "001_sanmenxia",
    "002_luohe",
    "003_zhengzhou",
    "004_jiaozuo",
)
# What a reader found in the texts before the rules were run: source, target, whether a result is
# passed on, whether a date, number or name pins the act down, and words of the text that tell of
# it. Comments say where the rules judge otherwise how far an arrow is pinned down.
READ = {
    JIYUAN: [
        ("province", "congress", "", 1, "向济源直接交办的２项问题"),
        ("congress", "party", "yes", 1, "并将测评结果向市委报告"),
        ("congress", "government", "yes", 1, "向市政府及相关部门交办的１１项问题"),
        ("government", "congress", "yes", 0, "要求相关部门每月底汇报问题整改进展情况"),
        ("lower", "congress", "", 0, "基层人大积极配合"),
        ("deputies", "congress", "", 1, "依托全市６００余个代表联络站"),
        ("public", "congress", "", 0, "邀请各界代表召开座谈会"),
    ],
    SANMENXIA: [
        ("province", "congress", "", 0, "按照省人大常委会和市委部署要求"),
        ("province", "government", "", 1, "明确交办三门峡市政府落实的３个问题"),
        # the reader also saw 对做实全市的监督工作提出明确要求, dated by a meeting of the Party
        ("party", "congress", "", 0, "按照省人大常委会和市委部署要求"),
        ("congress", "party", "yes", 1, "听取人大常委会汇报"),
        ("congress", "government", "yes", 1, "面对面向市、县人民政府及市直有关单位进行集中反馈"),
        ("government", "congress", "yes", 0, "建立月督查、月报告、月推进制度"),
        ("lower", "congress", "", 1, "陕州区４名人大常委会副主任"),
        ("deputies", "congress", "", 1, "７０５人次各级人大代表深度参与"),
        ("public", "congress", "", 1, "走访老年人９９５人"),
        ("congress", "public", "", 0, "广泛宣传报道"),
    ],
    LUOHE: [
        ("congress", "government", "yes", 0, "召开专题交办会"),
        ("government", "congress", "yes", 0, "由承办单位定期报送整改销号情况"),
        ("deputies", "congress", "", 1, "先后组织４０名市人大代表"),
        ("congress", "deputies", "yes", 0, "将整改过程完全呈现在人大代表监督之下"),
        ("public", "congress", "", 0, "养老服务监督员全程参与"),
    ],
    ZHENGZHOU: [
        ("province", "congress", "", 0, "牢牢把握省人大常委会开展养老服务三级联动监督"),
        ("congress", "government", "yes", 0, "将发现的问题形成清单转发市政府有关部门研究处理"),
        ("government", "congress", "", 1, "２７家单位关于养老工作情况的汇报"),
        ("lower", "congress", "", 1, "各区县 (市)人大分成９０个小组"),
        ("deputies", "congress", "", 1, "邀请各级人大代表百余人次"),
        # the reader also saw the clause behind, which counts over 10,000 answers
        ("public", "congress", "", 0, "发放网络问卷调查"),
        ("congress", "public", "", 1, "刊登联动监督动态７０余篇"),
    ],
    JIAOZUO: [
        ("province", "congress", "", 1, "省人大召开动员会"),
        ("congress", "party", "yes", 1, "报市委常委会议研究通过"),
        ("party", "congress", "", 1, "报市委常委会议研究通过"),
        ("congress", "government", "yes", 1, "面对面交市政府、县区人大及相关部门研究办理整改"),
        ("congress", "lower", "yes", 1, "面对面交市政府、县区人大及相关部门研究办理整改"),
        ("lower", "congress", "", 0, "市、县 (市区)两级人大均召开了联动监督工作动员会"),
        ("deputies", "congress", "", 1, "先后组织各级人大代表６０余人次"),
        ("public", "congress", "", 1, "发放调查问卷６００余份"),
        ("congress", "public", "", 1, "答复群众疑问３０余项"),
    ],
}


def study_on(folder, text, codebook=None):
    """The study of one briefing with a text of one's own."""
    (folder / "a.txt").write_text(f"平川: 监督养老服务\n\n{text}\n", encoding="utf8")
    return Study(read_corpus(folder), codebook or shared_codebook())


def routes_of(folder, text, codebook=None):
    return study_on(folder, text, codebook).routes


@pytest.fixture(scope="module")
def shipped():
    return study_of(read_corpus()).routes


@pytest.mark.parametrize("doc", READ)
def test_the_arrows_of_each_briefing_are_those_that_a_reader_found(shipped, doc):
    own = shipped[(shipped["doc"] == doc) & (shipped["own_clause"] == 1)]
    ends = set(zip(own["source"], own["target"], strict=True))
    assert ends == {(source, target) for source, target, *_ in READ[doc]}


@pytest.mark.parametrize(
    ("doc", "source", "target", "results", "anchored", "words"),
    [(doc, *row) for doc, rows in READ.items() for row in rows],
)
def test_the_clause_that_a_reader_found_is_behind_its_arrow(
    shipped, doc, source, target, results, anchored, words
):
    arrow = shipped[(shipped[["doc", "source", "target"]] == [doc, source, target]).all(axis=1)]
    clause = arrow[arrow["quote"].str.contains(words, regex=False) & (arrow["own_clause"] == 1)]
    assert clause[["results", "anchored"]].drop_duplicates().to_numpy().tolist() == [
        [results, anchored]
    ]


def test_no_briefing_tells_of_publishing_a_result_and_reports_to_the_party_are_in_three(shipped):
    results = shipped[shipped["results"] == "yes"]
    assert "public" not in set(results["target"])
    to_party = results[results["target"] == "party"]
    assert list(to_party["doc"].unique()) == [JIYUAN, SANMENXIA, JIAOZUO]
    assert results.loc[results["target"] == "government", "doc"].nunique() == 5


def test_every_quotation_stands_in_its_text_word_for_word(shipped):
    corpus = read_corpus()
    for row in shipped.itertuples():
        assert corpus[row.doc].quote(row.start, row.end) == row.quote


def test_an_item_of_a_list_is_told_apart_from_a_clause_of_its_own(shipped):
    listed = shipped[shipped["quote"].str.contains("综合运用专题调研", regex=False)]
    assert set(listed["own_clause"]) == {0}


@pytest.mark.parametrize("row", list(ROWS.itertuples()), ids=lambda row: row.route)
def test_the_example_of_a_route_shows_it_only_with_its_row(tmp_path, row):
    less = replace(shared_codebook(), routes=ROWS.drop(index=row.Index).reset_index(drop=True))
    with_row, without_row = (
        set(routes_of(tmp_path, row.example, book)["route"]) for book in (shared_codebook(), less)
    )
    assert with_row - without_row == {row.route}


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("市人大常委会督促市政府公开整改情况。", "published"),
        ("市人大常委会没有公布问题清单。", "published"),
        ("市人大常委会在官网公布代表名单。", "published"),
        ("市人大常委会答复代表建议30件。", "answered_public"),
        ("市政府形成整改情况报告。", "shown_to_deputies"),
        ("市人大常委会组织市人大代表报告履职情况。", "shown_to_deputies"),
        ("形成了审议意见书。", "sent_opinions"),
        ("省人大常委会交办我市的3项问题全部整改到位。", "handed_over"),
        ("省人大常委会交办市政府的3个问题已整改。", "ordered_by_province"),
        ("就监督工作向市委请示报告。", "ordered_by_party"),
        ("市委书记亲自督办养老中心建设。", "approved_by_party"),
        ("检查组走访养老机构120家。", "visited"),
        ("把未完成事项列入明年监督计划。", "reported_back"),
        ("要将测评结果向市委报告。", "ratings_to_party"),
    ],
)
def test_what_only_looks_like_a_route_makes_none(tmp_path, text, route):
    assert route not in set(routes_of(tmp_path, text)["route"])


@pytest.mark.parametrize(
    ("text", "anchored"),
    [
        ("市人大常委会将问题清单集中交办市政府。", 0),
        ("10月31日,市人大常委会将问题清单集中交办市政府。", 1),
        ("市人大常委会梳理养老服务问题26个形成清单,集中交办市政府。", 1),
        ("市人大常委会走访老年人30名,把问题清单集中交办市政府。", 1),
    ],
)
def test_a_date_number_or_name_pins_down_what_is_handed_over(tmp_path, text, anchored):
    routes = routes_of(tmp_path, text)
    assert set(routes.loc[routes["route"] == "handed_over", "anchored"]) == {anchored}


def test_what_is_only_laid_down_is_not_pinned_down(tmp_path):
    text = "针对交办的11项问题,要求市民政局每月向市人大常委会报送整改进展。"
    routes = routes_of(tmp_path, text).set_index("route")
    assert routes.loc["reports_back", "anchored"] == 0


def test_the_number_of_one_act_does_not_pin_down_who_took_part_in_another(tmp_path):
    text = "市人大常委会成立5个调研组,各级人大代表踊跃参与。"
    routes = routes_of(tmp_path, text).set_index("route")
    assert routes.loc["took_part", "anchored"] == 0


def test_an_act_of_a_county_congress_is_marked_and_its_joining_in_is_not(tmp_path):
    text = "清河县人大同步开展执法检查,发放调查问卷300份。"
    routes = routes_of(tmp_path, text).set_index("route")
    assert routes.loc["surveyed", "below"] == 1 and routes.loc["in_step", "below"] == 0


def test_a_document_without_routes_keeps_one_empty_row(tmp_path):
    row = routes_of(tmp_path, "养老服务事关千家万户。").iloc[0]
    assert (row["doc"], row["route"], row["source"]) == ("a", "", "") and row.isna()["start"]


def test_an_instrument_that_the_matrix_does_not_hold_makes_no_route(tmp_path):
    study = study_on(tmp_path, "市人大常委会发放调查问卷3000份。")
    tables = study.approach_evidence, study.relations
    matrix = study.approach_matrix
    assert set(routes(study.corpus, matrix, *tables)["route"]) == {"surveyed"}
    assert set(routes(study.corpus, matrix.assign(present=0), *tables)["route"]) == {""}
