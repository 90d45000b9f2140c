"""Turn a study into the answer on the README's first screen, in both languages, so that no number there is typed by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.export import write_atomically
from helpers.prose import approaches_abstract, outcomes_abstract, themes_abstract
from helpers.study import Study

BEGIN, END = "<!-- answer:begin -->", "<!-- answer:end -->"
BENCH = ("<!-- bench:begin -->", "<!-- bench:end -->")
READMES = {"en": "README.md", "zh": "README.zh-CN.md"}
_FIGURE = {
    "en": "![Instruments that each briefing reports](figures/en/instrument_matrix.png)\n\nThe instruments of supervision each briefing reports; a dash is silence, not zero. More: [all figures](figures/README.md).",
    "zh": "![各篇简报报告的监督方式](figures/zh/instrument_matrix.png)\n\n各篇简报报告的监督方式；短横表示未提及，不等于没有。更多见[图集](figures/README.md)。",
}


def answer(study: Study, lang: str) -> str:
    """The three answers and a figure, as Markdown."""
    abstracts = (approaches_abstract(study.matrix), themes_abstract(study.rates), outcomes_abstract(study.outcomes, study.pairs))
    parts = [abstract.split("\n\n")[0 if lang == "en" else 1] for abstract in abstracts]
    heads = ("Approaches.", "Themes.", "Results.") if lang == "en" else ("监督方式：", "主题：", "成效：")
    lines = [f"- **{head}** {part.split('**', 2)[2].strip()}" for head, part in zip(heads, parts, strict=True)]
    return "\n".join(lines) + "\n\n" + _FIGURE[lang]


def bench_table(bench: pd.DataFrame, lang: str) -> str:
    """What `make bench` measured, as a Markdown table: ours, and how many times slower the others are."""
    head = ("| task | MB | ours, MB/s | others, times as long |" if lang == "en" else "| 工作 | MB | 本项目 MB/s | 其他做法所需倍数 |") + "\n|---|---|---|---|"
    lines = [head]
    for (task, size), rows in bench.groupby(["task", "size_mb"], sort=False):
        ours = rows[rows["contender"] == "ours"].iloc[0]
        others = ", ".join(f"{row.contender} {row.times_slower:.1f}" for row in rows.itertuples() if row.contender != "ours")
        lines.append(f"| {task} | {size:g} | {ours['mb_per_s']:.1f} | {others or '–'} |")
    return "\n".join(lines)


def fill(readme: str, text: str, marks: tuple[str, str] = (BEGIN, END)) -> str:
    """Put a text between two marks of a README.

    Raises
    ------
    ValueError
        When the marks are not there.
    """
    begin, end = marks
    if readme.count(begin) != 1 or readme.count(end) != 1:
        raise ValueError(f"README: expected one '{begin}' and one '{end}'. Put them back around the text.")
    before, rest = readme.split(begin)
    return f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}"


def update_bench(root: Path, bench: pd.DataFrame) -> None:
    """Write what was measured into both READMEs."""
    for lang, name in READMES.items():
        path = root / name
        write_atomically(path, fill(path.read_text(encoding="utf8"), bench_table(bench, lang), BENCH).encode("utf8"))


def update_readmes(root: Path, study: Study) -> None:
    """Write the answers into both READMEs."""
    for lang, name in READMES.items():
        path = root / name
        write_atomically(path, fill(path.read_text(encoding="utf8"), answer(study, lang)).encode("utf8"))
