"""Counts equal those made by eye and by brute force; measures equal those of outside programs."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.codebook.codebook import DATA, read_codebook, read_table, shared_codebook
from helpers.study.study import study_of
from helpers.text.cleaning import clean
from helpers.text.corpus import Corpus, Document, read_corpus
from helpers.themes.counts import (
    WordTest,
    count_themes,
    document_feature_matrix,
    stability,
    theme_hits,
)
from helpers.themes.network import (
    collocates,
    coword_network,
    theme_network,
    theme_pairs,
)
from helpers.themes.robustness import (
    cloud_words,
    compare_counts,
    count_disagreements,
    hidden_hits,
    sensitivity,
)
from helpers.themes.words import (
    dispersion,
    keyness,
    log_likelihood,
    log_ratio,
    log_ratio_interval,
)


@pytest.fixture(scope="module")
def shipped():
    return read_corpus(DATA / "raw")


def corpus_of(**texts):
    return Corpus(
        tuple(Document(doc, clean(text), city_zh=doc, city_en=doc) for doc, text in texts.items())
    )


@pytest.fixture(scope="module")
def small():
    """Two themes, one term shared by both, one nested in another."""
    themes = pd.DataFrame(
        [
            ["meal_service", "service", "助餐", "助餐", "Meal services", ""],
            ["meal_service", "service", "老年助餐服务", "助餐", "Meal services", ""],
            ["rural", "service", "农村", "农村养老", "Rural care", ""],
            ["rural", "service", "乡镇敬老院", "农村养老", "Rural care", "shared"],
            ["institution", "service", "乡镇敬老院", "机构养老", "Institutional care", "shared"],
        ],
        columns=["theme", "family", "term", "zh", "en", "shared"],
    )
    return replace(read_codebook(), themes=themes)


# --- themes


def test_counts_rates_and_zeros_are_those_counted_by_eye(small):
    corpus = corpus_of(甲="老年助餐服务覆盖农村,助餐点增多。", 乙="乡镇敬老院转型。")
    counts = count_themes(corpus, small, n_boot=0).set_index(["doc", "theme"])
    assert list(counts.columns) == [
        "city_zh",
        "city_en",
        "family",
        "n",
        "per_1000_chars",
        "low",
        "high",
    ]
    assert len(counts) == 2 * 27
    assert counts.loc[("甲", "meal_service"), "n"] == 2
    assert counts.loc[("甲", "rural"), "n"] == 1
    assert counts.loc[("甲", "meal_service"), "per_1000_chars"] == 1000 * 2 / 17
    assert counts.loc[("乙", "rural"), "n"] == counts.loc[("乙", "institution"), "n"] == 1
    assert counts.loc[("乙", "smart"), "n"] == 0 == counts.loc[("乙", "smart"), "per_1000_chars"]


def test_rows_are_in_the_order_of_corpus_and_codebook(shipped):
    counts = count_themes(shipped, n_boot=0)
    themes = list(read_codebook().theme_table()["theme"])
    assert list(counts["doc"]) == [d.doc for d in shipped for _ in themes]
    assert list(counts["theme"]) == themes * len(shipped)


def test_every_hit_is_quoted_at_its_place_and_all_hits_are_counted(shipped):
    hits, counts = theme_hits(shipped), count_themes(shipped, n_boot=0)
    assert list(hits.columns) == [
        "doc",
        "section",
        "sentence",
        "theme",
        "term",
        "start",
        "end",
        "quote",
    ]
    assert all(shipped[row.doc].quote(row.start, row.end) == row.quote for row in hits.itertuples())
    by_theme = hits.groupby(["doc", "theme"]).size()
    assert {(r.doc, r.theme): r.n for r in counts.itertuples() if r.n} == by_theme.to_dict()


def test_hits_lie_in_their_sentences(shipped):
    sentences = shipped.sentences.set_index(["doc", "sentence"])
    for row in theme_hits(shipped).itertuples():
        sentence = sentences.loc[(row.doc, row.sentence)]
        assert sentence["start"] <= row.start < row.end <= sentence["end"]
        assert sentence["section"] == row.section


def test_counts_are_the_same_with_and_without_intervals(shipped):
    quick, slow = count_themes(shipped, n_boot=0), count_themes(shipped, n_boot=9)
    assert quick[["n", "per_1000_chars"]].equals(slow[["n", "per_1000_chars"]])
    assert quick[["low", "high"]].isna().all(axis=None)


def test_rates_are_per_1000_characters_of_the_documents_table(shipped):
    counts = count_themes(shipped, n_boot=0)
    chars = {d.doc: d.n_chars for d in shipped}
    assert all(
        math.isclose(row.per_1000_chars, 1000 * row.n / chars[row.doc])
        for row in counts.itertuples()
    )


def test_headings_can_be_left_out(small):
    corpus = corpus_of(甲="一、推进老年助餐服务\n农村养老服务体系逐步健全,老年人得到实惠。")
    with_headings, without = (
        count_themes(corpus, small, n_boot=0, headings=h).set_index("theme")["n"]
        for h in (True, False)
    )
    assert (with_headings["meal_service"], without["meal_service"]) == (1, 0)
    assert with_headings["rural"] == without["rural"] == 1


def test_an_empty_corpus_and_an_empty_document_give_tables_of_the_same_shape():
    assert list(count_themes(Corpus(()), n_boot=0).columns) == list(
        count_themes(Corpus(())).columns
    )
    assert len(theme_hits(Corpus(()))) == 0
    empty = count_themes(corpus_of(空=""))
    assert empty["n"].sum() == 0 and empty["per_1000_chars"].isna().all()


# --- stability


def test_an_interval_contains_its_rate(shipped):
    counts = count_themes(shipped)
    assert (counts["low"] <= counts["per_1000_chars"]).all() and (
        counts["per_1000_chars"] <= counts["high"]
    ).all()


def test_fewer_than_twenty_sentences_get_no_interval(small):
    corpus = corpus_of(短="老年助餐服务好。" * 19, 长="老年助餐服务好。" * 20)
    counts = count_themes(corpus, small).groupby("doc")["low"]
    assert counts.apply(lambda low: low.isna().all()).to_dict() == {"短": True, "长": False}


def test_an_interval_depends_only_on_the_seed_and_its_document(shipped):
    whole = count_themes(shipped).set_index(["doc", "theme"])[["low", "high"]]
    for order in ([3, 1], [1]):
        some = count_themes(Corpus(tuple(shipped.items[i] for i in order))).set_index(
            ["doc", "theme"]
        )[["low", "high"]]
        assert some.equals(whole.loc[some.index])
    assert not whole.equals(
        count_themes(shipped, seed=1).set_index(["doc", "theme"])[["low", "high"]]
    )


def test_the_interval_is_close_to_that_of_scipy():
    from scipy.stats import bootstrap

    random = np.random.default_rng(5)
    counts, chars = random.poisson(0.4, size=(60, 1)), random.integers(20, 90, size=60)
    low, high = stability(counts, chars, n_boot=9999)
    outside = bootstrap(
        (counts[:, 0], chars),
        lambda n, c, axis: 1000 * n.sum(axis=axis) / c.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=9999,
        method="percentile",
        rng=7,
    ).confidence_interval
    assert low[0] == pytest.approx(outside.low, rel=0.03) and high[0] == pytest.approx(
        outside.high, rel=0.03
    )


def test_equal_sentences_give_an_interval_of_width_zero():
    low, high = stability(np.ones((30, 2)), np.full(30, 50))
    assert low.tolist() == high.tolist() == [20, 20]


# --- matrix


def test_the_matrix_counts_words_but_no_numbers_or_punctuation():
    corpus = corpus_of(甲="推进医养结合,推进12.5%。", 乙="医养结合")
    matrix = document_feature_matrix(corpus)
    assert matrix.to_dict("index") == {
        "甲": {"医养结合": 1, "推进": 2},
        "乙": {"医养结合": 1, "推进": 0},
    }
    assert matrix.index.name == "doc" and (matrix.dtypes == "int64").all()


def test_columns_are_sorted_by_total_then_by_feature_and_stopwords_are_dropped():
    corpus = corpus_of(甲="和谐社会和谐发展的和谐", 乙="的")
    assert list(document_feature_matrix(corpus).columns[:2]) == ["和谐", "的"]
    assert "的" not in document_feature_matrix(corpus, stopwords=["的"])


def test_the_matrix_of_themes_equals_the_counts_of_themes(shipped):
    counts = count_themes(shipped, n_boot=0).pivot(index="doc", columns="theme", values="n")
    themes = document_feature_matrix(shipped, features="themes")
    assert themes.equals(counts[themes.columns].rename_axis(columns="feature"))
    # shared terms
    assert (
        document_feature_matrix(shipped, features="terms").to_numpy().sum()
        < counts.to_numpy().sum()
    )


def test_paragraphs_and_sentences_add_up_to_the_document(shipped):
    whole = document_feature_matrix(shipped)
    for unit in ("paragraph", "sentence"):
        parts = document_feature_matrix(shipped, unit=unit).groupby(level="doc").sum()
        assert parts[whole.columns].equals(whole)


def test_the_faster_engine_counts_the_same_words(shipped):
    assert document_feature_matrix(shipped, engine="rjieba").equals(
        document_feature_matrix(shipped)
    )


@pytest.mark.parametrize("option", [{"features": "words"}, {"unit": "page"}])
def test_an_unknown_option_is_named(option):
    with pytest.raises(ValueError, match="is not known. Use '"):
        document_feature_matrix(corpus_of(甲="养老"), **option)


# --- keyness


@pytest.mark.parametrize(
    ("a", "b", "total_a", "total_b", "expected"),
    [
        (10, 0, 13, 31764, 167.23),
        (7, 2, 10, 9, 4.5349),
        (120, 40, 10000, 12000, 58.19),
        (2, 7, 9, 10, -4.5349),  # signed by the side that uses it more
        (0, 0, 10, 10, 0),
        (5, 5, 10, 10, 0),
    ],
)
def test_log_likelihood_gives_the_published_values(a, b, total_a, total_b, expected):
    assert log_likelihood(a, b, total_a, total_b) == pytest.approx(expected, abs=0.005)


tables = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=12
).filter(lambda pairs: all(sum(side) > 1 for side in zip(*pairs, strict=True)))


@settings(max_examples=60, deadline=None)
@given(tables)
def test_keyness_equals_an_independent_implementation(pairs):
    from scipy.stats import beta, chi2_contingency

    dfm = pd.DataFrame(
        np.array(pairs).T, index=["t", "r"], columns=[f"w{i}" for i in range(len(pairs))]
    )
    table = keyness(dfm, "t").set_index("feature")
    total = dfm.sum(axis=1)
    scored = [w for w in dfm if dfm[w].sum()]
    assert set(table.index) == set(scored)
    for word in scored:
        a, b = map(int, dfm[word])
        row = table.loc[word]
        cells = [[a, b], [total["t"] - a, total["r"] - b]]
        if sum(cells[1]):
            g2 = chi2_contingency(cells, correction=False, lambda_="log-likelihood").statistic
            assert abs(row["g2"]) == pytest.approx(g2, rel=1e-9, abs=1e-9)
        assert row["log_ratio"] == pytest.approx(
            math.log2(((a or 0.5) / total["t"]) / ((b or 0.5) / total["r"])), rel=1e-9, abs=1e-9
        )

        def bound(share):
            return math.log2(share / (1 - share) * total["r"] / total["t"])

        tail = 0.025 / len(scored)
        low = bound(beta.ppf(tail, a, b + 1)) if a else -math.inf
        high = bound(beta.ppf(1 - tail, a + 1, b)) if b else math.inf
        assert row["lrc"] == pytest.approx(
            low if low > 0 else high if high < 0 else 0, rel=1e-6, abs=1e-6
        )
        assert row["log_ratio_low"] <= row["log_ratio"] <= row["log_ratio_high"]
        assert row["docfreq"] == (a > 0) + (b > 0)


def test_the_interval_of_the_log_ratio_is_that_of_the_exact_binomial():
    from scipy.stats import binomtest

    low, high = log_ratio_interval(12, 5, 1000, 2000)
    outside = binomtest(12, 17).proportion_ci(method="exact")
    assert low[0] == pytest.approx(math.log2(outside.low / (1 - outside.low) * 2))
    assert high[0] == pytest.approx(math.log2(outside.high / (1 - outside.high) * 2))
    assert log_ratio(12, 5, 1000, 2000) == pytest.approx(math.log2(4.8))


def test_keyness_is_sorted_by_g2_and_has_no_p_value(shipped):
    table = keyness(document_feature_matrix(shipped), "003_zhengzhou")
    assert list(table.columns) == [
        "feature",
        "n_target",
        "n_reference",
        "docfreq",
        "log_ratio",
        "log_ratio_low",
        "log_ratio_high",
        "lrc",
        "g2",
    ]
    order = list(zip(-table["g2"], table["feature"], strict=True))
    assert order == sorted(order)
    assert np.isfinite(table.drop(columns="feature")).all(axis=None)


def test_rare_features_can_be_left_out_but_stay_in_the_totals():
    dfm = pd.DataFrame([[6, 1, 0], [2, 0, 9]], index=["a", "b"], columns=["x", "y", "z"])
    full, short = (
        keyness(dfm, "a").set_index("feature"),
        keyness(dfm, "a", min_count=2).set_index("feature"),
    )
    assert set(short.index) == {"x", "z"}
    assert short.loc["x", "g2"] == full.loc["x", "g2"]


def test_target_and_reference_must_be_documents_and_differ():
    dfm = pd.DataFrame([[1], [2], [3]], index=["a", "b", "c"], columns=["x"])
    with pytest.raises(KeyError, match="target 'd' is not a row of the matrix. Known are a, b, c"):
        keyness(dfm, "d")
    with pytest.raises(ValueError, match="'a' is both target and reference"):
        keyness(dfm, ["a", "b"], reference="a")
    with pytest.raises(ValueError, match="the reference holds no feature"):
        keyness(dfm, ["a", "b", "c"])
    assert keyness(dfm, "a", reference="c").loc[0, "n_reference"] == 3


# --- dispersion


def test_dispersion_gives_the_published_value():
    table = dispersion(pd.DataFrame({"w": [1, 2, 3, 4, 5]}), sizes=[9, 10, 10, 10, 11])
    assert table[["n", "docfreq"]].values.tolist() == [[15, 5]]
    assert table.loc[0, "dp"] == pytest.approx(0.18) and table.loc[0, "dp_norm"] == pytest.approx(
        0.2195, abs=5e-5
    )


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40)), min_size=2, max_size=8).filter(
        lambda p: sum(n for n, _ in p)
    )
)
def test_dispersion_equals_its_definition(parts):
    counts, sizes = zip(*parts, strict=True)
    expected = sum(abs(s / sum(sizes) - n / sum(counts)) for n, s in parts) / 2
    row = dispersion(pd.DataFrame({"w": counts}), sizes=sizes).iloc[0]
    assert row["dp"] == pytest.approx(expected)
    assert -1e-12 <= row["dp"] <= row["dp_norm"] <= 1 + 1e-12 or row["dp_norm"] == pytest.approx(
        row["dp"]
    )


def test_dispersion_over_paragraphs_counts_documents(shipped):
    table = dispersion(document_feature_matrix(shipped, unit="paragraph")).set_index("feature")
    assert table.loc["养老服务", "docfreq"] == 5
    with pytest.raises(ValueError, match="2 sizes for 1 parts"):
        dispersion(pd.DataFrame({"w": [1]}), sizes=[1, 2])


# --- word company


def test_collocates_are_counted_within_window_and_sentence():
    corpus = corpus_of(甲="推进助餐服务。推进助餐设施。群众满意。", 乙="推进助餐。")
    table = collocates(corpus, "助餐", window=1, min_count=1).set_index("collocate")
    assert table.loc["推进", ["n_both", "n_term", "n_collocate", "docfreq"]].tolist() == [
        3,
        3,
        3,
        2,
    ]
    assert table.loc["推进", "log_dice"] == 14
    assert table.loc["设施", "log_dice"] == pytest.approx(14 + math.log2(2 * 1 / (3 + 1)))
    assert "满意" not in table.index and "群众" not in table.index


def test_a_term_inside_a_word_is_found_and_never_its_own_collocate():
    table = collocates(corpus_of(甲="养老服务条例修订。养老服务条例实施。"), "条例", min_count=1)
    assert "养老服务条例" not in set(table["collocate"])
    assert table["n_term"].tolist() == [2] * len(table)


def test_log_dice_never_exceeds_fourteen(shipped):
    for term in ("养老", "监督", "助餐", "问题"):
        assert collocates(shipped, term)["log_dice"].max() <= 14


def test_the_network_connects_words_that_share_sentences():
    corpus = corpus_of(甲="群众、满意、助餐。群众、满意。", 乙="群众、满意、助餐。助餐推进。")
    nodes, edges = coword_network(corpus, min_count=3, min_docs=2, min_both=1)
    assert nodes.values.tolist() == [
        ["助餐", 3, 3, 2, 2],
        ["满意", 3, 3, 2, 2],
        ["群众", 3, 3, 2, 2],
    ]
    assert edges[["source", "target", "n_both"]].values.tolist() == [
        ["满意", "群众", 3],
        ["助餐", "满意", 2],
        ["助餐", "群众", 2],
    ]
    assert edges["weight"].tolist() == pytest.approx([1, 2 / 3, 2 / 3])


def test_the_network_keeps_only_words_of_several_documents(shipped):
    nodes, edges = coword_network(shipped)
    assert (nodes["n"] >= 3).all() and (nodes["docfreq"] >= 2).all()
    assert set(edges["source"]) | set(edges["target"]) <= set(nodes["word"])
    assert edges["weight"].between(0, 1).all() and (edges["source"] < edges["target"]).all()


def test_a_corpus_without_common_words_gives_an_empty_network():
    nodes, edges = coword_network(corpus_of(甲="群众满意。"))
    assert len(nodes) == len(edges) == 0


# --- robustness


def test_counts_of_string_and_segmenter_are_compared(small):
    corpus = corpus_of(甲="老年助餐服务好。农村助餐点多。")
    table = compare_counts(corpus, small).set_index("term")
    assert table.loc["老年助餐服务", ["n_string", "n_segmenter"]].tolist() == [1, 0]
    assert table.loc["农村", ["n_string", "n_segmenter", "n_sentences_differ"]].tolist() == [
        1,
        1,
        0,
    ]


def test_a_sentence_with_different_counts_is_shown_with_its_words_and_quotation(shipped):
    table = count_disagreements(shipped)
    assert (table["n_string"] != table["n_segmenter"]).all()
    assert all(
        shipped[row.doc].quote(row.start, row.end) == row.quote for row in table.itertuples()
    )
    row = table[table["term"] == "医养结合"].iloc[0]
    assert "医养结合" not in row["tokens"].split("|") and row["n_segmenter"] == 0


def test_a_search_in_the_string_finds_more_than_the_segmenter(shipped):
    table = compare_counts(shipped)
    assert table["n_string"].sum() > table["n_user_words"].sum() > table["n_segmenter"].sum()


def test_broken_lines_hide_hits(shipped):
    table = hidden_hits(shipped).set_index("doc")
    assert (table["n_hidden"] > 0).all() and (
        table["n_hidden"] == table["n_clean"] - table["n_raw_lines"]
    ).all()
    # `整改清 / 单`: a hit that only the clean text has
    assert "整改清单" not in shipped["000_jiyuan"].raw
    assert "整改清单" in set(theme_hits(shipped).query("doc == '000_jiyuan'")["term"])


def test_without_a_term_the_shorter_term_inside_it_is_counted(small):
    corpus = corpus_of(甲="老年助餐服务好。农村好。农村美。")
    table = sensitivity(corpus, small, only_changes=False).set_index(["variant", "term", "theme"])
    # 助餐 comes to light
    assert table.loc[("without term", "老年助餐服务", "meal_service"), "n_variant"] == 1
    assert table.loc[("without term", "农村", "rural"), "n_variant"] == 0
    assert table.loc[
        ("without term", "农村", "meal_service"), ["rank", "rank_variant"]
    ].tolist() == [2, 1]


def test_sensitivity_lists_only_changed_ranks_by_default(shipped):
    table = sensitivity(shipped)
    assert (
        (table["rank"] != table["rank_variant"]) | (table["doc_rank"] != table["doc_rank_variant"])
    ).all()
    assert set(table["variant"]) <= {
        "without term",
        "without headings",
        "per 1,000 words",
        "share of sentences",
    }


def test_cloud_words_are_sorted_by_count_then_by_word(shipped):
    table = cloud_words(shipped, most=30)
    for _, words in table.groupby("doc"):
        order = list(zip(-words["n"], words["word"], strict=True))
        assert order == sorted(order) and len(order) >= 30


def test_sums_of_cloud_words_over_all_documents_are_complete(shipped):
    few, all_words = (cloud_words(shipped, most=most) for most in (20, 10_000))
    sums = all_words.groupby("word")["n"].sum()
    assert 20 < few["word"].nunique() < len(sums)
    assert few.groupby("word")["n"].sum().equals(sums[sorted(few["word"].unique())])


def test_cloud_words_are_counted_without_stopwords_and_names_of_cities():
    table = cloud_words(corpus_of(甲="郑州市助餐和漯河助餐的满意"))
    assert dict(zip(table["word"], table["n"], strict=True)) == Counter(助餐=2, 满意=1)


def test_a_study_ranks_only_words_with_enough_hits_in_enough_paragraphs(shipped):
    study = study_of(shipped)
    table = study.keyness
    assert (table["n_target"] >= 5).all() and (table["log_ratio"] > 0).all()
    assert not set(table["feature"]) & {"济源", "漯河市", "三门峡", "的", "养老服务"}
    own = table[table["doc"] == "000_jiyuan"].set_index("feature")
    assert (
        (study.paragraphs.loc["000_jiyuan"] > 0).sum()[own.index] >= 2
    ).all() and "供销社" in own.index
    assert (
        own.loc["供销社", "g2"]
        == keyness(study.words, "000_jiyuan").set_index("feature").loc["供销社", "g2"]
    )


def test_keyness_is_empty_without_a_second_document():
    assert (
        len(study_of(corpus_of(甲="助餐服务。" * 9)).keyness)
        == 0
        == len(study_of(Corpus(())).keyness)
    )


@pytest.mark.parametrize(
    "token", "余个 余家 余篇 余人次 万余 百余份 多次 多家 两家 三百 第十四次".split()
)
def test_what_the_segmenter_leaves_of_a_number_is_no_word(token):
    assert not shared_codebook().once(WordTest)(token)


@pytest.mark.parametrize(
    "token", "多元 多样 数字 数据 十四五 一老一小 两院 四方 百姓 百度 APP 中".split()
)
def test_a_word_that_only_begins_like_a_number_stays(token):
    assert shared_codebook().once(WordTest)(token)


def test_no_word_list_of_the_briefings_holds_questions_pronouns_or_remains_of_numbers():
    study = study_of(read_corpus())
    near = collocates(study.corpus, "监督", stopwords=study.codebook.stopwords["word"])
    words = {
        *study.keyness["feature"],
        *study.cloud_words["word"],
        *study.coword_network.nodes["word"],
        *near["collocate"],
    }
    assert len(words) > 300
    assert not words & set(
        "哪里 余个 余篇 余家 多次 万人 各级 两级 一件 边 进一步 情况 月份".split()
    )


def test_every_kind_of_stop_word_is_described():
    [described] = read_table("reference/columns").query(
        "table == 'codebook/stopwords' and column == 'kind'"
    )["enum"]
    assert set(read_table("codebook/stopwords")["kind"]) == set(described.split("|"))


def test_keyness_of_weighted_counts_uses_their_exact_totals():
    counts = pd.DataFrame([[7.0, 3.0], [2.0, 7.0]], index=["a", "b"], columns=["助餐", "其他"])
    whole = keyness(counts, "a")
    # divided by 8, the totals are 1.25 and 1.125; divided by 20, both are below 1
    for divisor in (8, 20):
        part = keyness(counts / divisor, "a", min_count=0)
        assert part["g2"].to_numpy() * divisor == pytest.approx(whole["g2"].to_numpy())
    assert keyness(counts / 0.5, "a")["log_ratio"].to_numpy() == pytest.approx(
        whole["log_ratio"].to_numpy()
    )


@pytest.mark.parametrize("wrong", [-1.0, math.nan])
def test_keyness_names_the_cell_that_is_no_count(wrong):
    counts = pd.DataFrame([[7, 3.0], [2, wrong]], index=["a", "b"], columns=["助餐", "其他"])
    with pytest.raises(ValueError, match="row 'b', feature '其他': .* is no count"):
        keyness(counts, "a")


def test_themes_are_joined_where_sentences_speak_of_both_as_counted_by_eye(tmp_path):
    (tmp_path / "a.txt").write_text(
        "会议召开。\n推进助餐和医养结合工作,再说助餐。\n助餐和医养结合。\n助餐很好。医养结合很好。\n",
        "utf8",
    )
    codebook = read_codebook()
    rows = [("meal_service", "助餐"), ("medical_integration", "医养结合")]
    themes = codebook.themes.merge(pd.DataFrame(rows, columns=["theme", "term"]))
    corpus = read_corpus(tmp_path)
    network = theme_network(corpus, codebook=replace(codebook, themes=themes))
    assert network.nodes[
        ["theme", "n", "n_sentences", "docfreq", "degree"]
    ].to_numpy().tolist() == [
        ["meal_service", 4, 3, 1, 1],
        ["medical_integration", 3, 3, 1, 1],
    ]
    [edge] = network.edges.itertuples(index=False)
    assert (edge.source, edge.target, edge.n_both, edge.docfreq) == (*dict(rows), 2, 1)
    assert edge.weight == pytest.approx(2 / 3)
    pairs = theme_pairs(corpus, replace(codebook, themes=themes))
    assert pairs["quote"].tolist() == ["推进助餐和医养结合工作,再说助餐。", "助餐和医养结合。"]


def test_one_hit_of_a_shared_term_joins_no_themes(tmp_path):
    (tmp_path / "a.txt").write_text("助餐工作。\n助餐工作好。\n助餐和助餐。\n", "utf8")
    codebook = read_codebook()
    rows = codebook.themes[codebook.themes["term"] == "助餐"]
    other = rows.assign(theme="medical_integration", shared="shared")
    themes = pd.concat([rows.assign(shared="shared"), other], ignore_index=True)
    pairs = theme_pairs(read_corpus(tmp_path), replace(codebook, themes=themes))
    assert pairs["sentence"].tolist() == [3]  # two hits, each of which may stand for one theme


def test_the_network_of_themes_equals_a_count_by_brute_force(shipped):
    codebook, network = shipped.codebook, theme_network(shipped, min_both=1)
    spoken = Counter()
    both = Counter()
    for document in shipped:
        for sentence in document.sentences:
            text = document.text[sentence.start : sentence.end]
            found = [
                (theme, start)
                for number, start, _ in codebook.find(text, is_main=True)
                for theme in codebook.themes_of_term[codebook.matcher.terms[number]]
            ]
            themes = {theme for theme, _ in found}
            spoken.update(themes)
            for a in themes:
                for b in themes - {a}:
                    starts = {start for theme, start in found if theme in (a, b)}
                    both[a, b] += len(starts) > 1
    assert network.nodes.set_index("theme")["n_sentences"].to_dict() == dict(spoken)
    counted = {(a, b): n for (a, b), n in both.items() if n}
    assert 2 * len(network.edges) == len(counted)
    for edge in network.edges.itertuples():
        n_both = counted[edge.source, edge.target]
        assert edge.n_both == n_both
        ochiai = n_both / math.sqrt(spoken[edge.source] * spoken[edge.target])
        assert edge.weight == pytest.approx(ochiai)


def test_every_line_between_themes_leads_to_its_sentences(shipped):
    edges, pairs = theme_network(shipped).edges, theme_pairs(shipped)
    sizes = pairs.groupby(["source", "target"]).size()
    assert all(sizes[e.source, e.target] == e.n_both for e in edges.itertuples())
    for row in pairs.itertuples():
        assert shipped[row.doc].quote(row.start, row.end) == row.quote
