"""List the project's figures by name. For each figure the list gives the function that draws it,
the quotations behind it, and a caption. Use this module to publish a figure or to find its code."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.codebook import read_table
from helpers.escaping import show
from helpers.study import MIN_HITS, MIN_PARAGRAPHS, Study, message
from helpers.writing import in_project, output_folder, write_atomically

from . import canvas
from .approaches import instrument_matrix, sequence_and_close
from .canvas import Chart
from .export import remove_pages, save_figure
from .outcomes import outcome_chain, outcome_values
from .questions import numbers_by_question
from .routes import result_routes
from .style import LANGUAGES, Style, drawing, say
from .themes import keyness_chart, theme_rates
from .tiles import number_tiles
from .words import LEAST_BOTH, LEAST_WEIGHT, theme_network, word_cloud

_STYLES = Style().in_each_language()  # captions are written in Chinese and English

# ---- the quotations behind the figures


def instrument_quotations(study: Study) -> pd.DataFrame:
    """Return the quotations behind the matrix of instruments. Rules or the reference
    reading found these quotations."""
    columns, cell = ["doc", "code", "stage", "start", "end", "quote"], ["doc", "code"]
    stages = study.approach_matrix[[*cell, "stage"]]
    read = study.reference[study.reference["start"] != ""].astype({"start": int, "end": int})
    quotations = pd.concat(
        table.merge(stages, on=cell, validate="many_to_one")[columns]
        for table in (read, study.approach_evidence)
    )
    return quotations.drop_duplicates([*cell, "start", "end"]).sort_values(
        ["doc", "start", "code"], ignore_index=True
    )


def cycle_quotations(study: Study) -> pd.DataFrame:
    """Return the quotations behind the links of the cycle: those of the codes of each link."""
    links = study.codebook.cycle[["link", "codes"]]
    links = links.assign(code=links["codes"].str.split()).explode("code")[["link", "code"]]
    quotations = instrument_quotations(study).merge(links, on="code")
    return quotations[["doc", "link", "code", "start", "end", "quote"]]


def route_quotations(study: Study) -> pd.DataFrame:
    """Return the clauses behind the arrows of the maps of results, without items of lists."""
    routes = study.routes[study.routes["own_clause"] == 1]
    return routes[["doc", "source", "target", "start", "end", "quote"]]


def keyness_quotations(study: Study) -> pd.DataFrame:
    return _first_sentences(study, study.keyness["feature"], "feature")


def theme_network_quotations(study: Study) -> pd.DataFrame:
    """Return the sentences that speak of both themes of a line."""
    return study.theme_pairs[["source", "target", "doc", "start", "end", "quote"]]


def word_cloud_quotations(study: Study) -> pd.DataFrame:
    return _first_sentences(study, study.cloud_words["word"], "feature", "word")


def _first_sentences(study: Study, words: Iterable[str], *columns: str) -> pd.DataFrame:
    """Return, for each word and document, the first sentence that contains the word. All of
    `columns` hold the word, because the tables of the charts name this column differently."""
    words, first = list(dict.fromkeys(words)), {}
    for row in study.corpus.sentences.itertuples():
        for word in words:
            if word in row.text:
                first.setdefault((row.doc, word), (row.start, row.end))
    rows = [
        (doc, *[word] * len(columns), start, end, study.corpus[doc].quote(start, end))
        for (doc, word), (start, end) in first.items()
    ]
    return pd.DataFrame(rows, columns=["doc", *columns, "start", "end", "quote"])


def keyness_left_out(study: Study) -> tuple[str, str]:
    """Say in Chinese and English which documents the keyness chart leaves out because they contain
    no words to compare."""
    names = [study.document_names[doc] for doc in study.wordless] if len(study.corpus) > 1 else []
    if not names:
        return "", ""
    zh, en = (each.say("keyness.left_out", names=each.commas(names)) for each in _STYLES)
    return zh, en


# ---- the figures by name


@dataclass(frozen=True)
class Figure:
    """One figure of the project. Its caption is in data/text/figures.csv."""

    notebook: str  # the notebook that discusses the figure
    chart: Callable[..., Chart]
    tables: str  # the properties of `Study` that hold the data to draw, separated by spaces
    # This function returns a table of quotations with the columns `doc, start, end, quote`. Further
    # columns, such as `code` or `theme`, tell to which dot or bar each quotation belongs.
    quotations: Callable[[Study], pd.DataFrame]
    # This function returns a remark on the corpus in Chinese and English, to add to the caption.
    addition: Callable[[Study], tuple[str, str]] | None = None

    def draw(self, study: Study, **options: Any) -> Chart:
        """Draw the figure from the tables of a study. The options `page`, `lang` and `width` are
        passed on to the chart function."""
        tables = (attrgetter(name)(study) for name in self.tables.split())
        return self.chart(*tables, codebook=study.codebook, **options)


# attrgetter("theme_hits") is a function that returns the table `study.theme_hits` of a study.
FIGURES: dict[str, Figure] = {
    "sequence_and_close": Figure(
        "02_approaches", sequence_and_close, "supervision_cycle", cycle_quotations
    ),
    "result_routes": Figure("02_approaches", result_routes, "routes", route_quotations),
    "instrument_matrix": Figure(
        "02_approaches", instrument_matrix, "approach_matrix", instrument_quotations
    ),
    "theme_rates": Figure("03_themes", theme_rates, "theme_rates", attrgetter("theme_hits")),
    "keyness": Figure("03_themes", keyness_chart, "keyness", keyness_quotations, keyness_left_out),
    "theme_network": Figure(
        "03_themes",
        theme_network,
        "theme_network.nodes theme_network.edges",
        theme_network_quotations,
    ),
    "word_cloud": Figure("03_themes", word_cloud, "cloud_words", word_cloud_quotations),
    "number_tiles": Figure("04_outcomes", number_tiles, "outcomes", attrgetter("outcomes")),
    "outcome_chain": Figure(
        "04_outcomes", outcome_chain, "outcome_steps", attrgetter("outcome_steps")
    ),
    "restored_values": Figure(
        "04_outcomes", outcome_values, "naive_values", attrgetter("naive_values")
    ),
    "comparable_values": Figure(
        "04_outcomes", numbers_by_question, "comparable_values", attrgetter("comparable_values")
    ),
}


# ---- drawing, exporting, publishing


def show_chart(chart: Callable[..., Chart], *tables: pd.DataFrame, **options: Any) -> None:
    """Show a chart in a notebook, in Chinese and in English.

    Parameters
    ----------
    chart : function
        A chart function, such as `instrument_matrix`.
    *tables : DataFrame
        The tables that the function draws.
    **options
        The options of the function, such as ``docs``, ``rows``, ``colour`` and ``page``. With
        ``lang``, only the chart in this language is shown.

    Examples
    --------
    Outside a notebook, only the size of the chart is printed:

    >>> from helpers import instrument_matrix, read_corpus, show_chart, study_of
    >>> cells = study_of(read_corpus()).approach_matrix
    >>> show_chart(instrument_matrix, cells, rows=["survey"], lang="en")
    Figure(700.787x144.65)
    """
    names = [name for name, figure in FIGURES.items() if figure.chart is chart]
    for lang in [options.pop("lang")] if "lang" in options else LANGUAGES:
        drawn = chart(*tables, lang=lang, **options)
        if drawn.drawn.empty and names:
            drawn = draw_nothing(names[0], drawn.drawn.columns, lang=lang)
        show(drawn)


def publish(name: str, study: Study) -> Chart | None:
    """Save a figure in Chinese and English, two columns wide, in the folder of results. Return the
    English figure to look at. In the project's own repository the PNG is smaller, so that the
    repository stays small. If there is nothing to draw, save nothing and show a sentence that says
    why. Pages that an earlier run left and that this run does not have are deleted.

    Examples
    --------
    >>> from helpers import publish, read_corpus, study_of
    >>> chart = publish("outcome_chain", study_of(read_corpus()))
    >>> chart.lang
    'en'
    """
    print_png = not in_project()
    for lang in LANGUAGES:
        chart = draw_figure(name, study, lang=lang)
        if chart.drawn.empty:
            for each in LANGUAGES:
                remove_pages(name, output_folder() / "figures" / each)
            return show(f"{chart.alt['en']} {chart.alt['zh']}")
        export_figure(name, study, lang=lang, print_png=print_png, first=chart)
    write_gallery()
    return chart


def export_figure(
    name: str,
    study: Study,
    *,
    lang: str = "en",
    width: str = "double",
    folder: Path | None = None,
    print_png: bool = True,
    first: Chart | None = None,
) -> tuple[Chart, list[Path]]:
    """Draw all pages of a figure, and save each page with its data, its captions and the quotations
    behind it. Delete further pages that an earlier run left. Return the chart of the first page and
    the paths of all files. If the first page was drawn before, it can be passed on as `first`."""
    first, files = first or draw_figure(name, study, lang=lang, width=width), []
    figure = FIGURES[name]
    quotations = figure.quotations(study)
    for page in range(1, first.pages + 1):
        chart = first if page == 1 else draw_figure(name, study, lang=lang, width=width, page=page)
        caption = _caption(name, study, page, first.pages)
        files += save_figure(
            chart,
            name if page == 1 else f"{name}_{page}",
            caption_zh=caption["zh"],
            caption_en=caption["en"],
            sources=study.corpus,
            lang=lang,
            evidence=quotations,
            notebook=figure.notebook,
            folder=folder,
            print_png=print_png,
        )
    remove_pages(name, files[0].parent, kept=first.pages)
    return first, files


def draw_figure(
    name: str, study: Study, *, lang: str = "en", width: str = "double", page: int = 1
) -> Chart:
    """Draw one figure of the project. Without data, draw a figure that says why it is empty."""
    if name not in FIGURES:
        raise ValueError(f"figure '{name}' is not known. Figures: {', '.join(FIGURES)}.")
    chart = FIGURES[name].draw(study, lang=lang, width=width, page=page)
    if not chart.drawn.empty:
        return chart
    return draw_nothing(name, chart.drawn.columns, lang=lang, width=width)


def draw_nothing(
    name: str, columns: Iterable[str], *, lang: str, width: str | None = None
) -> Chart:
    """Return a small picture that says why the figure `name` is empty."""
    text = wording(name)
    with drawing(lang, width) as style:
        return canvas.empty_chart(style, columns, why=(text["empty_zh"], text["empty_en"]))


def wording(name: str) -> dict[str, str]:
    """Read the texts of a figure from data/text/figures.csv. `zh` and `en` hold the caption, to
    which `_caption` adds the size of the corpus. `empty_zh` and `empty_en` say why there may be
    nothing to draw."""
    row = read_table("text/figures").set_index("name").loc[name]
    limits = {"hits": MIN_HITS, "paragraphs": MIN_PARAGRAPHS}
    limits |= {"weight": LEAST_WEIGHT, "both": LEAST_BOTH}
    return {column: text.format(**limits) for column, text in row.items()}


def _caption(name: str, study: Study, page: int, pages: int) -> dict[str, str]:
    """Write the caption of a page in both languages: what the figure shows of the shipped texts,
    what is drawn, which page it is, a remark on this corpus if there is one, and the number and
    length of the documents."""
    text, add, says = wording(name), FIGURES[name].addition, message(study, name)
    additions = add(study) if add else ("", "")
    # The table `corpus.documents` also has the lengths, but making this table is slow, because
    # every number in the corpus must be read first.
    n, chars = len(study.corpus), sum(document.n_chars for document in study.corpus)
    caption = {}
    for each, addition in zip(_STYLES, additions, strict=True):
        part = each.say("caption.page", page=page, pages=pages) if pages > 1 else ""
        base = each.say("caption.base", n=n, chars=f"{chars:,}")
        caption[each.lang] = each.run_on(says.get(each.lang), text[each.lang], part, addition, base)
    return caption


def write_gallery(folder: str | os.PathLike | None = None) -> Path:
    """Write a ``README.md`` that shows the exported figures, sorted by name, each with its
    captions, alternative texts, data and notebook. The texts come from the ``.json`` files that
    were saved with the figures.

    `folder` must have the subfolders ``zh`` and ``en``. By default it is the folder ``figures`` in
    the folder of results.
    """
    root = Path(folder or output_folder() / "figures")
    records = [
        json.loads(file.read_text(encoding="utf-8"))
        for lang in LANGUAGES
        for file in sorted((root / lang).glob("*.json"))
    ]
    parts = [
        f"# {say('gallery.title', 'en')} · {say('gallery.title', 'zh')}",
        f"{say('gallery.made', 'en')}\n{say('gallery.made', 'zh')}",
    ]
    for name in sorted({record["name"] for record in records}):
        parts += _gallery_entry([record for record in records if record["name"] == name])
    path = root / "README.md"
    write_atomically(path, ("\n\n".join(parts) + "\n").encode())
    return path


def _gallery_entry(records: list[dict[str, Any]]) -> list[str]:
    """Return the paragraphs about one figure in the gallery: the pictures, then the captions, the
    alternative texts and the links."""
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
        f"{say('gallery.sources', 'en')} · {say('gallery.sources', 'zh')}: {sources}",
    ]


def _flat(text: str) -> str:
    """Return a text as one line of Markdown: without line breaks, and with a backslash before each
    character that has a meaning in Markdown or HTML."""
    return re.sub(r"([\[\]<>*_`|])", r"\\\1", " ".join(text.split()))
