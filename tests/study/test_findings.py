"""Findings and notes stay true on any corpus: five documents, one, one that says nothing, none."""

import re
from functools import partial

import pytest

from helpers import count_themes, read_corpus, study_of
from helpers.labels import number_in
from helpers.study import figure_notes, findings, wording
from helpers.text.corpus import Corpus
from helpers.text.ledger import damage_table, ledger_table


@pytest.fixture(scope="module")
def shipped():
    return study_of(read_corpus())


@pytest.fixture(scope="module")
def silent(tmp_path_factory):
    """One document of another kind: no theme, no number, no instrument."""
    folder = tmp_path_factory.mktemp("silent")
    (folder / "a.txt").write_text("天气很好。\n小猫睡着了。\n", "utf8")
    return study_of(read_corpus(folder))


@pytest.fixture(scope="module")
def nothing():
    return study_of(Corpus(()))


def test_a_document_without_hits_is_described_as_having_none(silent):
    assert findings.themes_abstract(silent.leading_themes).startswith(
        "**Answer.** No term of the codebook occurs"
    )
    assert findings.outcomes_abstract(silent.outcomes, silent.pairs).startswith(
        "**Answer.** These documents state no measurable numbers"
    )
    assert figure_notes.read_rates(silent) == "No term of the codebook occurs here."
    assert (
        figure_notes.read_keyness(silent)
        == "With a single document, there is nothing to compare it with."
    )
    assert (
        figure_notes.read_matrix(silent) == "No instrument is reported as done in these documents."
    )
    assert (
        figure_notes.read_boilerplate(silent)
        == "No passage of eight or more characters occurs in two documents."
    )
    assert (
        figure_notes.read_values(silent.outcomes, silent)
        == "No number in these documents has lost its decimal point."
    )
    assert "It states no numbers." in findings.city_paragraphs(silent)


def test_one_document_is_compared_with_no_other(silent):
    assert "1 document: a; 11 characters" in findings.source_line(
        silent.corpus
    ) and "without dates" in findings.source_line(silent.corpus)
    assert "the one document" in findings.approaches_abstract(silent.approach_matrix)
    assert (
        "The one document tells 0 instruments as done, 0 as planned and 0 as called for, and states"
        " 0 numbers"
        in findings.synthesis_abstract(silent.synthesis_table, silent.outcomes, silent.pairs)
    )


def test_an_empty_corpus_is_described_as_empty(nothing):
    assert (
        findings.synthesis_abstract(nothing.synthesis_table, nothing.outcomes, nothing.pairs)
        == "**Answer.** There are no documents."
    )
    assert "0 documents with 0 characters" in findings.corpus_abstract(
        nothing.corpus, ledger_table(nothing.corpus)
    )
    assert findings.portraits(nothing) == "No instrument is reported in these documents."
    assert count_themes(nothing.corpus).empty


def quotations_of(text, corpus):
    """The text of a note before each place that it names, and the quotation found at that place."""
    for place in re.finditer(
        r" \((?P<doc>[^,()]+), characters (?P<start>\d+)–(?P<end>\d+)\)", text
    ):
        yield (
            text[: place.start()],
            f"“{corpus[place['doc']].quote(int(place['start']), int(place['end']))}”",
        )


@pytest.mark.parametrize(
    "note",
    [
        figure_notes.read_rates,
        figure_notes.read_matrix,
        findings.portraits,
        findings.city_paragraphs,
        figure_notes.read_boilerplate,
        figure_notes.would_settle,
        figure_notes.shared_and_single,
    ],
)
def test_every_quotation_in_a_note_is_found_at_the_place_named(shipped, note):
    text = note(shipped)
    assert text and not re.search(r"\b(?:nan|None|<NA>)\b", text)
    assert all(before.endswith(quote) for before, quote in quotations_of(text, shipped.corpus))


@pytest.mark.parametrize("corpus", ["shipped", "silent", "nothing"])
def test_whatever_is_said_in_english_can_be_said_in_chinese(corpus, request, monkeypatch):
    study, chinese_texts = request.getfixturevalue(corpus), []
    for module in (figure_notes, findings):
        both = partial(_say_both, chinese_texts)
        monkeypatch.setattr(module, "english", both)
    notes_and_findings(study)
    assert chinese_texts and all(re.search("[一-鿿]", text) for text in chinese_texts)


def _say_both(chinese_texts, name, **values):
    text = wording.sentence(name, **values)
    chinese_texts.append(text.zh)
    return text.en


def notes_and_findings(study):
    """Every finding and note about a study."""
    return [
        findings.source_line(study.corpus),
        findings.whose_documents(study.corpus),
        findings.corpus_abstract(study.corpus, ledger_table(study.corpus)),
        findings.approaches_abstract(study.approach_matrix),
        findings.themes_abstract(study.leading_themes),
        findings.outcomes_abstract(study.outcomes, study.pairs),
        findings.synthesis_abstract(study.synthesis_table, study.outcomes, study.pairs),
        findings.portraits(study),
        findings.city_paragraphs(study),
        figure_notes.read_rates(study),
        figure_notes.read_keyness(study),
        figure_notes.read_matrix(study),
        figure_notes.shared_and_single(study),
        figure_notes.read_boilerplate(study),
        figure_notes.read_values(study.outcomes, study),
        figure_notes.would_settle(study),
        figure_notes.read_changes(study),
        figure_notes.read_test(study),
    ]


def test_the_notes_of_the_shipped_briefings_quote_them(shipped):
    text = (
        figure_notes.read_rates(shipped)
        + figure_notes.read_matrix(shipped)
        + figure_notes.read_values(shipped.outcomes, shipped)
    )
    assert len(
        list(quotations_of(text, shipped.corpus))
    ) >= 3 and "**供销社**" in figure_notes.read_keyness(shipped)


def test_program_and_reader_agree_on_the_numbers_of_the_shipped_briefings(shipped):
    summary = shipped.number_agreement.summary.set_index("variant")
    assert summary.loc["with readings.csv", ["n_program", "n_found", "n_right"]].nunique() == 1
    assert (
        summary.loc["without readings.csv", "precision"] > 0.98
        and (summary["wrong_unit"] == 0).all()
    )
    assert shipped.number_agreement.differences.empty


def test_numbers_put_back_and_numbers_confirmed_are_told_apart_wherever_numbers_are_counted(
    shipped,
):
    said = (
        "81 as printed (3 of them confirmed by the reference reading), 9 with a lost decimal"
        " point restored (6 by deduction, 3 by the reference reading)"
        " and 1 still open to several readings"
    )
    zh = (
        "81个与印出的一致（其中3个由参照编码确认），9个补回了丢失的小数点"
        "（6个由上下文推得，3个凭参照编码），1个仍有多种读法"
    )
    assert said in findings.outcomes_abstract(shipped.outcomes, shipped.pairs)
    assert findings.statuses_in_words(shipped.outcomes) == (zh, said)
    cells = " ".join(shipped.synthesis_table["numbers_en"])
    assert "2 confirmed as printed, 5 restored" in cells and "1 confirmed as printed" in cells
    counts = damage_table(shipped.corpus, shipped.outcomes)
    assert counts[["confirmed", "restored", "ambiguous"]].sum().tolist() == [3, 9, 1]
    notes = figure_notes.read_values(shipped.outcomes, shipped)
    assert "７４４ in 三门峡 Sanmenxia has lost no decimal point" in notes


def test_the_naive_values_leave_no_number_out_that_could_be_read_in_several_ways(shipped):
    naive = shipped.naive_values
    assert naive["status"].value_counts().to_dict() == {
        "restored": 9,
        "confirmed": 3,
        "ambiguous": 1,
    }
    confirmed = naive[naive["status"] == "confirmed"]
    assert (confirmed["naive"] == confirmed["value"]).all() and naive["naive"].notna().all()
    restored = naive[naive["status"] == "restored"]
    assert (restored["naive"] > restored["value"]).all()


def test_program_and_reader_agree_on_the_instruments_of_the_shipped_briefings(shipped):
    cells, sentences = (
        shipped.agreement[name].summary.set_index("measure")["value"]
        for name in ("cells", "sentences")
    )
    assert cells["kappa"] > 0.85 and sentences["kappa"] > 0.75


def test_done_planned_and_called_for_are_told_apart_wherever_instruments_are_counted(shipped):
    matrix = shipped.approach_matrix
    counts = matrix[matrix["city_en"] == "Zhengzhou"]["state"].value_counts()
    said = ", ".join(
        f"{counts[state]} {words}"
        for state, words in (("done", "done"), ("planned", "planned"), ("called_for", "called for"))
    )
    assert f"({said})" in findings.portraits(shipped)
    assert f"({said}; links told: " in findings.city_paragraphs(shipped)
    row = shipped.synthesis_table.query("city_en == 'Zhengzhou'").iloc[0]
    named = [row[f"n_{state}"] for state in ("done", "planned", "called_for")]
    assert named == [counts[state] for state in ("done", "planned", "called_for")]
    planned, called_for = ((matrix["state"] == s).sum() for s in ("planned", "called_for"))
    assert (
        f"In {planned} cells an instrument is only planned, in {called_for} only called for"
        in findings.approaches_abstract(matrix)
    )


def test_no_text_counts_the_instruments_of_a_stage(shipped):
    said = findings.portraits(shipped) + findings.city_paragraphs(shipped)
    assert "most of them in" not in said
    assert not re.search(r"\b(?:mobilise|investigate|deliberate|assign|rectify) \d", said)


def test_a_portrait_names_the_links_that_a_document_tells_and_how_a_matter_ends(shipped):
    paragraphs = findings.portraits(shipped).split("\n\n")
    of_city = dict(zip(shipped.cities["city_en"], paragraphs, strict=True))
    assert (
        "special report (listed only), special inquiry, assignment, evaluation"
        in (of_city["Jiyuan"])
    )
    assert (
        "A matter ends with periodic report (laid down), evaluation (10月31日)"
        in (of_city["Jiyuan"])
    )
    assert "special inquiry (scheduled, 6月份)" in of_city["Zhengzhou"]
    assert "It does not say how a matter ends." in of_city["Zhengzhou"]
    answer = findings.approaches_abstract(shipped.approach_matrix)
    assert (
        "Links of the cycle that all of them tell: research, special report, assignment" in answer
    )
    assert "漯河 Luohe" in answer.partition("How a matter ends is told by")[2]


def test_forms_outside_all_stages_are_no_silent_stage(shipped):
    assert " and ;" not in findings.portraits(shipped) + findings.city_paragraphs(shipped)


# ---- one document, documents without words, without instruments, and two of one city

BRIEFING = (
    "{0}:人大监督养老服务\n\n　　{0}市人大常委会开展执法检查,走访养老机构５家.\n"
    "　　{0}市养老服务整改.养老服务整改,养老服务整改.\n　　养老服务整改.养老服务整改.\n"
)


def corpus_of(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf8")
    return study_of(read_corpus(folder))


def test_a_document_without_words_is_left_out_of_keyness_and_named(tmp_path):
    study = corpus_of(
        tmp_path,
        a=BRIEFING.format("郑州"),
        b="焦作:天气\n\n　　天气很好.小猫睡着了.\n",
        numbers="12 34 56\n\n78.9\n",
    )
    assert study.wordless == ["numbers"] and set(study.keyness["doc"]) <= {"a", "b"}
    assert "Left out of the comparison: numbers (it contains no words" in figure_notes.read_keyness(
        study
    )


def test_the_only_document_with_words_is_not_compared(tmp_path):
    study = corpus_of(tmp_path, a=BRIEFING.format("郑州"), numbers="12 34 56\n\n78.9\n")
    assert (
        study.keyness.empty
        and "Fewer than two documents contain words" in figure_notes.read_keyness(study)
    )


def test_a_document_that_reports_no_instrument_is_named(tmp_path):
    study = corpus_of(tmp_path, a=BRIEFING.format("郑州"), b="天气很好。\n小猫睡着了。\n")
    assert "1 document reports none: b." in findings.approaches_abstract(
        study.approach_matrix
    ) and "一种也没有报告的有1篇：b" in findings.approaches_abstract(study.approach_matrix)
    assert "1 document reports none: b." in findings.portraits(study)
    assert findings.silent_documents(
        study.approach_matrix[study.approach_matrix["doc"] == "a"]
    ) == ("", "")


def test_that_all_documents_share_no_instrument_is_said_in_words_not_as_zero(tmp_path):
    study = corpus_of(tmp_path, a=BRIEFING.format("郑州"), b="天气很好。\n小猫睡着了。\n")
    answer = findings.approaches_abstract(study.approach_matrix)
    assert (
        "none is told as done by all 2 documents and " in answer
        and "2篇都写明已做的没有" in answer
        and "(none)" not in answer
    )
    assert "No instrument is told as done by all 2" in figure_notes.shared_and_single(study)


def test_the_text_about_a_single_document_mentions_no_others(tmp_path):
    study = corpus_of(tmp_path, a=BRIEFING.format("郑州"))
    texts = "\n".join(notes_and_findings(study))
    assert not re.search(
        r"by only one|in the chart|只有一篇报告|most often in|highest in|they state|1 documents|1"
        r" hits|都报告|种到|最高为|here;| of 1 ",
        texts,
    ), texts


@pytest.mark.parametrize(
    ("dates", "note"),
    [
        ([1, 0, 0, 0, 0, 0], "Only one of the 6 documents states its date"),
        ([1, 1, 1, 1, 1, 0], "Only one of the 6 documents does not state its date"),
        ([1, 1, 1, 1, 1, 1], "All of the 6 documents state their date"),
        ([0, 0, 0, 0, 0, 0], "None of the 6 documents states its date"),
        ([1, 1, 0, 0, 0, 0], "p = "),
        ([1, 0, 0, 0, 0], "5 documents: too few for a p-value"),
    ],
)
def test_a_p_value_is_given_only_where_two_groups_of_documents_can_be_compared(
    tmp_path, dates, note
):
    texts = ["天气很好。\n养老服务整改。\n" + "2024年5月6日\n" * dated for dated in dates]
    study = corpus_of(tmp_path, **dict(zip("abcdef", texts, strict=False)))
    assert list(study.corpus.documents["date"].notna()) == [bool(dated) for dated in dates]
    assert figure_notes.read_test(study).startswith(note)


def test_two_documents_of_one_city_are_told_apart_by_their_ids(tmp_path):
    study = corpus_of(
        tmp_path,
        a=BRIEFING.format("郑州"),
        b=BRIEFING.format("郑州") + "　　召开座谈会３次.\n",
        c=BRIEFING.format("焦作"),
    )
    names = ["郑州 Zhengzhou a", "郑州 Zhengzhou b", "焦作 Jiaozuo"]
    assert list(study.document_names) == names
    assert f"3 documents: {', '.join(names)};" in findings.source_line(study.corpus)
    assert "**郑州 Zhengzhou a** tells" in findings.city_paragraphs(
        study
    ) and "**郑州 Zhengzhou b** tells" in findings.portraits(study)
    assert "3 documents from 2 cities, 1 of which has more than one" in findings.whose_documents(
        study.corpus
    )


# ---- what the numbers of the five say


def paragraph(study, city):
    return next(part for part in findings.city_paragraphs(study).split("\n\n") if city in part)


def test_the_answer_on_results_names_results_with_city_and_value(shipped):
    answer = findings.outcomes_abstract(shipped.outcomes, shipped.pairs)
    assert answer.startswith("**Answer.** Results claimed in numbers: Sanmenxia, ")
    assert "≥73%" in answer and "Zhengzhou, " in answer and "≥40%" in answer
    assert "用数字说的成效：三门峡的" in answer


def test_the_answer_says_when_no_result_is_claimed(tmp_path):
    study = corpus_of(tmp_path, a=BRIEFING.format("郑州") + "　　成立５个检查组.\n")
    assert "No result is claimed in numbers." in findings.outcomes_abstract(
        study.outcomes, study.pairs
    )


def test_a_rectification_rate_stands_in_the_paragraph_of_its_city(shipped):
    text = paragraph(shipped, "三门峡")
    assert "claims as results: " in text and "≥73%" in text and "７３％以上已整改完成" in text


def test_an_output_that_is_only_planned_is_told_as_such_and_never_as_none(shipped):
    text = paragraph(shipped, "漯河")
    assert "It claims no result and no finished output in numbers; it plans " in text
    assert "155 (planned)" in text and "已选定老年助餐服务点位１５５个" in text
    assert "none for an output" not in text


def test_before_and_after_are_told_with_both_values_and_their_signs(shipped):
    text = figure_notes.read_changes(shipped)
    assert "from 22.6% (before) to ≥40%" in text and "↑2.58 percentage points" in text
    assert "no text says what would have happened without the supervision" in text
    assert all(
        before.endswith(quote) for before, quote in quotations_of(text, shipped.corpus)
    ) and len(list(quotations_of(text, shipped.corpus)))


def test_documents_without_a_change_say_so(silent):
    assert figure_notes.read_changes(silent) == "No number tells of a change."


def test_numbers_beside_others_are_counted_by_degree(shipped):
    pairs = shipped.pairs
    text = findings.synthesis_abstract(shipped.synthesis_table, shipped.outcomes, pairs)
    same, beside = ((pairs["verdict"] == name).sum() for name in ("same_axis", "side_by_side"))
    assert same >= 2 and beside >= 3
    assert f"{same} may share an axis and {beside} may stand side by side" in text
    assert f"可同轴比较的有{same}对，注明差别后可并列的有{beside}对" in text


def test_documents_that_name_no_city_are_no_cities(tmp_path):
    """35 documents of which 24 name no city are not 35 cities with one document each."""
    cities = "郑州 焦作 漯河 济源 三门峡 洛阳 开封 安阳 新乡 许昌 商丘".split()
    named = {f"c{i:02d}": BRIEFING.format(city) for i, city in enumerate(cities)}
    unnamed = {f"u{i:02d}": "养老服务见闻\n\n　　食堂增加９家.\n" for i in range(24)}
    study = corpus_of(tmp_path, **named, **unnamed)
    said = findings.whose_documents(study.corpus)
    assert said.startswith(
        "**Basis.** 11 cities, one document each. Of 35 documents, 24 name no city."
    )
    assert "11个城市，一城一篇；35篇文本中有24篇没有写明是哪个城市。" in said
    assert "from the 11 cities with only one" in figure_notes.would_settle(study)


def test_documents_of_no_known_city_are_counted_as_such(tmp_path):
    text = "养老服务见闻\n\n　　食堂增加９家.\n"
    study = corpus_of(tmp_path, a=text, b=text + "　　很好.\n")
    assert findings.whose_documents(study.corpus) == (
        "**Basis.** Of 2 documents, 2 name no city. 2篇文本中有2篇没有写明是哪个城市。"
    )
    assert "second document" not in figure_notes.would_settle(study)


def test_documents_without_an_interval_are_counted_and_the_reason_given(tmp_path):
    study = corpus_of(
        tmp_path, a=BRIEFING.format("郑州") + "　　很好.\n" * 20, b=BRIEFING.format("焦作")
    )
    zh, en = figure_notes.without_interval(study)
    assert (
        en.startswith("1 of 2 documents has fewer than 20 sentences and headings")
        and "2篇中有1篇" in zh
        and en in figure_notes.read_rates(study)
    )


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (48_300_000_000, "483亿", "48.3 billion"),
        (1_572_000, "157.2万", "1,572,000"),
        (1_234_567_891, "1,234,567,891", "1,234,567,891"),
        (18.22, "18.22", "18.22"),
    ],
)
def test_a_large_number_is_written_as_is_usual_in_its_language(value, zh, en):
    assert (number_in(value, "zh"), number_in(value, "en")) == (zh, en)
