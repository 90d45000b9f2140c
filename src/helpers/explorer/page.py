"""A corpus → a page to search and compare in, without code."""

from __future__ import annotations

import base64
from typing import Any

import ipywidgets as widgets
import pandas as pd

from helpers.figures import FORMATS, Chart, markup, render
from helpers.study import Study, study_of
from helpers.text import Corpus, read_corpus
from helpers.writing import table_bytes

from .answers import VIEWS, Answer, Choice, answer, indicators_of, names_of, prepare
from .views import sections_of

_VIEW_LABELS = ("主题 Themes", "检索 Search", "监督方式 Instruments", "数量 Outcomes")
_CSV_AT_ONCE = 2000  # rows; a longer table is written when it is asked for
_FIRST_DOCUMENTS = 10  # chosen at the start
_KINDS = {"csv": "text/csv", "png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
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
        self._answer: Answer | None = None
        self._quiet = False
        super().__init__(
            [
                widgets.HBox(
                    [self.view, self.theme, self.term, self.code, self.indicator],
                    layout={"flex_flow": "row wrap"},
                ),
                widgets.HBox([self.docs, self.section], layout={"flex_flow": "row wrap"}),
                self.result,
                widgets.HBox([self.back, self.onward], layout={"flex_flow": "row wrap"}),
                self.saves,
                widgets.HBox([self.lang, self.prepare], layout={"flex_flow": "row wrap"}),
                self.files,
            ]
        )
        self._watch()
        self._show()

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
        every = "全部 All"
        self.view = _dropdown("看什么 Look at", list(zip(_VIEW_LABELS, VIEWS, strict=True)))
        self.theme = _dropdown("主题 Theme", [(every, ""), *themes])
        self.term = widgets.Text(
            description="词语 Words",
            placeholder="助餐 老年*服务",
            style=_WIDE,
            continuous_update=False,
        )
        self.code = _dropdown("监督方式 Instrument", [(every, ""), *codes])
        self.indicator = _dropdown("指标 Indicator", [(every, ""), *indicators_of(self.study)])
        chosen = tuple(doc for _, doc in names[:_FIRST_DOCUMENTS])
        self.docs = widgets.SelectMultiple(
            description="城市 Cities",
            options=names,
            value=chosen,
            rows=min(6, max(2, len(names))),
            style=_WIDE,
            layout={"width": "26rem"},
            tooltip="Ctrl or Shift for several. 按 Ctrl 或 Shift 可多选。",
        )
        self.section = _dropdown("章节 Section", [("全文 Whole text", None)])
        self.lang = _dropdown("图的语言 Figure in", [("中文", "zh"), ("English", "en")])
        self.back = widgets.Button(description="← 上一页 Previous", layout={"width": "auto"})
        self.onward = widgets.Button(description="下一页 Next →", layout={"width": "auto"})
        self.prepare = widgets.Button(
            description="准备下载 Prepare files", layout={"width": "auto"}
        )

    def _watch(self) -> None:
        for control in (self.theme, self.code, self.indicator, self.section):
            control.observe(self._changed, "value")
        self.view.observe(self._view_changed, "value")
        self.docs.observe(self._docs_changed, "value")
        self.term.observe(self._changed, "value")
        self.back.on_click(lambda _: self._turn(-1))
        self.onward.on_click(lambda _: self._turn(1))
        self.prepare.on_click(lambda _: self._prepare())
        self._page = 1
        self._fill_sections()
        self._arrange()

    # --- what happens when something is chosen

    def _changed(self, _change: Any = None) -> None:
        if not self._quiet:
            self._page = 1
            self._show()

    def _view_changed(self, _change: Any) -> None:
        self._arrange()
        self._changed()

    def _docs_changed(self, _change: Any) -> None:
        self._quiet = True
        self._fill_sections()
        self._quiet = False
        self._changed()

    def _turn(self, by: int) -> None:
        self._page += by
        self._show()

    def _arrange(self) -> None:
        """Show the one control that belongs to the view."""
        for view, control in (
            ("themes", self.theme),
            ("search", self.term),
            ("instruments", self.code),
            ("outcomes", self.indicator),
        ):
            control.layout.display = "" if self.view.value == view else "none"

    def _fill_sections(self) -> None:
        """Offer the sections of the chosen documents, with their titles where there is one
        document."""
        docs, before = self.docs.value, self.section.value
        titles: dict[int, str] = {}
        if len(docs) == 1:
            titles = {
                s.section: s.section_title or "" for s in self.study.corpus[docs[0]].sentences
            }
        labels = [
            (f"{n} {titles.get(n, '')}".strip() if n else "0 开头 Opening", n)
            for n in sections_of(self.study.corpus, docs)
        ]
        self.section.options = [("全文 Whole text", None), *labels]
        self.section.value = before if before in [n for _, n in labels] else None

    @property
    def choice(self) -> Choice:
        """What is chosen now."""
        return Choice(
            view=self.view.value,
            docs=tuple(self.docs.value),
            section=self.section.value,
            theme=self.theme.value,
            term=self.term.value,
            code=self.code.value,
            indicator=self.indicator.value,
            page=self._page,
        )

    def _show(self) -> None:
        found = self._answer = answer(self.study, self.choice)
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
        links = [
            markup.data_link(
                table_bytes(make()), f"explore_{name}.csv", _KINDS["csv"], f"{name}.csv"
            )
            for name, make in self._answer.tables.items()
        ]
        return f"<p>{markup.escape('全部行 All rows')}: {' · '.join(links)}</p>" if links else ""

    def _prepare(self) -> None:
        """Write the tables, and the figure of what is shown, into links."""
        self.files.value = f"<p>{markup.escape('正在准备 Preparing …')}</p>"
        links = "" if self.saves.value else self._csv_links()
        chart = self.figure()
        drawn = "<p>这一视图没有图。 This view has no figure.</p>"
        if chart is not None:
            files = {kind: render(chart, kind) for kind in FORMATS}
            each = [
                markup.data_link(
                    content, f"explore_{self.view.value}.{kind}", _KINDS[kind], kind.upper()
                )
                for kind, content in files.items()
            ]
            alt = chart.alt[chart.lang]
            drawn = (
                f"<p>{markup.escape('图 Figure')}: {' · '.join(each)}</p><div"
                f' style="max-width:60rem">{markup.picture(files["png"], "image/png", alt)}</div>'
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


def _dropdown(label: str, options: list[tuple[str, Any]]) -> widgets.Dropdown:
    return widgets.Dropdown(
        description=label,
        options=options,
        style=_WIDE,
        layout={"width": "26rem", "max_width": "100%"},
    )


def _frame(page: str) -> str:
    """Put a page into a frame that runs nothing: whatever a document holds, it stays text."""
    address = f"data:text/html;charset=utf-8;base64,{base64.b64encode(page.encode()).decode()}"
    style = (
        "box-sizing:border-box;width:100%;height:78vh;min-height:24rem;border:1px solid"
        " #8a93a0;background:#fff"
    )
    return f'<iframe title="结果 Results" sandbox="" src="{address}" style="{style}"></iframe>'
