"""Let a person code a document, and tell how far this coding agrees with another coding of the same
document.

Use `coding_exercise` to learn the codebook: call it once before and once after coding a document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from helpers.codebook import DATA, Codebook, read_table
from helpers.labels import document_labels, text_of
from helpers.text import Corpus, read_corpus
from helpers.writing import table_bytes, write_atomically

from .coders import KEYS, Agreement
from .sheets import ALLOWED, SEVERAL, read_coding_sheet, sheet_agreement, write_coding_sheet

DOCUMENT = "002_luohe"  # the document to code by default, a short briefing
_NAMES = ("coder", "reference")
_ANCHORS = ("when", "how_many", "named")


def coding_exercise(
    document: str = DOCUMENT, sheet: Path | str = "coding_exercise.csv", *, lang: str = "zh"
) -> str:
    """Write a blank coding sheet for one of the shipped documents. If the file of the sheet already
    exists, compare it with the reference reading instead. Call this function once before and once
    after filling in the sheet.

    The first call also writes a guide: a table of all codes and values with their definitions. A
    second call, after the sheet was filled in, changes no file.

    Parameters
    ----------
    document : str
        The id of a document in data/raw, such as `002_luohe`.
    sheet : path
        The CSV file of the sheet.
    lang : str
        The language of the text: `zh` or `en`.

    Returns
    -------
    str
        After the first call, a text that says what to do next. After the second call, a text with
        κ, α and Holsti's R, each with n, and then every sentence on which the two codings differ,
        with both codings and the definitions of the codebook.

    Raises
    ------
    CodebookError
        If the sheet has a mistake. The message names the row of the mistake.
    ValueError
        If the document is unknown.

    Examples
    --------
    >>> print(coding_exercise(lang="en").splitlines()[0])
    Luohe (002_luohe): 29 sentences to code, in coding_exercise.csv.
    """
    corpus, sheet = _shipped(document), Path(sheet)
    if sheet.exists():
        coded = read_coding_sheet(sheet, corpus)
        codings = (coded, reference_coding(corpus))
        found = sheet_agreement(*codings, corpus, names=_NAMES)
        return coding_report(found, codings, corpus, lang, names=_NAMES)
    guide = sheet.with_name(f"{sheet.stem}_guide.csv")
    n = write_coding_sheet(corpus, sheet)
    write_atomically(guide, table_bytes(coding_guide(corpus.codebook)))
    values = {"document": _name(corpus, lang), "n": n, "sheet": sheet, "guide": guide}
    return text_of("text/coding").say("exercise.begin", lang, **values)


def _shipped(document: str) -> Corpus:
    """Read the shipped document with the id `document`. If there is no such document, raise an
    error that lists the ids of all shipped documents."""
    files = {path.stem: path for path in sorted((DATA / "raw").glob("*.txt"))}
    if document not in files:
        values = {"document": document, "known": ", ".join(files)}
        raise ValueError(text_of("text/coding").say("exercise.no_document", "en zh", **values))
    return read_corpus(files[document])


def _name(corpus: Corpus, lang: str) -> str:
    """Return the name of the city and the id of the document in a corpus of one document."""
    (doc, label), *_ = document_labels(corpus.metadata).items()
    return f"{label.splitlines()[0 if lang == 'zh' else -1]} ({doc})"


def reference_coding(corpus: Corpus) -> pd.DataFrame:
    """Return the reference reading of the documents in a corpus: the rows of
    data/coded/sentences.csv with the verdict `stands`. Rows that were dropped when two readings
    were settled into one are left out. The column `doc` gets the ids of this corpus."""
    ids = {document.sha256: document.doc for document in corpus}
    coded = read_table("coded/sentences")
    coded = coded[coded["sha256"].isin(ids) & (coded["verdict"] == "stands")]
    return coded.assign(doc=coded["sha256"].map(ids), sentence=coded["sentence"].astype("int64"))


def coding_guide(codebook: Codebook) -> pd.DataFrame:
    """Return a table of what a coder may write in a sheet, with the columns `column, value, zh, en,
    meaning_zh, meaning_en, example, negative`. The first rows hold all codes, in the order of the
    codebook. The next rows hold the values of the other columns of a sheet, in the order of the
    sheet."""
    columns = "column value zh en meaning_zh meaning_en example negative".split()
    codes = codebook.approaches.rename(columns={"code": "value", "definition": "meaning_en"})
    codes = codes.rename(columns={"definition_zh": "meaning_zh"}).assign(column="code")
    rows = [
        (column, value, *_label(column, value, codebook), *_meaning(column, value))
        for column, values in {**ALLOWED, **SEVERAL}.items()
        for value in values
    ]
    values = pd.DataFrame(rows, columns=columns[:6])
    parts = [table.reindex(columns=columns, fill_value="") for table in (codes, values)]
    return pd.concat(parts, ignore_index=True)


def _label(column: str, value: str, codebook: Codebook) -> tuple[str, str]:
    """Return the Chinese and English name of a value of a coding sheet."""
    if column == "actor":
        return codebook.names("actor_kinds").get(value, (value, value))
    if value in ("0", "1"):
        return text_of("text/coding").both(f"coding.value_yes_no_{value}")
    return text_of("text/coding").both(f"coding.value_{column}_{value.replace(' ', '_')}")


def _meaning(column: str, value: str) -> tuple[str, str]:
    """Return the definition of a value of a coding sheet in Chinese and English. The Chinese and
    the English text are empty for a value without a definition, such as 0 or a kind of actor."""
    name = f"coding.means_{column}_{value}"
    return text_of("text/coding").both(name) if name in text_of("text/coding") else ("", "")


def coding_report(
    found: Mapping[str, Agreement],
    codings: tuple[pd.DataFrame, pd.DataFrame],
    corpus: Corpus,
    lang: str,
    *,
    names: tuple[str, str] = ("first", "second"),
) -> str:
    """Return a text that tells how far two codings agree and lists every sentence on which they
    differ, with both codings and the definitions of the codebook.

    `found` is what `sheet_agreement` returns for the two `codings`, and `names` are the names of
    the codings that `sheet_agreement` was given. The names are `first, second` for two coders and
    `coder, reference` for a coder and the reference reading.
    """
    say = text_of("text/coding").say
    lines = [say("report.title", lang), *(_measures(*each, lang) for each in found.items()), ""]
    lines += [say("report.measures", lang), say(f"report.against_{names[1]}", lang), ""]
    sentences = _differences(found, codings, corpus, names, lang)
    if sentences:
        lines.append(say("report.differences", lang, n=len(sentences)))
    else:
        lines.append(say("report.no_difference", lang))
    return "\n".join([*lines, *sentences])


def _measures(column: str, result: Agreement, lang: str) -> str:
    """Return a line of the report with the measures of agreement in one column. If κ and α are
    missing, the line gives the reason."""
    say = text_of("text/coding").say
    alpha = result.bootstrap.set_index("measure").loc["alpha"]
    values = {"percent": "–" if pd.isna(result.percent) else f"{result.percent:.1f} %"}
    values |= {name: _number(getattr(result, name)) for name in ("kappa", "alpha", "holsti")}
    values |= {"low": _number(alpha["boot_low"]), "high": _number(alpha["boot_high"])}
    values |= {"column": say(f"coding.column_{column}", lang), "n": result.n}
    return say("report.line_without" if any(result.note) else "report.line", lang, **values)


def _number(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.2f}"


def _differences(
    found: Mapping[str, Agreement],
    codings: tuple[pd.DataFrame, pd.DataFrame],
    corpus: Corpus,
    names: tuple[str, str],
    lang: str,
) -> list[str]:
    """Return one paragraph of the report for each sentence on which two codings differ, in text
    order."""
    differing: dict[tuple, list[str]] = defaultdict(list)  # columns that differ, for each unit
    for column, result in found.items():
        for unit in result.disagreements[[*KEYS]].itertuples(index=False, name=None):
            differing[unit].append(column)
    compared = [column for column in found if column != "present"]
    rows = {
        name: coded.drop_duplicates([*KEYS]).set_index([*KEYS])[compared].to_dict("index")
        for name, coded in zip(names, codings, strict=True)
    }
    texts = corpus.sentences.set_index(["doc", "sentence"])["text"]
    paragraphs: dict[tuple, list[str]] = {}
    places = list(texts.index)
    for unit in sorted(differing, key=lambda unit: (places.index(unit[:2]), unit[2])):
        heading = {"doc": unit[0], "sentence": unit[1], "text": texts[unit[:2]]}
        lines = [text_of("text/coding").say("report.sentence", lang, **heading)]
        lines = paragraphs.setdefault(unit[:2], lines)
        lines += _difference(unit, differing[unit], rows, corpus.codebook, lang)
    return ["\n".join(["", *lines]) for lines in paragraphs.values()]


def _difference(
    unit: tuple,
    columns: list[str],
    rows: Mapping[str, Mapping[tuple, Mapping[str, object]]],
    codebook: Codebook,
    lang: str,
) -> Iterator[str]:
    """Yield the lines of the report about one unit on which two codings differ: the code, both
    codings, the definition of the code, and the definitions of the values that differ."""
    say, code = text_of("text/coding").say, codebook.approaches.set_index("code").loc[unit[2]]
    yield f"  {code[lang]} {unit[2]}"
    for name, by_unit in rows.items():
        row = by_unit.get(unit)
        coding = _coding(row, codebook, lang) if row else say("report.not_coded", lang)
        yield f"    {say(f'report.by_{name}', lang)} {coding}"
    yield f"    {say('report.codebook', lang)} {code.get(f'definition_{lang}', code['definition'])}"
    for column in columns:
        cells = [str(by_unit[unit].get(column, "")) for by_unit in rows.values() if unit in by_unit]
        for value in dict.fromkeys(";".join(cells).split(";")):
            if meaning := _meaning(column, value)[lang == "en"]:
                yield f"      {_label(column, value, codebook)[lang == 'en']}: {meaning}"


def _coding(row: Mapping[str, object], codebook: Codebook, lang: str) -> str:
    """Return the values that a coding gives to a unit as words, such as `done · listed · how
    many`."""
    say, words = text_of("text/coding").say, []
    for column, cell in row.items():
        if column in _ANCHORS:
            words += [say(f"coding.column_{column}", lang)] if int(cell) else []
        else:
            values = [value for value in str(cell).split(";") if value]
            words += [_label(column, value, codebook)[lang == "en"] for value in values]
    return " · ".join(words) or say("report.coded", lang)
