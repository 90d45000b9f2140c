"""Fill values and tables into READMEs and docs, between the comments `<!--name-->` and `<!--/-->`.
Run `python -m helpers docs` to fill them in after results have changed."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from helpers.labels import text_of
from helpers.writing import write_atomically

from . import bibliography, reference
from .datapackage import data_package_bytes, stored
from .findings import findings_page, headlines
from .values import doc_values

DOCUMENTS = ("README.md", "README.zh-CN.md", "data/coded/README.md", "docs/*.md")
"""The READMEs and docs into which values are filled, as patterns of paths in the project's
folder."""
_OTHER_RESULTS = ("HELPERS_CORPUS", "HELPERS_OUT", "HELPERS_CODEBOOK")


def update_documents(root: Path) -> list[Path]:
    """Update all values in READMEs and docs, and data/datapackage.json, from the stored tables.
    Return the paths of the files that were written.

    Nothing is written if an environment variable names another corpus, codebook or folder of
    results, because READMEs and docs describe only the documents that come with the package.
    """
    if any(os.environ.get(name) for name in _OTHER_RESULTS):
        return []
    texts, files = doc_texts(root), {}
    for path in documents(root):
        text = fill(path.read_text(encoding="utf8"), texts, place=path.relative_to(root).as_posix())
        files[path] = text.encode("utf8")
    files[root / "data" / "datapackage.json"] = data_package_bytes(root)
    for path, content in files.items():
        write_atomically(path, content)
    return list(files)


def documents(root: Path) -> list[Path]:
    """Return the paths of the READMEs and docs into which values are filled, in a fixed order."""
    return [path for pattern in DOCUMENTS for path in sorted(root.glob(pattern))]


def doc_texts(root: Path) -> dict[str, str]:
    """Return, by name, the texts that can be filled into a README or a page of docs/. Some texts
    are single values, others are whole tables or lists."""
    values = doc_values()
    bench = stored("derived/bench").round({"mb_per_s": 1, "times_slower": 2})
    works = bibliography.works((root / "docs" / "references.bib").read_text(encoding="utf8"))
    return {
        **{name: value.text for name, value in values.items()},
        **{f"picture_{lang}": picture(lang) for lang in ("en", "zh")},
        **{f"headlines_{lang}": headlines(lang) for lang in ("en", "zh")},
        **{f"findings_{lang}": findings_page(lang) for lang in ("en", "zh")},
        **{f"bench_{lang}": bench_table(bench, lang) for lang in ("en", "zh")},
        **{f"references_{lang}": bibliography.reference_list(works, lang) for lang in ("en", "zh")},
        **{
            f"{name}_{lang}": citation
            for lang in ("en", "zh")
            for name, citation in bibliography.citations(works, lang).items()
        },
        **reference.blocks(root, values),
    }


def picture(lang: str) -> str:
    """Write the figure that the README shows, and its caption, as Markdown."""
    texts = text_of("text/pages")
    alt, caption = (texts.say(f"site.picture_{name}", lang) for name in ("alt", "caption"))
    return f"![{alt}](figures/{lang}/sequence_and_close.png)\n\n{caption}"


def bench_table(bench: pd.DataFrame, lang: str) -> str:
    """Write a Markdown table with the results of `make bench`: the speed of this package, how many
    times as long other packages take, and the memory used, if it was measured."""
    texts, lines = text_of("text/pages"), []
    heads = [texts.say(f"site.bench_{head}", lang) for head in ("task", "size", "ours", "others")]
    for (task, size), rows in bench.groupby(["task", "size_mb"], sort=False):
        ours = rows[rows["contender"] == "ours"].iloc[0]
        others = rows[rows["contender"] != "ours"].itertuples()
        times = ", ".join(f"{row.contender} {row.times_slower:.1f}" for row in others)
        peak = ""
        if pd.notna(ours["peak_mb"]):
            peak = texts.say("site.bench_memory", lang, mb=ours["peak_mb"])
        lines.append((task, f"{size:g}", f"{ours['mb_per_s']:.1f}", times or peak or "–"))
    return reference.markdown_table(heads, lines)


_MARK = re.compile(r"<!--(\w+)-->(.*?)<!--/-->", re.S)
_ANY_MARK = re.compile(r"<!--(?:\w+|/)-->")


def fill(text: str, values: Mapping[str, str], *, place: str = "README") -> str:
    """Put each value between its opening comment `<!--name-->` and its closing comment `<!--/-->`.
    If an opening comment stands at the end of a line, its value gets lines of its own.

    Raises
    ------
    ValueError
        If an opening or closing comment is missing, or if an opening comment names no value.

    Examples
    --------
    >>> fill("of <!--n-->3<!--/--> cities", {"n": "5"})
    'of <!--n-->5<!--/--> cities'
    """

    def put(mark: re.Match[str]) -> str:
        name, old = mark.groups()
        if name not in values:
            nearest = difflib.get_close_matches(name, values, n=1)
            remedy = "The names are in site/values.py and site/docs.py."
            if nearest:
                remedy = f"Did you mean '{nearest[0]}'?"
            raise ValueError(f"{place}: no value is named '{name}'. {remedy}")
        end = "\n" if old.startswith("\n") else ""
        return f"<!--{name}-->{end}{values[name]}{end}<!--/-->"

    _check_marks(text, place)
    return _MARK.sub(put, text)


def _check_marks(text: str, place: str) -> None:
    """Raise ValueError unless the comments `<!--name-->` and `<!--/-->` alternate in the text."""
    marks = list(_ANY_MARK.finditer(text))
    alone = [m for number, m in enumerate(marks) if (m[0] == "<!--/-->") != (number % 2 == 1)]
    if len(marks) % 2:
        alone.append(marks[-1])
    if alone:
        line = text.count("\n", 0, alone[0].start()) + 1
        raise ValueError(
            f"{place}, line {line}: expected comments in pairs, `<!--name-->…<!--/-->`, found"
            f" '{alone[0][0]}' without its partner. Put the missing comment back."
        )
