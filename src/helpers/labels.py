"""Return the Chinese and English names of documents, cities, codes, themes and units, which readers
see instead of ids. Tables, figures and web pages get their labels from this module."""

from __future__ import annotations

import difflib
import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.escaping import MarkdownText

if TYPE_CHECKING:
    from helpers.codebook import Codebook


class Texts:
    """The labels and sentences of one table in data/text. Call `text_of` to get such an object.

    Iterating over the object yields the names of the table's rows.
    """

    def __init__(self, table: str):
        from helpers.codebook import read_table

        self._table = table
        rows = read_table(table).itertuples()
        self._rows = {row.name: {"zh": row.zh, "en": row.en} for row in rows}

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def say(self, name: str, lang: str, **values: Any) -> str:
        """Return a text in a language, with its ``{placeholders}`` replaced by values. The language
        ``"en zh"`` means the English text followed by the Chinese text."""
        if " " in lang:
            return " ".join(self.say(name, each, **values) for each in lang.split())
        return self._fill(str, name, lang, values)

    def markdown(self, name: str, lang: str, **values: Any) -> MarkdownText:
        """Return a text in which Markdown acts, filled with values in which Markdown does not
        act."""
        return self._fill(MarkdownText, name, lang, values)

    def _fill(self, kind: type[str], name: str, lang: str, values: Mapping[str, Any]) -> Any:
        if name not in self._rows:
            nearest = difflib.get_close_matches(name, self._rows, n=1)
            hint = f"Did you mean '{nearest[0]}'?" if nearest else "Add a row with this name."
            raise KeyError(f"data/{self._table}.csv: no row is named '{name}'. {hint}")
        try:
            return kind(self._rows[name][lang]).format(**values)
        except (KeyError, IndexError, ValueError) as error:
            given = ", ".join(f"{{{value}}}" for value in values) or "none"
            raise ValueError(
                f"data/{self._table}.csv, row '{name}', column {lang}: a placeholder cannot be"
                f" filled ({error}). Values given: {given}. If a brace is meant as a character,"
                " write the brace twice."
            ) from error

    def both(self, name: str, **values: Any) -> tuple[str, str]:
        """Return a text in both languages as (Chinese, English)."""
        return self.say(name, "zh", **values), self.say(name, "en", **values)


@functools.lru_cache
def text_of(table: str) -> Texts:
    """Return the labels and sentences of a table in data/text, such as text/figures.csv.

    >>> labels = text_of("text/figure_labels")
    >>> labels.say("sequence_and_close.closing", "en")
    'How a matter ends'
    """
    return Texts(table)


# the most characters of a name; a user's table may hold whole texts in its column of cities
_LONGEST = 100


def document_labels(table: pd.DataFrame) -> pd.Series:
    """Return one label for each document, in table order. A label has two lines, the Chinese and
    the English name of the city. If two documents have the same city, the ids of the documents are
    added to the labels.

    Returns
    -------
    Series
        Index ``doc``; values such as ``"郑州\\nZhengzhou"``, or ``"南阳 Nanyang\\n09b_nanyang"``
        for two reports of one city.

    >>> table = pd.DataFrame([{"doc": "003", "city_zh": "郑州", "city_en": "Zhengzhou"}])
    >>> document_labels(table)["003"]
    '郑州\\nZhengzhou'
    """
    return _labels(table, _city, "\n")


def short_labels(table: pd.DataFrame, lang: str) -> pd.Series:
    """Return one short label for each document: the name of its city in one language. If two
    documents have the same city, the ids of the documents are added to the labels.

    >>> rows = [{"doc": "003", "city_zh": "郑州", "city_en": "Zhengzhou"}]
    >>> short_labels(pd.DataFrame([*rows, {"doc": "x", "city_zh": "某县"}]), "en").to_list()
    ['Zhengzhou', '某县']
    """
    return _labels(table, lambda row: city_in(row, lang), " ")


def _labels(table: pd.DataFrame, name: Callable[[dict], str], joint: str) -> pd.Series:
    """Return the label `name(row)` of each document. If two documents get the same name, add the
    ids of the documents."""
    rows = table.drop_duplicates("doc")
    names = [name(row) for row in rows.to_dict("records")]
    times = Counter(names)
    labels = [
        name
        if times[name] == 1
        else joint.join(dict.fromkeys([city_names(name), _short(str(doc))]))
        for name, doc in zip(names, rows["doc"], strict=True)
    ]
    return pd.Series(labels, index=pd.Index(rows["doc"], name="doc"), dtype="str")


def city_in(row: Mapping[str, Any], lang: str) -> str:
    """Return the name of a document's city in a language. If the city has no name in this language,
    return its name in the other language. If the city has no name, return the document's id."""
    return _city(row).split("\n")[0 if lang == "zh" else -1]


def _city(row: Mapping[str, Any]) -> str:
    names = [
        str(row[c]) for c in ("city_zh", "city_en") if c in row and pd.notna(row[c]) and str(row[c])
    ]
    return "\n".join(dict.fromkeys(map(_short, names))) or _short(str(row["doc"]))


def _short(name: str) -> str:
    """Make a name fit for a label. Characters that show nothing become □, line ends become spaces,
    and the middle of a name that is far longer than any city's name is left out.

    >>> _short("甲\\x1b市")
    '甲□市'
    """
    shown = "".join(char if char.isprintable() else "□ "[char.isspace()] for char in name)
    if len(shown) <= _LONGEST:
        return shown
    return f"{shown[: _LONGEST // 2]}…{shown[-_LONGEST // 2 :]}"


def city_names(label: str) -> str:
    """Put a label of two lines on one line, such as ``郑州 Zhengzhou``."""
    return label.replace("\n", " ")


def label_of(row: Any, lang: str, codebook: Codebook | None = None) -> str:
    """Return the label of a code or theme in a language: from the column ``zh`` or ``en`` of the
    row, or else from the codebook. If there is no label, return the id."""
    label = getattr(row, lang, None)
    if pd.notna(label) and str(label):
        return str(label)
    for column, table in (("code", "approaches"), ("theme", "theme_rules")):
        if hasattr(row, column):
            name = getattr(row, column)
            names = _or_shared(codebook).names(table).get(name, (str(name), str(name)))
            return names[lang == "en"]
    return str(row)


def _or_shared(codebook: Codebook | None) -> Codebook:
    from helpers.codebook import shared_codebook

    return codebook or shared_codebook()


def unit_label(unit: Any, lang: str, codebook: Codebook | None = None) -> str:
    """Return the name of a unit in a language. English names come from the table `units.csv`.

    Chinese puts a classifier such as 个 or 家 between a number and what it counts. English has no
    classifiers, so that units with ``classifier = yes`` have an empty English name. For example,
    the number 7个 is shown as “7”, not as “7 items”. By default the shared codebook is used.

    >>> [unit_label(unit, "en") for unit in ("%", "人次", "家")], unit_label("张", "zh")
    (['%', 'person-times', ''], '张')
    """
    if pd.isna(unit):
        return ""
    if lang == "zh":
        return str(unit)
    return _or_shared(codebook).once(_english_units).get(str(unit), str(unit))


def _english_units(codebook: Codebook) -> dict[str, str]:
    """Return the English name of each Chinese unit. Classifiers like 个 get an empty name."""
    units = codebook.units
    # a user's own table of units may lack the column `classifier`
    is_classifier = units.get("classifier", pd.Series("", index=units.index)) == "yes"
    english = units["en"].mask(is_classifier, "")
    named = is_classifier | ((english != "") & ~units["unit"].map(str.isascii))
    return dict(zip(units.loc[named, "unit"], english[named], strict=True))


NUMBER_KINDS = {
    "as_printed": ("如原文", "as printed"),
    "confirmed": ("参照编码确认如原文", "confirmed as printed by the reference reading"),
    "restored": ("推得小数点", "restored by deduction"),
    "coder": ("参照编码补回小数点", "restored by the reference reading"),
    "range": ("原文为区间", "a range in the text"),
    "ambiguous": ("多种读法", "more than one reading"),
}
"""The ways in which a number of the results was read from the text, in Chinese and English."""
_BOUNDS = {"at_least": ("≥", "≥"), "at_most": ("≤", "≤"), "about": ("约", "about ")}


_ARROWS = {"up": "↑", "down": "↓"}


def number_kind(row: Mapping[str, Any]) -> str:
    """Tell how a number of `extract_outcomes` was read: return the key in `NUMBER_KINDS`."""
    if row.get("basis") == "coder":
        return "confirmed" if row["status"] == "confirmed" else "coder"
    # A range such as “2-3 人” (2 to 3 people) has no single value, but is not ambiguous.
    return "range" if row["status"] != "ambiguous" and pd.isna(row["value"]) else str(row["status"])


def readings_of(row: Mapping[str, Any]) -> list[float]:
    """Return a number's value or, if there is no value, the lowest and the highest reading."""
    return [row["value"]] if pd.notna(row["value"]) else [row["low"], row["high"]]


def number_sign(row: Mapping[str, Any], lang: str) -> str:
    """Return the signs that stand before a number: an arrow if something rose or fell by this
    number, and the sign of a bound, such as ≥.

    >>> number_sign({"qualifier": "at_least"}, "en"), number_sign({"direction": "down"}, "zh")
    ('≥', '↓')
    """
    bound = _BOUNDS.get(str(row.get("qualifier")), ("", ""))[lang == "en"]
    return _ARROWS.get(str(row.get("direction")), "") + bound


def number_words(row: Mapping[str, Any], lang: str, codebook: Codebook | None = None) -> str:
    """Return a number with its unit as text. An arrow comes first if something rose or fell by this
    number, then ≥ if the text says “at least”. A note in brackets says if the number is of an
    earlier time or only planned.

    >>> row = {"value": 7_440_000.0, "unit": "元", "qualifier": "at_least"}
    >>> number_words(row, "zh"), number_words({**row, "direction": "up"}, "en")
    ('≥744万元', '↑≥7,440,000 yuan')
    """
    readings, bound = readings_of(row), number_sign(row, lang)
    if row.get("direction") in _ARROWS:
        # a growth of -3.2 % becomes “↓3.2%”: the arrow takes the place of the minus sign
        readings = sorted(map(abs, readings))
    unit = unit_label(row["unit"], lang, codebook)
    gap = " " if lang == "en" and unit and unit != "%" else ""
    time = ("", "")
    if row.get("timing") == "before":  # “从去年的22.6%提升…”: 22.6% is last year's value
        time = ("（此前）", " (before)")
    elif row.get("timing") == "planned":  # “已选定155个”: the 155 sites are not open yet
        time = ("（计划）", " (planned)")
    return bound + "–".join(number_in(x, lang) for x in readings) + gap + unit + time[lang == "en"]


def number_in(value: float, lang: str) -> str:
    """Return a number as people write it in a language, never as 4.83e+10. Chinese counts large
    numbers in 万 (ten thousand) or 亿 (hundred million), English in billions. A number that would
    need more than four decimals in this form is written out with all its digits.

    >>> number_in(48_300_000_000, "zh"), number_in(48_300_000_000, "en")
    ('483亿', '48.3 billion')
    >>> number_in(1_572_000, "zh"), number_in(1_572_345, "en")
    ('157.2万', '1,572,345')
    """
    for size, word in ((1e8, "亿"), (1e4, "万")) if lang == "zh" else ((1e9, " billion"),):
        if abs(value) >= size:  # shorten a number only to four decimals or fewer
            return digits(value / size) + word if value % (size / 1e4) == 0 else digits(value)
    return digits(value)


def digits(value: float) -> str:
    """Return a number in digits with thousands separators, never in scientific notation.

    >>> digits(48_300_000_000.0), digits(18.22), digits(-0.5), digits(2 / 3)
    ('48,300,000,000', '18.22', '-0.5', '0.6666666667')
    """
    whole = len(f"{abs(value):.0f}")
    text = f"{value:,.{max(0, 11 - whole)}f}" if whole < 11 else f"{value:,.0f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
