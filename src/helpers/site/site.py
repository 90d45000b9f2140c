"""Turn executed notebooks, docs and tables into the reading copy: a folder of web pages that can be
read without a network. The command `python -m helpers reproduce` makes the reading copy as its last
step."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from helpers.codebook import read_table
from helpers.figures import evidence_pages, markup, with_reference
from helpers.study import study_of, summary_table, summary_texts
from helpers.text import Corpus, Document

from .api import api_page
from .failures import Failure, failure_outside_cells, without_errors
from .pages import Page, notebook_page, shell, template, text_page, titled
from .summary import summary_pages


def build_site(
    root: Path,
    target: Path,
    *,
    corpus: Corpus | None = None,
    failures: Sequence[Failure] = (),
    report: Callable[[Failure], None] = lambda failure: None,
) -> Path:
    """Write the reading copy of the results in `root` to the folder `target`, and return `target`.

    `root` contains the executed `notebooks/`, `figures/<lang>/` and `data/derived/`. The pages with
    the full texts, the summary and the evidence are written only if `corpus` gives the documents.
    An earlier copy in `target` is replaced only when all pages have been written.

    `failures` are the notebooks that failed in this run. The first page names them, and the pages
    of these notebooks show what they gave all the same. Pages about the documents that cannot be
    made are left out and named, too; `report` is called with each of them.
    """
    fresh = target.with_name(target.name + ".part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        _write_pages(root, fresh, corpus, failures, report)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def _write_pages(
    root: Path,
    fresh: Path,
    corpus: Corpus | None,
    failures: Sequence[Failure],
    report: Callable[[Failure], None],
) -> None:
    """Write all pages of the results in `root` to the empty folder `fresh`."""
    files = _files(root, failures)
    notebooks = _notebook_pages(root / "notebooks", files, failures)
    lookups = [*_figures(root / "figures", fresh), *_tables(root, fresh)]
    texts: list[Page] = []
    addresses: dict[str, str] = {}
    missing: list[Failure] = []
    if corpus is not None and len(corpus):
        addresses = _text_addresses(corpus)
        about, texts = _document_pages(corpus, addresses, missing)
        lookups = [*about, *lookups]
        if texts:
            named = list(zip(texts, corpus, strict=True))
            lookups.append(titled("texts.html", "site.full_texts", "texts.html", texts=named))
    lookups += _docs(root, files, addresses)
    for failure in missing:
        report(failure)
    index = titled(
        "index.html",
        "site.contents",
        "index.html",
        notebooks=notebooks,
        lookups=lookups,
        failures=[*failures, *missing],
        pages={page.name.removesuffix(".html") for page in notebooks},
    )
    menu = [(page.name, page.title) for page in (index, *notebooks, *lookups)]
    neighbours = [None, *menu[1 : len(notebooks) + 1], None]
    for before, page, after in zip(neighbours[:-2], notebooks, neighbours[2:], strict=True):
        _write(fresh, page, menu, before=before, after=after)
    # A link can lead to a folded quotation. Older browsers need a script to unfold the quotation.
    unfold = template("unfold.js")
    for page in (index, *lookups, *texts):
        _write(fresh, page, menu, script=unfold if page.name.startswith("evidence") else "")


def _notebook_pages(folder: Path, files: set[str], failures: Sequence[Failure]) -> list[Page]:
    """Return the pages of the notebooks. If a notebook failed in this run, its page shows what the
    notebook gave, and says first why the rest is missing."""
    paths = {path.stem: path for path in folder.glob("*.ipynb")}
    failed = {failure.name: failure for failure in failures}
    for name in failed:
        kept = folder / "failed" / f"{name}.ipynb"
        if kept.is_file():
            paths[name] = kept
        else:  # the notebook was not written, and an earlier version is not a result of this run
            paths.pop(name, None)
    pages = []
    for name, path in sorted(paths.items()):
        notebook = nbformat.read(path, as_version=4)
        if name in failed:
            notebook = without_errors(notebook, failed[name])
        pages.append(notebook_page(notebook, name, files=files))
    return pages


def _document_pages(
    corpus: Corpus, addresses: dict[str, str], missing: list[Failure]
) -> tuple[list[Page], list[Page]]:
    """Return the pages with the summary and the evidence, and the pages with the full texts. What
    cannot be made is left out and added to `missing`, so that one part cannot stop the others."""
    study = study_of(corpus)

    def made(title: str, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except Exception as error:
            missing.append(failure_outside_cells(markup.say(title), error))
            return []

    def with_quotations() -> pd.DataFrame:
        return with_reference(study.approach_evidence, read_table("coded/sentences"), corpus)

    evidence = made("site.evidence", with_quotations)
    quotes = [evidence] if len(evidence) else []
    quotes += [read_table("coded/finding_quotes")] * corpus.is_shipped
    about = made(
        "site.summary",
        lambda: summary_pages(
            summary_table(study), summary_texts(study), addresses, study.codebook
        ),
    )
    if isinstance(evidence, pd.DataFrame):
        about += made(
            "site.evidence", lambda: _evidence(corpus, study.approach_matrix, evidence, addresses)
        )
    spans = [table[["doc", "start", "end"]] for table in quotes]
    marked = pd.concat(spans) if spans else pd.DataFrame(columns=["doc", "start", "end"])
    return about, made("site.full_texts", lambda: _texts(corpus, marked, addresses))


def _files(root: Path, failures: Sequence[Failure]) -> set[str]:
    """Return the addresses in the reading copy to which notebooks and texts may link."""
    pages = [*(root / "notebooks").glob("*.ipynb"), *(root / "docs").glob("*.md")]
    tables, figures = (root / "data" / "derived").glob("*.csv"), (root / "figures").glob("*/*.svg")
    return {
        "gallery.html",
        *(f"{failure.name}.html" for failure in failures),
        *(f"{path.stem}.html" for path in pages),
        *(f"tables/{path.name}" for path in tables),
        *(f"figures/{path.parent.name}/{path.name}" for path in figures),
    }


def _write(folder: Path, page: Page, menu: list[tuple[str, str]], **options) -> None:
    (folder / page.name).write_text(shell(page, menu, **options), encoding="utf8", newline="\n")


def _docs(root: Path, files: set[str], addresses: dict[str, str]) -> list[Page]:
    """Return the pages of docs/ and the page of all public functions. Results of a user's own
    corpus lie in a folder without docs/, so their reading copy has none of these pages."""
    files = files | set(addresses.values())
    texts = [
        text_page(
            _to_full_texts(path.read_text(encoding="utf8"), addresses), path.stem, files=files
        )
        for path in sorted((root / "docs").glob("*.md"))
    ]
    return [*texts, api_page()] if texts else []


def _to_full_texts(text: str, addresses: dict[str, str]) -> str:
    """Change each link to a place in a raw file so that it leads to this place in the full text."""
    for doc, address in addresses.items():
        text = text.replace(f"(../data/raw/{doc}.txt#", f"({address}#")
    return text


def _evidence(
    corpus: Corpus, matrix: pd.DataFrame, evidence: pd.DataFrame, addresses: dict[str, str]
) -> list[Page]:
    bodies = evidence_pages(
        matrix,
        evidence,
        corpus.metadata,
        codebook=corpus.codebook,
        link=lambda doc, start: f"{addresses[doc]}#{markup.place_id(start)}",
        places=_places(corpus, evidence),
    )
    pages = []
    for number, body in enumerate(bodies, start=1):
        name = f"evidence{f'-{number}' if number > 1 else ''}.html"
        page = titled(name, "site.evidence", "evidence.html", body=body)
        part = f" {number}/{len(bodies)}" if len(bodies) > 1 else ""
        pages.append(replace(page, title=page.title + part))
    return pages


def _places(corpus: Corpus, evidence: pd.DataFrame) -> dict[tuple[str, int], dict]:
    """Return the section title and the page number of every quotation. Each key holds the id of the
    document and the position at which the quotation starts."""
    sections = corpus.sentences.drop_duplicates(["doc", "section"]).set_index(["doc", "section"])
    titles = sections["section_title"].to_dict()
    return {
        (row.doc, row.start): {
            "title": titles.get((row.doc, row.section)),
            "page": corpus[row.doc].page(row.start),
        }
        for row in evidence.itertuples()
    }


def _text_addresses(corpus: Corpus) -> dict[str, str]:
    """Return the file name of the page with each document's full text. The file name has a number
    instead of the document's name, because that name may contain characters that are not allowed in
    an address."""
    return {document.doc: f"text-{number}.html" for number, document in enumerate(corpus, start=1)}


def _texts(corpus: Corpus, quotes: pd.DataFrame, addresses: dict[str, str]) -> list[Page]:
    """Return a page with the full text of each document, in which the quotations are marked."""
    names, marks = markup.city_of(corpus.metadata), {document.doc: [] for document in corpus}
    for row in quotes.itertuples():
        marks[row.doc].append((int(row.start), int(row.end)))
    pages = []
    for document in corpus:
        name, text = names[document.doc], markup.full_text(document, marks[document.doc])
        values = {"name": name, "text": text, "outside": _outside(document, marks[document.doc])}
        body = markup.fill_template("site/text.html", document=document, **values)
        pages.append(Page(addresses[document.doc], name, body))
    return pages


def _outside(document: Document, marks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the start and end of each quotation that lies outside all sentences, such as the name
    of a contributor. The full text does not show such quotations."""
    spans = [document.raw_span(each.start, each.end) for each in document.sentences]
    return [
        (start, end)
        for start, end in sorted(set(marks))
        if not any(low < end and start < high for low, high in spans)
    ]


def _figures(figures: Path, target: Path) -> list[Page]:
    """Copy the figures, and return the page that shows each figure in both languages, with its
    caption, description and files."""
    versions: dict[str, list[dict[str, Any]]] = {}
    for path in sorted([*figures.glob("en/*.json"), *figures.glob("zh/*.json")]):
        if path.with_suffix(".svg").is_file():
            versions.setdefault(path.stem, []).append(_figure(path, target))
    if not versions:
        return []
    headings = tuple((stem, stem.replace("_", " ")) for stem in sorted(versions))
    return [titled("gallery.html", "site.figures", "gallery.html", headings, figures=versions)]


def _figure(record: Path, target: Path) -> dict[str, Any]:
    """Copy the files of one figure, and return its language, files, caption and description.
    `record` is the JSON file with the caption and the alternative text of the figure."""
    lang = record.parent.name
    files = [record.with_suffix(f".{kind}") for kind in ("svg", "pdf", "png", "csv")]
    files = _copied([file for file in files if file.is_file()], target / "figures" / lang)
    words = json.loads(record.read_text(encoding="utf8"))
    texts = {key: words.get(key, {}).get(lang, "") for key in ("caption", "alt")}
    return {"lang": lang, "files": files, **texts}


def _tables(root: Path, target: Path) -> list[Page]:
    """Copy the tables that the notebooks wrote, and return the page that links to the copies."""
    paths = sorted((root / "data" / "derived").glob("*.csv"))
    if not paths:
        return []
    # Count the rows of each table, without the line of column names.
    counts = [max(0, path.read_bytes().count(b"\n") - 1) for path in paths]
    names = [path.name for path in _copied(paths, target / "tables")]
    tables = list(zip(names, counts, strict=True))
    return [titled("tables.html", "site.tables", "tables.html", tables=tables)]


def _copied(files: list[Path], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, folder / file.name)
    return files
