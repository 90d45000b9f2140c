"""Set up folders for a user's own documents and codebook. The folders hold copies of shipped files,
so that a user can edit the copies and the shipped files stay as they are."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

from helpers.codebook import DATA
from helpers.writing import write_atomically


def new_corpus(folder: Path, *, briefings: bool = False) -> list[Path]:
    """Set up a folder for your own documents, and return the paths of its contents. The folder
    contains a folder `documents/`, a folder `codebook/` with a copy of the shipped codebook,
    and a README with the commands to run. If `briefings` is true, the shipped briefings are copied
    to `documents/`. Raise FileExistsError if the folder exists and is not empty."""
    _check_new(folder)
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    if briefings:
        for path in sorted((DATA / "raw").glob("*.txt")):
            shutil.copyfile(path, folder / "documents" / path.name)
    new_codebook(folder / "codebook")
    text = resources.files("helpers.study").joinpath("corpus_readme.md").read_text("utf8")
    readme = folder / "README.md"
    write_atomically(readme, text.format(name=folder.name, folder=folder.as_posix()).encode("utf8"))
    return [folder / "documents", folder / "codebook", readme]


def new_codebook(folder: Path) -> Path:
    """Copy the shipped codebook tables to a folder, and return the folder. Raise FileExistsError if
    the folder exists and is not empty."""
    _check_new(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted((DATA / "codebook").glob("*.csv")):
        shutil.copyfile(path, folder / path.name)
    return folder


def _check_new(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise FileExistsError(
            f"'{folder}' is not empty. Nothing was changed. Name a folder that does not exist yet."
            f" “{folder}”已有内容，未作任何改动，请另取文件夹名。"
        )
