"""Turn executed notebooks and figures into the reading copy: static pages that open from disk, on a phone, in print."""

from __future__ import annotations

import html
import json
import re
import shutil
from importlib import resources
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

_TEMPLATE = """{%- extends 'basic/index.html.j2' -%}
{%- block input -%}<details class="code"><summary>Code</summary>{{ super() }}</details>{%- endblock input -%}
"""


def build_site(root: Path, target: Path) -> Path:
    """Write the reading copy of everything under `root` (notebooks/, figures/) and return its folder.

    Parameters
    ----------
    root : Path
        Folder with `notebooks/` (executed) and `figures/<lang>/`.
    target : Path
        Folder of the pages; what an earlier run left there is replaced.
    """
    fresh = target.with_name(target.name + ".part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    notebooks = [nbformat.read(path, as_version=4) for path in (paths := sorted((root / "notebooks").glob("*.ipynb")))]
    titles = {path.stem: _title(notebook) or path.stem for path, notebook in zip(paths, notebooks, strict=True)}
    gallery = _gallery(root / "figures", fresh)
    pages = [*((f"{name}.html", title) for name, title in titles.items()), *([("gallery.html", "Figures 图集")] if gallery else [])]
    for name, notebook in zip(titles, notebooks, strict=True):
        _write(fresh / f"{name}.html", titles[name], _body(notebook), pages)
    if gallery:
        _write(fresh / "gallery.html", "Figures 图集", gallery, pages)
    _write(fresh / "index.html", "Contents 目录", _contents(pages), pages)
    (fresh / "style.css").write_text(resources.files("helpers").joinpath("site.css").read_text("utf8"), encoding="utf8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return target


def _title(notebook: nbformat.NotebookNode) -> str | None:
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    heading = re.search(r"^#\s+(.+)$", first, re.M)
    return heading[1].strip() if heading else None


def _body(notebook: nbformat.NotebookNode) -> str:
    exporter = HTMLExporter(raw_template=_TEMPLATE, exclude_input_prompt=True, exclude_output_prompt=True, exclude_anchor_links=True)
    body, _ = exporter.from_notebook_node(notebook)
    return re.sub(r'(<table[^>]*class="dataframe")', r'\1 tabindex="0"', body)


def _contents(pages: list[tuple[str, str]]) -> str:
    rows = "".join(f'<li><a href="{page}">{html.escape(title)}</a></li>' for page, title in pages)
    return f'<h1>Contents <span lang="zh">目录</span></h1><ol class="contents">{rows}</ol>'


def _gallery(figures: Path, target: Path) -> str:
    """Copy the pictures and list them with caption and alternative text, in both languages."""
    blocks = []
    for record in sorted(figures.glob("*/*.json")):
        facts = json.loads(record.read_text(encoding="utf8"))
        lang, picture = record.parent.name, record.with_suffix(".svg")
        if not picture.is_file() or lang not in ("zh", "en"):
            continue
        place = Path("figures") / lang / picture.name
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, target / place)
        caption, alt = facts.get(f"caption_{lang}", ""), facts.get(f"alt_{lang}", "")
        blocks.append(
            f'<figure id="{lang}-{record.stem}" lang="{lang}"><img src="{place.as_posix()}" alt="{html.escape(alt, quote=True)}">'
            f"<figcaption>{html.escape(caption)}</figcaption></figure>"
        )
    return f'<h1>Figures <span lang="zh">图集</span></h1>{"".join(blocks)}' if blocks else ""


def _write(path: Path, title: str, body: str, pages: list[tuple[str, str]]) -> None:
    links = "".join(
        f'<li><a href="{page}"{" aria-current=page" if page == path.name else ""}>{html.escape(name)}</a></li>' for page, name in pages
    )
    path.write_text(
        f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title><link rel="stylesheet" href="style.css"><link rel="icon" href="data:,"></head>
<body><a class="skip" href="#main">Skip to the text 跳到正文</a>
<nav aria-label="Pages"><a href="index.html">Contents <span lang="zh">目录</span></a><details><summary>Pages</summary><ul>{links}</ul></details></nav>
<main id="main">{body}</main></body></html>
""",
        encoding="utf8",
        newline="\n",
    )
