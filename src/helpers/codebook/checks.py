"""A table that somebody edited → the same table, checked, or an error that names the mistake.

Use this module for a table from a spreadsheet, to find mistakes before anything is counted.
"""

from __future__ import annotations

import csv
import datetime
import difflib
import io
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress

import pandas as pd

from helpers.characters import half_width

from .exclusions import SENTENCE_COLUMNS, terms_in

WILDCARDS = "*?"
_SET = re.compile(r"\[[^][]+\]")
# Punctuation marks that end a clause. A term is matched within one clause, so a term may not
# contain a mark that ends a clause. The mark `?` is not listed, because `?` is a wildcard in terms.
CLAUSE_MARKS = "，。；：！？,.;:!\n\r…"


class CodebookError(ValueError):
    """Raised when a table of the codebook or of coded data contains a mistake.

    Examples
    --------
    The message names file, row, value and remedy.

    >>> from pathlib import Path
    >>> from helpers import CodebookError, read_codebook
    >>> _ = Path("themes.csv").write_text("theme,term\\n,助餐\\n", encoding="utf8")
    >>> try:
    ...     read_codebook("themes.csv")
    ... except CodebookError as error:
    ...     print(error)
    themes.csv row 2: theme is empty. Fill in theme or delete the row.
    """


def fail(place: str, row: int | None, found: str, remedy: str) -> None:
    """Raise a `CodebookError`. Rows are numbered as in a spreadsheet, where the header is row 1."""
    where = place if row is None else f"{place} row {row}"
    raise CodebookError(f"{where}: {found}. {remedy}")


def parse_table(data: bytes, place: str) -> pd.DataFrame:
    """Turn the bytes of a CSV file into a table of strings.

    The index is the row number that a spreadsheet shows. An empty cell is "". Columns without a
    name and rows with only empty cells are left out, because Excel writes commas for rows and
    columns that somebody emptied. A row with more cells than the header raises a `CodebookError`,
    and so does a file that is not a CSV table.

    >>> parse_table("theme;term\\n养老;助餐".encode(), "themes.csv").loc[2].tolist()
    ['养老', '助餐']
    """
    text = _decode(data, place)
    # A Chinese or German Excel may separate the cells by tabs or semicolons.
    separator = max(",\t;", key=text.partition("\n")[0].count)
    rows = _read_rows(text, separator, place)
    header = [name.strip() for name in rows[0]] if rows else []
    named = [number for number, name in enumerate(header) if name]
    for number in named:
        if header[number] in header[:number]:
            found = f"column '{header[number]}' occurs twice"
            fail(place, 1, found, "Remove or rename one of the two columns.")
    cells = []
    for number, row in enumerate(rows[1:], start=2):
        if any(row[len(header) :]):
            found = f"the row has {len(row)} cells, the header {len(header)}"
            fail(place, number, found, f"Put a cell with '{separator}' in quotation marks.")
        row += [""] * (len(header) - len(row))
        cells.append([row[column] for column in named])
    columns, index = [header[column] for column in named], range(2, len(cells) + 2)
    table = pd.DataFrame(cells, columns=columns, index=index, dtype=str)
    return table[(table != "").any(axis=1)]


def _read_rows(text: str, separator: str, place: str) -> list[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        remedy = "Look for an odd quotation mark, or save the table again as 'CSV UTF-8'."
        fail(place, len(rows) + 1, f"this is not a row of a table ({error})", remedy)
    return rows


def _decode(data: bytes, place: str) -> str:
    """Decode the bytes of a table, trying the encodings that Excel writes: UTF-8 with a byte order
    mark, UTF-16 ("Unicode text") and, on a Chinese Windows, GB18030."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    raise CodebookError(f"{place}: neither UTF-8 nor GB18030. Save the file again as 'CSV UTF-8'.")


def nearest(value: str, known: Iterable[str]) -> str:
    """Suggest the known id that is closest to a mistyped one. If no known id is close, list a few
    ids.

    >>> nearest("medical_intergration", ["rural", "medical_integration"])
    "Did you mean 'medical_integration'?"
    """
    known = list(known)
    close = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known are {', '.join(known[:6])}{' …' if len(known) > 6 else ''}."


def check_columns(table: pd.DataFrame, place: str, needed: Iterable[str]) -> None:
    """Check that the table has every needed column."""
    for column in needed:
        if column not in table.columns:
            found = f"column '{column}' is missing (found: {', '.join(map(str, table.columns))})"
            fail(place, 1, found, f"Add a column '{column}' to the header.")


def check_known(
    table: pd.DataFrame, place: str, column: str, known: Iterable[str], source: str
) -> None:
    """Check that every value of a column is one of the `known` ids. The error message names
    `source`, where the ids are listed."""
    known = list(dict.fromkeys(known))
    for row, value in table[column].items():
        if value not in known:
            fail(place, row, f"{column} '{value}' is not in {source}", nearest(value, known))


def check_unique(table: pd.DataFrame, place: str, *columns: str) -> None:
    """Check that no two rows have the same values in the given columns."""
    first: dict[tuple[str, ...], int] = {}
    for row, *key in table[list(columns)].itertuples(name=None):
        other = first.setdefault(tuple(key), row)
        if other != row:
            found = ", ".join(f"{c} '{v}'" for c, v in zip(columns, key, strict=True))
            remedy = "Remove one of the two rows or rename it."
            fail(place, row, f"{found} already stands in row {other}", remedy)


def check_filled(table: pd.DataFrame, place: str, columns: Iterable[str]) -> None:
    """Check that no cell of the given columns is empty."""
    for column in columns:
        for row, value in table[column].items():
            if not value.strip():
                fail(place, row, f"{column} is empty", f"Fill in {column} or delete the row.")


def check_term(
    term: str, place: str, row: int, *, column: str = "term", clause: bool = True
) -> None:
    """Check that a search term can match something, does not match everything, and contains no
    invisible character. With `clause=False`, punctuation may stand inside the term."""
    shown = f"{column} '{term}'"
    if not term.strip():
        fail(place, row, f"{column} is empty", f"Write a {column} or delete the row.")
    for char in term:
        if unicodedata.category(char) in ("Cf", "Cc", "Zl", "Zp", "Co", "Cn") or char == "\u00a0":
            hidden = f"{shown} holds the invisible character U+{ord(char):04X}"
            fail(place, row, hidden, "Type the term again.")
    if term != term.strip():
        fail(place, row, f"{shown} begins or ends with a space", f"Write '{term.strip()}'.")
    if not term.strip(WILDCARDS + " "):
        remedy = "Add at least one character that is not a wildcard."
        fail(place, row, f"{shown} matches everything", remedy)
    mark = next((char for char in term if char in CLAUSE_MARKS), None)
    if clause and mark:
        found = (
            f"{shown} crosses the clause mark '{mark}', but a term is found within one clause only"
        )
        fail(place, row, found, "Leave the mark out or write two terms.")


# Before the segmenter looks for words, it cuts a text at every character that `_CUTS` matches.
_CUTS = re.compile(r"[^\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]")


def check_user_words(table: pd.DataFrame, place: str) -> pd.DataFrame:
    """Check that the segmenter can keep every word whole. Return the table with the words in half
    width, because texts are in half width when they are cut into words."""
    table = table.assign(word=[half_width(word) for word in table["word"]])
    for row, word in table["word"].items():
        check_term(word, place, row, column="word", clause=False)
        if cut := _CUTS.search(word):
            parts = "', '".join(filter(None, _CUTS.split(word)))
            found = f"word '{word}' cannot stay whole: the segmenter cuts every text at '{cut[0]}'"
            remedy = (
                f"Write its parts in rows of their own: '{parts}'." if parts else "Delete the row."
            )
            fail(place, row, found, remedy)
    check_unique(table, place, "word")
    return table


def check_script(terms: pd.Series, place: str, *, column: str = "term") -> None:
    """Check that the terms do not mix simplified and traditional characters. A mixed term such as
    醫养结合 would never be found, and nobody would notice."""
    if not any(simplified_only(char) for term in terms for char in term):
        return
    for row, term in terms.items():
        odd = next((char for char in term if traditional_only(char)), None)
        if odd:
            found = f"{column} '{term}' mixes the traditional '{odd}' into simplified terms"
            fail(place, row, found, "Write the term in simplified characters.")


# Characters that are in Big5 but not in GB2312, and still occur in mainland names, such as the care
# home 东昇养老院. A character of `_MAINLAND_RARE` does not show that a text is traditional.
_MAINLAND_RARE = set("堃喆昇犇甦珮囍淼頫祎")


def traditional_only(char: str) -> bool:
    """Tell whether a character is used only in traditional Chinese: 養 is, 养 and 老 are not. A
    character used only in traditional Chinese is in the encoding Big5 and not in GB2312."""
    return char not in _MAINLAND_RARE and _is_only_in("big5", "gb2312", char)


def simplified_only(char: str) -> bool:
    """Tell whether a character is used only in simplified Chinese: 养 is, 養 and 老 are not. A
    character used only in simplified Chinese is in the encoding GB2312 and not in Big5."""
    return _is_only_in("gb2312", "big5", char)


def _is_only_in(encoding: str, other: str, char: str) -> bool:
    exists, exists_in_other = (char.encode(name, "ignore") for name in (encoding, other))
    return "一" <= char <= "鿿" and exists != b"" == exists_in_other


TYPES = ("form", "technique", "support", "result")
FAMILIES = ("process", "frame", "service")
# The states of an instrument in a report. The table states.csv orders and names the states.
STATES = ("done", "planned", "called_for", "not_mentioned", "not_applicable")
# The marks: how concretely a document tells of an act. The table marks.csv names the marks.
MARKS = ("dated", "anchored", "told", "scheduled", "arranged", "listed")
# The modalities: how a clause can tell of an act. The columns `done_by` and `present_by` of
# approaches.csv list modalities.
MODALITIES = ("done", "unmarked", "arrangement", "scheduled", "called_for")
RELATIONS = ("mandate", "lent", "reported_to", "support")
CYCLE_KINDS = ("link", "closing")
# The places between which something is passed on. `congress` is the congress that reports.
ROUTE_PLACES = tuple("province party congress government lower deputies public".split())
# The states of completion of things counted, in order. The last two states of completion are states
# of problems.
COMPLETION = (
    "planned negotiated chosen assessed in_progress sited_and_built built in_use assigned rectified"
).split()
# How far the making of a local law has come, from the first step on.
HOW_FAR = ("research", "planned", "deliberated", "submitted", "in_force")
STANDINGS = ("statutory_form", "technique", "local_practice", "party_channel")
RULE_ACTORS = tuple("congress own lower government party other any".split())
RULE_COLUMNS = tuple("code rule terms requires sentence excludes actor how_far note".split())
# The columns that each table must have. In a table with a key, the first column is the key.
COLUMNS = {
    "themes": ("theme", "term"),
    "theme_rules": ("theme", "family", "zh", "en", "includes", "excludes"),
    "theme_exclusions": ("term", "before", "after", "keeps"),
    "approaches": ("code", "stage", "type", "zh", "en", "definition"),
    "approach_rules": ("code", "rule", "terms"),
    "actors": ("actor", "terms"),
    "cities": ("city_zh", "city_en"),
    "stopwords": ("word",),
    "userdict": ("word",),
    "units": ("unit", "kind", "decimals", "chinese", "not_before", "en"),
    "indicators": ("indicator", "zh", "en", "group", "kind", "units", "before", "after"),
    "number_rules": ("rule", "kind", "printed", "before", "after"),
    "number_words": ("role", "words"),
    "stages": ("stage", "zh", "en"),
    "states": ("state", "zh", "en", "mark"),
    "actor_kinds": ("actor", "zh", "en"),
    "topic": ("role", "words"),
    "act_words": ("role", "words"),
    "masthead_words": ("role", "words"),
    "place_words": ("role", "words"),
    "document_words": ("role", "words"),
    "document_types": ("type", "zh", "en", "place", "words"),
    "dated_events": ("event", "words", "number", "begin", "end"),
    "relations": ("relation", "relation_to", "words"),
    "routes": tuple(
        "route source target results relation relation_to code words excludes zh en".split()
    ),
    "marks": ("mark", "zh", "en", "symbol"),
    "strands": ("strand", "zh", "en"),
    "cycle": ("link", "kind", "zh", "en", "codes"),
    "completion": ("state", "zh", "en", "words"),
    "nouns": ("zh", "en", "plural"),
    "distinctions": ("distinction", "indicators", "words", "zh", "en"),
    "glosses": ("word", "en"),
}
TABLES = tuple(COLUMNS)
ROLE_TABLES = tuple(name for name, columns in COLUMNS.items() if columns[0] == "role")
_KEYED = (
    "theme_rules cities stopwords userdict stages states actor_kinds dated_events marks strands"
    " cycle distinctions routes glosses"
).split()
_PATTERNS = {
    "indicators": ("before", "after"),
    "number_rules": ("printed", "before", "after"),
    "document_types": ("words",),
    "dated_events": ("words",),
    "completion": ("words",),
    "distinctions": ("words",),
}
# the places in which a document can show its type, in the order in which they are searched
PLACES_OF_TYPE = ("title", "masthead", "opening", "formula")

Tables = dict[str, pd.DataFrame]


def checked(
    tables: Tables,
    places: dict[str, str],
    roles: pd.DataFrame,
    *,
    own_themes: bool,
    shipped_exclusions: pd.DataFrame,
) -> Tables:
    """Check all tables of a codebook and fill in the missing columns of the table of themes.

    `tables` holds each table as `parse_table` returned it. `places` holds the file name of each
    table, for messages. `roles` has the columns `table, role` and lists the roles that the code
    uses. If `own_themes` is true, the table of themes is the user's own and may contain new themes.
    `shipped_exclusions` is the table of exclusions that comes with the package.
    """
    tables = dict(tables)
    for name, table in tables.items():
        check_columns(table, places[name], COLUMNS[name])
    for name in (*_KEYED, "units", "indicators"):
        key = COLUMNS[name][0]
        check_filled(tables[name], places[name], [key])
        check_unique(tables[name], places[name], key)
    tables["userdict"] = check_user_words(tables["userdict"], places["userdict"])
    themes, rules = tables["themes"], tables["theme_rules"]
    check_theme_rules(rules, places["theme_rules"], tables["stages"])
    tables["themes"] = complete_themes(themes, rules, places, declared=own_themes)
    if own_themes:  # shipped themes keep the shipped coding rules
        own_rules = tables["themes"].drop_duplicates("theme")[["theme", "family", "zh", "en"]]
        shipped = rules.drop(columns=["family", "zh", "en"])
        tables["theme_rules"] = own_rules.merge(shipped, on="theme", how="left").fillna("")
    check_theme_exclusions(tables, places, shipped_exclusions)
    check_approaches(tables, places)
    for column, known in (("state", STATES), ("mark", MARKS)):
        check_same(tables[f"{column}s"], places[f"{column}s"], column, known)
    check_actors(tables, places)
    check_document_types(tables["document_types"], places["document_types"])
    check_dated_events(tables["dated_events"], places["dated_events"])
    check_approach_rules(tables["approach_rules"], tables["approaches"], places)
    check_relations(tables["relations"], places["relations"])
    check_cycle(tables["cycle"], tables["approaches"], places)
    check_routes(tables["routes"], tables["approaches"], places)
    check_same(tables["completion"], places["completion"], "state", COMPLETION)
    check_filled(tables["completion"], places["completion"], COLUMNS["completion"])
    check_filled(tables["nouns"], places["nouns"], ["zh"])
    check_unique(tables["nouns"], places["nouns"], "zh")
    check_filled(tables["distinctions"], places["distinctions"], ["words", "zh", "en"])
    check_filled(tables["glosses"], places["glosses"], ["en"])
    for name in ROLE_TABLES:
        known = roles.loc[roles["table"] == name, "role"]
        check_role_words(tables[name], places[name], known)
    if "headings" in tables["stages"]:
        words = tables["stages"]["headings"]
        _check_alternatives(words[words != ""], places["stages"], "headings")
    for name, columns in _PATTERNS.items():
        for column in columns:
            _check_patterns(tables[name][column], places[name], column)
    return tables


def check_role_words(table: pd.DataFrame, place: str, roles: Iterable[str]) -> None:
    """Check that the code uses every role, and that every cell of `words` is a valid pattern. An
    empty word, as in `a||b`, is an error, because an empty word would match everywhere."""
    check_known(table, place, "role", roles, "the roles of data/reference/roles.csv")
    _check_alternatives(table["words"], place, "words")


def _check_alternatives(cells: pd.Series, place: str, column: str) -> None:
    """Check that every cell is a valid pattern, and that no alternative of the pattern is empty."""
    for row, words in cells.items():
        if "" in words.split("|"):
            found = f"{column} '{words}' holds an empty word"
            fail(place, row, found, "Remove the extra '|', or the row.")
    _check_patterns(cells, place, column)


def _check_patterns(cells: pd.Series, place: str, column: str) -> None:
    for row, cell in cells.items():
        try:
            re.compile(cell.replace("#", "0").replace("{汉}", "一"))
        except re.error as error:
            found = f"{column} '{cell}' is not a pattern: {error}"
            fail(place, row, found, "Close every bracket.")


def complete_themes(
    table: pd.DataFrame, rules: pd.DataFrame, places: dict[str, str], *, declared: bool
) -> pd.DataFrame:
    """Check the terms of themes, and fill in each theme's family and labels from the table `rules`.
    If `declared` is true, the terms may belong to themes that `rules` does not have."""
    place = places["themes"]
    columns = "theme family term zh en shared doubtful note".split()
    columns = dict.fromkeys([*columns, *table.columns])
    table = table.reindex(columns=list(columns), fill_value="")
    table["term"] = [half_width(term) for term in table["term"]]
    check_filled(table, place, ["theme"])
    for row, term in table["term"].items():
        check_term(term, place, row)
    check_script(table["term"], place)
    described = ["family", "zh", "en"]
    labels, source = rules.set_index("theme")[described], places["theme_rules"]
    if declared:  # a user's own table may add themes if it gives their family and labels
        source += ", and the rows of this theme do not give its family and labels"
        known = table["zh"].isin(labels["zh"])
        new = table[table["family"].isin(FAMILIES) & (table["zh"] != "") & ~known]
        labels = pd.concat([labels, new.drop_duplicates("theme").set_index("theme")[described]])
        labels = labels[~labels.index.duplicated()]
    check_known(table, place, "theme", labels.index, source)
    for column in described:
        expected = table["theme"].map(labels[column])
        for row in table.index[(table[column] != "") & (table[column] != expected)]:
            value, theme = table.loc[row, [column, "theme"]]
            remedy = f"Write '{expected[row]}' or leave the cell empty."
            fail(place, row, f"{column} '{value}' is not that of theme '{theme}'", remedy)
        table[column] = expected
    _check_shared(table, place)
    return table


def _check_shared(table: pd.DataFrame, place: str) -> None:
    """Check that a term belongs to one theme only, unless all rows of the term say `shared`."""
    check_unique(table, place, "theme", "term")
    first: dict[str, int] = {}
    for row, term, shared in zip(table.index, table["term"], table["shared"], strict=True):
        other = first.setdefault(term, row)
        if other != row and not (shared and table.at[other, "shared"]):
            theme = table.at[other, "theme"]
            remedy = "Remove one row, or write 'shared' in column shared of both to count the term"
            found = f"term '{term}' is listed under '{theme}' too (row {other})"
            fail(place, row, found, f"{remedy} for both themes.")


def check_theme_rules(table: pd.DataFrame, place: str, stages: pd.DataFrame) -> None:
    """Check that the family and the stage of every theme exist."""
    check_known(table, place, "family", FAMILIES, f"the families {', '.join(FAMILIES)}")
    if "stage" in table:
        check_known(table, place, "stage", ["", *stages["stage"]], "stages.csv")


def check_theme_exclusions(tables: Tables, places: dict[str, str], shipped: pd.DataFrame) -> None:
    """Check that every exclusion names the words beside which a term does not count, or the marks
    between which no term counts. A user may take a term out of themes.csv, so the terms of the
    shipped exclusions, and of a user's copy of them, may be missing there."""
    table, place = tables["theme_exclusions"], places["theme_exclusions"]
    columns = ["term", "before", "after", *SENTENCE_COLUMNS]
    for row, term, *words in table.reindex(columns=columns, fill_value="").itertuples(name=None):
        _check_exclusion(row, term, words, place)
    own = table
    if not places["themes"].startswith("data/"):
        names = [name for name in shipped if name in table]
        copied = pd.MultiIndex.from_frame(shipped[names])
        own = table[~pd.MultiIndex.from_frame(table[names]).isin(copied)]
    terms = set(tables["themes"]["term"])
    for row, term in own["term"].str.split("|").explode().items():
        if term and not terms.issuperset(terms_in(term, terms) or [term]):
            fail(place, row, f"term '{term}' is not in themes.csv", nearest(term, terms))
    _check_words(own["keeps"], place, "keeps", list(tables["theme_rules"]["theme"]))


def _check_exclusion(row: int, term: str, words: list[str], place: str) -> None:
    """Check that a row of exclusions has words or marks, and that every bracket is closed."""
    before, after, *_ = words
    if not term and not (before and after):
        remedy = "Write the marks between which no term counts in before and after."
        fail(place, row, "term is empty", remedy)
    if not any(words):
        found = f"term '{term}' has neither before nor after nor beside nor unless"
        remedy = (
            "Write what stands before or after the term, or in its sentence, if it does not count."
        )
        fail(place, row, found, remedy)
    if re.search(r"[][]", _SET.sub("", "".join(words))):
        remedy = "Write the characters of a set in one pair of brackets, as in [王李]."
        fail(place, row, f"term '{term}' has a bracket alone", remedy)


def check_approaches(tables: Tables, places: dict[str, str]) -> None:
    """Check that every code is unique, and that its stage, type and legal standing exist."""
    table, place = tables["approaches"], places["approaches"]
    check_filled(table, place, [name for name in COLUMNS["approaches"] if name != "stage"])
    check_unique(table, place, "code")
    # a code that belongs to no stage, such as a motion to remove an official, has an empty cell
    check_known(table, place, "stage", ["", *tables["stages"]["stage"]], places["stages"])
    if "strand" in table:
        known = ["", *tables["strands"]["strand"]]
        check_known(table, place, "strand", known, places["strands"])
    for column in ("done_by", "present_by"):
        if column in table:
            _check_words(table[column], place, column, MODALITIES)
    if "whose" in table:
        known = ["", *tables["actor_kinds"]["actor"]]
        check_known(table, place, "whose", known, places["actor_kinds"])
    if "needs" in table:
        known = ["", *tables["cities"].columns]
        check_known(table, place, "needs", known, f"the columns of {places['cities']}")
    for column, values in {"type": TYPES, "legal_standing": STANDINGS}.items():
        if column in table:
            check_known(table, place, column, values, f"the {column} values {', '.join(values)}")


def check_actors(tables: Tables, places: dict[str, str]) -> None:
    """Check that each actor is listed in actor_kinds.csv and has one row, and that no term belongs
    to two actors."""
    table, place = tables["actors"], places["actors"]
    check_filled(table, place, COLUMNS["actors"])
    check_known(table, place, "actor", tables["actor_kinds"]["actor"], places["actor_kinds"])
    check_unique(table, place, "actor")
    terms = table["terms"].str.split("|").explode()
    for row, term in terms.items():
        if not term.strip():
            fail(place, row, "terms holds an empty term", "Remove the extra '|'.")
        check_term(term, place, row, column="terms")
    check_script(terms, place, column="terms")
    for row, term in terms[terms.duplicated()].items():
        first = terms.index[terms == term][0]
        fail(place, row, f"terms '{term}' already stands in row {first}", "Remove one of the two.")


def check_document_types(table: pd.DataFrame, place: str) -> None:
    """Check that every row has words, and names a place where documents show their type."""
    check_filled(table, place, ["type", "zh", "en", "words"])
    check_known(table, place, "place", PLACES_OF_TYPE, f"the places {', '.join(PLACES_OF_TYPE)}")


def check_dated_events(table: pd.DataFrame, place: str) -> None:
    """Check that every event has words, a first day and a last day. The cell `number` must be empty
    or hold the number of an issue of an album."""
    check_filled(table, place, ["words", "begin", "end"])
    for row, begin, end, number in table[["begin", "end", "number"]].itertuples(name=None):
        for column, day in (("begin", begin), ("end", end)):
            try:
                datetime.date.fromisoformat(day)
            except ValueError:
                fail(place, row, f"{column} '{day}' is no day", "Write a day as 2024-07-18.")
        if begin > end:
            fail(place, row, f"begin '{begin}' is after end '{end}'", "Exchange the two days.")
        if number and not number.isdecimal():
            remedy = "Write the number of the issue, such as 14, or leave the cell empty."
            fail(place, row, f"number '{number}' is no number", remedy)


def check_same(table: pd.DataFrame, place: str, column: str, known: Iterable[str]) -> None:
    """Check that a column has exactly the values that the code uses, in any order."""
    check_known(table, place, column, known, f"the {column}s that the code knows")
    for value in known:
        if value not in set(table[column]):
            fail(place, None, f"{column} '{value}' is missing", f"Add a row '{value}'.")


def check_approach_rules(
    table: pd.DataFrame, approaches: pd.DataFrame, places: dict[str, str]
) -> None:
    """Check that the code of every rule exists, that rule ids are unique, and that every term,
    actor and `how_far` is valid."""
    place = places["approach_rules"]
    check_known(table, place, "code", approaches["code"], places["approaches"])
    for column in table.columns:
        if column not in RULE_COLUMNS:
            fail(place, 1, f"column '{column}' is not known", nearest(str(column), RULE_COLUMNS))
    check_filled(table, place, ["rule", "terms"])
    check_unique(table, place, "rule")
    if "actor" in table:
        _check_words(table["actor"], place, "actor", RULE_ACTORS)
    if "how_far" in table:
        known = ("", *HOW_FAR)
        check_known(table, place, "how_far", known, f"the values {', '.join(HOW_FAR)}")
    for column in ("terms", "requires", "sentence", "excludes"):
        if column in table:
            _check_rule_terms(table[column], place, column)


def check_relations(table: pd.DataFrame, place: str) -> None:
    """Check that each relation is known, and that each cell of `words` is a valid pattern."""
    known = f"the relations {', '.join(RELATIONS)}"
    check_known(table, place, "relation", RELATIONS, known)
    check_filled(table, place, ["relation_to"])
    _check_filled_patterns(table, place, "words")


def _check_filled_patterns(table: pd.DataFrame, place: str, column: str) -> None:
    """Check that each cell is a valid pattern once names are put in for `{party}` and the like."""
    _check_patterns(table[column].str.replace(r"\{[a-z_]+\}", "x", regex=True), place, column)


def check_cycle(table: pd.DataFrame, approaches: pd.DataFrame, places: dict[str, str]) -> None:
    """Check that each part of the cycle is a link or a closing, and that its codes exist."""
    place = places["cycle"]
    check_known(table, place, "kind", CYCLE_KINDS, f"the kinds {', '.join(CYCLE_KINDS)}")
    is_shipped = place.startswith("data/") and not places["approaches"].startswith("data/")
    if not is_shipped:  # a user's own codes need no place in the shipped cycle
        _check_words(table["codes"], place, "codes", list(approaches["code"]))


def check_routes(table: pd.DataFrame, approaches: pd.DataFrame, places: dict[str, str]) -> None:
    """Check that each route leads from a known place to another, and that it says by which
    relation, code or words it is found."""
    place = places["routes"]
    for column in ("source", "target"):
        check_known(table, place, column, ROUTE_PLACES, f"the places {', '.join(ROUTE_PLACES)}")
    check_known(table, place, "results", ("", "yes"), "the values yes and nothing")
    check_known(table, place, "relation", ("", *RELATIONS), f"the relations {', '.join(RELATIONS)}")
    check_filled(table, place, ["zh", "en"])
    is_shipped = place.startswith("data/") and not places["approaches"].startswith("data/")
    if not is_shipped:  # codes of one's own need no route in the shipped table
        _check_words(table["code"], place, "code", list(approaches["code"]))
    found_by = table[["relation", "code", "words"]]
    for row in table.index[(found_by == "").all(axis=1)]:
        remedy = "Fill in relation, code or words, by which the route is found."
        fail(place, row, f"route '{table.loc[row, 'route']}' is found by nothing", remedy)
    for column in ("words", "excludes"):
        _check_filled_patterns(table, place, column)


def _check_words(cells: pd.Series, place: str, column: str, known: Iterable[str]) -> None:
    for row, cell in cells.items():
        for word in cell.split():
            if word not in known:
                fail(place, row, f"{column} '{word}' is not known", nearest(word, known))


def _check_rule_terms(cells: pd.Series, place: str, column: str) -> None:
    for row, cell in cells.items():
        for term in half_width(cell).split("|") if cell else ():
            if not term.strip():
                fail(place, row, f"{column} holds an empty term", "Remove the extra '|'.")
            check_term(term, place, row, column=column, clause=False)
            # A wildcard at either end of a term or next to another wildcard has no effect.
            if re.search(r"^[*?…$]|[?…]\$?$|[*?…]{2}", term):
                found = f"{column} '{term}' has a wildcard that has no effect"
                remedy = "Put '*' (0–4 characters), '?' (one) or '…' (0–60) between two words."
                fail(place, row, found, remedy)
