"""Run the code cells of the notebooks in this process, on any corpus, and collect all that a reader
would see."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pandas as pd

import helpers
from helpers import use_style
from helpers.figures.canvas import Chart
from helpers.text.corpus import Corpus

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ("00_index", "01_corpus", "02_approaches", "03_themes", "04_outcomes", "05_synthesis")
# what Python writes where a value is missing; the word "None" may begin an English sentence
MISSING = re.compile(r"(?<![\w.])(?:nan|NaN|NaT|<NA>|None(?! of\b))(?!\w)")


def cells_of(name: str) -> list[str]:
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def run_notebook(name: str, corpus: Corpus, monkeypatch) -> list[object]:
    """Run all code cells of a notebook, and return what they would show: the results of the cells
    and all that was passed to `display`."""
    import matplotlib.pyplot as plt

    shown: list[object] = []
    monkeypatch.setattr("IPython.display.display", lambda part, **_: shown.append(part))
    monkeypatch.setattr(helpers, "read_corpus", lambda: corpus)
    names: dict[str, object] = {"print": lambda *parts: shown.append(" ".join(map(str, parts)))}
    try:
        for source in cells_of(name):
            *lines, last = ast.parse(source).body
            if not isinstance(last, ast.Expr):
                lines.append(last)
            exec(compile(ast.Module(lines, []), name, "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), name, "eval"), names)
                shown += [] if value is None else [value]
            shown += map(plt.figure, plt.get_fignums())
            plt.close("all")
    finally:
        use_style()  # other tests draw in the usual style
    return shown


# ---- invented documents

CITIES = "漯河 洛阳 开封 安阳 鹤壁 新乡 濮阳 许昌 南阳 商丘 信阳 周口".split()
FEATURES = ("date", "city", "hit", "number")
SIZES = (1, 2, 6, 12, 60)


def write_corpus(folder: Path, n: int, *, lacking: str = "", share: str = "none") -> Path:
    """Write `n` invented documents. Of the feature `lacking`, `share` says how many documents have
    it: none, one or all. All documents have the other features."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(n):
        has = dict.fromkeys(FEATURES, True)
        if lacking:
            has[lacking] = share == "all" or (share == "one" and number == n // 2)
        (folder / f"{number:02d}.txt").write_text(_text(number, has), encoding="utf8")
    return folder


def _text(number: int, has: dict[str, bool]) -> str:
    city = f"{CITIES[number % len(CITIES)]}市" if has["city"] else ""
    homes = f"{number + 5}家" if has["number"] else ""
    rate = f",整改率达到{60 + number % 40}％" if has["number"] else ""
    date = f"2024年{1 + number % 12}月{1 + number % 28}日\n\n" if has["date"] else ""
    body = "天气很好,大家都很高兴.\n" * (1 + number % 3)
    if has["hit"]:
        body = (
            f"{city}人大常委会组织代表走访养老机构{homes},召开座谈会,梳理问题清单.\n"
            f"市人大常委会将问题集中交办市政府,跟踪督办{rate}.\n"
            * (1 + number % 3)
            + f"建成助餐点{homes},老年人满意.\n"
        )
    elif has["number"]:
        body += f"今天收到来信{number + 12}封,看了电影{number + 3}部.\n"
    return f"{city}工作简报\n\n{date}{body}"


SHAPES = {
    "a single sentence": "漯河市人大常委会听取了养老服务情况汇报。",
    "a single sentence without a hit": "今天天气很好。",
    "only headings": "关于养老服务工作的报告\n\n一、基本情况\n\n二、主要做法\n\n三、存在问题\n",
    "only numbers": "12 34 56\n\n78.9\n",
    "English": "A note on care homes\n\nIn May 2025, 25 homes were inspected; 90% passed.\n",
}


def texts_of(part: object) -> list[str]:
    """Return the texts of a thing that a notebook shows, as a reader sees them."""
    if isinstance(part, pd.Series):
        part = part.to_frame()
    if isinstance(part, pd.DataFrame):
        cells = [str(value) for row in part.itertuples(index=False) for value in row]
        labels = [*part.index, *part.columns, *part.index.names, *part.columns.names]
        # pandas shows no name for an axis without one
        return cells + [str(label) for label in labels if label is not None]
    if isinstance(part, Chart):
        return [*part.alt.values(), *(text.get_text() for text in part.findobj(_is_text))]
    if hasattr(part, "savefig"):
        return [text.get_text() for text in part.findobj(_is_text)]
    return [str(getattr(part, "data", part))]


def _is_text(artist: object) -> bool:
    return hasattr(artist, "get_text") and artist.get_visible()


def is_empty(part: object) -> bool:
    """Say whether a figure shows neither data nor a sentence that says why."""
    if isinstance(part, Chart):
        return part.drawn.empty and not any(len(text) > 20 for text in texts_of(part))
    if hasattr(part, "savefig"):
        return not any(axes.patches or axes.collections or axes.lines for axes in part.axes)
    return False
