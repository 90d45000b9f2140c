"""Turn a corpus into a widget in which readers search and compare documents without writing code.
Call `explore` in a notebook to open this widget, which is called the explorer."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import pandas as pd
from markupsafe import Markup

from helpers.figures import FORMATS, Chart, markup, render
from helpers.study import Study, study_of
from helpers.text import Corpus, read_corpus
from helpers.writing import table_bytes

from .answers import VIEWS, Choice, answer, indicators_of, names_of, prepare
from .views import say, sections_of

# Tables with more than 2,000 rows become CSV files only when the reader asks for files.
_CSV_AT_ONCE = 2000
_FIRST_DOCUMENTS = 10  # The first ten documents are chosen when the explorer opens.
_KINDS = {"csv": "text/csv", "png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
_WIDE = {"description_width": "9.5rem"}


def explore(corpus: Corpus | None = None) -> Explorer:
    """Open the explorer, in which readers search and compare the documents of a corpus. Make this
    call the last line of a notebook cell, so that the explorer is shown below the cell.

    Parameters
    ----------
    corpus : Corpus, optional
        Default: the documents in the folder that the environment variable HELPERS_CORPUS names or,
        if this is not set, the shipped briefings.

    Returns
    -------
    Explorer
        A widget. Its methods `table(name)` and `figure()` return the tables and the figure shown.

    Raises
    ------
    ValueError
        If the corpus has no documents.

    Examples
    --------
    >>> from helpers import explore
    >>> explore()
    Explorer of 5 documents: run this notebook, or `make explore`, to use it. 运行后可用。
    """
    corpus = read_corpus() if corpus is None else corpus
    if not len(corpus):
        raise ValueError(
            "the corpus holds no documents, so there is nothing to explore. Look at corpus.problems"
            " to see why there are none."
        )
    return Explorer(study_of(corpus))


class Explorer(widgets.VBox):
    """The explorer: a widget in which readers search and compare documents. The explorer first
    computes all tables of the study, so that every choice is then answered at once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        prepare(study)
        self._make_controls()
        self.result = widgets.HTML(layout={"width": "100%"})
        self.saves, self.files = widgets.HTML(), widgets.HTML()
        super().__init__(
            [
                _row(self.view, *self._controls.values()),
                _row(self.docs, self.section),
                self.result,
                _row(self.back, self.onward),
                self.saves,
                _row(self.lang, self.prepare),
                self.files,
            ]
        )
        self._fill_sections()
        self._quiet = False
        for control in (self.view, *self._controls.values(), self.section):
            control.observe(self._changed, "value")
        self.docs.observe(self._docs_changed, "value")
        self.back.on_click(lambda _: self._turn(-1))
        self.onward.on_click(lambda _: self._turn(1))
        self.prepare.on_click(lambda _: self._prepare())
        self._changed()

    def __repr__(self) -> str:
        return say("explorer.not_running", n=len(self.study.corpus))

    def _make_controls(self) -> None:
        codebook = self.study.codebook
        names = [(name, doc) for doc, name in names_of(self.study).items()]
        themes = [(f"{row.zh} {row.en}", row.theme) for row in codebook.theme_table().itertuples()]
        codes = [(f"{row.zh} {row.en}", row.code) for row in codebook.approaches.itertuples()]
        every = (say("explorer.all", "zh en"), "")
        views = [(say(f"explorer.view_{view}", "zh en"), view) for view in VIEWS]
        self.view = _dropdown("explorer.look_at", views)
        self.theme = _dropdown("explorer.theme", [every, *themes])
        self.term = widgets.Text(
            description=say("explorer.words", "zh en"),
            placeholder=say("explorer.words_example", "zh"),
            style=_WIDE,
            continuous_update=False,
        )
        self.code = _dropdown("explorer.instrument", [every, *codes])
        self.indicator = _dropdown("explorer.indicator", [every, *indicators_of(self.study)])
        controls = (self.theme, self.term, self.code, self.indicator)
        self._controls = dict(zip(VIEWS, controls, strict=True))
        self.docs = widgets.SelectMultiple(
            description=say("explorer.cities", "zh en"),
            options=names,
            value=tuple(doc for _, doc in names[:_FIRST_DOCUMENTS]),
            rows=min(6, max(2, len(names))),
            style=_WIDE,
            layout={"width": "26rem"},
            tooltip=say("explorer.choose_several"),
        )
        self.section = _dropdown("explorer.section", [_whole_text()])
        languages = [(say("explorer.language", lang), lang) for lang in ("zh", "en")]
        self.lang = _dropdown("explorer.figure_language", languages)
        self.back = _button(f"← {say('explorer.previous', 'zh en')}")
        self.onward = _button(f"{say('explorer.next', 'zh en')} →")
        self.prepare = _button(say("explorer.prepare", "zh en"))

    # --- methods that react when the reader chooses something

    def _changed(self, _change: Any = None) -> None:
        if self._quiet:
            return
        for view, control in self._controls.items():
            control.layout.display = "" if self.view.value == view else "none"
        self._page = 1
        self._show()

    def _docs_changed(self, _change: Any) -> None:
        # Changing the list of sections calls `_changed`, too. `_quiet` keeps `_changed` from
        # computing an answer before the list of sections fits the chosen documents.
        self._quiet = True
        self._fill_sections()
        self._quiet = False
        self._changed()

    def _turn(self, by: int) -> None:
        self._page += by
        self._show()

    def _fill_sections(self) -> None:
        """Fill the list of sections with the sections of the chosen documents. If only one document
        is chosen, show the titles of its sections, too."""
        corpus, docs, before = self.study.corpus, self.docs.value, self.section.value
        sentences = corpus[docs[0]].sentences if len(docs) == 1 else ()
        titles = {s.section: s.section_title or "" for s in sentences}
        titles[0] = say("explorer.opening", "zh en")
        numbers = sections_of(corpus, docs)
        sections = [(f"{n} {titles.get(n, '')}".strip(), n) for n in numbers]
        self.section.options = [_whole_text(), *sections]
        self.section.value = before if before in numbers else None

    @property
    def choice(self) -> Choice:
        """What the reader has chosen at this moment."""
        names = ("view", "docs", "section", "theme", "code", "indicator")
        chosen = {name: getattr(self, name).value for name in names}
        # Drop each half of a surrogate pair, which is no character: neither pandas nor a page can
        # hold it.
        term = self.term.value.encode("utf8", "ignore").decode("utf8")
        return Choice(**chosen, term=term, page=self._page)

    def _show(self) -> None:
        self._answer = shown = answer(self.study, self.choice)
        self._page = min(max(1, self._page), shown.pages)
        self.result.value = _frame(shown.html)
        self.back.disabled, self.onward.disabled = self._page <= 1, self._page >= shown.pages
        self.back.layout.display = self.onward.layout.display = "" if shown.pages > 1 else "none"
        self.prepare.disabled = not shown.tables
        self.lang.disabled = shown.draw is None
        self.files.value = ""
        self.saves.value = self._csv_links() if shown.n_rows <= _CSV_AT_ONCE else ""

    # --- methods that offer tables and figures for saving

    def _csv_links(self) -> Markup:
        tables = self._answer.tables.items()
        links = [_link(table_bytes(make()), name, "csv", f"{name}.csv") for name, make in tables]
        return _links("explorer.all_rows", links) if links else Markup()

    def _prepare(self) -> None:
        """Write the tables and the figure of the answer as files, and offer the files as links."""
        self.files.value = _paragraph(say("explorer.preparing", "zh en"))
        links = Markup() if self.saves.value else self._csv_links()
        try:
            chart = self.figure()
            files = {kind: render(chart, kind) for kind in FORMATS if chart}
        except ValueError:  # raised if no packaged font has some character of the figure
            self.files.value = links + _paragraph(say("explorer.not_drawn", "zh en"))
            return
        if chart is None:
            self.files.value = links + _paragraph(say("explorer.no_figure", "zh en"))
            return
        each = [_link(files[kind], self.view.value, kind, kind.upper()) for kind in FORMATS]
        picture = markup.picture(files["png"], "image/png", chart.alt[chart.lang])
        box = Markup('<div style="max-width:60rem">{}</div>').format(picture)
        self.files.value = links + _links("explorer.figure", each) + box

    def table(self, name: str | None = None) -> pd.DataFrame:
        """Return all rows of the answer's table called `name`, or by default of the answer's first
        table."""
        makers = self._answer.tables
        if not makers or name not in (None, *makers):
            raise ValueError(
                f"this view has no table '{name}'. Its tables: {', '.join(makers) or 'none'}."
            )
        return makers[name or next(iter(makers))]()

    def figure(self) -> Chart | None:
        """Draw the figure of the answer in the chosen language. If the answer has no figure, return
        None."""
        return self._answer.draw(self.lang.value) if self._answer.draw else None


def _row(*controls: widgets.Widget) -> widgets.HBox:
    return widgets.HBox(controls, layout={"flex_flow": "row wrap"})


def _dropdown(name: str, options: list[tuple[str, Any]]) -> widgets.Dropdown:
    """Return a drop-down list whose label is the text called `name` in data/text/pages.csv."""
    layout, label = {"width": "26rem", "max_width": "100%"}, say(name, "zh en")
    return widgets.Dropdown(description=label, options=options, style=_WIDE, layout=layout)


def _button(label: str) -> widgets.Button:
    return widgets.Button(description=label, layout={"width": "auto"})


def _whole_text() -> tuple[str, None]:
    """Return the entry in the list of sections that stands for the whole text."""
    return say("explorer.whole_text", "zh en"), None


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def _links(name: str, links: list[Markup]) -> Markup:
    """Return links as a paragraph that begins with the text called `name`."""
    return Markup("<p>{}: {}</p>").format(say(name, "zh en"), Markup(" · ").join(links))


def _link(content: bytes, name: str, kind: str, label: str) -> Markup:
    return markup.data_link(content, f"explore_{name}.{kind}", _KINDS[kind], label)


def _frame(page: Markup) -> Markup:
    """Put an HTML page into a frame that runs no scripts, since a document may contain a script."""
    address = markup.data_address(page.encode(), "text/html;charset=utf-8")
    return markup.fill_template("explorer/frame.html", address=address)
