"""The project's figures by name: which table each shows, how it is drawn, what its caption says."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.study import (
    COLUMNS,
    MIN_HITS,
    MIN_PARAGRAPHS,
    Frame,
    Study,
    summary_evidence,
    summary_frames,
    summary_table,
    without_interval,
)
from helpers.writing import output_folder, write_atomically

from . import canvas
from .approaches import instrument_matrix, stage_theme, supervision_chain
from .canvas import Chart
from .export import save_figure
from .outcomes import outcome_chain, outcome_values
from .overviews import summary, synthesis_table
from .style import Style
from .themes import keyness_lollipop, theme_rates
from .words import coword_network, word_cloud

LANGUAGES = ("zh", "en")
_BASE_EN = "Base: {n} {briefings}, {chars} characters of body text."
_BASE_ZH = "基数：{n}篇文本，正文{chars}字。"


@dataclass(frozen=True)
class Figure:
    """One figure of the project.

    Attributes
    ----------
    notebook : str
        Where it is discussed.
    draw : callable
        (study, page=, lang=, width=) → Chart.
    zh, en : str
        Caption without the base, which is added.
    evidence : callable
        Study → rows `doc, start, end, quote` and what ties them to the marks.
    empty : (zh, en)
        Why there may be nothing to draw, said in the picture then.
    more : callable
        Study → (zh, en), what the caption adds for this corpus.
    wanted : callable
        Study → whether the figure is made at all.
    """

    notebook: str
    draw: Callable[..., Chart]
    zh: str
    en: str
    evidence: Callable[[Study], pd.DataFrame]
    empty: tuple[str, str] = ("", "")
    more: Callable[[Study], tuple[str, str]] = lambda study: ("", "")
    wanted: Callable[[Study], bool] = lambda study: True


def _human_and_rules(study: Study) -> pd.DataFrame:
    """Quotations behind the matrix: those of the rules and those of the human reading."""
    rules = study.evidence.merge(
        study.matrix[["doc", "code", "stage"]], on=["doc", "code"], validate="many_to_one"
    )
    human = study.human[study.human["start"] != ""].astype({"start": int, "end": int})
    human = human.merge(
        study.matrix[["doc", "code", "stage"]], on=["doc", "code"], validate="many_to_one"
    )
    both = pd.concat(
        [
            human[["doc", "code", "stage", "start", "end", "quote"]],
            rules[["doc", "code", "stage", "start", "end", "quote"]],
        ]
    )
    return both.drop_duplicates(["doc", "code", "start", "end"]).sort_values(
        ["doc", "start", "code"], ignore_index=True
    )


def _word_places(study: Study, words: Iterable[str]) -> pd.DataFrame:
    """The sentence of each word's first hit in each document."""
    rows = []
    words = list(dict.fromkeys(words))
    for row in study.corpus.sentences.itertuples():
        rows += [(row.doc, word, row.start, row.end) for word in words if word in row.text]
    table = pd.DataFrame(rows, columns=["doc", "feature", "start", "end"]).drop_duplicates(
        ["doc", "feature"]
    )
    quotes = [study.corpus[row.doc].quote(row.start, row.end) for row in table.itertuples()]
    return table.assign(quote=pd.Series(quotes, index=table.index, dtype="str"))


def _key_words(study: Study) -> pd.DataFrame:
    return _word_places(study, study.keyness["feature"])


def _left_out(study: Study) -> tuple[str, str]:
    """Which documents keyness leaves out because they hold no word."""
    names = [study.names[doc] for doc in study.wordless] if len(study.corpus) > 1 else []
    return (
        (
            f"没有词、未参与比较的：{'、'.join(names)}。",
            f"Left out, for want of words: {', '.join(names)}.",
        )
        if names
        else ("", "")
    )


def _network_words(study: Study) -> pd.DataFrame:
    table = _word_places(study, study.network.nodes["word"])
    return table.assign(word=table["feature"], source=table["feature"])


def _cloud_words(study: Study) -> pd.DataFrame:
    table = _word_places(study, study.cloud["word"])
    return table.assign(word=table["feature"])


def _network(study: Study, *, page: int = 1, **style: str) -> Chart:
    return coword_network(study.network.nodes, study.network.edges, **style)


def _stage_theme_places(study: Study) -> pd.DataFrame:
    """Sentences in which an instrument and a service theme stand, as the rules and the themes found
    them."""
    hits = study.hits.merge(
        study.rates.drop_duplicates("theme")[["theme", "family"]],
        on="theme",
        validate="many_to_one",
    )
    found = _human_and_rules(study).merge(
        hits[hits["family"] == "service"][["doc", "theme", "start", "end"]],
        on="doc",
        suffixes=("", "_hit"),
    )
    return found[(found["start_hit"] >= found["start"]) & (found["end_hit"] <= found["end"])][
        ["doc", "stage", "theme", "start", "end", "quote"]
    ]


def _stage_theme(study: Study, *, page: int = 1, **style: str) -> Chart:
    return stage_theme(study.stage_theme, **style)


@lru_cache(maxsize=2)
def _summary_parts(study: Study) -> tuple[pd.DataFrame, dict[str, Frame]]:
    return summary_table(study), summary_frames(study)  # once for all pages


def _summary(study: Study, **style: str) -> Chart:
    return summary(*_summary_parts(study), **style)


FIGURES: dict[str, Figure] = {
    "supervision_chain": Figure(
        "02_approaches",
        lambda study, **style: supervision_chain(study.matrix, **style),
        "监督链条：各阶段报告的监督方式数，按状态分。虚线框为该阶段未提及，不等于未开展。",
        "The supervision cycle: instruments reported at each stage, by state. A dashed box says"
        " that the briefing mentions none; it does not say that none was used.",
        _human_and_rules,
    ),
    "instrument_matrix": Figure(
        "02_approaches",
        lambda study, **style: instrument_matrix(study.matrix, **style),
        "监督方式矩阵：符号表示状态与证据强度；“未提及”单独标出。有人工编码处以人工为准，"
        "与规则不一致的格子已标出。",
        "The instrument matrix: marks show state and strength of the evidence; not mentioned has a"
        " mark of its own. The human coding wins where there is one; cells where the rules disagree"
        " are marked.",
        _human_and_rules,
    ),
    "stage_theme": Figure(
        "02_approaches",
        _stage_theme,
        "监督阶段与服务主题在同一分句中共现的次数。",
        "How often an instrument of a stage and a service theme stand in the same clause.",
        _stage_theme_places,
    ),
    "theme_rates": Figure(
        "03_themes",
        lambda study, **style: theme_rates(study.rates, **style),
        "各主题每千字次数及次数。横线为对句子重抽样的95%稳定区间，说明结果多大程度上系于个别句子，"
        "不表示对城市的把握。",
        "Hits per 1,000 characters of each theme, with counts. Lines are 95% stability intervals"
        " over resampled sentences: they say how much the text hangs on single sentences, not how"
        " sure one can be of the city.",
        lambda study: study.hits,
        more=without_interval,
    ),
    "keyness": Figure(
        "03_themes",
        lambda study, **style: keyness_lollipop(study.keyness, **style),
        "各篇相对其余各篇的特色词：对数比及95%区间（1为两倍），右侧为两边次数。不作显著性检验。",
        "Words each document uses more than all the others: log ratio with its 95% interval (1 ="
        " twice as frequent), counts of both sides at the right. Nothing is tested.",
        _key_words,
        empty=(
            f"特色词要与其他文本相比，并至少{MIN_HITS}次、见于{MIN_PARAGRAPHS}段；这里没有这样的词",
            (
                f"a word of its own takes another document to compare with and {MIN_HITS} hits in"
                f" {MIN_PARAGRAPHS} paragraphs; there is none here"
            ),
        ),
        more=_left_out,
    ),
    "coword_network": Figure(
        "03_themes",
        _network,
        "同句共现的词：点的大小为次数，线的粗细为Ochiai系数。只画至少三次的词，多篇文本时须见于两篇以上。",
        "Words that stand in the same sentences: dots by hits, lines by the Ochiai coefficient."
        " Only words with three hits or more, in two documents or more where there are several.",
        _network_words,
        empty=(
            "没有两个词在同一句中共现两次以上且各有三次",
            "no two words have three hits each and stand in the same sentence twice",
        ),
    ),
    "word_cloud": Figure(
        "03_themes",
        lambda study, **style: word_cloud(study.cloud, **style),
        "各篇用词，面积与次数成正比，各篇同一尺度；仅作插图。",
        "Words of each document, area in proportion to hits, one scale for all documents; an"
        " illustration only.",
        _cloud_words,
        empty=("没有可计数的词", "there is no word to count"),
    ),
    "outcome_chain": Figure(
        "04_outcomes",
        lambda study, **style: outcome_chain(study.chain, **style),
        "发现、交办、整改、测评的数量并列。各步骤并非层层包含，不可相除。",
        "Problems found, assigned, rectified and evaluated, as counts side by side. The steps are"
        " not nested: do not divide one by another.",
        lambda study: study.chain,
        empty=(
            "没有说到发现、交办、整改或测评的数量",
            (
                "no number of problems found, assigned or rectified, or of departments evaluated,"
                " is given"
            ),
        ),
    ),
    "restored_values": Figure(
        "04_outcomes",
        lambda study, **style: outcome_values(study.damaged, **style),
        "小数点丢失的数字：印出的数字与其含义。推得的、人工判定的各有标记，读法不唯一的画成区间。"
        "各行指标不同，不可互比，不排名次。",
        "Numbers whose decimal point was lost: what is printed and what it means. Deduced values"
        " and those a reader settled are marked, open ones are ranges. Each row is an indicator of"
        " its own: they are not compared and nothing is ranked.",
        lambda study: study.damaged,
        empty=("没有丢失小数点的数字", "no number has lost its decimal point"),
    ),
    "comparable_values": Figure(
        "04_outcomes",
        lambda study, **style: outcome_values(study.comparable_values, **style),
        "可同轴比较的数量。补回小数点的与人工判定的另有标记，读法不唯一的画成区间；不排名次。",
        "Numbers that may share an axis. Restored values and those a reader settled are marked,"
        " open ones are ranges; nothing is ranked.",
        lambda study: study.comparable_values,
        empty=(
            "没有两篇文本的数字在指标、单位、分母、类别、层级和日期上都一致，不能同轴比较",
            (
                "no two documents give a number of the same indicator, unit, denominator, kind,"
                " level and date, so none may share an axis"
            ),
        ),
    ),
    "synthesis": Figure(
        "05_synthesis",
        lambda study, **style: synthesis_table(study.synthesis, COLUMNS, **style),
        "一篇一行：报告的监督方式、主要主题、所称成效，以及数字是否如原文、可否比较。短横为未提及。",
        "One row a document: instruments reported, leading themes, results claimed, and whether"
        " numbers stand as printed and may be compared. A dash means not mentioned.",
        lambda study: study.evidence,
    ),
    "summary": Figure(
        "05_synthesis",
        _summary,
        "一页摘要：各市做了什么、讲什么、说到哪些成效。短横为未提及，不等于未做；不排名次。",
        "Summary on one page: what each city did, speaks of and claims. A dash means not mentioned,"
        " not that nothing was done; nothing is ranked.",
        lambda study: summary_evidence(study, _human_and_rules(study)),
    ),
}


def draw_figure(
    name: str, study: Study, *, lang: str = "en", width: str = "double", page: int = 1
) -> Chart:
    """Draw one figure of the project.

    Raises
    ------
    ValueError
        For a name that is not one of `FIGURES`.
    """
    if name not in FIGURES:
        raise ValueError(f"figure '{name}' is not known. Figures: {', '.join(FIGURES)}.")
    chart = FIGURES[name].draw(study, page=page, lang=lang, width=width)
    return (
        canvas.nothing(Style(lang, width), chart.drawn.columns, why=FIGURES[name].empty)
        if chart.drawn.empty
        else chart
    )


def export_figure(
    name: str, study: Study, *, lang: str = "en", width: str = "double", folder: Path | None = None
) -> tuple[Chart, list[Path]]:
    """Draw a figure, all its pages, and write each with data, captions and evidence; returns the
    first page and the files."""
    first = chart = draw_figure(name, study, lang=lang, width=width)
    figure, files = FIGURES[name], []
    documents = study.corpus.documents
    base = {
        "n": len(documents),
        "briefings": "document" if len(documents) == 1 else "documents",
        "chars": f"{documents['n_chars'].sum():,}",
    }
    evidence, more = figure.evidence(study), figure.more(study)
    for page in range(1, first.pages + 1):
        chart = first if page == 1 else draw_figure(name, study, lang=lang, width=width, page=page)
        part_zh, part_en = (
            (f"（第{page}/{first.pages}页）", f" (page {page} of {first.pages})")
            if first.pages > 1
            else ("", "")
        )
        part_zh, part_en = part_zh + more[0], part_en + (f" {more[1]}" if more[1] else "")
        files += save_figure(
            chart,
            name if page == 1 else f"{name}_{page}",
            caption_zh=figure.zh + part_zh + _BASE_ZH.format(**base),
            caption_en=f"{figure.en}{part_en} {_BASE_EN.format(**base)}",
            sources=study.corpus,
            lang=lang,
            evidence=evidence,
            notebook=figure.notebook,
            folder=folder,
        )
    return first, files


def publish(name: str, study: Study) -> Chart:
    """Export a figure in both languages at double width into the results, and return the English
    one to look at."""
    charts = {lang: export_figure(name, study, lang=lang)[0] for lang in LANGUAGES}
    write_gallery()
    return charts["en"]


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
