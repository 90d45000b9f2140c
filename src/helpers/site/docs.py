"""Values and blocks → READMEs and docs with what stands between their marks filled in."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from helpers.study import approaches_abstract, outcomes_abstract, themes_abstract
from helpers.writing import write_atomically

from . import reference
from .datapackage import data_package_bytes, stored
from .values import stated_values

DOCUMENTS = ("README.md", "README.zh-CN.md", "data/coded/README.md", "docs/*.md")
"""The texts that state values, as patterns under the project's folder."""
_ELSEWHERE = ("HELPERS_CORPUS", "HELPERS_OUT", "HELPERS_CODEBOOK")


def update_documents(root: Path) -> list[Path]:
    """Write every stated value, and data/datapackage.json, anew from the stored tables; return the
    files.

    Nothing is written where another corpus, codebook or folder of results is set in the
    environment: the texts speak of the shipped documents alone.
    """
    if any(os.environ.get(name) for name in _ELSEWHERE):
        return []
    texts, files = stated_texts(root), {}
    for path in documents(root):
        text = fill(path.read_text(encoding="utf8"), texts, place=path.relative_to(root).as_posix())
        files[path] = text.encode("utf8")
    files[root / "data" / "datapackage.json"] = data_package_bytes(root)
    for path, content in files.items():
        write_atomically(path, content)
    return list(files)


def documents(root: Path) -> list[Path]:
    """The texts that state values, in a fixed order."""
    return [path for pattern in DOCUMENTS for path in sorted(root.glob(pattern))]


def stated_texts(root: Path) -> dict[str, str]:
    """Everything that a text may state, by name: single values and whole blocks."""
    values = stated_values()
    names = ("approach_matrix", "themes", "outcomes", "outcome_pairs")
    tables = [stored(f"derived/{name}") for name in names]
    bench = stored("derived/bench").round({"mb_per_s": 1, "times_slower": 2})
    return {
        **{name: value.text for name, value in values.items()},
        **{f"answer_{lang}": answer(*tables, lang=lang) for lang in ("en", "zh")},
        **{f"bench_{lang}": bench_table(bench, lang) for lang in ("en", "zh")},
        "instruments": reference.instruments_block(),
        "themes": reference.themes_block(),
        "indicators": reference.indicators_block(),
        "units": reference.units_block(),
        "number_rules": reference.number_rules_block(),
        "number_words": reference.number_words_block(),
        "actors": reference.actors_block(),
        "answers": reference.answers_block(root),
        "figures": reference.figures_block(root),
        "tables": reference.tables_block(root),
        "values": reference.values_block(root, values),
        "measured": reference.measured_block(),
    }


_HEADS = {
    "en": ("Approaches.", "Themes.", "Results."),
    "zh": ("监督方式：", "主题：", "成效："),
}
_FIGURE = {
    "en": (
        "![Instruments that each briefing reports](figures/en/instrument_matrix.png)\n\nThe"
        " instruments of supervision each briefing reports; a dash is silence, not zero. More: [all"
        " figures](figures/README.md)."
    ),
    "zh": (
        "![各篇简报报告的监督方式](figures/zh/instrument_matrix.png)\n\n各篇简报报告的监督方式；"
        "短横表示未提及，不等于没有。更多见[图集](figures/README.md)。"
    ),
}


def answer(
    matrix: pd.DataFrame,
    rates: pd.DataFrame,
    outcomes: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    lang: str,
) -> str:
    """The three answers and a figure, as Markdown, from the tables of a study."""
    lines = []
    for head, abstract in zip(
        _HEADS[lang],
        (approaches_abstract(matrix), themes_abstract(rates), outcomes_abstract(outcomes, pairs)),
        strict=True,
    ):
        part = abstract.split("\n\n")[0 if lang == "en" else 1]
        lines.append(f"- **{head}** {part.split('**', 2)[2].strip()}")
    return "\n".join(lines) + "\n\n" + _FIGURE[lang]


_BENCH = {
    "en": (
        ("task", "MB", "ours, MB/s", "others, times as long"),
        "at most {:.0f} MB of memory in a process",
    ),
    "zh": (("工作", "MB", "本项目 MB/s", "其他做法所需倍数"), "单个进程最多占用内存 {:.0f} MB"),
}


def bench_table(bench: pd.DataFrame, lang: str) -> str:
    """What `make bench` measured, as a Markdown table: ours, how many times slower the others are,
    memory where measured."""
    heads, memory = _BENCH[lang]
    lines = []
    for (task, size), rows in bench.groupby(["task", "size_mb"], sort=False):
        ours = rows[rows["contender"] == "ours"].iloc[0]
        others = rows[rows["contender"] != "ours"].itertuples()
        times = ", ".join(f"{row.contender} {row.times_slower:.1f}" for row in others)
        peak = memory.format(ours["peak_mb"]) if pd.notna(ours["peak_mb"]) else ""
        lines.append((task, f"{size:g}", f"{ours['mb_per_s']:.1f}", times or peak or "–"))
    return reference.markdown_table(heads, lines)


_MARK = re.compile(r"<!--(\w+)-->(.*?)<!--/-->", re.S)
_ANY_MARK = re.compile(r"<!--(?:\w+|/)-->")


def fill(text: str, values: Mapping[str, str], *, place: str = "README") -> str:
    """Put each value between its marks: in the line, or on lines of its own where the opening mark
    ends one.

    Raises
    ------
    ValueError
        For a mark without its partner, and for a name that is not known.

    Examples
    --------
    >>> fill("of <!--n-->3<!--/--> cities", {"n": "5"})
    'of <!--n-->5<!--/--> cities'
    """

    def put(found: re.Match[str]) -> str:
        name, old = found.groups()
        if name not in values:
            remedy = "Names are in site/values.py and site/docs.py."
            for near in difflib.get_close_matches(name, values, n=1):
                remedy = f"Did you mean '{near}'?"
            raise ValueError(f"{place}: nothing is called '{name}'. {remedy}")
        end = "\n" if old.startswith("\n") else ""
        return f"<!--{name}-->{end}{values[name]}{end}<!--/-->"

    _check_marks(text, place)
    return _MARK.sub(put, text)


def _check_marks(text: str, place: str) -> None:
    """Marks stand in pairs, one pair after the other: every second one closes."""
    marks = list(_ANY_MARK.finditer(text))
    alone = [m for number, m in enumerate(marks) if (m[0] == "<!--/-->") != (number % 2 == 1)]
    if len(marks) % 2:
        alone.append(marks[-1])
    if alone:
        line = text.count("\n", 0, alone[0].start()) + 1
        raise ValueError(
            f"{place}, line {line}: expected marks in pairs, `<!--name-->…<!--/-->`, found"
            f" '{alone[0][0]}' alone. Put its partner back."
        )
