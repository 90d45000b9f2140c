"""Turn a study into the answer on the README's first screen, in both languages, so that no number there is typed by hand."""

from __future__ import annotations

from pathlib import Path

from helpers.export import write_atomically
from helpers.prose import approaches_abstract, outcomes_abstract, themes_abstract
from helpers.study import Study

BEGIN, END = "<!-- answer:begin -->", "<!-- answer:end -->"
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


def fill(readme: str, text: str) -> str:
    """Put the answer between the two marks of a README.

    Raises
    ------
    ValueError
        When the marks are not there.
    """
    if readme.count(BEGIN) != 1 or readme.count(END) != 1:
        raise ValueError(f"README: expected one '{BEGIN}' and one '{END}'. Put them back around the answer.")
    before, rest = readme.split(BEGIN)
    return f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}"


def update_readmes(root: Path, study: Study) -> None:
    """Write the answers into both READMEs."""
    for lang, name in READMES.items():
        path = root / name
        write_atomically(path, fill(path.read_text(encoding="utf8"), answer(study, lang)).encode("utf8"))
