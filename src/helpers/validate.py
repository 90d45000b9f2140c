"""Turn the codebook's tables as a researcher wrote them into tables that hold together, or into an
error that says where not."""

from __future__ import annotations

import pandas as pd

from helpers import checks
from helpers.layout import half_width

STAGES = (
    "mobilise",
    "investigate",
    "deliberate",
    "assign",
    "rectify",
    "evaluate",
    "institutionalise",
)
TYPES = ("form", "technique", "support", "result")
FAMILIES = ("process", "service")
ACTORS = (
    "congress",
    "city_congress",
    "county_congress",
    "township_congress",
    "government",
    "party",
    "province",
    "other",
    "group",
    "elsewhere",
    "city",
)
TENSES = ("done", "planned", "ordered", "wish")
RULE_ACTORS = ("congress", "own", "lower", "government", "party", "other", "any")
STANDINGS = ("statutory_form", "technique", "local_practice", "party_channel")
TABLES = (
    "themes",
    "theme_rules",
    "approaches",
    "approach_rules",
    "actors",
    "cities",
    "stopwords",
    "userdict",
)
RULE_COLUMNS = (
    "code",
    "rule",
    "terms",
    "requires",
    "sentence",
    "excludes",
    "actor",
    "tense",
    "grade",
    "note",
)
COLUMNS = {
    "themes": ("theme", "term"),
    "theme_rules": ("theme", "family", "zh", "en", "includes", "excludes"),
    "approaches": ("code", "stage", "type", "zh", "en", "definition"),
    "approach_rules": ("code", "rule", "terms"),
    "actors": ("actor", "terms"),
    "cities": ("city_zh", "city_en"),
    "stopwords": ("word",),
    "userdict": ("word",),
}


def complete_themes(
    table: pd.DataFrame, rules: pd.DataFrame, places: dict[str, str], *, declared: bool
) -> pd.DataFrame:
    """Validate the theme terms and complete family and labels from the themes' own table."""
    place = places["themes"]
    table = table.reindex(
        columns=list(
            dict.fromkeys(["theme", "family", "term", "zh", "en", "shared", "note", *table.columns])
        ),
        fill_value="",
    )
    table["term"] = [half_width(term) for term in table["term"]]
    checks.check_filled(table, place, ["theme"])
    for row, term in table["term"].items():
        checks.check_term(term, place, row)
    checks.check_script(table["term"], place)
    labels = rules.set_index("theme")[["family", "zh", "en"]]
    if declared:  # a table of one's own may bring its own themes, each row saying family and labels
        own = table[
            table["family"].isin(FAMILIES) & (table["zh"] != "") & ~table["zh"].isin(labels["zh"])
        ]
        labels = pd.concat(
            [labels, own.drop_duplicates("theme").set_index("theme")[["family", "zh", "en"]]]
        )
        labels = labels[~labels.index.duplicated()]
    checks.check_known(
        table,
        place,
        "theme",
        labels.index,
        places["theme_rules"]
        + (", and its rows bring no family and label of their own" if declared else ""),
    )
    for column in ("family", "zh", "en"):
        meant = table["theme"].map(labels[column])
        for row in table.index[(table[column] != "") & (table[column] != meant)]:
            checks.fail(
                place,
                row,
                f"{column} '{table.at[row, column]}' is not that of theme"
                f" '{table.at[row, 'theme']}'",
                f"Write '{meant[row]}' or leave the cell empty.",
            )
        table[column] = meant
    _check_shared(table, place)
    return table


def _check_shared(table: pd.DataFrame, place: str) -> None:
    """A term counts for one theme unless every one of its rows says `shared`."""
    checks.check_unique(table, place, ["theme", "term"])
    first: dict[str, int] = {}
    for row, term, shared in zip(table.index, table["term"], table["shared"], strict=True):
        other = first.setdefault(term, row)
        if other != row and not (shared and table.at[other, "shared"]):
            checks.fail(
                place,
                row,
                f"term '{term}' is listed under '{table.at[other, 'theme']}' too (row {other})",
                "Remove one, or write 'shared' in the column shared of both rows to count it for"
                " both.",
            )


def rules_of(themes: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """The themes of a themes table of one's own, with the shipped inclusion rules where they are
    the same themes."""
    found = themes.drop_duplicates("theme")[["theme", "family", "zh", "en"]]
    return found.merge(rules[["theme", "includes", "excludes"]], on="theme", how="left").fillna("")


def check_approaches(table: pd.DataFrame, place: str) -> None:
    checks.check_filled(table, place, COLUMNS["approaches"])
    checks.check_unique(table, place, "code")
    allowed = {"stage": STAGES, "type": TYPES} | (
        {"legal_standing": STANDINGS} if "legal_standing" in table else {}
    )
    for column, values in allowed.items():
        checks.check_known(table, place, column, values, f"the {column} values {', '.join(values)}")


def check_actors(table: pd.DataFrame, place: str) -> None:
    """Actors are those the coder knows, one row each; no term names two of them."""
    checks.check_filled(table, place, COLUMNS["actors"])
    checks.check_known(table, place, "actor", ACTORS, f"the actors {', '.join(ACTORS)}")
    checks.check_unique(table, place, "actor")
    terms = table["terms"].str.split("|").explode()
    for row, term in terms.items():
        if not term.strip():
            checks.fail(place, row, "terms holds an empty term", "Remove the '|' too many.")
        checks.check_term(term, place, row, column="terms")
    checks.check_script(terms, place, column="terms")
    twice = terms[terms.duplicated()]
    for row, term in twice.items():
        first = terms.index[terms == term][0]
        checks.fail(
            place, row, f"terms '{term}' stands in row {first} already", "Remove one of the two."
        )


def check_approach_rules(
    table: pd.DataFrame, approaches: pd.DataFrame, places: dict[str, str]
) -> None:
    """Codes exist, rule ids are unique, every term in every term column can match."""
    place = places["approach_rules"]
    checks.check_known(table, place, "code", approaches["code"], places["approaches"])
    for column in table.columns:
        if column not in RULE_COLUMNS:
            checks.fail(
                place,
                1,
                f"column '{column}' is not known",
                checks.nearest(str(column), RULE_COLUMNS),
            )
    checks.check_filled(table, place, ["rule"])
    checks.check_unique(table, place, "rule")
    for column, known in (("actor", RULE_ACTORS), ("tense", TENSES)):
        for row, cell in table[column].items() if column in table else ():
            for word in cell.split():
                if word not in known:
                    checks.fail(
                        place, row, f"{column} '{word}' is not known", checks.nearest(word, known)
                    )
    if "grade" in table and "grades" in approaches:
        scales = dict(zip(approaches["code"], approaches["grades"].str.split("<"), strict=True))
        for row, code, grade in zip(table.index, table["code"], table["grade"], strict=True):
            if grade and grade not in scales[code]:
                checks.fail(
                    place,
                    row,
                    f"grade '{grade}' is not on the scale of '{code}'",
                    checks.nearest(
                        grade, [s for s in scales[code] if s] or ["(none: leave the cell empty)"]
                    ),
                )
    for column in [name for name in ("terms", "requires", "sentence", "excludes") if name in table]:
        for row, cell in table[column].items():
            for term in cell.split("|") if cell or column == "terms" else ():
                if cell and not term.strip():
                    checks.fail(
                        place, row, f"{column} holds an empty term", "Remove the '|' too many."
                    )
                checks.check_term(half_width(term), place, row, column=column, clause=False)
