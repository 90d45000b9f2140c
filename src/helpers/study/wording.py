"""Put counts, names and quotations into Chinese and English sentences. The sentences come from
data/text/findings.csv. Use this module wherever a finding or a note is put into words."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import NamedTuple

import pandas as pd

from helpers.escaping import MarkdownText
from helpers.labels import text_of

# Use `SPACE.join`, `LINE.join` or `PARAGRAPH.join` to join sentences of Markdown. These methods
# escape every sentence that is not a `MarkdownText`.
SPACE, LINE, PARAGRAPH = MarkdownText(" "), MarkdownText("\n"), MarkdownText("\n\n")


class Bilingual(NamedTuple):
    """The same text in Chinese and in English."""

    zh: str
    en: str


class _Count(int):
    """A whole number that chooses between a singular and a plural, as in
    ``{n:document|documents}``."""

    def __format__(self, form: str) -> str:
        if "|" not in form:
            return super().__format__(form)
        singular, plural = form.split("|")
        return singular if self == 1 else plural


def say(name: str, lang: str, /, **values: object) -> str:
    """Return a sentence of data/text/findings.csv in one language.

    The `values` fill the gaps of the sentence. A `Bilingual` value is shown in the language `lang`.
    The gap `{n:document|documents}` becomes `document` if `n` is 1, and otherwise `documents`.

    >>> say("page.more_outputs", "en", n=3)
    '3 more outputs'
    """
    shown = {key: _in_language(value, lang) for key, value in values.items()}
    return text_of("text/findings").say(name, lang, **shown)


def _in_language(value: object, lang: str) -> object:
    if isinstance(value, Bilingual):
        return getattr(value, lang)
    return fillable(value)


def fillable(value: object) -> object:
    """Return a value with which a gap such as ``{n:document|documents}`` can be filled. A whole
    number such as 7.0 becomes 7."""
    is_whole = isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
    return _Count(value) if is_whole else value


def markdown(name: str, lang: str, /, **values: object) -> MarkdownText:
    """Return a sentence of data/text/findings.csv for a notebook.

    The sentence itself may contain Markdown. Characters of Markdown in `values` are escaped,
    because a value may come from a document. A value that is a `MarkdownText`, such as another
    sentence, is filled in as it is.

    >>> print(markdown("reported.headline", "en", headline="A *b*", finding="law"))
    - A \\*b\\* [Evidence](../docs/findings.md#law)
    """
    shown = {key: _in_language(value, lang) for key, value in values.items()}
    return text_of("text/findings").markdown(name, lang, **shown)


def sentence(name: str, /, **values: object) -> Bilingual:
    """Return a sentence of data/text/findings.csv in both languages, with `values` in its gaps."""
    return Bilingual(say(name, "zh", **values), say(name, "en", **values))


def joined(parts: Sequence[Bilingual], zh: str = "；", en: str = ". ") -> Bilingual:
    """Join sentences or phrases, the Chinese texts with the separator `zh`, the English texts with
    `en`. Empty and repeated texts are left out, and every text but the last loses its full stop.

    >>> joined([Bilingual("共三篇。", "There are three."), Bilingual("一篇旧。", "One is old.")])
    Bilingual(zh='共三篇；一篇旧。', en='There are three. One is old.')
    """
    texts = []
    for side, (separator, stop) in enumerate([(zh, "。"), (en, ".")]):
        *first, last = dict.fromkeys(part[side] for part in parts if part[side]) or [""]
        texts.append(separator.join([*(text.removesuffix(stop) for text in first), last]))
    return Bilingual(*texts)


def listed(zh: Sequence[str], en: Sequence[str], *, most: int) -> Bilingual:
    """Join names into one text, in Chinese and in English. If there are more than `most` names, the
    others are replaced by 等 ("and others") in Chinese and … in English."""
    names = Bilingual("、".join(zh[:most]), ", ".join(en[:most]))
    return sentence("list.more", names=names) if len(en) > most else names


def bracketed(text: Bilingual) -> Bilingual:
    """Put a text in brackets, so that it can follow a word. An empty text stays empty."""
    return Bilingual(f"（{text.zh}）", f" ({text.en})") if text.en else text


def date_span(dates: Sequence[str]) -> Bilingual:
    """Return a text with the earliest and the latest date, or with one date if all are the same."""
    first, last = min(dates), max(dates)
    if first == last:
        return Bilingual(first, first)
    return sentence("dates.span", first=first, last=last)


def dated(documents: pd.DataFrame, name: str) -> Bilingual:
    """Return the sentence `name`, filled with the number of documents that have a date and with the
    first and the last date. If no document has a date, return a sentence that says so."""
    dates = documents["date"].dropna()
    if dates.empty:
        return sentence("dates.none")
    return sentence(name, span=date_span(dates), dated=len(dates), n=len(documents))


def label_in_both(row: pd.Series) -> Bilingual:
    """Return the Chinese and English label of the theme or instrument in a row of a table."""
    return Bilingual(row["zh"], row["en"])


def count(n: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: `1 briefing`, `5 briefings`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
