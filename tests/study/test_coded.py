"""In the reference reading every quotation stands at its place and every id is in the codebook."""

import pytest

from helpers import read_codebook, read_corpus, read_table


@pytest.fixture(scope="module")
def corpus():
    return read_corpus()


@pytest.mark.parametrize(
    "name", ["sentences", "approaches", "relations", "laws", "outcomes", "readings"]
)
def test_every_row_belongs_to_a_file_and_quotes_it(corpus, name):
    by_hash = {document.sha256: document for document in corpus}
    table = read_table(f"coded/{name}")
    assert len(table)
    for row in table[table["start"] != ""].itertuples():
        document = by_hash[row.sha256]
        if name in ("outcomes", "readings"):
            assert document.quote(int(row.start), int(row.end)) == row.printed
        if hasattr(row, "quote_start"):
            assert document.quote(int(row.quote_start), int(row.quote_end)) == row.quote
        elif hasattr(row, "quote"):
            assert document.quote(int(row.start), int(row.end)) == row.quote


def test_every_sentence_of_a_body_is_coded_at_least_once(corpus):
    coded = read_table("coded/sentences")
    for doc, sentences in corpus.sentences.groupby("doc"):
        rows = coded[coded["doc"] == doc]
        body = sentences[sentences["kind"] == "sentence"]
        assert set(rows["sentence"].astype(int)) >= set(body["sentence"])
        stands = rows[rows["verdict"] == "stands"]
        assert not stands.duplicated(["sentence", "code", "start"]).any()


def test_coded_ids_are_in_the_codebook():
    known = set(read_codebook().approaches["code"])
    assert set(read_table("coded/approaches")["code"]) == known
    assert set(read_table("coded/sentences")["code"]) <= known | {"none"}


def test_the_cells_follow_from_the_sentences():
    cells, sentences = read_table("coded/approaches"), read_table("coded/sentences")
    acts = sentences[(sentences["verdict"] == "stands") & (sentences["mention"] != "formula")]
    stands = acts.groupby(["doc", "code"]).size()
    for row in cells.itertuples():
        assert int(row.n_evidence) == stands.get((row.doc, row.code), 0)
        assert row.state.startswith("not_") == (int(row.n_evidence) == 0)
        assert row.present in "01" and (row.present == "0" or row.quote)


def test_a_settled_number_is_one_of_the_readings_left_open_and_says_why():
    outcomes = read_table("coded/outcomes").set_index(["sha256", "start"])
    for row in read_table("coded/readings").itertuples():
        read = outcomes.loc[(row.sha256, row.start)]
        assert row.reason and read["status"] in ("ambiguous", "restored")
        if read["status"] == "ambiguous":
            assert float(read["low"]) <= float(row.value) <= float(read["high"])
        else:  # a reader could deduce it, the program could not
            assert float(read["value"]) == float(row.value)


def test_differences_between_the_readings_are_settled_in_writing():
    table = read_table("coded/sentences")
    differ = table[(table["verdict"] != "none") & (table["reader1"] != table["reader2"])]
    assert len(differ) and (differ["reason"] != "").all()
