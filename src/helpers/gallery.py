"""Exported figures → the page beside them: every figure with its captions, alternative texts, data
and notebook."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from helpers.export import output_folder, write_atomically


def write_gallery(folder: str | os.PathLike | None = None) -> Path:
    """Write ``README.md`` beside the exported figures: each with captions, alternative text, data
    and notebook.

    Parameters
    ----------
    folder
        Holds ``zh`` and ``en``; default: ``figures`` of the results.

    Returns
    -------
    Path
        The gallery, made from the ``.json`` files alone, figures in the order of their names.
    """
    root = Path(folder or output_folder() / "figures")
    records = [
        json.loads(file.read_text(encoding="utf-8"))
        for lang in ("zh", "en")
        for file in sorted((root / lang).glob("*.json"))
    ]
    parts = [
        "# Figures · 图集",
        (
            "Made from the `.json` file beside each figure. The `.csv` holds exactly the data"
            " drawn.\n本页由各图旁的 `.json` 文件生成，`.csv` 为图中所绘数据。"
        ),
    ]
    for name in sorted({record["name"] for record in records}):
        parts += _gallery_entry([record for record in records if record["name"] == name])
    path = root / "README.md"
    write_atomically(path, ("\n\n".join(parts) + "\n").encode())
    return path


def _gallery_entry(records: list[dict[str, Any]]) -> list[str]:
    """Return the paragraphs of one figure: its pictures, then captions, alternative texts and
    links."""
    first = records[0]
    pictures = [f"![{_flat(r['alt'][r['lang']])}]({r['lang']}/{r['name']}.png)" for r in records]
    links = [
        f"{r['lang']}: "
        + ", ".join(
            f"[{kind}]({r['lang']}/{r['name']}.{kind})" for kind in ("svg", "pdf", "csv", "json")
        )
        for r in records
    ]
    notebook = (
        [f"[notebook](../notebooks/{first['notebook']}.ipynb)"] if first.get("notebook") else []
    )
    sources = ", ".join(f"`{s['file']}` ({s['sha256'][:12]})" for s in first["sources"])
    return [
        f"## {first['name']}",
        *pictures,
        f"**{_flat(first['caption']['zh'])}** {_flat(first['alt']['zh'])}",
        f"**{_flat(first['caption']['en'])}** {_flat(first['alt']['en'])}",
        " · ".join([*links, *notebook]),
        f"Sources · 来源: {sources}",
    ]


def _flat(text: str) -> str:
    """Return a text fit for one line of Markdown: no line break, no bracket that would end a link,
    no raw HTML."""
    return re.sub(r"([\[\]<>*_`|])", r"\\\1", " ".join(text.split()))
