"""Turn executed notebooks, figures, tables and texts into the reading copy: static pages that open
from disk, on a phone, in print."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pandas as pd

from helpers.api import api_page
from helpers.codebook import read_table
from helpers.corpus import Corpus, Document
from helpers.evidence_table import evidence_pages, with_human
from helpers.markup import both, city_of, escape, full_text, place_id, zh
from helpers.pages import Page, notebook_page, shell, text_page
from helpers.study import study_of
from helpers.summary import summary_frames, summary_table
from helpers.summary_page import summary_pages

# Browsers unfold the quotations that a link points into; this does it for those that do not yet.
_UNFOLD = """addEventListener("hashchange",unfold);unfold();function unfold(){var e=document.getElementById(decodeURIComponent(location.hash.slice(1)));
for(var d=e;d;d=d.parentElement)if(d.tagName==="DETAILS")d.open=true;if(e)e.scrollIntoView()}"""
_KINDS = ("svg", "pdf", "png", "csv")


def build_site(root: Path, target: Path, *, corpus: Corpus | None = None) -> Path:
    """Write the reading copy of everything under `root` and return its folder.

    Parameters
    ----------
    root : Path
        Folder with `notebooks/` (executed), `figures/<lang>/` and `data/derived/`.
    target : Path
        Folder of the pages; what an earlier run left there is replaced, at once and only when all
        pages are written.
    corpus : Corpus, optional
        The documents read: their full texts and the evidence table need them.
    """
    fresh = target.with_name(target.name + ".part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    files = _files(root)
    notebooks = [
        notebook_page(nbformat.read(path, as_version=4), path.stem, files=files)
        for path in sorted((root / "notebooks").glob("*.ipynb"))
    ]
    more = [page for page in (_figures(root / "figures", fresh), _tables(root, fresh)) if page]
    texts: list[Page] = []
    if corpus is not None and len(corpus):
        study = study_of(corpus)
        matrix, evidence = (
            study.matrix,
            with_human(study.evidence, read_table("coded/sentences"), corpus),
        )
        texts = _texts(corpus, evidence)
        summary = summary_pages(summary_table(study), summary_frames(study), text_pages(corpus))
        more = [*summary, *_evidence(corpus, matrix, evidence), *more, _text_list(corpus, texts)]
    more += _docs(root, files)
    index = _index(notebooks, more)
    menu = [(page.name, page.title) for page in (index, *notebooks, *more)]
    for number, page in enumerate(notebooks):
        before = notebooks[number - 1] if number else None
        after = notebooks[number + 1] if number + 1 < len(notebooks) else None
        _write(
            fresh,
            page,
            menu,
            before=before and (before.name, before.title),
            after=after and (after.name, after.title),
        )
    for page in (index, *more, *texts):
        _write(fresh, page, menu, script=_UNFOLD if page.name.startswith("evidence") else "")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return target


def _files(root: Path) -> set[str]:
    """What notebooks and texts may lead to in the copy, as addresses in it."""
    pages = [*(root / "notebooks").glob("*.ipynb"), *(root / "docs").glob("*.md")]
    tables, figures = (root / "data" / "derived").glob("*.csv"), (root / "figures").glob("*/*.svg")
    return (
        {f"{path.stem}.html" for path in pages}
        | {f"tables/{path.name}" for path in tables}
        | {f"figures/{path.parent.name}/{path.name}" for path in figures}
        | {"gallery.html"}
    )


def _docs(root: Path, files: set[str]) -> list[Page]:
    """The project's own texts and the reference of its functions; someone else's results have
    neither."""
    texts = [
        text_page(path.read_text(encoding="utf8"), path.stem, files=files)
        for path in sorted((root / "docs").glob("*.md"))
    ]
    return [*texts, api_page()] if texts else []


def _write(folder: Path, page: Page, menu: list[tuple[str, str]], **options) -> None:
    (folder / page.name).write_text(shell(page, menu, **options), encoding="utf8", newline="\n")


def _index(notebooks: list[Page], more: list[Page]) -> Page:
    rows = "".join(
        f'<li><a href="{escape(page.name)}">{escape(page.title)}</a>{_minutes(page)}</li>'
        for page in notebooks
    )
    rest = "".join(
        f'<li><a href="{escape(page.name)}">{escape(page.title)}</a></li>' for page in more
    )
    read = (
        f"<h2>{both('笔记', 'Notebooks')}</h2><p>A short paper each, in this order."
        f' {zh("每篇是一篇可运行的短文，请按顺序阅读。")}</p><ol class="contents">{rows}</ol>'
    )
    look = f'<h2>{both("查阅", "To look things up")}</h2><ul class="contents">{rest}</ul>'
    return Page(
        "index.html",
        "Contents 目录",
        f"<h1>{both('目录', 'Contents')}</h1>{read if rows else ''}{look if rest else ''}",
    )


def _minutes(page: Page) -> str:
    return f' <span class="minutes">{page.minutes} min</span>' if page.minutes else ""


def text_pages(corpus: Corpus) -> dict[str, str]:
    """Return the file name of every document's page: numbered, since a document's own name may hold
    anything."""
    return {document.doc: f"text-{number}.html" for number, document in enumerate(corpus, start=1)}


def _evidence(corpus: Corpus, matrix: pd.DataFrame, evidence: pd.DataFrame) -> list[Page]:
    files, places = text_pages(corpus), _places(corpus, evidence)
    bodies = evidence_pages(
        matrix,
        evidence,
        corpus.documents,
        link=lambda doc, start: f"{files[doc]}#{place_id(start)}",
        places=places,
    )
    title = "Evidence behind every cell 逐格证据"
    lead = (
        f"<h1>{both('逐格证据', 'Evidence behind every cell')}</h1><p>Choose a cell to read its"
        " quotations; each leads to its place in the text."
        f" {zh('点选一格可读其引文，引文可回到原文所在处。')} <i>Not mentioned</i> is not <i>not"
        f" done</i>. {zh('“未提及”不等于“未做”。')} A dash with a number: a rule met the instrument"
        " there, but the reading, or the wording, says that it was not used."
        f" {zh('短横旁的数字：规则找到了字句，但人工编码或文意表明并未采用。')}</p>"
    )
    several = len(bodies) > 1
    return [
        Page(
            f"evidence{f'-{n}' if n > 1 else ''}.html",
            f"{title} {n}/{len(bodies)}" if several else title,
            lead + body,
        )
        for n, body in enumerate(bodies, start=1)
    ]


def _places(corpus: Corpus, evidence: pd.DataFrame) -> dict[tuple[str, int], dict]:
    """Section title and page of every quotation."""
    titles = (
        corpus.sentences.drop_duplicates(["doc", "section"])
        .set_index(["doc", "section"])["section_title"]
        .to_dict()
    )
    return {
        (row.doc, row.start): {
            "title": titles.get((row.doc, row.section)),
            "page": corpus[row.doc].page(row.start),
        }
        for row in evidence.itertuples()
    }


def _texts(corpus: Corpus, evidence: pd.DataFrame) -> list[Page]:
    files, names = text_pages(corpus), city_of(corpus.documents)
    marks = {
        doc: list(zip(group["start"], group["end"], strict=True))
        for doc, group in evidence.groupby("doc")
    }
    return [
        Page(files[d.doc], names[d.doc], _text_body(d, names[d.doc], marks.get(d.doc, [])))
        for d in corpus
    ]


def _text_body(document: Document, name: str, marks: list[tuple[int, int]]) -> str:
    facts = {
        "Title 标题": document.title,
        "Date 日期": document.date,
        "Contributor 供稿": document.contributor,
        "File 文件": document.source,
        "SHA-256": document.sha256,
    }
    rows = "".join(
        f"<dt>{escape(key)}</dt><dd>{zh(value)}</dd>" for key, value in facts.items() if value
    )
    note = (
        "<p>Verbatim; line breaks and page marks of the source are left out. Quotations of the"
        f" evidence table are marked. {zh('原文照录，去除换行与页码；证据表所引之处有底色。')}</p>"
    )
    return f"<h1>{zh(name)}</h1><dl>{rows}</dl>{note}{full_text(document, marks)}"


def _text_list(corpus: Corpus, texts: list[Page]) -> Page:
    rows = "".join(
        f'<li><a href="{page.name}">{zh(page.title)}</a>'
        f" {zh(document.title) if document.title else escape(document.source)}</li>"
        for page, document in zip(texts, corpus, strict=True)
    )
    return Page(
        "texts.html",
        "Full texts 全文",
        f'<h1>{both("全文", "Full texts")}</h1><ol class="contents">{rows}</ol>',
    )


def _figures(figures: Path, target: Path) -> Page | None:
    """Copy the figures and show each with caption, description and its files, in both languages."""
    records: dict[str, list[tuple[str, dict, Path]]] = {}
    for path in sorted(figures.glob("*/*.json")):
        if path.parent.name in ("zh", "en") and path.with_suffix(".svg").is_file():
            records.setdefault(path.stem, []).append(
                (path.parent.name, json.loads(path.read_text(encoding="utf8")), path)
            )
    blocks = []
    for stem, versions in sorted(records.items()):
        shown = "".join(_figure(lang, record, path, target) for lang, record, path in versions)
        blocks.append(
            "<section"
            f' id="{escape(stem)}"><h2>{escape(stem.replace("_", " "))}</h2>{shown}</section>'
        )
    if not blocks:
        return None
    headings = tuple((stem, stem.replace("_", " ")) for stem in sorted(records))
    return Page(
        "gallery.html",
        "Figures 图集",
        f"<h1>{both('图集', 'Figures')}</h1>{''.join(blocks)}",
        headings,
    )


def _figure(lang: str, record: dict, path: Path, target: Path) -> str:
    folder = target / "figures" / lang
    folder.mkdir(parents=True, exist_ok=True)
    files = [path.with_suffix(f".{kind}") for kind in _KINDS]
    links = []
    for file in files:
        if file.is_file():
            shutil.copyfile(file, folder / file.name)
            links.append(
                f'<a href="figures/{lang}/{escape(file.name)}">{file.suffix[1:].upper()}</a>'
            )
    caption, alt = (record.get(key, {}).get(lang, "") for key in ("caption", "alt"))
    tag = "zh-CN" if lang == "zh" else "en"
    return (
        f'<figure lang="{tag}"><img loading="lazy" src="figures/{lang}/{escape(path.stem)}.svg"'
        f' alt="{escape(alt or caption)}"><figcaption>{escape(caption)} <span'
        f' class="files">{" · ".join(links)}</span></figcaption></figure>'
    )


def _tables(root: Path, target: Path) -> Page | None:
    """Copy the tables that the notebooks wrote, to be saved from the page."""
    paths = sorted((root / "data" / "derived").glob("*.csv"))
    if not paths:
        return None
    (target / "tables").mkdir()
    for path in paths:
        shutil.copyfile(path, target / "tables" / path.name)
    rows = "".join(
        f'<li><a href="tables/{escape(path.name)}" download>{escape(path.name)}</a>'
        f" {_size(path)}</li>"
        for path in paths
    )
    note = (
        f"<p>CSV files that Excel opens right (UTF-8 with BOM). {zh('可直接用 Excel 打开。')}</p>"
    )
    return Page(
        "tables.html",
        "Tables 数据表",
        f'<h1>{both("数据表", "Tables")}</h1>{note}<ul class="contents">{rows}</ul>',
    )


def _size(path: Path) -> str:
    lines = len(re.findall(rb"\n", path.read_bytes()))
    return f"({max(0, lines - 1)} rows)"
