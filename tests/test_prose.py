"""Prose rendered from tables stays true on any corpus: of five documents, of one, of one that says nothing, of none."""

import re

import pytest

from helpers import count_themes, notes, prose, read_corpus, study_of
from helpers.corpus import Corpus
from helpers.ledger import ledger_table


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


@pytest.mark.parametrize(("n", "said"), [(0, "0 briefings"), (1, "1 briefing"), (1200, "1,200 briefings")])
def test_things_are_counted_in_words(n, said):
    assert prose.count(n, "briefing") == said and prose.count(2, "city", "cities") == "2 cities"


def test_documents_without_hits_are_said_to_have_none(silent):
    assert prose.themes_abstract(silent.rates).startswith("**Answer.** No term of the codebook occurs")
    assert prose.outcomes_abstract(silent.outcomes, silent.pairs).startswith("**Answer.** These documents state no magnitude")
    assert notes.read_rates(silent) == "No term of the codebook occurs here."
    assert notes.read_keyness(silent) == "With a single document there is nothing to compare with."
    assert notes.read_matrix(silent) == "No instrument is reported as done in these documents."
    assert notes.read_boilerplate(silent) == "No passage of eight characters stands in two documents."
    assert notes.read_values(silent.outcomes, silent) == "No number of these documents has lost a point."
    assert "It states no number." in notes.city_paragraphs(silent)


def test_one_document_is_compared_with_no_other(silent):
    assert "1 document: a; 11 characters" in prose.source_line(silent.corpus) and "without dates" in prose.source_line(silent.corpus)
    assert "the one document" in prose.approaches_abstract(silent.matrix)
    assert "The 1 document reports 0 instruments" in prose.synthesis_abstract(silent.synthesis, silent.outcomes, silent.pairs)


def test_an_empty_corpus_is_said_to_be_empty(nothing):
    assert prose.synthesis_abstract(nothing.synthesis, nothing.outcomes, nothing.pairs) == "**Answer.** There is no document."
    assert "0 documents with 0 characters" in prose.corpus_abstract(nothing.corpus, ledger_table(nothing.corpus))
    assert notes.portraits(nothing) == "No instrument is reported in these documents."
    assert count_themes(nothing.corpus).empty


def quotations_of(text, corpus):
    """What a note says before each place that it names, and the quotation that stands there."""
    for found in re.finditer(r" \((?P<doc>[^,()]+), characters (?P<start>\d+)–(?P<end>\d+)\)", text):
        yield text[: found.start()], f"“{corpus[found['doc']].quote(int(found['start']), int(found['end']))}”"


@pytest.mark.parametrize("note", [notes.read_rates, notes.read_matrix, notes.portraits, notes.city_paragraphs, notes.read_boilerplate, notes.would_settle, notes.shared_and_single])
def test_every_quotation_in_a_note_stands_at_the_place_it_names(shipped, note):
    text = note(shipped)
    assert text and not re.search(r"\b(?:nan|None|<NA>)\b", text)
    assert all(before.endswith(quote) for before, quote in quotations_of(text, shipped.corpus))


def test_notes_that_quote_are_found_to_quote(shipped):
    text = notes.read_rates(shipped) + notes.read_matrix(shipped) + notes.read_values(shipped.outcomes, shipped)
    assert len(list(quotations_of(text, shipped.corpus))) >= 3 and "**供销社**" in notes.read_keyness(shipped)


def test_program_and_reader_agree_on_the_numbers_of_the_shipped_briefings(shipped):
    found = shipped.number_agreement.summary.set_index("variant")
    assert found.loc["with readings.csv", ["n_program", "n_found", "n_right"]].nunique() == 1
    assert found.loc["without readings.csv", "precision"] > 0.98 and (found["wrong_unit"] == 0).all()
    assert shipped.number_agreement.differences.empty


def test_program_and_reader_agree_on_the_instruments_of_the_shipped_briefings(shipped):
    cells, sentences = (shipped.agreement[name].summary.set_index("measure")["value"] for name in ("cells", "sentences"))
    assert cells["kappa"] > 0.85 and sentences["kappa"] > 0.75
