"""Write Markdown tables and lists that say which notebook cell makes each result and what the
codebook contains. The module `docs` puts these tables and lists into docs/."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from helpers.codebook import read_table
from helpers.figures import FIGURES
from helpers.labels import text_of

from .datapackage import stored, stored_tables
from .pages import say
from .values import DocValue

_NO_NOTEBOOK = "no notebook"  # a test fails if docs/reproduce.md contains this text
# No notebook writes the table `bench`, because its timings differ from run to run.
_OTHER_COMMANDS = {"bench": "`make bench`"}


def markdown_table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Write a table in Markdown. The cells must already be Markdown, since nothing in them is
    escaped.

    >>> print(markdown_table(("a", "b"), [(1, "`x`")]))
    | a | b |
    |---|---|
    | 1 | `x` |
    """
    head, *lines = (f"| {' | '.join(map(str, row))} |" for row in (heads, *rows))
    return "\n".join([head, re.sub("[^|]+", "---", head), *lines])


_Rows = Iterator[tuple[Any, ...]]
_WHERE = ("notebook, cell", "command")
_LIBRARY = ("library", "what for", "用途", "installed by", "licence", "version", "MB", "released")
_ROLE_TABLES = tuple(
    "number_words act_words topic masthead_words place_words document_words".split()
)


def blocks(root: Path, values: dict[str, DocValue]) -> dict[str, str]:
    """Return, by name, every table and list for docs/ as Markdown. The tables `findings`,
    `figures`, `tables` and `values` say which notebook cell makes each result, and which command
    makes the result again. The table `measured` lists values that were measured outside the
    notebooks. `dependencies` lists the libraries that the project uses. `campaign` lists facts
    about the campaign from sources other than the briefings. `law_en` and `law_silent_en` list the
    instruments that laws name or do not name. Nearly all other tables and lists show what the
    codebook contains; `theme_validity` shows how well its themes are found."""
    cells = code_cells(root / "notebooks")
    writers, names = table_cells(cells), [say("site.indicator", lang) for lang in ("zh", "en")]
    kinds = (say("site.group"), say("site.kind"))
    tables = {
        "findings": (("finding", *_WHERE), _findings(cells)),
        "figures": (("figure", "files", *_WHERE), _figures(root, figure_cells(cells))),
        "tables": (("table", "a row is", *_WHERE), _tables(writers)),
        "values": (("value", "what", "table", *_WHERE), _values(values, writers)),
        "measured": (("value", "what", "on what", "when", "command"), _measured()),
        "dependencies": (_LIBRARY, _dependencies()),
        "indicators": ((*names, *kinds, "units"), _indicators()),
        "units": _classes("codebook/units", "unit", "units", " "),
        "number_rules": _classes("codebook/number_rules", "example", "examples", "; "),
        **{table: (("role", "a word of it …", "words"), _roles(table)) for table in _ROLE_TABLES},
        "actors": (("actor", "names"), _actors()),
        "document_types": (("type", "文种", "shown by the", "words"), _document_types()),
        "dated_events": (("event", "事件", "from", "to", "words", "source"), _dated_events()),
        "campaign": (("when", "what", "source"), _campaign("en")),
        "campaign_zh": (("时间", "事实", "来源"), _campaign("zh")),
        **{f"law_{lang}": (_LAW_HEADS[lang], _supervision_law(lang)) for lang in _LAW_HEADS},
    }
    return {
        "instruments": _instruments(),
        "themes": _themes(),
        "theme_validity": _theme_validity(),
        **{f"law_silent_{lang}": _not_in_any_law(lang) for lang in _LAW_HEADS},
        **{name: markdown_table(heads, rows) for name, (heads, rows) in tables.items()},
    }


@dataclass(frozen=True)
class CellReference:
    """A code cell of a notebook: the name of the notebook without suffix, and the id and the code
    of the cell."""

    notebook: str
    cell: str
    source: str

    @property
    def link(self) -> str:
        """Return a Markdown link to the cell, for the pages of docs/."""
        address = f"../notebooks/{self.notebook}.ipynb#cell-id={self.cell}"
        return f"[{self.notebook}]({address}) `{self.cell}`"

    @property
    def command(self) -> str:
        """Return the command that executes the notebook again."""
        return f"`python -m helpers reproduce --only {self.notebook}`"


def code_cells(folder: Path) -> list[CellReference]:
    """Return all code cells of the notebooks in a folder, from the first notebook to the last."""
    return [
        CellReference(path.stem, cell.id, cell.source)
        for path in sorted(folder.glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "code"
    ]


def figure_cells(cells: Iterable[CellReference]) -> dict[str, CellReference]:
    """Return, for each figure, the notebook cell that publishes it. Such a cell calls `publish` and
    contains the name of the figure as a string. Figures without such a cell are left out. The
    figures are in the order of `FIGURES`.

    >>> cell = CellReference("03_themes", "nb03-07", 'publish("keyness", study)')
    >>> figure_cells([cell])["keyness"].cell
    'nb03-07'
    """
    by_name = {}
    for cell in cells:
        if _calls(cell.source, ("publish",)):
            by_name |= dict.fromkeys(_strings(ast.parse(cell.source)), cell)
    return {name: by_name[name] for name in FIGURES if name in by_name}


def table_cells(cells: Iterable[CellReference]) -> dict[str, CellReference]:
    """Return, for each table, the cell that writes it. Such a cell calls `write_table` or
    `write_graph` and contains the name of the table as a string."""
    by_name = {}
    for cell in cells:
        if _calls(cell.source, ("write_table", "write_graph")):
            by_name |= dict.fromkeys(_strings(ast.parse(cell.source)), cell)
    return by_name


def _calls(source: str, functions: tuple[str, ...]) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "id", "") in functions]


def _strings(code: ast.AST) -> Iterator[str]:
    """Return an iterator over all string literals in parsed Python code."""
    constants = (node.value for node in ast.walk(code) if isinstance(node, ast.Constant))
    return (value for value in constants if isinstance(value, str))


def _findings(cells: list[CellReference]) -> _Rows:
    """Yield one row for each finding: the headline, the notebook cell that shows the finding, and
    the command that executes the notebook."""
    shown = {
        text: cell
        for cell in cells
        if _calls(cell.source, ("reported_findings",))
        for text in _strings(ast.parse(cell.source))
    }
    for row in read_table("coded/findings").itertuples():
        cell = shown.get(row.notebook)
        headline = f"[{_cell(row.headline_en)}](findings.md#{row.finding})"
        yield headline, *((cell.link, cell.command) if cell else (_NO_NOTEBOOK, "–"))


def _figures(root: Path, cells: dict[str, CellReference]) -> _Rows:
    for name in FIGURES:
        files = f"[en](../figures/en/{name}.svg) [zh](../figures/zh/{name}.svg)"
        if not (root / "figures" / "en" / f"{name}.svg").is_file():
            files = "not drawn for these documents"
        cell = cells[name].link if name in cells else _NO_NOTEBOOK
        yield f"`{name}`", files, cell, f"`make figures ONLY={name}`"


def _tables(cells: dict[str, CellReference]) -> _Rows:
    about = read_table("reference/tables").set_index("table")["a_row_is"]
    for table in stored_tables():
        folder, _, stem = table.partition("/")
        if folder == "derived":
            link = f"[{stem}](../data/{table}.csv)"
            yield link, about.get(table, ""), *_origin(table, cells)


def _values(values: dict[str, DocValue], cells: dict[str, CellReference]) -> _Rows:
    for value in values.values():
        if value.source.startswith(("derived/", "coded/", "codebook/")):
            yield value.text, value.what, f"`{value.source}`", *_origin(value.source, cells)


def _origin(table: str, cells: dict[str, CellReference]) -> tuple[str, str]:
    """Return a link to the notebook cell that writes a table, and the command that runs this
    cell."""
    folder, _, stem = table.partition("/")
    if folder != "derived":
        return "kept by hand", "–"
    if stem in _OTHER_COMMANDS:
        return "–", _OTHER_COMMANDS[stem]
    if stem not in cells:
        return _NO_NOTEBOOK, "–"
    return cells[stem].link, cells[stem].command


def _measured() -> _Rows:
    for row in read_table("reference/measured").itertuples():
        command = f"`{row.command}`" if row.command else "–"
        yield row.value, row.en, row.material, row.date, command


def _dependencies() -> _Rows:
    for row in read_table("reference/dependencies").itertuples():
        purposes = (_cell(row.purpose_en), _cell(row.purpose_zh))
        versions = (row.licence, row.version, row.size_mb, row.released)
        yield f"`{row.name}`", *purposes, f"`make {row.installed_by}`", *versions


def _instruments() -> str:
    """Write a Markdown table for each stage of supervision, with one row for each instrument."""
    table = read_table("codebook/approaches")
    rules = read_table("codebook/approach_rules")["code"].value_counts()
    names = (say("site.name", "zh"), say("site.name", "en"), say("site.type"))
    heads = (
        "code",
        *names,
        "定义 definition",
        "例 example",
        "反例 negative",
        "present by",
        "rules",
    )
    strands = read_table("codebook/strands").set_index("strand")
    groups = [*read_table("codebook/stages").itertuples(), strands.loc["hard_form"]]
    parts = []
    for group in groups:
        rows = []
        for r in table[table["stage"] == getattr(group, "stage", "")].itertuples():
            kind = say(f"site.type_{r.type}")
            if r.strand and r.stage:
                kind = f"{kind}; {' '.join(strands.loc[r.strand, ['zh', 'en']])}"
            definition = f"{_cell(r.definition_zh)} {_cell(r.definition)}"
            present = _cell(" ".join(f"{r.done_by} {r.present_by}".split()))
            cells = (definition, _cell(r.example), _cell(r.negative), present, rules.get(r.code, 0))
            rows.append((f"`{r.code}`", r.zh, r.en, kind, *cells))
        parts.append(f"### {group.zh} {group.en}\n\n{markdown_table(heads, rows)}")
    return "\n\n".join(parts)


def _themes() -> str:
    """Write, for each theme, its names, what counts as the theme, what does not count, and the
    terms that find the theme. Themes are grouped by family."""
    rules, terms = read_table("codebook/theme_rules"), read_table("codebook/themes")
    parts = []
    for family, rows in rules.groupby("family", sort=False):
        parts.append(f"### {say(f'site.family_{family}', 'zh en')}")
        for r in rows.itertuples():
            of_theme = terms[terms["theme"] == r.theme]
            words = (
                f"`{row.term}`{'†' if row.shared else ''}{'‡' if row.doubtful else ''}"
                for row in of_theme.itertuples()
            )
            parts.append(
                f"**{r.zh} {r.en}** (`{r.theme}`, {len(of_theme)} terms)."
                f" Counts: {_cell(r.includes)}. Does not count: {_cell(r.excludes)}."
                f" 计入：{_cell(r.includes_zh)}。不计：{_cell(r.excludes_zh)}。"
                f" Example 例: {_cell(r.example)}. Negative 反例: {_cell(r.negative)}."
                f"\n\n{'、'.join(words)}"
            )
    return "\n\n".join(parts)


def _theme_validity() -> str:
    """Write a Markdown table with the precision and recall of each theme's terms, and the counts
    from which both are computed."""
    table, rules = stored("derived/theme_validity"), read_table("codebook/theme_rules")
    names = rules.set_index("theme")[["zh", "en"]].agg(" ".join, axis=1).to_dict()
    heads = (
        "theme 主题",
        "coded 编码",
        "found 找到",
        "both 均有",
        "precision, % 精确率",
        "recall, % 召回率",
    )
    rows = []
    for row in table.itertuples():
        shares = [
            f"{100 * share:.0f} ({100 * low:.0f}–{100 * high:.0f})" if total else "–"
            for share, low, high, total in (
                (row.precision, row.precision_low, row.precision_high, row.n_found),
                (row.recall, row.recall_low, row.recall_high, row.n_coded),
            )
        ]
        name = names.get(row.theme, "合计 all")
        rows.append((name, row.n_coded, row.n_found, row.n_both, *shares))
    return markdown_table(heads, rows)


def _indicators() -> _Rows:
    for row in read_table("codebook/indicators").itertuples():
        kind = _kind(row.kind) if row.kind else "–"
        units = _cell(row.units.replace("|", " ")) or "–"
        yield row.zh, row.en, _kind(row.group), kind, units


def _classes(table: str, column: str, heading: str, joint: str) -> tuple[tuple[str, ...], list]:
    """Return the headings and rows of a Markdown table with one row for each `kind` in a codebook
    table. The row lists the different cells that the codebook table has in `column` for this kind.
    Kinds with more rows in the codebook table come first, and kinds with equally many are sorted by
    name."""
    kinds = sorted(read_table(table).groupby("kind"), key=lambda item: (-len(item[1]), item[0]))
    rows = [
        (_kind(kind), len(rows), joint.join(map(_cell, rows[column].unique())))
        for kind, rows in kinds
    ]
    return (say("site.class"), "n", heading), rows


def _roles(table: str) -> _Rows:
    words = read_table(f"codebook/{table}").groupby("role")["words"].agg(" ".join)
    roles = read_table("reference/roles")
    for row in roles[roles["table"] == table].itertuples():
        yield f"`{row.role}`", _cell(row.en), _cell(words.get(row.role, ""))


def _actors() -> _Rows:
    for row in read_table("codebook/actors").itertuples():
        yield f"`{row.actor}`", _cell(row.terms.replace("|", "、"))


def _document_types() -> _Rows:
    for row in read_table("codebook/document_types").itertuples():
        yield f"`{row.type}`", row.zh, row.place, _cell(row.words)


def _dated_events() -> _Rows:
    for row in read_table("codebook/dated_events").itertuples():
        yield row.en, row.zh, row.begin, row.end, _cell(row.words), _cell(row.source)


def _campaign(lang: str) -> _Rows:
    for row in read_table("reference/campaign").itertuples():
        source = f"[{_cell(row.source)}]({row.address})"
        yield row.date, _cell(getattr(row, f"what_{lang}")), source


_LAW_HEADS = {
    "en": (
        "instrument",
        "code",
        "law of 2006",
        "as amended in 2024",
        "its words",
        "other law; note",
    ),
    "zh": ("监督方式", "编码", "2006年监督法", "2024年修正后", "法律用语", "其他法律；说明"),
}


def _supervision_law(lang: str) -> _Rows:
    """Yield one row for each instrument that a law names, with the articles of the Supervision Law.
    An instrument also gets a row if the Supervision Law names only something close to it."""
    names = read_table("codebook/approaches").set_index("code")[lang]
    for row in read_table("reference/supervision_law").itertuples():
        articles = [
            _articles(row.in_2006, row.articles_2006, lang),
            _articles(row.in_2024, row.articles_2024, lang),
        ]
        more = [getattr(row, f"{column}_{lang}") for column in ("other_law", "note")]
        if articles != ["–", "–"] or more[0]:
            told = ("; " if lang == "en" else "；").join(_cell(text) for text in more if text)
            yield names[row.code], f"`{row.code}`", *articles, row.words_2024 or "–", told or "–"


def _articles(state: str, articles: str, lang: str) -> str:
    """Write the numbers of the articles that name an instrument. If the articles name only
    something close to the instrument, the numbers stand in brackets.

    >>> _articles("near", "14; 27", "zh"), _articles("not_named", "", "en")
    ('（14、27）', '–')
    """
    if state == "not_named":
        return "–"
    listed = articles.replace("; ", ", " if lang == "en" else "、")
    if state == "named":
        return listed
    return f"({listed})" if lang == "en" else f"（{listed}）"


def _not_in_any_law(lang: str) -> str:
    """List the instruments that no law names: neither the two versions of the Supervision Law nor
    any other law."""
    law, names = (read_table(name) for name in ("reference/supervision_law", "codebook/approaches"))
    silent = law[
        (law[["in_2006", "in_2024"]] == "not_named").all(axis=1) & (law["other_law_en"] == "")
    ]
    listed = names.loc[names["code"].isin(silent["code"]), lang]
    return ("、" if lang == "zh" else "; ").join(listed)


def _kind(kind: str) -> str:
    label = f"site.kind_{kind}"
    return say(label) if label in text_of("text/pages") else f"{kind} "


def _cell(text: str) -> str:
    """Write a text as a cell of a Markdown table, so that none of its characters acts as markup.

    >>> _cell("a|b *c* <d>")
    'a\\\\|b \\\\*c\\\\* &lt;d>'
    """
    return re.sub(r"([|*_`\[\]\\])", r"\\\1", text).replace("<", "&lt;").replace("\n", " ")
