"""The commands: `python -m helpers reproduce | explore | figures | …` turn the corpus into
notebooks, tables, figures and pages."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code (0 done, 1 failed, 2 wrong arguments)."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (OSError, ValueError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1


def _given(path: str) -> Path:
    """A path that was given: '' would be the folder one stands in, and `--corpus "$UNSET"` is an
    accident."""
    if not path.strip():
        raise argparse.ArgumentTypeError(
            "the path is empty. Name a file or a folder, or leave the option out."
        )
    return Path(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m helpers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    add = commands.add_parser(
        "reproduce", help="execute all notebooks and write tables, figures and the reading copy"
    )
    add.add_argument(
        "--corpus", type=_given, help="your own folder of documents (default: the five briefings)"
    )
    add.add_argument("--out", type=Path, help="where its results go; needed with --corpus")
    add.add_argument(
        "--codebook",
        type=Path,
        help="folder with your own codebook tables (default: data/codebook)",
    )
    add.add_argument(
        "--timeout", type=int, default=600, help="seconds one cell may take (default 600)"
    )
    add.add_argument(
        "--jobs", type=int, default=2, help="notebooks executed at the same time (default 2)"
    )
    add.add_argument("--only", default="", help="only notebooks whose name contains this")
    add.set_defaults(run=_reproduce)
    add = commands.add_parser("explore", help="open the explorer as a web page on this machine")
    add.add_argument(
        "--corpus",
        type=_given,
        help="your own file or folder of documents (default: the five briefings)",
    )
    add.add_argument(
        "--port",
        type=int,
        default=8866,
        help="port of the page (default 8866; the next free one if it is taken)",
    )
    add.add_argument(
        "--ip",
        default="127.0.0.1",
        help="address to listen on; anything but localhost opens the documents to your network",
    )
    add.add_argument("--no-browser", action="store_true", help="do not open a browser")
    add.set_defaults(run=_explore)
    add = commands.add_parser("figures", help="export figures without opening a notebook")
    add.add_argument("--lang", choices=("zh", "en", "both"), default="both")
    add.add_argument("--width", choices=("single", "double"), default="double", help="85 or 178 mm")
    add.add_argument(
        "--only",
        default="",
        help="only figures whose name, or whose notebook's name, contains this",
    )
    add.add_argument("--out", type=Path, help="folder (default build/figures)")
    add.add_argument(
        "--corpus", type=_given, help="your own folder of documents (default: the five briefings)"
    )
    add.set_defaults(run=_figures)
    add = commands.add_parser(
        "new-corpus", help="set up a folder for your own documents with codebook tables to edit"
    )
    add.add_argument("folder", type=_given)
    add.set_defaults(run=_new_corpus)
    add = commands.add_parser(
        "coding-sheet", help="write a blank coding sheet of a folder, or read two filled ones back"
    )
    add.add_argument("folder", type=_given, help="documents to code")
    add.add_argument(
        "--read", nargs=2, type=Path, metavar=("FIRST", "SECOND"), help="two filled sheets"
    )
    add.add_argument(
        "--out",
        type=Path,
        help=(
            "the sheet (default coding_sheet.csv), or with --read the folder of results (default"
            " coded)"
        ),
    )
    add.set_defaults(run=_coding_sheet)
    add = commands.add_parser(
        "docs",
        help=(
            "write the values in READMEs and docs, and data/datapackage.json, anew from the stored"
            " tables"
        ),
    )
    add.set_defaults(run=_docs)
    return parser


def _figures(options: argparse.Namespace) -> int:
    from helpers.figures import FIGURES, LANGUAGES, export_figure
    from helpers.study import study_of
    from helpers.text import read_corpus

    names = [
        name
        for name, figure in FIGURES.items()
        if options.only in name or options.only in figure.notebook
    ]
    if not names:
        raise ValueError(
            f"no figure's name contains '{options.only}'. Figures: {', '.join(FIGURES)}."
        )
    study = study_of(read_corpus(options.corpus))
    folder = options.out or ROOT / "build" / "figures"
    failed: list[str] = []
    jobs = [
        (name, lang)
        for name in names
        for lang in (LANGUAGES if options.lang == "both" else (options.lang,))
    ]
    for done, (name, lang) in enumerate(jobs, start=1):
        began = time.perf_counter()
        try:
            _, files = export_figure(
                name, study, lang=lang, width=options.width, folder=folder / lang
            )
        except ValueError as error:  # one figure that cannot be drawn does not cost the others
            failed.append(f"{lang} {name}")
            print(f"  [{done}/{len(jobs)}] {lang} {name:<20} NOT DRAWN: {error}", flush=True)
            continue
        print(
            f"  [{done}/{len(jobs)}] {lang} {name:<20} {len(files):>2} files"
            f" {time.perf_counter() - began:6.1f} s",
            flush=True,
        )
    print(f"Figures, their data (.csv) and captions (.json) are in {_shown(folder)}.")
    if failed:
        print(
            f"Not drawn: {', '.join(failed)}; the reason stands in its line above. Try --width"
            " double, or take the document it names out of the folder.",
            file=sys.stderr,
        )
    return 1 if failed else 0


def _new_corpus(options: argparse.Namespace) -> int:
    from helpers.study import new_corpus

    for place in new_corpus(options.folder):
        print(f"  {_shown(place)}")
    print(
        f"Put your documents into {_shown(options.folder / 'documents')}; the commands are in the"
        " README beside it."
    )
    return 0


def _coding_sheet(options: argparse.Namespace) -> int:
    from helpers.study import read_coding_sheets, write_coding_sheet

    if options.read:
        out = options.out or Path("coded")
        print(read_coding_sheets(options.folder, *options.read, out).to_string(index=False))
        print(f"Agreement, differences and the reconciled matrix are in {_shown(out)}.")
    else:
        sheet = options.out or Path("coding_sheet.csv")
        print(f"{write_coding_sheet(options.folder, sheet)} sentences to code in {_shown(sheet)}.")
    return 0


def _docs(options: argparse.Namespace) -> int:
    from helpers.site import update_documents

    written = update_documents(ROOT)
    if not written:
        raise ValueError(
            "HELPERS_CORPUS, HELPERS_OUT or HELPERS_CODEBOOK is set, but the docs speak of the"
            " shipped documents alone. Unset it."
        )
    for path in written:
        print(f"  {_shown(path)}")
    return 0


def _explore(options: argparse.Namespace) -> int:
    from helpers.explorer import serve

    notebook = ROOT / "notebooks" / "06_explore.ipynb"
    return serve(
        notebook,
        corpus=options.corpus,
        port=options.port,
        ip=options.ip,
        browser=not options.no_browser,
    )


def _reproduce(options: argparse.Namespace) -> int:
    from helpers.codebook import DATA
    from helpers.site import build_site, execute_notebooks
    from helpers.study import count
    from helpers.text import read_corpus

    own = options.corpus is not None or options.out is not None
    if own and (options.corpus is None or options.out is None):
        raise ValueError(
            "--corpus and --out go together, so that the shipped results stay as they are. Name"
            " both."
        )
    out = options.out.resolve() if own else None
    corpus = read_corpus(options.corpus if own else DATA / "raw")
    if own:
        _check_out(options.corpus.resolve(), out)
        for row in corpus.problems.itertuples():
            print(f"  {row.source}: {row.problem}. {row.detail}")
        if not len(corpus):
            raise ValueError(
                f"'{options.corpus}' holds no document that can be read. See the lines above."
            )
        print(f"{count(len(corpus), 'document')} read.")
    began = time.perf_counter()
    notebooks = sorted(
        path for path in (ROOT / "notebooks").glob("*.ipynb") if options.only in path.name
    )
    print(f"Executing {len(notebooks)} notebooks, {options.jobs} at a time …", flush=True)
    environment = (
        {"HELPERS_CORPUS": str(options.corpus.resolve()), "HELPERS_OUT": str(out)} if own else {}
    )
    if options.codebook:
        if not own:
            raise ValueError(
                "--codebook goes with --corpus and --out, so that the shipped results stay as they"
                " are. Name all three."
            )
        # for the kernels and the reading copy alike
        os.environ["HELPERS_CODEBOOK"] = str(options.codebook.resolve(strict=True))
    done: list[str] = []

    def report(run) -> None:
        done.append(run.name)
        outcome = f"FAILED: {run.error}" if run.error else "done"
        print(
            f"  [{len(done)}/{len(notebooks)}] {run.name:<20} {run.seconds:6.1f} s  {outcome}",
            flush=True,
        )

    runs = execute_notebooks(
        notebooks,
        out / "notebooks" if own else ROOT / "notebooks",
        environment=environment,
        timeout=options.timeout,
        jobs=options.jobs,
        report=report,
    )
    failed = [run for run in runs if run.error]
    if failed:
        print(
            f"{count(len(failed), 'notebook')} failed; what {'it' if len(failed) == 1 else 'they'}"
            " got to is in notebooks/failed/.",
            file=sys.stderr,
        )
        return 1
    if not own and not options.only:
        from helpers.site import update_documents

        update_documents(ROOT)
    site = build_site(out or ROOT, out / "site" if own else ROOT / "build" / "site", corpus=corpus)
    print(f"All done in {time.perf_counter() - began:.0f} s. Look at:")
    for what, place in _places(out, site):
        print(f"  {what:<16} {_shown(place)}")
    return 0


def _check_out(corpus: Path, out: Path) -> None:
    if (
        out == ROOT
        or ROOT / "data" in (out, *out.parents)
        or out in (ROOT / "notebooks", ROOT / "figures", ROOT / "src")
    ):
        raise ValueError(f"'{out}' holds the shipped results. Choose a folder of its own for OUT.")
    if corpus == out or corpus in out.parents:
        raise ValueError(
            "OUT lies in the corpus folder: results would be read as documents. Choose another"
            " folder."
        )
    (out / "notebooks" / "failed").mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out / "notebooks" / "failed")


def _places(out: Path | None, site: Path) -> list[tuple[str, Path]]:
    tables = (out or ROOT) / "data" / "derived"
    figures = (out or ROOT) / "figures"
    return [
        ("to read", site / "index.html"),
        ("figures", figures),
        ("tables", tables),
        ("notebooks", (out or ROOT) / "notebooks"),
    ]


def _shown(path: Path) -> str:
    try:
        near = os.path.relpath(path)
    except ValueError:  # another drive on Windows
        return str(path)
    return str(path) if near.startswith("..") else near


if __name__ == "__main__":
    sys.exit(main())
