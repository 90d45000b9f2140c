"""Tells which numbers of two documents may be compared, how closely, and for which question.

Use `comparable` before you draw two numbers on one axis, and `caveat_quotations` for the words of
the texts behind each caveat.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from helpers.codebook import Codebook, shared_codebook
from helpers.labels import Texts, text_of
from helpers.text import Corpus

from .context import base_of

CAVEATS = {
    "date": ("timing", "as_of_from", "as_of_to"),
    "state": ("state",),
    "merged": ("level",),
}
"""The closed list of caveats, each with the columns of `extract_outcomes` that show the caveat."""
STAGES = tuple(
    "planned negotiated chosen assessed in_progress sited_and_built built in_use assigned"
    " rectified".split()
)
"""The states of completion, in the order in which a thing passes through them."""
PROBLEMS = frozenset(
    "problems problems_found problem_list problems_rectified problems_open".split()
)
"""The indicators that count problems, whether found, assigned, rectified or open."""
_LISTS = {"problem_list", "problems_rectified", "problems_open", "rectified_share"}
_LIST_STATES = {"assigned", "rectified"}
_ON_THE_WAY = {"planned", "negotiated", "assessed", "in_progress"}
_MOST_CAVEATS = 2
_LONGEST_QUOTE = 400  # greatest length of a quoted sentence, in characters
_CIRCUMSTANCES = ("denominator", "doc_level", "level")
_COMPARED = (
    "doc printed value unit qualifier direction indicator indicator_zh indicator_en denominator"
    " flow state doc_level level timing as_of_from as_of_to sentence"
).split()
_COLUMNS = (
    "a b doc_a doc_b indicator indicator_zh indicator_en question_zh question_en verdict caveats"
    " reason"
).split()
_LANGUAGES = ("zh", "en")


def comparable(outcomes: pd.DataFrame, codebook: Codebook | None = None) -> pd.DataFrame:
    """List the pairs of numbers from two documents that count the same thing, and say how closely
    the numbers of each pair may be compared, and for which question.

    A bar rules a comparison out. Two numbers with different units, denominators, levels or
    directions of change meet a bar, and so do a stock and a flow. A share without a denominator, a
    number without a level, a number without a single value, and an upper bound beside a value are
    bars, too.

    A caveat must be named beside the comparison. The caveats are different dates (`date`),
    different states of completion (`state`), and a list that merges the problems of several
    assigners (`merged`). A pair without bar and caveat may share an axis; a pair with one or two
    caveats and no bar may be shown side by side.

    For this comparison, all things that are built or in use are a stock, and things that are added
    or under way are a flow. A list of problems and things that are only chosen are neither.

    Parameters
    ----------
    outcomes : DataFrame
        The result of `extract_outcomes`, or a part of it. A missing column counts as something that
        the texts do not say.
    codebook : Codebook, optional
        The codebook with the names of indicators and units. By default, the shared codebook.

    Returns
    -------
    DataFrame
        One row per pair of numbers that have the same `indicator` and come from two documents. `a,
        b` are the row numbers of both numbers in `outcomes`, counted from 0, and `doc_a, doc_b` are
        the documents of both numbers. The pairs are sorted by `a, b`. `question_zh, question_en` is
        the question that both numbers answer. `verdict` is ``same_axis``, ``side_by_side`` or
        ``different``. `caveats` joins the ids of the caveats with ``;``. `reason` names each bar
        and each caveat with the values of both numbers. The names of bars, caveats, states and
        levels are in data/text/comparison.csv.

    Examples
    --------
    >>> import pandas as pd
    >>> from helpers import comparable
    >>> known = {"indicator": "dining_sites", "indicator_zh": "助餐场所", "unit": "个"}
    >>> known |= {"indicator_en": "meal sites", "level": "city", "timing": "during"}
    >>> numbers = pd.DataFrame(
    ...     [
    ...         {"doc": "one", "value": 180, "state": "in_use", **known},
    ...         {"doc": "two", "value": 155, "state": "chosen", **known},
    ...     ]
    ... )
    >>> pair = comparable(numbers).iloc[0]
    >>> print(pair["verdict"], "|", pair["caveats"], "|", pair["reason"])
    side_by_side | state | state: in_use / chosen
    >>> print(pair["question_en"])
    How many meal sites (city level; at whatever stage)?
    """
    table = outcomes.reindex(columns=_COMPARED).reset_index(drop=True)
    table = table.astype(object).where(table.notna(), "")
    n_docs = table.groupby("indicator")["doc"].transform("nunique")
    table = table.assign(kind=_kinds(table))
    table = table[(table["indicator"] != "") & (n_docs > 1)]
    by_indicator: dict[str, dict[str, list]] = {}
    for row in table.itertuples():
        by_indicator.setdefault(row.indicator, {}).setdefault(row.doc, []).append(row)
    compare, pairs = _Comparison(codebook or shared_codebook()), []
    for by_doc in by_indicator.values():
        # numbers of one document are never paired, however many the document has
        for numbers, others in itertools.combinations(by_doc.values(), 2):
            pairs += [compare.pair(a, b) for a, b in itertools.product(numbers, others)]
    return pd.DataFrame(sorted(pairs), columns=_COLUMNS).astype({"a": "int64", "b": "int64"})


def caveat_quotations(pairs: pd.DataFrame, outcomes: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Quote for each caveat of a pair the sentences of both texts, with the values that were read
    from these sentences. Of a very long sentence, only the clause with the number is quoted.

    Parameters
    ----------
    pairs : DataFrame
        Rows of the table that `comparable` returns.
    outcomes : DataFrame
        The table from which the pairs were made.
    corpus : Corpus
        The documents of `outcomes`.

    Returns
    -------
    DataFrame
        For each caveat one row per number and column that shows it, in the order of `pairs`: `a, b,
        caveat, doc, column, value, start, end, quote`. `column` names a column of `outcomes`, and
        `value` holds the number's value in this column. `value` is missing if the text does not say
        it. `start, end` are the offsets of the quotation in the raw text.

    Examples
    --------
    >>> from helpers import read_corpus, study_of
    >>> study = study_of(read_corpus())
    >>> quotations = caveat_quotations(study.pairs, study.outcomes, study.corpus)
    >>> merged = quotations.query("caveat == 'merged' and value == 'several'").iloc[0]
    >>> print(merged["doc"], "合并形成" in merged["quote"])  # 合并形成, "merged into"
    001_sanmenxia True
    """
    # each number is quoted only once, although a number may stand in many pairs
    places = sorted({*pairs["a"], *pairs["b"]})
    numbers = dict(zip(places, outcomes.iloc[places].to_dict("records"), strict=True))
    sentences = corpus.sentences.set_index(["doc", "sentence"])[["start", "end"]]
    quoted = {}
    for place, number in numbers.items():
        start, end = _sentence_or_clause(number, sentences)
        quoted[place] = start, end, corpus[number["doc"]].quote(start, end)
    rows = []
    for pair in pairs.itertuples():
        for caveat in filter(None, pair.caveats.split(";")):
            for place, column in itertools.product((pair.a, pair.b), CAVEATS[caveat]):
                doc, value = numbers[place]["doc"], numbers[place].get(column) or None
                rows.append((pair.a, pair.b, caveat, doc, column, value, *quoted[place]))
    return pd.DataFrame(rows, columns="a b caveat doc column value start end quote".split())


def _sentence_or_clause(number: Mapping[str, Any], sentences: pd.DataFrame) -> tuple[int, int]:
    """Return the offsets of a number's sentence or, if the sentence is very long, of the clause."""
    sentence = sentences.loc[(number["doc"], number["sentence"])]
    if sentence["end"] - sentence["start"] > _LONGEST_QUOTE:
        return number["quote_start"], number["quote_end"]
    return int(sentence["start"]), int(sentence["end"])


def comparison_word(name: str, lang: str) -> str:
    """Return the name of a bar, caveat, state or level in a language. An id without a name in
    data/text/comparison.csv stays as it is.

    >>> comparison_word("caveat.merged", "en"), comparison_word("state.in_use", "zh")
    ('merged sources', '已投用')
    """
    if name in _texts():
        return _texts().say(name, lang)
    return name.partition(".")[2] or _NOT_SAID


def _texts() -> Texts:
    return text_of("text/comparison")


class _Comparison:
    """Compares two numbers, with the names and units of a codebook."""

    def __init__(self, codebook: Codebook) -> None:
        self._units = codebook.once(_units)
        self._names = codebook.names("indicators")

    def pair(self, a, b) -> tuple:
        """Return the row of `comparable` for two numbers. The first number in the table is `a`."""
        a, b = sorted((a, b), key=lambda row: row.Index)
        caveats = dict(_caveats(a, b))
        bars = dict(self._bars(a, b, merged="merged" in caveats))
        verdict = "side_by_side" if caveats else "same_axis"
        if bars or len(caveats) > _MOST_CAVEATS:
            verdict = "different"
        reason = "; ".join(f"{name}: {values}" for name, values in (bars | caveats).items())
        names = self._name(a, b)
        question = _question(self._shared(a, b, names, caveats))
        place = (a.Index, b.Index, a.doc, b.doc, a.indicator)
        return *place, *names, *question, verdict, ";".join(caveats), reason

    def _unit(self, row) -> tuple[str, str]:
        """Return what a unit counts, and its kind, such as `count` or `share`."""
        return self._units.get(row.unit, (row.unit, "count"))

    def _bars(self, a, b, *, merged: bool) -> Iterator[tuple[str, str]]:
        """Yield each bar to a comparison of two numbers, with the values of both."""
        if self._unit(a) != self._unit(b):
            yield "unit", _both(a.unit, b.unit)
        is_share = self._unit(a)[1] in ("share", "change")
        spared = _spared(a, b, merged=merged)
        for column in filter(lambda column: column not in spared, _CIRCUMSTANCES):
            x, y = getattr(a, column), getattr(b, column)
            if x != y or _is_unsaid(x, column, is_share):
                yield column, _both(x, y)
        yield from _bars_of_amounts(a, b, is_share=is_share)

    def _name(self, a, b) -> tuple[str, str]:
        """Return the name of what two numbers count, in Chinese and English. The name comes from
        the codebook. If the codebook has no name for the indicator, the shorter of both numbers'
        own names is used, which says less of a state or place."""
        names = ((row.indicator_zh, row.indicator_en) for row in (a, b))
        return self._names.get(a.indicator) or min(names, key=lambda name: len(name[0]))

    def _shared(self, a, b, names: tuple[str, str], caveats: Iterable[str]) -> _Shared:
        """Return what two numbers have in common."""
        counted, kind = self._unit(a)
        if a.indicator in PROBLEMS:
            names = _texts().both("thing.problems")
        # numbers of one date share an axis, so their date belongs to the question
        date = "" if caveats or a.timing == b.timing == "during" else _dates(a)
        direction = a.direction if a.direction == b.direction else ""
        circumstances = (a.level, a.state, a.kind or b.kind, direction, a.denominator, date)
        is_list = _is_list(a) and _is_list(b)
        return _Shared(names, *circumstances, a.unit, counted, kind, is_list, frozenset(caveats))


class _Shared(NamedTuple):
    """What the numbers of a pair have in common, which makes up their question."""

    names: tuple[str, str]
    level: str
    state: str
    flow: str
    direction: str
    denominator: str
    date: str
    unit: str
    counted: str
    kind: str
    is_list: bool
    caveats: frozenset[str]


@functools.lru_cache(maxsize=1_000)
def _question(shared: _Shared) -> tuple[str, str]:
    """Return the question that both numbers of a pair answer, in Chinese and English."""
    zh, en = (
        _ask(shared, thing, lang) for thing, lang in zip(shared.names, _LANGUAGES, strict=True)
    )
    return zh, en


def _ask(shared: _Shared, thing: str, lang: str) -> str:
    say, state = _texts().say, shared.state
    is_list = shared.is_list and shared.kind == "count" and state in _LIST_STATES
    if is_list and "state" not in shared.caveats:
        if "merged" in shared.caveats:
            return say(f"question.{state}_merged", lang, thing=thing)
        return say(
            f"question.{state}", lang, thing=thing, who=comparison_word(f"who.{shared.level}", lang)
        )
    form = {"count": "count", "share": "share", "change": "share"}.get(shared.kind, "amount")
    remarks = ("；" if lang == "zh" else "; ").join(_remarks(shared, lang))
    return say(f"question.{form}", lang, thing=thing, remarks=remarks)


def _remarks(shared: _Shared, lang: str) -> Iterator[str]:
    """Yield the remarks of a question: what both numbers share besides the thing counted."""
    say = _texts().say
    yield _level(shared, lang)
    if "state" in shared.caveats:
        yield say("remark.any_state", lang)
    else:
        if shared.state:
            yield comparison_word(f"state.{shared.state}", lang)
        if shared.flow and not shared.is_list:
            yield comparison_word(f"remark.{shared.flow}", lang)
    if shared.direction:
        yield comparison_word(f"remark.{shared.direction}", lang)
    if shared.denominator:
        name = "remark.among" if shared.kind == "count" else "remark.denominator"
        yield say(name, lang, denominator=shared.denominator)
    if shared.date:
        yield shared.date
    if shared.kind == "count" and shared.counted not in (_THINGS, _PEOPLE, _TIMES):
        yield say("remark.unit", lang, unit=shared.unit if lang == "zh" else shared.counted)


def _level(shared: _Shared, lang: str) -> str:
    """Say for which level both numbers of a pair hold. For merged lists of problems, say that any
    body may have assigned the problems."""
    if "merged" in shared.caveats:
        return _texts().say("remark.any_assigner", lang)
    if shared.level == "several":
        return _texts().say("remark.several", lang)
    level = comparison_word(f"level.{shared.level}", lang)
    return _texts().say("remark.level", lang, level=level)


_NOT_SAID = "not said"
_THINGS, _PEOPLE, _TIMES = "things", "people", "times"


def _units(codebook: Codebook) -> dict[str, tuple[str, str]]:
    """Return for each unit what it counts, and the unit's kind, such as `count`. Classifiers such
    as 个 and 家 count `things`, unless they count people. Units of events count `times`."""
    units = codebook.units
    is_classifier = units.get("classifier", pd.Series("", index=units.index)) == "yes"
    counted = units["en"].where(~is_classifier | (units["en"] == _PEOPLE), _THINGS)
    counted = counted.where(counted != "", units["unit"]).replace("events", _TIMES)
    rows = zip(units["unit"], counted, units["kind"], strict=True)
    return {unit: (what, kind) for unit, what, kind in rows}


def _caveats(a, b) -> Iterator[tuple[str, str]]:
    """Yield each caveat that holds for a comparison of two numbers, with the values of both."""
    dates = [(row.as_of_from, row.as_of_to) for row in (a, b)]
    if not a.timing == b.timing == "during" and (dates[0] != dates[1] or not any(dates[0])):
        yield "date", _both(*map(_when, (a, b)))
    if a.state != b.state:
        yield "state", _both(a.state, b.state)
    levels = (a.level, b.level)
    is_merged = "several" in levels and "" not in levels and not (_is_below(a) or _is_below(b))
    if is_merged and _is_list(a) and _is_list(b):
        yield "merged", _both(*levels)


def _is_below(row) -> bool:
    """Tell whether a number in a city's document is one of counties. Problems that counties found
    themselves are not part of a list that the city merged."""
    return (row.doc_level, row.level) == ("city", "county")


def _is_list(row) -> bool:
    """Tell whether a number counts items, or rectified items, of a list that was handed over."""
    return row.state in _LIST_STATES or base_of(row.indicator) in _LISTS


def _spared(a, b, *, merged: bool) -> set[str]:
    """Return the columns in which two numbers may differ without a bar.

    The level may differ if lists were merged. The level of the document may differ for numbers of a
    single institution. The denominator may differ for problems, whose level already tells the
    list.
    """
    is_spared = {
        "level": merged,
        "doc_level": a.level == b.level == "institution",
        "denominator": base_of(a.indicator) in _LISTS,
    }
    return {column for column, is_so in is_spared.items() if is_so}


def _kinds(table: pd.DataFrame) -> list[str]:
    """Return for each number whether it counts all things that exist (`stock`) or added ones
    (`flow`).

    Things that were added in a period or are under way are a flow, and so are parts of a plan told
    in the same sentence. All things that are built or in use are a stock. A list of problems and
    things that are only chosen can be either, so their value is empty.
    """
    kinds: list[str] = []
    plan: tuple = ()
    for row in table.itertuples():
        place = row.doc, row.sentence, row.indicator
        is_added = _is_added(row)
        if _is_list(row) or row.state == "chosen":
            kinds.append("")
        elif not row.state or is_added or row.as_of_from != row.as_of_to:
            kinds.append("flow" if is_added else row.flow)
        else:
            kinds.append("flow" if place == plan else "stock")
        if is_added:
            plan = place
    return kinds


def _is_added(row) -> bool:
    """Tell whether a number counts things that are added or under way. A planned total, as in
    计划发展到180个, "to reach 180", is no addition."""
    is_level = row.state == "planned" and row.flow == "stock"
    return bool(row.direction) or (row.state in _ON_THE_WAY and not is_level)


def _bars_of_amounts(a, b, *, is_share: bool) -> Iterator[tuple[str, str]]:
    """Yield the bars that come from stock or flow, direction and value, with both values."""
    if {a.kind, b.kind} == {"stock", "flow"}:
        yield "flow", _both(a.kind, b.kind)
    if a.direction != b.direction and (is_share or (a.direction and b.direction)):
        yield "direction", _both(a.direction, b.direction)
    if "" in (a.value, b.value) or _bounded(a) != _bounded(b):
        yield "value", _both(_as_printed(a), _as_printed(b))


def _is_unsaid(value: str, column: str, is_share: bool) -> bool:
    """Tell whether a needed value is missing: the level, or the denominator of a share."""
    return not value and (column == "level" or (column == "denominator" and is_share))


def _bounded(row) -> bool:
    """Tell whether a number is a range or an upper bound. A lower bound, such as “more than 30”,
    may stand beside a value, because the sign ≥ marks the bound."""
    return row.qualifier in ("at_most", "range")


def _when(row) -> str:
    """Return the timing and the dates of a number, such as `during, 2024-06`."""
    return ", ".join(filter(None, [row.timing, _dates(row)]))


def _dates(row) -> str:
    """Return the earliest and latest date of a number, or one date if both are the same."""
    return "–".join(dict.fromkeys(filter(None, (row.as_of_from, row.as_of_to))))


def _as_printed(row) -> str:
    return f"{row.printed} ({row.qualifier})" if row.qualifier else str(row.printed)


def _both(*values: Any) -> str:
    return " / ".join(str(value or _NOT_SAID) for value in values)


def in_order_of_stages(states: pd.Series) -> pd.Series:
    """Return the place of each state in the order of completion. Unknown states come last.

    >>> list(in_order_of_stages(pd.Series(["in_use", "chosen", ""])))
    [7, 2, 10]
    """
    places = {state: place for place, state in enumerate(STAGES)}
    return states.map(places).fillna(len(STAGES)).astype("int64")
