"""Turn executed notebooks, docs and tables into the reading copy: a folder of web pages that needs
no network. `python -m helpers reproduce` calls `build_site` last."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd

from helpers.codebook import read_table
from helpers.figures import evidence_pages, markup, with_human
from helpers.study import study_of, summary_table, summary_texts
from helpers.text import Corpus, Document

from .api import api_page
from .pages import (
    Page,
    label_html,
    link,
    notebook_page,
    say,
    sentence_html,
    shell,
    template,
    text_page,
    titled,
)
from .summary import summary_pages

escape, zh = markup.escape, markup.zh


def build_site(root: Path, target: Path, *, corpus: Corpus | None = None) -> Path:
    """Write the reading copy of everything under `root` and return its folder.

    `root` holds `notebooks/` (executed), `figures/<lang>/` and `data/derived/`. The full texts, the
    summary and the evidence table need the documents themselves, `corpus`. An earlier copy in
    `target` is replaced only when all pages have been written.
    """
    fresh = target.with_name(target.name + ".part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    files = _files(root)
    notebooks = [
        notebook_page(nbformat.read(path, as_version=4), path.stem, files=files)
        for path in sorted((root / "notebooks").glob("*.ipynb"))
    ]
    lookups = [*_figures(root / "figures", fresh), *_tables(root, fresh)]
    texts: list[Page] = []
    if corpus is not None and len(corpus):
        study, addresses = study_of(corpus), _text_addresses(corpus)
        evidence = with_human(study.approach_evidence, read_table("coded/sentences"), corpus)
        texts = _texts(corpus, evidence, addresses)
        lookups = [
            *summary_pages(summary_table(study), summary_texts(study), addresses, study.codebook),
            *_evidence(corpus, study.approach_matrix, evidence, addresses),
            *lookups,
            _text_list(corpus, texts),
        ]
    lookups += _docs(root, files)
    index = _index(notebooks, lookups)
    menu = [(page.name, page.title) for page in (index, *notebooks, *lookups)]
    neighbours = [None, *menu[1 : len(notebooks) + 1], None]
    for before, page, after in zip(neighbours[:-2], notebooks, neighbours[2:], strict=True):
        _write(fresh, page, menu, before=before, after=after)
    # A link can lead to a quotation that is folded away. Older browsers need a script to unfold it.
    unfold = template("unfold.js")
    for page in (index, *lookups, *texts):
        _write(fresh, page, menu, script=unfold if page.name.startswith("evidence") else "")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return target


def _files(root: Path) -> set[str]:
    """The addresses in the copy to which notebooks and texts may link."""
    pages = [*(root / "notebooks").glob("*.ipynb"), *(root / "docs").glob("*.md")]
    tables, figures = (root / "data" / "derived").glob("*.csv"), (root / "figures").glob("*/*.svg")
    return {
        "gallery.html",
        *(f"{path.stem}.html" for path in pages),
        *(f"tables/{path.name}" for path in tables),
        *(f"figures/{path.parent.name}/{path.name}" for path in figures),
    }


def _write(folder: Path, page: Page, menu: list[tuple[str, str]], **options) -> None:
    (folder / page.name).write_text(shell(page, menu, **options), encoding="utf8", newline="\n")


def _index(notebooks: list[Page], lookups: list[Page]) -> Page:
    """The page of contents: the notebooks in reading order, then the pages to look things up."""
    parts = []
    if notebooks:
        rows = "".join(f"<li>{link(p.name, p.title)}{_minutes(p)}</li>" for p in notebooks)
        parts.append(
            f"<h2>{label_html('site.notebooks')}</h2><p>{sentence_html('site.notebooks_lead')}</p>"
            f'<ol class="contents">{rows}</ol>'
        )
    if lookups:
        rows = "".join(f"<li>{link(page.name, page.title)}</li>" for page in lookups)
        heading = label_html("site.look_up")
        parts.append(f'<h2>{heading}</h2><ul class="contents">{rows}</ul>')
    return titled("index.html", "site.contents", "".join(parts))


def _minutes(page: Page) -> str:
    return f' <span class="minutes">{page.minutes} min</span>' if page.minutes else ""


def _docs(root: Path, files: set[str]) -> list[Page]:
    """The project's own texts and the page of its functions; results of another corpus have
    neither."""
    texts = [
        text_page(path.read_text(encoding="utf8"), path.stem, files=files)
        for path in sorted((root / "docs").glob("*.md"))
    ]
    return [*texts, api_page()] if texts else []


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
        page = titled(name, "site.evidence", template("evidence.html") + body)
        part = f" {number}/{len(bodies)}" if len(bodies) > 1 else ""
        pages.append(replace(page, title=page.title + part))
    return pages


def _places(corpus: Corpus, evidence: pd.DataFrame) -> dict[tuple[str, int], dict]:
    """The section title and page of every quotation."""
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
    """The file name of every document's page: a number, since a document's own name may contain
    characters that an address cannot."""
    return {document.doc: f"text-{number}.html" for number, document in enumerate(corpus, start=1)}


def _texts(corpus: Corpus, evidence: pd.DataFrame, addresses: dict[str, str]) -> list[Page]:
    names, marks = markup.city_of(corpus.metadata), {document.doc: [] for document in corpus}
    for row in evidence.itertuples():
        marks[row.doc].append((row.start, row.end))
    return [
        Page(addresses[doc], names[doc], _text_body(corpus[doc], names[doc], spans))
        for doc, spans in marks.items()
    ]


def _text_body(document: Document, name: str, marks: list[tuple[int, int]]) -> str:
    entries = {
        say("site.title"): document.title,
        say("site.date"): document.date,
        say("site.contributor"): document.contributor,
        say("site.file"): document.source,
        "SHA-256": document.sha256,
    }
    rows = "".join(f"<dt>{key}</dt><dd>{zh(value)}</dd>" for key, value in entries.items() if value)
    note = f"<p>{sentence_html('site.verbatim')}</p>"
    return f"<h1>{zh(name)}</h1><dl>{rows}</dl>{note}{markup.full_text(document, marks)}"


def _text_list(corpus: Corpus, texts: list[Page]) -> Page:
    rows = "".join(
        f'<li><a href="{page.name}">{zh(page.title)}</a>'
        f" {zh(document.title) if document.title else escape(document.source)}</li>"
        for page, document in zip(texts, corpus, strict=True)
    )
    return titled("texts.html", "site.full_texts", f'<ol class="contents">{rows}</ol>')


def _figures(figures: Path, target: Path) -> list[Page]:
    """Copy the figures, and show each with its caption, description and files in both languages."""
    versions: dict[str, list[Path]] = {}
    for path in sorted([*figures.glob("en/*.json"), *figures.glob("zh/*.json")]):
        if path.with_suffix(".svg").is_file():
            versions.setdefault(path.stem, []).append(path)
    names = [(stem, stem.replace("_", " ")) for stem in sorted(versions)]
    blocks = "".join(
        f'<section id="{escape(stem)}"><h2>{escape(name)}</h2>'
        f"{''.join(_figure(path, target) for path in versions[stem])}</section>"
        for stem, name in names
    )
    return [titled("gallery.html", "site.figures", blocks, tuple(names))] if names else []


def _figure(record: Path, target: Path) -> str:
    """Copy one figure's files; its record holds the caption and the alternative text."""
    lang, links = record.parent.name, []
    folder = target / "figures" / lang
    folder.mkdir(parents=True, exist_ok=True)
    for file in (record.with_suffix(f".{kind}") for kind in ("svg", "pdf", "png", "csv")):
        if file.is_file():
            shutil.copyfile(file, folder / file.name)
            links.append(link(f"figures/{lang}/{file.name}", file.suffix[1:].upper()))
    words = json.loads(record.read_text(encoding="utf8"))
    caption, alt = (escape(words.get(key, {}).get(lang, "")) for key in ("caption", "alt"))
    return (
        f'<figure lang="{"zh-CN" if lang == "zh" else "en"}"><img loading="lazy"'
        f' src="figures/{lang}/{escape(record.stem)}.svg" alt="{alt or caption}"><figcaption>'
        f'{caption} <span class="files">{" · ".join(links)}</span></figcaption></figure>'
    )


def _tables(root: Path, target: Path) -> list[Page]:
    """Copy the tables that the notebooks wrote, so that readers can save them from the page."""
    paths = sorted((root / "data" / "derived").glob("*.csv"))
    if not paths:
        return []
    (target / "tables").mkdir()
    rows = []
    for path in paths:
        shutil.copyfile(path, target / "tables" / path.name)
        count = max(0, path.read_bytes().count(b"\n") - 1)  # without the heading
        rows.append(
            f"<li>{link(f'tables/{path.name}', path.name, ' download')} ({count} rows)</li>"
        )
    note = f"<p>{sentence_html('site.tables_lead')}</p>"
    body = f'{note}<ul class="contents">{"".join(rows)}</ul>'
    return [titled("tables.html", "site.tables", body)]
