"""A corpus → a page to search and compare in, without code."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets
import pandas as pd

from helpers.figures import FORMATS, Chart, markup, render
from helpers.study import Study, study_of
from helpers.text import Corpus, read_corpus
from helpers.writing import table_bytes

from .answers import VIEWS, Choice, answer, indicators_of, names_of, prepare
from .views import sections_of

_VIEW_LABELS = ("主题 Themes", "检索 Search", "监督方式 Instruments", "数量 Outcomes")
_CSV_AT_ONCE = 2000  # rows; a longer table is written when it is asked for
_FIRST_DOCUMENTS = 10  # chosen at the start
_KINDS = {"csv": "text/csv", "png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
_EVERY, _WHOLE = ("全部 All", ""), ("全文 Whole text", None)
_WIDE = {"description_width": "9.5rem"}


def explore(corpus: Corpus | None = None) -> Explorer:
    """Open the explorer on a corpus; make it the last line of a notebook cell.

    Parameters
    ----------
    corpus : Corpus, optional
        Default: the documents named by HELPERS_CORPUS, else the shipped briefings.

    Returns
    -------
    Explorer
        A widget; `.table(name)` and `.figure()` give what it shows to Python.

    Raises
    ------
    ValueError
        For a corpus without documents.

    Examples
    --------
    >>> from helpers import explore
    >>> explore()
    Explorer of 5 documents: run this notebook, or `make explore`, to use it. 运行后可用。
    """
    corpus = read_corpus() if corpus is None else corpus
    if not len(corpus):
        raise ValueError(
            "the corpus holds no document: nothing can be explored. Look at corpus.problems for the"
            " reasons."
        )
    return Explorer(study_of(corpus))


class Explorer(widgets.VBox):
    """The explorer as a widget.

    Parameters
    ----------
    study : Study
        Its tables are computed before anything is shown, so that each choice is answered at once.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        prepare(study)
        self._make_controls()
        self.result = widgets.HTML(layout={"width": "100%"})
        self.saves = widgets.HTML()
        self.files = widgets.HTML()
        super().__init__(
            [
                _row(self.view, *self._own.values()),
                _row(self.docs, self.section),
                self.result,
                _row(self.back, self.onward),
                self.saves,
                _row(self.lang, self.prepare),
                self.files,
            ]
        )
        self._fill_sections()
        self._watch()
        self._changed()

    def __repr__(self) -> str:
        return (
            f"Explorer of {len(self.study.corpus)} documents: run this notebook, or `make explore`,"
            " to use it. 运行后可用。"
        )

    def _make_controls(self) -> None:
        codebook = self.study.codebook
        names = [(name, doc) for doc, name in names_of(self.study).items()]
        themes = [(f"{row.zh} {row.en}", row.theme) for row in codebook.theme_table().itertuples()]
        codes = [(f"{row.zh} {row.en}", row.code) for row in codebook.approaches.itertuples()]
        self.view = _dropdown("看什么 Look at", list(zip(_VIEW_LABELS, VIEWS, strict=True)))
        self.theme = _dropdown("主题 Theme", [_EVERY, *themes])
        self.term = widgets.Text(
            description="词语 Words",
            placeholder="助餐 老年*服务",
            style=_WIDE,
            continuous_update=False,
        )
        self.code = _dropdown("监督方式 Instrument", [_EVERY, *codes])
        self.indicator = _dropdown("指标 Indicator", [_EVERY, *indicators_of(self.study)])
        own = (self.theme, self.term, self.code, self.indicator)
        self._own = dict(zip(VIEWS, own, strict=True))
        self.docs = widgets.SelectMultiple(
            description="城市 Cities",
            options=names,
            value=tuple(doc for _, doc in names[:_FIRST_DOCUMENTS]),
            rows=min(6, max(2, len(names))),
            style=_WIDE,
            layout={"width": "26rem"},
            tooltip="Ctrl or Shift for several. 按 Ctrl 或 Shift 可多选。",
        )
        self.section = _dropdown("章节 Section", [_WHOLE])
        self.lang = _dropdown("图的语言 Figure in", [("中文", "zh"), ("English", "en")])
        self.back, self.onward, self.prepare = (
            widgets.Button(description=words, layout={"width": "auto"})
            for words in ("← 上一页 Previous", "下一页 Next →", "准备下载 Prepare files")
        )

    # --- what happens when something is chosen

    def _watch(self) -> None:
        self._quiet = False
        for control in (self.view, *self._own.values(), self.section):
            control.observe(self._changed, "value")
        self.docs.observe(self._docs_changed, "value")
        self.back.on_click(lambda _: self._turn(-1))
        self.onward.on_click(lambda _: self._turn(1))
        self.prepare.on_click(lambda _: self._prepare())

    def _changed(self, _change: Any = None) -> None:
        if self._quiet:
            return
        for view, control in self._own.items():
            control.layout.display = "" if self.view.value == view else "none"
        self._page = 1
        self._show()

    def _docs_changed(self, _change: Any) -> None:
        self._quiet = True
        self._fill_sections()
        self._quiet = False
        self._changed()

    def _turn(self, by: int) -> None:
        self._page += by
        self._show()

    def _fill_sections(self) -> None:
        """Offer the sections of the documents chosen; of one alone with their titles."""
        corpus, docs, before = self.study.corpus, self.docs.value, self.section.value
        sentences = corpus[docs[0]].sentences if len(docs) == 1 else ()
        titles = {s.section: s.section_title or "" for s in sentences}
        numbers = sections_of(corpus, docs)
        self.section.options = [
            _WHOLE,
            *((f"{n} {titles.get(n, '')}".strip() if n else "0 开头 Opening", n) for n in numbers),
        ]
        self.section.value = before if before in numbers else None

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        names = ("view", "docs", "section", "theme", "term", "code", "indicator")
        return Choice(**{name: getattr(self, name).value for name in names}, page=self._page)

    def _show(self) -> None:
        self._answer = found = answer(self.study, self.choice)
        self._page = min(max(1, self._page), found.pages)
        self.result.value = _frame(found.html)
        self.back.disabled, self.onward.disabled = self._page <= 1, self._page >= found.pages
        self.back.layout.display = self.onward.layout.display = "" if found.pages > 1 else "none"
        self.prepare.disabled = not found.tables
        self.lang.disabled = found.draw is None
        self.files.value = ""
        self.saves.value = self._csv_links() if found.n_rows <= _CSV_AT_ONCE else ""

    # --- what can be taken away

    def _csv_links(self) -> str:
        tables = {name: table_bytes(make()) for name, make in self._answer.tables.items()}
        links = [_link(content, name, "csv", f"{name}.csv") for name, content in tables.items()]
        return f"<p>全部行 All rows: {' · '.join(links)}</p>" if links else ""

    def _prepare(self) -> None:
        """Write the tables, and the figure of what is shown, into links."""
        self.files.value = "<p>正在准备 Preparing …</p>"
        links = "" if self.saves.value else self._csv_links()
        chart = self.figure()
        drawn = "<p>这一视图没有图。 This view has no figure.</p>"
        if chart is not None:
            files = {kind: render(chart, kind) for kind in FORMATS}
            each = [_link(files[kind], self.view.value, kind, kind.upper()) for kind in FORMATS]
            picture = markup.picture(files["png"], "image/png", chart.alt[chart.lang])
            drawn = (
                f'<p>图 Figure: {" · ".join(each)}</p><div style="max-width:60rem">{picture}</div>'
            )
        self.files.value = links + drawn

    def table(self, name: str | None = None) -> pd.DataFrame:
        """Return a table behind what is shown, with all its rows; the first one if no name is
        given."""
        makers = self._answer.tables
        if not makers or name not in (None, *makers):
            raise ValueError(
                f"table '{name}' is not there. Tables of this view: {', '.join(makers) or 'none'}."
            )
        return makers[name or next(iter(makers))]()

    def figure(self) -> Chart | None:
        """Draw what is shown, in the language chosen; None for a view without a figure."""
        return self._answer.draw(self.lang.value) if self._answer.draw else None


def _row(*controls: widgets.Widget) -> widgets.HBox:
    return widgets.HBox(controls, layout={"flex_flow": "row wrap"})


def _dropdown(label: str, options: list[tuple[str, Any]]) -> widgets.Dropdown:
    layout = {"width": "26rem", "max_width": "100%"}
    return widgets.Dropdown(description=label, options=options, style=_WIDE, layout=layout)


def _link(content: bytes, name: str, kind: str, label: str) -> str:
    return markup.data_link(content, f"explore_{name}.{kind}", _KINDS[kind], label)


def _frame(page: str) -> str:
    """Put a page into a frame that runs nothing: whatever a document holds, it stays text."""
    address = markup.data_address(page.encode(), "text/html;charset=utf-8")
    style = (
        "box-sizing:border-box;width:100%;height:78vh;min-height:24rem;border:1px solid"
        " #8a93a0;background:#fff"
    )
    return f'<iframe title="结果 Results" sandbox="" src="{address}" style="{style}"></iframe>'
