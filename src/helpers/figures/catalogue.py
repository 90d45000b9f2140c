"""The project's figures by name: which table each shows, how it is drawn, what its caption says."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.codebook import read_table
from helpers.study import (
    MIN_HITS,
    MIN_PARAGRAPHS,
    Study,
    SummaryText,
    summary_evidence,
    summary_table,
    summary_texts,
    synthesis_heads,
    without_interval,
)
from helpers.writing import in_project, output_folder, write_atomically

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


@dataclass(frozen=True)
class Figure:
    """One figure of the project; its caption stands in data/text/figures.csv.

    Attributes
    ----------
    notebook : str
        Where it is discussed.
    table : callable
        Study → what is drawn.
    chart : callable
        (table, lang=, width=) → Chart; with page=, too, where it may have several pages.
    evidence : callable, optional
        Study → rows `doc, start, end, quote` and what ties them to the marks; default: the table.
    more : callable, optional
        Study → (zh, en), what the caption adds for this corpus.
    """

    notebook: str
    table: Callable[[Study], Any]
    chart: Callable[..., Chart]
    evidence: Callable[[Study], pd.DataFrame] | None = None
    more: Callable[[Study], tuple[str, str]] | None = None


def publish(name: str, study: Study) -> Chart:
    """Export a figure in both languages at double width into the results, and return the English
    one to look at. In the project itself, whose repository keeps them, its PNG is one for the
    screen.

    Examples
    --------
    >>> from helpers import publish, read_corpus, study_of
    >>> chart = publish("outcome_chain", study_of(read_corpus()))
    >>> chart.lang
    'en'
    """
    print_png = not in_project()
    charts = {
        lang: export_figure(name, study, lang=lang, print_png=print_png)[0] for lang in LANGUAGES
    }
    write_gallery()
    return charts["en"]


def export_figure(
    name: str,
    study: Study,
    *,
    lang: str = "en",
    width: str = "double",
    folder: Path | None = None,
    print_png: bool = True,
) -> tuple[Chart, list[Path]]:
    """Draw a figure, all its pages, and write each with data, captions and evidence; returns the
    first page and the files."""
    first, files = draw_figure(name, study, lang=lang, width=width), []
    figure, says, documents = FIGURES[name], wording(name), study.corpus.documents
    n, chars = len(documents), f"{documents['n_chars'].sum():,}"
    base_zh = f"基数：{n}篇文本，正文{chars}字。"
    briefings = "document" if n == 1 else "documents"
    base_en = f"Base: {n} {briefings}, {chars} characters of body text."
    evidence = (figure.evidence or figure.table)(study)
    more_zh, more_en = figure.more(study) if figure.more else ("", "")
    for page in range(1, first.pages + 1):
        chart = first if page == 1 else draw_figure(name, study, lang=lang, width=width, page=page)
        part_zh, part_en = "", ""
        if first.pages > 1:
            part_zh, part_en = f"（第{page}/{first.pages}页）", f" (page {page} of {first.pages})"
        files += save_figure(
            chart,
            name if page == 1 else f"{name}_{page}",
            caption_zh=says["zh"] + part_zh + more_zh + base_zh,
            caption_en=" ".join(filter(None, (says["en"] + part_en, more_en, base_en))),
            sources=study.corpus,
            lang=lang,
            evidence=evidence,
            notebook=figure.notebook,
            folder=folder,
            print_png=print_png,
        )
    return first, files


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
    figure, which = FIGURES[name], {"page": page} if page > 1 else {}
    chart = figure.chart(figure.table(study), lang=lang, width=width, **which)
    if not chart.drawn.empty:
        return chart
    says = wording(name)
    why = says["empty_zh"], says["empty_en"]
    return canvas.empty_chart(Style(lang, width), chart.drawn.columns, why=why)


def wording(name: str) -> dict[str, str]:
    """What data/text/figures.csv says of a figure: `zh, en`, its caption without the base, and
    `empty_zh, empty_en`, why there may be nothing to draw."""
    says = read_table("text/figures").set_index("name").loc[name]
    limits = {"hits": MIN_HITS, "paragraphs": MIN_PARAGRAPHS}
    return {column: text.format(**limits) for column, text in says.items()}


@lru_cache(maxsize=2)  # once for all pages
def _summary_parts(study: Study) -> tuple[pd.DataFrame, dict[str, SummaryText]]:
    return summary_table(study), summary_texts(study)


def _summary_chart(parts: tuple[pd.DataFrame, dict[str, SummaryText]], **options: Any) -> Chart:
    return summary(*parts, **options)


def _synthesis_chart(table: pd.DataFrame, **options: Any) -> Chart:
    return synthesis_table(table, synthesis_heads(), **options)


def _network_chart(network: Any, **options: Any) -> Chart:
    return coword_network(network.nodes, network.edges, **options)


def _human_and_rules(study: Study) -> pd.DataFrame:
    """Quotations behind the matrix: those of the rules and those of the human reading."""
    columns, cell = ["doc", "code", "stage", "start", "end", "quote"], ["doc", "code"]
    stages = study.approach_matrix[[*cell, "stage"]]
    human = study.human[study.human["start"] != ""].astype({"start": int, "end": int})
    both = pd.concat(
        quotes.merge(stages, on=cell, validate="many_to_one")[columns]
        for quotes in (human, study.approach_evidence)
    )
    return both.drop_duplicates([*cell, "start", "end"]).sort_values(
        ["doc", "start", "code"], ignore_index=True
    )


def _summary_places(study: Study) -> pd.DataFrame:
    return summary_evidence(study, _human_and_rules(study))


def _stage_theme_places(study: Study) -> pd.DataFrame:
    """Sentences in which an instrument and a service theme stand, as the rules and the themes found
    them."""
    services = study.theme_rates.loc[study.theme_rates["family"] == "service", "theme"]
    hits = study.theme_hits.loc[
        study.theme_hits["theme"].isin(services), ["doc", "theme", "start", "end"]
    ]
    found = _human_and_rules(study).merge(hits, on="doc", suffixes=("", "_hit"))
    inside = (found["start_hit"] >= found["start"]) & (found["end_hit"] <= found["end"])
    return found.loc[inside, ["doc", "stage", "theme", "start", "end", "quote"]]


def _word_places(study: Study, words: Iterable[str], *also: str) -> pd.DataFrame:
    """The sentence of each word's first hit in each document; the word is the `feature`, and stands
    in the columns of `also`."""
    words, first = list(dict.fromkeys(words)), {}
    for row in study.corpus.sentences.itertuples():
        for word in words:
            if word in row.text:
                first.setdefault((row.doc, word), (row.start, row.end))
    places = pd.DataFrame(
        [(*key, *span, study.corpus[key[0]].quote(*span)) for key, span in first.items()],
        columns=["doc", "feature", "start", "end", "quote"],
    )
    return places.assign(**{column: places["feature"] for column in also})


def _key_words(study: Study) -> pd.DataFrame:
    return _word_places(study, study.keyness["feature"])


def _network_words(study: Study) -> pd.DataFrame:
    return _word_places(study, study.coword_network.nodes["word"], "word", "source")


def _cloud_words(study: Study) -> pd.DataFrame:
    return _word_places(study, study.cloud_words["word"], "word")


def _left_out(study: Study) -> tuple[str, str]:
    """Which documents keyness leaves out because they hold no word."""
    names = [study.document_names[doc] for doc in study.wordless] if len(study.corpus) > 1 else []
    if not names:
        return "", ""
    return (
        f"没有词、未参与比较的：{'、'.join(names)}。",
        f"Left out, for want of words: {', '.join(names)}.",
    )


# attrgetter("approach_matrix") gives the table `study.approach_matrix`
FIGURES: dict[str, Figure] = {
    "supervision_chain": Figure(
        "02_approaches", attrgetter("approach_matrix"), supervision_chain, _human_and_rules
    ),
    "instrument_matrix": Figure(
        "02_approaches", attrgetter("approach_matrix"), instrument_matrix, _human_and_rules
    ),
    "stage_theme": Figure(
        "02_approaches", attrgetter("stage_theme_counts"), stage_theme, _stage_theme_places
    ),
    "theme_rates": Figure(
        "03_themes",
        attrgetter("theme_rates"),
        theme_rates,
        attrgetter("theme_hits"),
        without_interval,
    ),
    "keyness": Figure("03_themes", attrgetter("keyness"), keyness_lollipop, _key_words, _left_out),
    "coword_network": Figure(
        "03_themes", attrgetter("coword_network"), _network_chart, _network_words
    ),
    "word_cloud": Figure("03_themes", attrgetter("cloud_words"), word_cloud, _cloud_words),
    "outcome_chain": Figure("04_outcomes", attrgetter("outcome_steps"), outcome_chain),
    "restored_values": Figure("04_outcomes", attrgetter("damaged"), outcome_values),
    "comparable_values": Figure("04_outcomes", attrgetter("comparable_values"), outcome_values),
    "synthesis": Figure(
        "05_synthesis",
        attrgetter("synthesis_table"),
        _synthesis_chart,
        attrgetter("approach_evidence"),
    ),
    "summary": Figure("05_synthesis", _summary_parts, _summary_chart, _summary_places),
}


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
        for lang in LANGUAGES
        for file in sorted((root / lang).glob("*.json"))
    ]
    parts = [_GALLERY_HEAD]
    for name in sorted({record["name"] for record in records}):
        parts += _gallery_entry([record for record in records if record["name"] == name])
    path = root / "README.md"
    write_atomically(path, ("\n\n".join(parts) + "\n").encode())
    return path


_GALLERY_HEAD = """# Figures · 图集

Made from the `.json` file beside each figure. The `.csv` holds exactly the data drawn.
本页由各图旁的 `.json` 文件生成，`.csv` 为图中所绘数据。"""


def _gallery_entry(records: list[dict[str, Any]]) -> list[str]:
    """Return the paragraphs of one figure: its pictures, then captions, alternative texts and
    links."""
    first, pictures, links = records[0], [], []
    for record in records:
        file = f"{record['lang']}/{record['name']}"
        kinds = ", ".join(f"[{kind}]({file}.{kind})" for kind in ("svg", "pdf", "csv", "json"))
        pictures.append(f"![{_flat(record['alt'][record['lang']])}]({file}.png)")
        links.append(f"{record['lang']}: {kinds}")
    if first.get("notebook"):
        links.append(f"[notebook](../notebooks/{first['notebook']}.ipynb)")
    sources = ", ".join(f"`{s['file']}` ({s['sha256'][:12]})" for s in first["sources"])
    texts = [
        f"**{_flat(first['caption'][lang])}** {_flat(first['alt'][lang])}" for lang in LANGUAGES
    ]
    return [
        f"## {first['name']}",
        *pictures,
        *texts,
        " · ".join(links),
        f"Sources · 来源: {sources}",
    ]


def _flat(text: str) -> str:
    """Return a text fit for one line of Markdown: no line break, no bracket that would end a link,
    no raw HTML."""
    return re.sub(r"([\[\]<>*_`|])", r"\\\1", " ".join(text.split()))
