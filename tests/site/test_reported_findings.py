"""The findings on the five texts: each with its limit, its quotations and its numbers.

What stands in data/coded/findings.csv was written by hand; here it is held to the texts and tables.
"""

import hashlib
import re

import pandas as pd
import pytest

from helpers import read_corpus, read_table
from helpers.codebook import DATA
from helpers.site.findings import findings_page, headlines
from helpers.site.site import build_site

FINDINGS = read_table("coded/findings")
QUOTES = read_table("coded/finding_quotes")
TEXTS = {path.stem: path.read_bytes() for path in sorted((DATA / "raw").glob("*.txt"))}
# words that make a contest of what the texts say of themselves
RANKING = re.compile(
    r"\b(?:best|worst|lead(?:s|ing)? (?!group)|ahead|behind the|top|outperform\w*|exemplary)\b"
    "|最好|最差|最佳|领先|落后于|遥遥|排名第|优于|不如"
)
DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def test_there_are_ten_to_fifteen_findings_in_five_notebooks():
    assert 10 <= len(FINDINGS) <= 15 and FINDINGS["finding"].is_unique
    assert set(FINDINGS["notebook"].astype(int)) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("row", list(FINDINGS.itertuples()), ids=lambda row: row.finding)
def test_a_finding_is_told_in_both_languages_with_its_limit_and_ranks_nobody(row):
    for part in ("kind", "headline", "claim", "strength", "limit", "counter"):
        zh, en = getattr(row, f"{part}_zh"), getattr(row, f"{part}_en")
        assert re.search("[一-龥]", zh) and re.search("[A-Za-z]{3}", en), part
        assert not RANKING.search(zh) and not RANKING.search(en), part
    assert len(row.headline_en.split()) <= 30


@pytest.mark.parametrize("row", list(FINDINGS.itertuples()), ids=lambda row: row.finding)
def test_what_no_text_reports_was_searched_for(row):
    denies = re.search("no text|none of the five|does not mention", row.claim_en, re.I)
    assert not denies or row.search


@pytest.mark.parametrize("finding", FINDINGS["finding"])
def test_every_finding_has_quotations_for_it(finding):
    roles = QUOTES.loc[QUOTES["finding"] == finding, "role"]
    assert roles.eq("supports").sum() >= 3
    assert set(roles) <= {"supports", "counter", "context"}


def test_every_quotation_stands_in_its_text_and_is_translated():
    for row in QUOTES.itertuples():
        raw = TEXTS[row.doc]
        assert hashlib.sha256(raw).hexdigest() == row.sha256, row.doc
        assert raw.decode("utf-8")[int(row.start) : int(row.end)] == row.quote, row.quote
        assert re.search("[A-Za-z0-9]{2}", row.quote_en), row.quote
    assert set(QUOTES["finding"]) == set(FINDINGS["finding"])


# --- numbers


def table(name):
    return read_table(name if "/" in name else f"derived/{name}")


def kept(rows, filters):
    for text in filter(None, filters.split(" & ")):
        if "!=" in text:
            column, value = text.split("!=", 1)
            rows = rows[rows[column].astype(str) != value]
        else:
            column, values = text.split("=", 1)
            rows = rows[rows[column].astype(str).isin(values.split("/"))]
    return rows


def cell(query):
    """The value of `table[column]: filters`."""
    head, _, filters = query.partition(": ")
    name, how, column = re.fullmatch(r"([\w/]+)(?:\[(?:(sum|distinct) )?(\w+)\])?", head).groups()
    rows = kept(table(name), filters)
    if not column:
        return len(rows)
    if how == "distinct":
        return rows[column].nunique()
    if how == "sum":
        return pd.to_numeric(rows[column]).sum()
    (value,) = rows[column].astype(str).unique()
    return value


NUMBERS = [
    (row.finding, *entry.split(" = ", 1))
    for row in FINDINGS.itertuples()
    for entry in row.numbers.split(" | ")
]


@pytest.mark.parametrize(("finding", "number", "query"), NUMBERS)
def test_a_number_of_a_finding_is_that_of_its_table(finding, number, query):
    found = str(cell(query)).translate(DIGITS)
    places = len(number.partition(".")[2])
    try:
        assert round(float(found), places) == float(number), found
    except ValueError:
        assert found == number


def test_every_finding_has_numbers_and_a_wrong_one_is_noticed():
    assert {finding for finding, *_ in NUMBERS} == set(FINDINGS["finding"])
    assert cell("outcomes") == 91 != cell("outcomes: group=effort")


# --- where they are read


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_readme_and_page_tell_every_finding(lang):
    ending = "" if lang == "en" else ".zh-CN"
    root = DATA.parent
    assert headlines(lang) in (root / f"README{ending}.md").read_text(encoding="utf-8")
    page = (root / "docs" / f"findings{ending}.md").read_text(encoding="utf-8")
    assert findings_page(lang) in page
    assert headlines(lang).count("\n- ") == len(FINDINGS) - 1


def test_the_english_page_prints_no_quotation_without_its_translation():
    for line in findings_page("en").splitlines():
        if re.search("“[^”]*[一-龥][^”]*” \\(\\[", line):
            assert re.search("[A-Za-z0-9]{2}[^—]*— “", line), line


def test_every_quotation_opens_at_its_marked_place_in_the_reading_copy(tmp_path):
    site = build_site(DATA.parent, tmp_path / "site", corpus=read_corpus())
    for page in ("findings.html", "findings.zh-CN.html"):
        links = re.findall(
            r'href="(text-\d+\.html)#(o\d+)"', (site / page).read_text(encoding="utf-8")
        )
        assert len(links) == len(QUOTES)
        for file, place in set(links):
            assert f'<mark id="{place}">' in (site / file).read_text(encoding="utf-8"), place
