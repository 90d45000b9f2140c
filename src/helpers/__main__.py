"""The commands `python -m helpers reproduce | explore | figures | …`, which turn the corpus into
notebooks, tables, figures and pages."""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.site import Failure
    from helpers.text import Corpus

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 for success, 1 for failure, 130 after Ctrl-C.
    Wrong arguments end the program with exit code 2."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (OSError, ValueError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt as error:
        message = str(error) or "stopped before the end."
        print(f"\n{options.command}: {message}", file=sys.stderr)
        return 130  # the code that a shell gives to a command that Ctrl-C ended


_ABOUT = {
    "reproduce": "execute all notebooks and write tables, figures and the reading copy",
    "lab": "open JupyterLab on the index notebook; its results go to a folder of their own",
    "explore": "open the explorer as a web page on this machine",
    "figures": "export figures without opening a notebook",
    "analyse": "write the tables of any number of documents as Parquet files",
    "new-corpus": "set up a folder for your own documents with codebook tables to edit",
    "new-codebook": "copy the codebook tables into a folder of your own, to edit the copies",
    "coding-exercise": "code a shipped briefing yourself and see where you differ: run it twice",
    "coding-sheet": "write a blank sheet to code documents by hand, or compare two filled sheets",
    "docs": "update the values in READMEs and docs, and data/datapackage.json, from stored tables",
}
_FOLDER = "your own folder of documents (default: the five briefings)"
_LANGUAGE = "language of the report: zh (default) or en"
_CODEBOOK = "folder with your own codebook tables (default: data/codebook)"
_VARIABLES = {"corpus": "HELPERS_CORPUS", "codebook": "HELPERS_CODEBOOK", "out": "HELPERS_OUT"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m helpers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def command(run: Callable[[argparse.Namespace], int]) -> Callable:
        """Add a command, and return a function that adds one argument to the command."""
        name = run.__name__.strip("_").replace("_", "-")
        added = commands.add_parser(name, help=_ABOUT[name])
        added.set_defaults(run=run)
        return lambda argument, about=None, **how: added.add_argument(argument, help=about, **how)

    add = command(_reproduce)
    add("--corpus", _FOLDER, type=_given)
    out = "folder for the results, needed with --corpus and --codebook"
    add("--out", out, type=_given)
    add("--codebook", _CODEBOOK, type=_given)
    add("--timeout", "seconds one cell may take (default 600)", type=int, default=600)
    add("--jobs", "notebooks executed at the same time (default 2)", type=int, default=2)
    only = "only notebooks whose name contains this text; several with commas, as in 03,05"
    add("--only", only, default="")

    add = command(_lab)
    add("--corpus", _FOLDER, type=_given)
    add("--codebook", _CODEBOOK, type=_given)
    add("--out", "folder for what the notebooks write (default build/lab)", type=_given)
    add("--port", "port of the page (default 8888, or the next free port)", type=int)
    add("--no-browser", "do not open a browser", dest="browser", action="store_false")

    add = command(_explore)
    add("--corpus", _FOLDER.replace("folder", "file or folder"), type=_given)
    add("--codebook", _CODEBOOK, type=_given)
    port = "port of the page (default 8866, or the next free port if 8866 is taken)"
    add("--port", port, type=int, default=8866)
    ip = "address to listen on; anything but localhost opens the documents to your network"
    add("--ip", ip, default="127.0.0.1")
    pages = (
        "pages that may be open at the same time (default 8); each takes 200 MB of memory or more"
    )
    add("--pages", pages, type=int, default=8)
    add("--no-browser", "do not open a browser", dest="browser", action="store_false")

    add = command(_figures)
    add("--lang", choices=("zh", "en", "both"), default="both")
    add(
        "--width",
        "width of the figures: single is 85 mm, double is 178 mm",
        choices=("single", "double"),
        default="double",
    )
    add("--only", "only figures whose name, or notebook's name, contains this text", default="")
    add("--out", "folder (default build/figures)", type=Path)
    add("--corpus", _FOLDER, type=_given)
    add("--codebook", _CODEBOOK, type=_given)

    add = command(_analyse)
    add("documents", "files, folders or archives", type=_given, nargs="+")
    add("--out", "folder of the results", type=_given, required=True)
    add("--codebook", _CODEBOOK, type=_given)
    add("--workers", "processes on this machine (default: one per core)", type=int)
    add("--scheduler", "address of a Dask scheduler, for a cluster")

    add = command(_new_corpus)
    add("folder", type=_given)
    briefings = "copy the five briefings into the folder, to add documents to them"
    add("--briefings", briefings, action="store_true")

    add = command(_new_codebook)
    add("folder", type=_given)

    add = command(_coding_exercise)
    add("--document", "id of the briefing (default 002_luohe)", default="002_luohe")
    sheet = "file of the sheet (default coding_exercise.csv)"
    add("--sheet", sheet, type=_given, default=Path("coding_exercise.csv"))
    add("--lang", _LANGUAGE, choices=("zh", "en"), default="zh")

    add = command(_coding_sheet)
    add("folder", "documents to code", type=_given)
    add("--read", "two filled sheets", nargs=2, type=Path, metavar=("FIRST", "SECOND"))
    add("--codebook", _CODEBOOK, type=_given)
    out = "file of the blank sheet (default coding_sheet.csv), or, with --read,"
    add("--out", out + " folder of the results (default coded)", type=Path)
    add("--lang", _LANGUAGE, choices=("zh", "en"), default="zh")

    command(_docs)
    return parser


def _given(path: str) -> Path:
    """Turn the text of an argument into a path. An empty text is an error: without this check,
    `--corpus "$NAME"` with an unset variable NAME would mean the current folder."""
    if not path.strip():
        raise argparse.ArgumentTypeError(
            "the path is empty. Name a file or a folder, or leave the option out."
        )
    return Path(path)


def _reproduce(options: argparse.Namespace) -> int:
    _take_variables(options)
    # Readers need the message of a warning, and not the line of the program that gave the warning.
    warnings.formatwarning = lambda message, *_, **__: f"  {message}\n"
    home = options.out.resolve() if options.out else ROOT
    notebooks = _chosen_notebooks(options.only)
    with _variables_set(options):
        _check_folders(options, home)
        with _held(home):
            return _written(options, home, notebooks, _read(options, home))


def _written(options: argparse.Namespace, home: Path, notebooks: list[Path], corpus: Corpus) -> int:
    """Write all results to the folder `home`, say where they are and what failed, and return the
    exit code. A notebook or a page that fails does not stop the others."""
    from helpers.figures import versions
    from helpers.site import build_site, update_documents
    from helpers.writing import json_bytes, write_atomically

    began = time.perf_counter()
    failures = _executed(options, home, notebooks)
    if home == ROOT and not options.only and not failures:
        update_documents(ROOT)
    built = ROOT / "build" if home == ROOT else home
    pages: list[Failure] = []
    build_site(home, built / "site", corpus=corpus, failures=failures, report=pages.append)
    write_atomically(built / "versions.json", json_bytes(versions()))
    done = "Done, but not everything," if failures or pages else "All done"
    print(f"{done} in {time.perf_counter() - began:.0f} s. Look at:")
    results = {
        "to read": built / "site" / "index.html",
        "figures": home / "figures",
        "tables": home / "data" / "derived",
        "notebooks": home / "notebooks",
        "versions": built / "versions.json",
    }
    for name, path in results.items():
        print(f"  {name:<16} {_shown(path)}")
    _say_what_failed(failures, pages, total=len(notebooks), folder=home / "notebooks" / "failed")
    return 1 if failures or pages else 0


def _say_what_failed(
    failures: list[Failure], pages: list[Failure], *, total: int, folder: Path
) -> None:
    """Name the notebooks and pages that failed, each with the reason, in both languages."""
    from helpers.labels import text_of

    texts, out = text_of("text/pages"), sys.stderr
    sys.stdout.flush()
    for row, named in (("failed.summary", failures), ("failed.pages", pages)):
        if not named:
            continue
        print("\n" + texts.say(row, "en zh", n=len(named), total=total), file=out)
        for failure in named:
            print(f"  {failure.name}: {failure.reason.en} {failure.reason.zh}", file=out)
    if failures:
        print(texts.say("failed.where", "en zh", folder=_shown(folder)), file=out)


def _project() -> Path:
    """Return the project's folder. The commands that need the project's notebooks or docs cannot
    run from an installed package alone."""
    if not (ROOT / "pyproject.toml").is_file():
        raise ValueError(
            "this command needs the notebooks and the docs, which are not part of the installed"
            " package. Run the command in a copy of the whole project, after `make reproduce`."
        )
    return ROOT


def _take_variables(options: argparse.Namespace) -> None:
    """Take options that were not given from environment variables such as HELPERS_CORPUS. The
    command `lab` sets these variables, so that a command in a terminal of JupyterLab uses the same
    folders as the notebooks."""
    for name, variable in _VARIABLES.items():
        if getattr(options, name) is None and os.environ.get(variable):
            setattr(options, name, Path(os.environ[variable]))


@contextmanager
def _variables_set(options: argparse.Namespace) -> Iterator[None]:
    """Set the environment variables to the chosen options while the notebooks run and the results
    are written, and restore the variables afterwards."""
    before = dict(os.environ)
    chosen = {variable: getattr(options, name) for name, variable in _VARIABLES.items()}
    os.environ |= {variable: str(path.resolve()) for variable, path in chosen.items() if path}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def _chosen_notebooks(only: str) -> list[Path]:
    """Return the project's notebooks whose name contains one of the texts in `only`, or all
    notebooks if `only` is empty. A user's own notebook, such as `03_themes-Copy1`, must be named in
    full."""
    existing = sorted((_project() / "notebooks").glob("*.ipynb"))
    ours = [path for path in existing if re.fullmatch(r"\d\d_\w+", path.stem)]
    chosen = set()
    for text in re.findall(r"[^\s,，、;；]+", only):
        name = re.split(r"[\\/]", text)[-1].removesuffix(".ipynb")
        named = [path for path in existing if name == path.stem]
        found = named or [path for path in ours if name in path.stem]
        if not found:
            names = ", ".join(path.stem for path in existing)
            raise ValueError(
                f"no notebook's name contains '{text}'. Notebooks: {names}."
                f" 没有名称包含“{text}”的笔记本，可选的见上。"
            )
        chosen.update(found)
    return sorted(chosen) or ours


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep other runs of `reproduce` from writing to the same folder at the same time."""
    from helpers.writing import lock

    folder.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":  # Windows cannot open a folder as a file
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if not lock(handle):
            raise ValueError(
                f"'{folder}': another `reproduce` is writing its results to this folder. Wait"
                " until it has ended, or choose another folder with --out."
            )
        yield
    finally:
        os.close(handle)


def _check_folders(options: argparse.Namespace, home: Path) -> None:
    """Check the arguments of `reproduce` that name folders."""
    from helpers.codebook import DATA

    if options.out is None:
        _check_shipped(options)
    else:
        _check_out((options.corpus or DATA / "raw").resolve(), home)


def _read(options: argparse.Namespace, home: Path) -> Corpus:
    """Read the documents, say what is odd about them, and return the corpus."""
    from helpers.codebook import DATA, read_codebook
    from helpers.study import count
    from helpers.text import read_corpus

    if options.out is None:
        return read_corpus(DATA / "raw")
    folder, codebook = options.corpus or DATA / "raw", read_codebook(options.codebook)
    corpus = read_corpus(folder, codebook=codebook)
    shutil.rmtree(home / "notebooks" / "failed", ignore_errors=True)
    _say_problems(corpus)
    if not len(corpus):
        raise ValueError(f"'{folder}' holds no document that can be read. The lines above say why.")
    print(f"{count(len(corpus), 'document')} read. Codebook: {codebook.source}.")
    return corpus


_SHOWN_PROBLEMS = 3  # of a kind of problem that more files have, only the number of files is shown


def _say_problems(corpus: Corpus) -> None:
    """Print the problems of the files. Many problems of one kind take one line, and the list of all
    problems is written as a table."""
    from helpers.labels import text_of
    from helpers.writing import write_table

    texts, problems = text_of("text/pages"), corpus.problems
    path = write_table(problems, "problems")
    for kind, rows in problems.groupby("problem", sort=False):
        if len(rows) <= _SHOWN_PROBLEMS:
            for row in rows.itertuples():
                print(f"  {row.source}: {row.problem}. {row.detail}")
        else:
            first = rows["source"].iloc[0]
            words = {"n": rows["source"].nunique(), "problem": kind, "first": first}
            own = f"problems.many_{kind}"
            print("  " + texts.say(own if own in set(texts) else "problems.many", "en zh", **words))
    if len(problems):
        print("  " + texts.say("problems.table", "en zh", path=_shown(path)))


def _check_shipped(options: argparse.Namespace) -> None:
    """Raise ValueError if results of other documents or of another codebook would replace the
    shipped results."""
    for name in ("corpus", "codebook"):
        if getattr(options, name):
            raise ValueError(
                f"--{name} (or {_VARIABLES[name]}) needs --out, so that the shipped results are not"
                " overwritten. Name a folder for your results, as in --out my_results (with make:"
                " OUT=my_results). 请用 --out（make 中为 OUT=）另指定结果文件夹，以免覆盖随附结果。"
            )


def _check_out(corpus: Path, out: Path) -> None:
    shipped = (ROOT, ROOT / "notebooks", ROOT / "figures", ROOT / "src")
    if out in shipped or ROOT / "data" in (out, *out.parents):
        raise ValueError(f"'{out}' holds the shipped results. Choose another folder for OUT.")
    if corpus in (out, *out.parents):
        raise ValueError(
            "OUT lies in the corpus folder, so the results would be read as documents. Choose"
            " another folder for OUT."
        )


def _check_variables() -> None:
    """Raise ValueError if an environment variable names other documents, codebook tables or results
    than the shipped ones."""
    names = [name for name in _VARIABLES.values() if os.environ.get(name)]
    if names:
        raise ValueError(
            f"{' and '.join(names)} is set, but this command is about the shipped documents and"
            " results only. Unset this environment variable."
        )


def _executed(options: argparse.Namespace, home: Path, notebooks: list[Path]) -> list[Failure]:
    """Execute the notebooks, which write tables and figures. Return what failed."""
    from helpers.site import execute_notebooks
    from helpers.study import count

    n = count(len(notebooks), "notebook")
    print(f"Executing {n}, {options.jobs} at a time …", flush=True)
    numbers = itertools.count(1)

    def report(run) -> None:
        outcome = f"FAILED: {run.error}" if run.error else "done"
        line = (
            f"  [{next(numbers)}/{len(notebooks)}] {run.name:<20} {run.seconds:6.1f} s  {outcome}"
        )
        print(line, flush=True)

    settings = {"timeout": options.timeout, "jobs": options.jobs, "report": report}
    runs = execute_notebooks(notebooks, home / "notebooks", **settings)
    return [run.failure for run in runs if run.failure]


def _lab(options: argparse.Namespace) -> int:
    from helpers.explorer import open_lab

    project = _project()
    _take_variables(options)
    out = (options.out or project / "build" / "lab").resolve()
    _check_out((options.corpus or project / "data" / "raw").resolve(), out)
    names = ("corpus", "codebook", "port", "browser")
    chosen = {name: getattr(options, name) for name in names}
    return open_lab(project, out=out, **chosen)


def _explore(options: argparse.Namespace) -> int:
    from helpers.explorer import serve

    names = ("corpus", "codebook", "port", "ip", "browser", "pages")
    chosen = {name: getattr(options, name) for name in names}
    return serve(_project() / "notebooks" / "06_explore.ipynb", **chosen)


def _chosen_figures(only: str, lang: str) -> list[tuple[str, str]]:
    """Return the name and the language of each figure whose name, or whose notebook's name,
    contains the text `only`."""
    from helpers.figures import FIGURES, LANGUAGES

    names = [name for name, figure in FIGURES.items() if only in name or only in figure.notebook]
    if not names:
        raise ValueError(f"no figure's name contains '{only}'. Figures: {', '.join(FIGURES)}.")
    languages = LANGUAGES if lang == "both" else (lang,)
    return [(name, each) for name in names for each in languages]


def _figures(options: argparse.Namespace) -> int:
    from helpers.codebook import read_codebook
    from helpers.figures import export_figure
    from helpers.study import study_of
    from helpers.text import read_corpus
    from helpers.writing import project_folder

    out = options.out or project_folder() / "build" / "figures"
    jobs = _chosen_figures(options.only, options.lang)
    codebook = read_codebook(options.codebook)
    study = study_of(read_corpus(options.corpus, codebook=codebook))
    failed: list[str] = []
    for done, (name, lang) in enumerate(jobs, start=1):
        began, line = time.perf_counter(), f"  [{done}/{len(jobs)}] {lang} {name:<20}"
        try:
            folder = out / lang
            _, files = export_figure(name, study, lang=lang, width=options.width, folder=folder)
        except ValueError as error:  # one failed figure does not stop the others
            failed.append(f"{lang} {name}")
            print(f"{line} NOT DRAWN: {error}", flush=True)
        else:
            seconds = time.perf_counter() - began
            print(f"{line} {len(files):>2} files {seconds:6.1f} s", flush=True)
    print(f"Figures, their data (.csv) and captions (.json) are in {_shown(out)}.")
    if failed:
        print(
            f"Not drawn: {', '.join(failed)}. The line of each figure above gives the reason."
            " Try --width double, or remove the document named in this line from the folder.",
            file=sys.stderr,
        )
    return 1 if failed else 0


def _analyse(options: argparse.Namespace) -> int:
    from helpers.scale import analyse, open_results

    chosen = {name: getattr(options, name) for name in ("codebook", "workers", "scheduler")}
    try:
        out = analyse(options.documents, options.out, **chosen)
    except (ImportError, RuntimeError) as error:  # the messages of these errors say what to do
        print(f"analyse: {error}", file=sys.stderr)
        return 1
    tables = [name for (name,) in open_results(out).sql("SHOW TABLES").fetchall()]
    print(f"Tables in {_shown(out)}: {', '.join(tables)}. Read them with open_results.")
    return 0


def _new_corpus(options: argparse.Namespace) -> int:
    from helpers.study import new_corpus

    for path in new_corpus(options.folder, briefings=options.briefings):
        print(f"  {_shown(path)}")
    documents = _shown(options.folder / "documents")
    print(f"Put your documents into {documents}. The README beside it lists the commands.")
    return 0


def _new_codebook(options: argparse.Namespace) -> int:
    from helpers.study import new_codebook

    folder = _shown(new_codebook(options.folder))
    print(f"The codebook tables are in {folder}. Edit them there, then run, for one notebook:")
    print(f"编码表已复制到 {folder}，请在其中修改，再运行（以一个笔记本为例）：")
    for command in (
        f'python -m helpers reproduce --only 03_themes --codebook "{folder}" --out my_results',
        f'make reproduce ONLY=03_themes CODEBOOK="{folder}" OUT=my_results',
    ):
        print(f"  {command}")
    print(
        "To undo, delete a table from the folder: the shipped table takes its place."
        " 要撤销，删去其中的表即可，缺的表沿用随附的表。"
    )
    return 0


def _coding_exercise(options: argparse.Namespace) -> int:
    from helpers.study import coding_exercise

    print(coding_exercise(options.document, options.sheet, lang=options.lang))
    return 0


def _coding_sheet(options: argparse.Namespace) -> int:
    from helpers.codebook import read_codebook
    from helpers.study import coding_report, compare_coders, read_coding_sheet, write_coding_sheet
    from helpers.text import read_corpus

    corpus = read_corpus(options.folder, codebook=read_codebook(options.codebook))
    if options.read:
        out = options.out or Path("coded")
        codings = tuple(read_coding_sheet(path, corpus) for path in options.read)
        found = compare_coders(*codings, corpus, out)
        print(coding_report(found, codings, corpus, options.lang))
        print(
            f"The coders' agreement, their differences and the joint matrix are in {_shown(out)}."
        )
    else:
        sheet = options.out or Path("coding_sheet.csv")
        n = write_coding_sheet(corpus, sheet)
        print(f"{n} sentences to code in {_shown(sheet)}.")
    return 0


def _docs(options: argparse.Namespace) -> int:
    from helpers.site import update_documents

    _check_variables()
    for path in update_documents(_project()):
        print(f"  {_shown(path)}")
    return 0


def _shown(path: Path) -> str:
    """Return a path as text, relative to the current folder if the path lies in this folder."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # on Windows, a path on another drive cannot be made relative
        return str(path)
    return str(path) if relative.startswith("..") else relative


if __name__ == "__main__":
    sys.exit(main())
