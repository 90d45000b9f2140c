"""Read issue, date, album number, title, contributor and city from a document's labelled lines.

The album number counts the briefings of one campaign (a series of briefings). The table
`Corpus.documents` has a column for each fact that this module reads.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from helpers.characters import chinese_number
from helpers.codebook import Codebook, shared_codebook

from .cleaning import Mark
from .front import ANY_NUMERAL, DATE, NUMERAL, YEAR, MastheadPatterns
from .whose import Whose

ISSUE_YEAR = re.compile(rf"(?<!\d){YEAR}(?=\s*[年)〕\]】])")
_NUMBER_OF_ISSUE = re.compile(
    rf"(\d+|[○{ANY_NUMERAL}]+)(?:\s*[-—–~至、,]\s*(?:\d+|{NUMERAL}))?\s*[期号辑]"
    r"|(?:总|[Nn][Oo]\.?)\s*(\d+)"
)
_DATE_PARTS = re.compile(r"([^年]+)年([^月]+)月(?:(.+)日)?")
_DAY_AT_END = re.compile(r"[,，]?\s*(?:\d{4}年)?\d{1,2}月\d{1,2}日$")
_NEXT_LABEL = re.compile(r"\s+(?=[^\s:：]{2,6}[:：])")  # between two labels of a web page
NUMBER_AT_END = re.compile(rf"[(（]?\s*([{ANY_NUMERAL}\d]+)\s*[)）]?$")


def read_masthead(
    metadata: tuple[Mark, ...], text: str, codebook: Codebook | None = None
) -> dict[str, Any]:
    """Read facts such as title and date from the labelled lines of a document. A fact that is not
    found is None. `metadata` and `text` are attributes of `CleanText`. The words to look for come
    from the codebook's tables `masthead_words`, `place_words` and `cities`."""
    codebook = codebook or shared_codebook()
    patterns = codebook.once(MastheadPatterns)
    texts: dict[str, list[str]] = defaultdict(list)
    for mark in metadata:
        texts[mark.rule].append(mark.text)
    contributor = _contributor(texts["attribution"], patterns)
    year, number = _issue(texts["issue"], patterns)
    front = [mark.text for mark in metadata if mark.rule in ("masthead", "issue", "date")]
    dated = filter(None, map(patterns.dated_source.search, texts["attribution"]))
    lines = [*texts["date"], *texts["issue"], *(match[0] for match in dated)]
    dates = (match.group() for line in lines for match in DATE.finditer(line))
    album = NUMBER_AT_END.search("".join(texts["campaign"]))
    place = codebook.once(Whose).of_document(texts["title"], contributor, front, text)
    return {
        "city_zh": place and place.zh,
        "city_en": place and place.en,
        "issue_year": year,
        "issue_number": number,
        "date": next(filter(None, map(complete_date, dates)), None),
        "album_number": album and numeral_value(album[1]),
        "title": " ".join(texts["title"]).strip() or None,
        "contributor": contributor,
    }


def _issue(lines: list[str], patterns: MastheadPatterns) -> tuple[int | None, int | None]:
    """Return the year and the number of an issue. If several numbers are printed, the number within
    the year (`第3期`, "issue 3") is the first choice. The second choice is the number counted over
    all years (`总第128期`, "issue 128 in all"), and the third choice is the number of an official
    document (`〔2024〕8号`, "no. 8 of 2024")."""
    issues = [m.group() for line in lines for m in patterns.issue.finditer(line)]
    issues.sort(key=lambda issue: ("号" in issue, "总" in issue))
    years = filter(None, map(ISSUE_YEAR.search, issues))
    numbers = filter(None, map(_NUMBER_OF_ISSUE.search, issues))
    year = next((numeral_value(match.group()) for match in years), None)
    return year, next((numeral_value(match[1] or match[2]) for match in numbers), None)


def numeral_value(numeral: str) -> int | None:
    """Return the value of a number in digits or Chinese characters, or None for 10⁹ and more. No
    masthead prints a number as large as 10⁹, and an integer column of a table might not hold it."""
    if numeral.isdecimal():
        number = int(numeral) if len(numeral) < 20 else None
    else:
        number = chinese_number(numeral)
    return number if number is not None and number < 10**9 else None


def complete_date(printed: str) -> str | None:
    """Return a printed date in the form 2024-09-03, or None for a month without a day."""
    printed = re.sub(r"\s+", "", printed)
    in_words = _DATE_PARTS.fullmatch(printed)
    parts = in_words.groups() if in_words else re.split("[-./]", printed)
    year, month, day = (numeral_value(part) if part else None for part in parts)
    if year and month in range(1, 13) and day in range(1, 32):
        return f"{year:04d}-{month:02d}-{day:02d}"
    return None


def _contributor(lines: list[str], patterns: MastheadPatterns) -> str | None:
    """Return the first contributor that the lines name, without a label such as 来源 ("source") and
    without a date. Lines that only say who took a picture are ignored."""
    for line in lines:
        line = next(filter(patterns.contributor_frame.match, _NEXT_LABEL.split(line)), line)
        without_day = _DAY_AT_END.sub("", line.strip("()（） "))
        name = patterns.contributor_frame.sub("", without_day)
        if name and not patterns.picture_credit.match(name):
            return name
    return None
