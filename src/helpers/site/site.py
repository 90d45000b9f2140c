"""Executed notebooks, docs and tables → the reading copy."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from helpers.codebook import read_table
from helpers.figures import MARKS, evidence_pages, markup, with_human
from helpers.labels import NUMBER_KINDS, STAGES, STATES, city_names, document_labels
from helpers.study import Frame, reported_words, study_of, summary_frames, summary_table
from helpers.text import Corpus, Document

from .pages import Page, api_page, notebook_page, shell, text_page

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
        f'<li><a href="{markup.escape(page.name)}">{markup.escape(page.title)}</a>{_minutes(page)}</li>'
        for page in notebooks
    )
    rest = "".join(
        f'<li><a href="{markup.escape(page.name)}">{markup.escape(page.title)}</a></li>'
        for page in more
    )
    read = (
        f"<h2>{markup.both('笔记', 'Notebooks')}</h2><p>A short paper each, in this order."
        f' {markup.zh("每篇是一篇可运行的短文，请按顺序阅读。")}</p><ol class="contents">{rows}</ol>'
    )
    look = f'<h2>{markup.both("查阅", "To look things up")}</h2><ul class="contents">{rest}</ul>'
    return Page(
        "index.html",
        "Contents 目录",
        f"<h1>{markup.both('目录', 'Contents')}</h1>{read if rows else ''}{look if rest else ''}",
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
        link=lambda doc, start: f"{files[doc]}#{markup.place_id(start)}",
        places=places,
    )
    title = "Evidence behind every cell 逐格证据"
    lead = (
        f"<h1>{markup.both('逐格证据', 'Evidence behind every cell')}</h1><p>Choose a cell to read its"
        " quotations; each leads to its place in the text."
        f" {markup.zh('点选一格可读其引文，引文可回到原文所在处。')} <i>Not mentioned</i> is not <i>not"
        f" done</i>. {markup.zh('“未提及”不等于“未做”。')} A dash with a number: a rule met the instrument"
        " there, but the reading, or the wording, says that it was not used."
        f" {markup.zh('短横旁的数字：规则找到了字句，但人工编码或文意表明并未采用。')}</p>"
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
    files, names = text_pages(corpus), markup.city_of(corpus.documents)
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
        f"<dt>{markup.escape(key)}</dt><dd>{markup.zh(value)}</dd>"
        for key, value in facts.items()
        if value
    )
    note = (
        "<p>Verbatim; line breaks and page marks of the source are left out. Quotations of the"
        f" evidence table are marked. {markup.zh('原文照录，去除换行与页码；证据表所引之处有底色。')}</p>"
    )
    return f"<h1>{markup.zh(name)}</h1><dl>{rows}</dl>{note}{markup.full_text(document, marks)}"


def _text_list(corpus: Corpus, texts: list[Page]) -> Page:
    rows = "".join(
        f'<li><a href="{page.name}">{markup.zh(page.title)}</a>'
        f" {markup.zh(document.title) if document.title else markup.escape(document.source)}</li>"
        for page, document in zip(texts, corpus, strict=True)
    )
    return Page(
        "texts.html",
        "Full texts 全文",
        f'<h1>{markup.both("全文", "Full texts")}</h1><ol class="contents">{rows}</ol>',
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
            f' id="{markup.escape(stem)}"><h2>{markup.escape(stem.replace("_", " "))}</h2>{shown}</section>'
        )
    if not blocks:
        return None
    headings = tuple((stem, stem.replace("_", " ")) for stem in sorted(records))
    return Page(
        "gallery.html",
        "Figures 图集",
        f"<h1>{markup.both('图集', 'Figures')}</h1>{''.join(blocks)}",
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
                f'<a href="figures/{lang}/{markup.escape(file.name)}">{file.suffix[1:].upper()}</a>'
            )
    caption, alt = (record.get(key, {}).get(lang, "") for key in ("caption", "alt"))
    tag = "zh-CN" if lang == "zh" else "en"
    return (
        f'<figure lang="{tag}"><img loading="lazy" src="figures/{lang}/{markup.escape(path.stem)}.svg"'
        f' alt="{markup.escape(alt or caption)}"><figcaption>{markup.escape(caption)} <span'
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
        f'<li><a href="tables/{markup.escape(path.name)}" download>{markup.escape(path.name)}</a>'
        f" {_size(path)}</li>"
        for path in paths
    )
    note = f"<p>CSV files that Excel opens right (UTF-8 with BOM). {markup.zh('可直接用 Excel 打开。')}</p>"
    return Page(
        "tables.html",
        "Tables 数据表",
        f'<h1>{markup.both("数据表", "Tables")}</h1>{note}<ul class="contents">{rows}</ul>',
    )


def _size(path: Path) -> str:
    lines = len(re.findall(rb"\n", path.read_bytes()))
    return f"({max(0, lines - 1)} rows)"


SIGNS = {"as_printed": "■", "restored": "□", "coder": "◧", "range": "–", "ambiguous": "┆"}
"""The mark of a number, as `NUMBER_MARKS` draws it."""
BLOCKS = 8  # documents with a block each; of more, each has a line of a table
_FILES = {"zh": "summary.html", "en": "summary-en.html"}
_TITLES = {"zh": "一页摘要 Summary in Chinese", "en": "Summary on one page 一页摘要（英文）"}
_OTHER = {"zh": "In English", "en": "中文"}


def summary_pages(
    table: pd.DataFrame, frames: Mapping[str, Frame], files: Mapping[str, str]
) -> list[Page]:
    """Write the summary as a page in Chinese and one in English.

    Parameters
    ----------
    table, frames
        From `summary_table` and `summary_frames`.
    files
        Document → file of its full text, to which names and numbers lead.
    """
    return [
        Page(_FILES[lang], _TITLES[lang], _body(table, frames[lang], files, lang))
        for lang in ("zh", "en")
    ]


def _body(table: pd.DataFrame, frame: Frame, files: Mapping[str, str], lang: str) -> str:
    other = "en" if lang == "zh" else "zh"
    findings = "".join(f"<li>{markup.escape(text)}</li>" for text in frame.findings)
    names = {doc: city_names(label) for doc, label in document_labels(table).items()}
    groups = [(doc, rows) for doc, rows in table.groupby("doc", sort=False)]
    cities = (
        "".join(_block(doc, rows, names[doc], files, lang) for doc, rows in groups)
        if len(groups) <= BLOCKS
        else _table(groups, names, files, lang)
    )
    notes = "".join(f'<p class="note">{markup.escape(text)}</p>' for text in frame.notes)
    links = _say(
        lang,
        '<a href="evidence.html">逐格证据</a> · <a href="texts.html">全文</a>',
        '<a href="evidence.html">Evidence behind every cell</a> · <a href="texts.html">Full'
        " texts</a>",
    )
    return (
        '<article class="summary"'
        f' lang="{_say(lang, "zh-CN", "en")}"><h1>{markup.escape(frame.title)}</h1><p'
        f' class="note">{markup.escape(frame.base)}<span class="elsewhere"> · <a href="{_FILES[other]}"'
        f' lang="{_say(other, "zh-CN", "en")}">{_OTHER[lang]}</a></span></p><ul'
        f' class="findings">{findings}</ul>{cities}{_key(table, lang)}{notes}<p class="note'
        f' elsewhere">{links}</p></article>'
    )


def _say(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


def _block(doc: str, rows: pd.DataFrame, name: str, files: Mapping[str, str], lang: str) -> str:
    told = reported_words(rows, lang)
    stages = "".join(
        _stage(stage, own, lang)
        for stage, own in rows[rows["part"] == "instrument"].groupby("stage", sort=False)
    )
    parts = [
        f"<p>{_say(lang, '讲得最多（次数）：', 'Speaks most of (hits): ')}{markup.escape(_themes(rows, lang))}</p>"
    ]
    for part, zh, en in (("result", "成效：", "Results:"), ("output", "产出：", "Outputs:")):
        own = rows[rows["part"].isin([part, "more"] if part == "output" else [part])]
        items = (
            "".join(_number(row, files[doc], lang) for row in own.to_dict("records"))
            or f'<li><span class="mark none">–</span> {_say(lang, "没有提到数字", "no number given")}</li>'
        )
        parts.append(f'<ul class="told"><li class="note">{_say(lang, zh, en)}</li>{items}</ul>')
    return (
        f'<section><h2><a href="{markup.escape(files[doc])}">{markup.escape(name)}</a>'
        f' <span>{told}</span></h2><ul class="stages">{stages}</ul>{"".join(parts)}</section>'
    )


def _stage(stage: str, rows: pd.DataFrame, lang: str) -> str:
    n = int((rows["code"] != "").sum())
    dots = "".join(MARKS[state] for state in rows["state"])
    spoken = {
        state: int((rows["state"] == state).sum())
        for state in STATES
        if (rows["state"] == state).any()
    }
    words = _say(lang, "，", ", ").join(
        f"{STATES[state][lang == 'en']}{'' if state == 'not_mentioned' else f' {count}'}"
        for state, count in spoken.items()
    )
    quiet = "" if set(spoken) != {"not_mentioned"} else ' class="none"'
    return (
        f"<li>{markup.escape(STAGES.get(stage, (stage, stage))[lang == 'en'])} {n or ''}<b{quiet}"
        f' aria-hidden="true">{dots}</b><span class="unseen">{markup.escape(words)}</span></li>'
    )


def _themes(rows: pd.DataFrame, lang: str) -> str:
    found = [f"{row[lang]} {row['n']}" for row in rows[rows["part"] == "theme"].to_dict("records")]
    return _say(lang, "、", ", ").join(found) or _say(
        lang, "没有词表中的词", "no term of the codebook"
    )


def _number(row: Mapping[str, Any], file: str, lang: str) -> str:
    if row["part"] == "more":
        return f'<li class="note">{markup.escape(row[lang])}</li>'
    how = NUMBER_KINDS[row["state"]][lang == "en"]
    return (
        f'<li><span class="mark" aria-hidden="true">{SIGNS[row["state"]]}</span> <a'
        f' href="{markup.escape(file)}#s{row["sentence"]}">{markup.escape(row[lang])}</a><span class="unseen">'
        f" {markup.escape(how)}</span></li>"
    )


def _table(
    groups: list[tuple[str, pd.DataFrame]],
    names: Mapping[str, str],
    files: Mapping[str, str],
    lang: str,
) -> str:
    """Write a line a document where there are too many for a block each."""
    stages = list(dict.fromkeys(stage for _, rows in groups for stage in rows["stage"] if stage))
    tall = "".join(
        f'<th scope="col" class="tall">{markup.escape(STAGES.get(s, (s, s))[lang == "en"])}</th>'
        for s in stages
    )
    others = [
        _say(lang, *words)
        for words in (
            ("讲得最多（次数）", "Speaks most of (hits)"),
            ("成效", "Results"),
            ("产出", "Outputs"),
        )
    ]
    head = f'<th scope="col">{_say(lang, "城市", "City")}</th>{tall}' + "".join(
        f'<th scope="col">{word}</th>' for word in others
    )
    lines = []
    for doc, rows in groups:
        # the same counts as in the supervision chain
        owns = [rows[rows["stage"] == stage]["state"].value_counts() for stage in stages]
        cells = [
            f'<td class="number">{" ".join(f"{MARKS[s]} {own[s]}" for s in MARKS if s in own and s != "not_mentioned") or "–"}</td>'
            for own in owns
        ]
        results = rows[rows["part"] == "result"]["state"].value_counts()
        told = (
            " ".join(f"{SIGNS[kind]} {results[kind]}" for kind in NUMBER_KINDS if kind in results)
            or "–"
        )
        outputs = int(rows[rows["part"].isin(["output", "more"])]["n"].sum())
        link = f'<th scope="row"><a href="{markup.escape(files[doc])}">{markup.escape(names[doc])}</a></th>'
        lines.append(
            f"<tr>{link}{''.join(cells)}<td>{markup.escape(_themes(rows, lang))}</td><td>{markup.escape(told)}</td><td"
            f' class="number">{outputs or "–"}</td></tr>'
        )
    return markup.scroll_box(
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>",
        _say(lang, "各市的监督方式、主题与数字", "Instruments, themes and numbers of each city"),
    )


def _key(table: pd.DataFrame, lang: str) -> str:
    """Say what the marks on this page mean, those that are there."""
    states, kinds = (
        set(table["state"]),
        set(table[table["part"].isin(["result", "output"])]["state"]),
    )
    dots = "".join(
        f"<li><b>{MARKS[s]}</b> {STATES[s][lang == 'en']}</li>" for s in MARKS if s in states
    )
    signs = "".join(
        f"<li><b>{SIGNS[k]}</b> {NUMBER_KINDS[k][lang == 'en']}</li>" for k in SIGNS if k in kinds
    )
    return f'<ul class="key">{dots}{signs}</ul>'
