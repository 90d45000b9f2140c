"""In the stored tables and figures every quotation stands at its offsets, and every row of a figure
leads back to the files."""

import json
from pathlib import Path

import pandas as pd
import pytest

from helpers import read_corpus, trace

ROOT = Path(__file__).resolve().parents[1]
TABLES = sorted((ROOT / "data" / "derived").glob("*.csv"))
RECORDS = sorted((ROOT / "figures").glob("*/*.json"))


@pytest.fixture(scope="module")
def corpus():
    return read_corpus()


def read(path):
    return pd.read_csv(path, encoding="utf-8-sig", dtype="str", keep_default_na=False)


def plain(cell):
    """A cell that a spreadsheet would run as a formula stands behind an apostrophe."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@＝＋－＠\t" else cell


def test_there_are_tables_and_figures():
    assert len(TABLES) >= 15 and len(RECORDS) >= 20


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_quotation_of_a_table_stands_at_its_offsets(corpus, path):
    table = read(path)
    if not {"doc", "quote"} <= set(table.columns):
        return
    first, last = ("quote_start", "quote_end") if "quote_start" in table else ("start", "end")
    if first not in table:  # a table made from others shows the words without their places
        assert path.stem in ("approach_matrix", "coding_units"), path.stem
        whole = {document.doc: document.quote(0, len(document.raw)) for document in corpus}
        if "doc" in table and set(table["doc"]) <= set(whole):
            assert all(plain(row.quote) in whole[row.doc] for row in table.itertuples())
        return
    for row in table[table[first] != ""].to_dict("records"):
        assert corpus[row["doc"]].quote(int(row[first]), int(row[last])) == plain(row["quote"])


@pytest.mark.parametrize(
    "path",
    [p for p in TABLES if "printed" in read(p).columns and "start" in read(p).columns],
    ids=lambda p: p.stem,
)
def test_the_digits_of_a_number_stand_at_their_offsets(corpus, path):
    for row in read(path).itertuples():
        assert corpus[row.doc].quote(int(row.start), int(row.end)) == plain(row.printed)


def test_shares_of_a_whole_stay_between_0_and_100():
    table = read(ROOT / "data" / "derived" / "outcomes.csv")
    shares = table[(table["unit"] == "%") & (table["value"] != "")]
    assert len(shares) and shares["value"].astype(float).between(0, 100).all()


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_figure_leads_from_its_rows_to_the_raw_files(corpus, path):
    record = json.loads(path.read_text(encoding="utf8"))
    assert {source["sha256"] for source in record["sources"]} == {
        document.sha256 for document in corpus
    }
    assert record["evidence"] and len(read(path.with_suffix(".csv"))), (
        "a figure without a quotation"
    )
    for row in record["evidence"]:
        assert corpus[row["doc"]].quote(row["start"], row["end"]) == row["quote"]
    assert all(path.with_suffix(kind).stat().st_size > 1000 for kind in (".svg", ".pdf", ".png"))


def test_a_cell_of_the_matrix_is_traced_to_its_quotation(corpus):
    rows = trace("instrument_matrix", ("漯河", "citizen_supervisor"))
    quotes = rows["quote"].dropna().tolist()
    assert any("养老服务监督员全程参与" in quote for quote in quotes)
