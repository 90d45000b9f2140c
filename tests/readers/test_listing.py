"""Folders and archives: each file is listed once under a name of its own, and what cannot be opened
is reported."""

import argparse
import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from helpers import read_corpus
from helpers.__main__ import _given, main
from helpers.readers.decode import Problems
from helpers.readers.files import decoded_name, find_files
from helpers.readers.formats import read_sources

BODY = "市人大常委会走访养老机构{}家。\n"
no_links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")


def write(folder, *names):
    """Write files with different texts."""
    for n, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BODY.format(f"{path.parent.name}{n + 1}"), "utf8")
    return folder


def names(path, problems=None):
    return [name for name, _ in find_files(path, problems)]


def tables(corpus):
    return corpus.problems[["source", "problem"]].values.tolist()


# --- folders


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a"], ["s/y.txt", "x.txt"]),
        (["a", "c"], ["s/y.txt", "x.txt", "z.txt"]),  # no two names are equal
        (["a", "b"], ["a/s/y.txt", "a/x.txt", "b/x.txt"]),
        (["a/x.txt", "b/x.txt"], ["a/x.txt", "b/x.txt"]),
        (["a", "b/x.txt"], ["a/s/y.txt", "a/x.txt", "b/x.txt"]),
        (["a", "d/a"], ["a/s/y.txt", "a/x.txt", "d/a/x.txt"]),
        (["a", "a/x.txt"], ["s/y.txt", "x.txt"]),
        (["a/x.txt", "a"], ["x.txt", "s/y.txt"]),
        (["a", "a"], ["s/y.txt", "x.txt"]),
        (["a/s", "a"], ["y.txt", "x.txt"]),
    ],
)
def test_each_file_of_several_folders_is_listed_once_under_a_name_of_its_own(
    tmp_path, given, expected
):
    write(
        tmp_path,
        "a/x.txt",
        "a/s/y.txt",
        "b/x.txt",
        "c/z.txt",
        "d/a/x.txt",
        "a/README.md",
        "a/.git/g.txt",
    )
    if given == ["a", "d/a"]:  # both are called a, so the folder above is added
        expected = [
            f"{tmp_path.name}/{name}" if not name.startswith("d/") else name for name in expected
        ]
    assert names([tmp_path / path for path in given]) == expected


def test_documents_of_two_folders_have_different_sources(tmp_path):
    write(tmp_path, "a/x.txt", "b/x.txt")
    documents = read_corpus([tmp_path / "a", tmp_path / "b"]).documents
    assert documents["source"].tolist() == ["a/x.txt", "b/x.txt"] and documents["doc"].tolist() == [
        "x",
        "x_2",
    ]


@no_links
def test_links_to_folders_are_followed_but_never_in_a_circle(tmp_path):
    write(tmp_path, "docs/a.txt", "docs/s/b.txt", "other/c.txt", "other/t/d.txt")
    (tmp_path / "docs" / "far").symlink_to(tmp_path / "other")
    (tmp_path / "docs" / "s" / "up").symlink_to(tmp_path / "docs")
    (tmp_path / "docs" / "again").symlink_to(tmp_path / "docs" / "s")
    (tmp_path / "other" / "back").symlink_to(tmp_path / "docs")
    (tmp_path / "docs" / ".hidden").symlink_to(tmp_path / "other")
    assert names(tmp_path / "docs") == ["a.txt", "far/c.txt", "far/t/d.txt", "s/b.txt"]


@no_links
def test_a_file_that_is_also_linked_is_listed_once_under_its_own_name(tmp_path):
    write(tmp_path, "docs/m.txt", "other/c.txt")
    (tmp_path / "docs" / "a.txt").symlink_to(tmp_path / "docs" / "m.txt")
    (tmp_path / "docs" / "z.txt").symlink_to(tmp_path / "other" / "c.txt")
    (tmp_path / "docs" / "gone.txt").symlink_to(tmp_path / "nothing")
    assert names(tmp_path / "docs") == ["m.txt", "z.txt"]


def lock(monkeypatch, name):
    """Refuse to open a folder, as missing rights would (but not for root)."""
    scandir = os.scandir

    def refuse(path="."):
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)


@pytest.mark.parametrize(
    ("locked", "source", "left"),
    [
        ("s", "s", ["a.txt", "t/c.txt"]),
        ("u", "t/u", ["a.txt", "s/b.txt", "t/c.txt"]),
        ("docs", "docs", []),
    ],
)
def test_a_folder_that_cannot_be_opened_is_reported_and_the_others_are_read(
    tmp_path, monkeypatch, locked, source, left
):
    write(tmp_path / "docs", "a.txt", "s/b.txt", "t/c.txt", "t/u/d.txt")
    (tmp_path / "docs" / "t" / "u" / "d.txt").unlink() if locked != "u" else None
    lock(monkeypatch, locked)
    problems = Problems()
    assert names(tmp_path / "docs", problems) == left
    [row] = problems.rows
    assert (row["source"], row["problem"]) == (source, "unreadable") and str(tmp_path) not in row[
        "detail"
    ]
    assert (
        row["detail"]
        == "The folder cannot be opened (Permission denied), so the files in it are not read. Give"
        " yourself the right to read it, or remove it."
    )
    assert [source, "unreadable"] in tables(read_corpus(tmp_path / "docs"))


# --- nothing given


@pytest.mark.parametrize("nothing", [[], ()])
def test_an_empty_list_gives_an_empty_corpus(nothing):
    corpus = read_corpus(nothing)
    assert len(corpus) == 0 and corpus.problems.values.tolist() == [
        [
            "",
            "",
            "no_documents",
            "The list holds no document. Give files, or folders that hold some.",
        ]
    ]


@pytest.mark.parametrize("nothing", ["", "  ", ["", "a"]])
def test_the_error_for_an_empty_path_says_what_to_give(nothing):
    with pytest.raises(
        ValueError,
        match=(
            "is an empty path. Give a file, a folder of documents, or a list of these. Without a"
            " path the shipped briefings are read"
        ),
    ):
        read_corpus(nothing)


def test_the_shipped_briefings_are_read_only_without_any_path(monkeypatch):
    monkeypatch.delenv("HELPERS_CORPUS", raising=False)
    assert (
        read_corpus().is_shipped and read_corpus(None).is_shipped and not read_corpus([]).is_shipped
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["reproduce", "--corpus", "", "--out", "x"],
        ["explore", "--corpus", " "],
        ["figures", "--corpus", ""],
        ["coding-sheet", ""],
        ["new-corpus", ""],
    ],
)
def test_a_command_refuses_an_empty_path(arguments, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "the path is empty. Name a file or a folder" in capsys.readouterr().err


def test_a_command_takes_any_other_path_unchanged():
    assert _given("docs") == Path("docs")
    with pytest.raises(argparse.ArgumentTypeError):
        _given("")


# --- the same with analyse


@no_links
def test_analyse_reads_the_same_documents_as_read_corpus(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    pytest.importorskip("duckdb")
    from helpers.scale.analysis import analyse
    from helpers.scale.results import open_results

    write(tmp_path, "a/x.txt", "a/s/y.txt", "b/x.txt", "locked/z.txt")
    (tmp_path / "a" / "link").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "locked").symlink_to(tmp_path / "locked")
    rows = "".join(
        f"{n},走访养老机构{n}家,发现问题,昨天\n" if n % 9 else f'{n},"走访机构{n}家,今天\n'
        for n in range(60)
    )
    (tmp_path / "a" / "t.csv").write_bytes(f"说明,,\nn,稿件,date\n{rows}".encode("gb18030"))
    (tmp_path / "a" / "w.csv").write_bytes(f"n,date,稿件\n{rows}".encode("gb18030"))
    (tmp_path / "b" / "double.zip").write_bytes(double_zip())
    lock(monkeypatch, "locked")
    monkeypatch.setattr("helpers.readers.tables._SLICE", 300)
    given = [tmp_path / "a", tmp_path / "b", tmp_path / "a" / "x.txt"]
    corpus = read_corpus(given, text_column="稿件")
    results = open_results(
        analyse(given, tmp_path / "out", workers=1, progress=False, text_column="稿件")
    )
    for name, key in (("documents", ["doc"]), ("problems", ["source", "problem", "detail"])):
        expected, found = getattr(corpus, name), results.table(name).df()
        assert sorted(map(str, found[[*key, "source"]].values.tolist())) == sorted(
            map(str, expected[[*key, "source"]].values.tolist())
        )
    assert len(corpus) > 60 and {"unreadable", "damaged", "encoding", "fact_not_read"} <= set(
        corpus.problems["problem"]
    )
    empty = open_results(analyse([], tmp_path / "none", workers=1, progress=False))
    assert empty.table("problems").df().values.tolist() == read_corpus([]).problems.values.tolist()
    with pytest.raises(ValueError, match="is an empty path"):
        analyse("", tmp_path / "more", progress=False)


# --- archives


def double_zip(first="走访第一家。", second="走访第二家。"):
    """An archive with two files of the same name, as made by programs that add a file again instead
    of replacing it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        for text in (first, second):
            archive.writestr("a.txt", text)
    return out.getvalue()


def test_two_files_of_the_same_name_in_an_archive_are_both_read(tmp_path):
    (tmp_path / "x.zip").write_bytes(double_zip())
    # also in an archive within an archive
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as outer:
        outer.writestr("in.zip", double_zip("听取第一次。", "听取第二次。"))
    problems = Problems()
    found = [(source.doc, source.raw) for source in read_sources(find_files(tmp_path), problems)]
    assert (
        found
        == [
            ("a", "走访第一家。"),
            ("a_2", "走访第二家。"),
            ("a_3", "听取第一次。"),
            ("a_4", "听取第二次。"),
        ]
        and not problems.rows
    )


@pytest.mark.parametrize(
    "name", ["简报", "联通", "监督", "郑州市", "焦作简报", "一", "年度报告2024", "郑州/简报"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_packed_name_without_a_declared_encoding_is_decoded(tmp_path, name, encoding):
    raw = f"{name}.txt".encode(encoding)
    assert decoded_name(raw.decode("cp437")) == f"{name}.txt"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Q" * len(raw), "走访。")
    (tmp_path / "x.zip").write_bytes(out.getvalue().replace(b"Q" * len(raw), raw))
    assert names_of(tmp_path) == [f"x.zip/{name}.txt"]


def names_of(folder):
    return [source.name for source in read_sources(find_files(folder), Problems())]


@pytest.mark.parametrize(
    ("written", "name"), [("a.txt", "a.txt"), ("b\\a.txt", "b/a.txt"), ("简报.txt", "简报.txt")]
)
def test_a_name_that_needs_no_decoding_stays(written, name):
    assert decoded_name(written) == name


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes among its files")
def test_pipes_sockets_and_devices_are_named_and_never_opened(tmp_path):
    (tmp_path / "good.txt").write_text("养老", "utf8")
    for name in ("pipe.txt", "pipe.pdf", ".hidden"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    problems = Problems()
    assert [name for name, _ in find_files(tmp_path, problems)] == ["good.txt"]
    rows = {row["source"]: row for row in problems.rows}
    assert {name: row["problem"] for name, row in rows.items()} == dict.fromkeys(
        ("pipe.txt", "pipe.pdf", "zero.txt"), "not_a_file"
    )
    assert "a pipe" in rows["pipe.pdf"]["detail"] and "a device" in rows["zero.txt"]["detail"]
    for given, what in ((tmp_path / "pipe.txt", "a pipe"), ("/dev/zero", "a device")):
        with pytest.raises(ValueError, match=f"is {what}, not a file, and is not opened. Give"):
            read_corpus(given)


def test_a_link_to_a_folder_around_the_given_one_is_named_and_not_followed(tmp_path):
    (tmp_path / "private.txt").write_text("不在内", "utf8")
    (tmp_path / "given" / "below").mkdir(parents=True)
    (tmp_path / "given" / "a.txt").write_text("养老", "utf8")
    (tmp_path / "given" / "below" / "up").symlink_to(tmp_path)
    (tmp_path / "given" / "root").symlink_to(tmp_path.anchor)
    problems = Problems()
    assert [name for name, _ in find_files(tmp_path / "given", problems)] == ["a.txt"]
    named = {(row["source"], row["problem"]) for row in problems.rows}
    assert named == {("below/up", "link"), ("root", "link")}


def test_a_huge_file_of_hashes_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("养老", "utf8")
    with (tmp_path / "SHA256SUMS").open("wb") as file:
        file.truncate(8_000_000_000)  # takes no room on the disk
    with pytest.raises(ValueError, match="SHA256SUMS has 8,000,000,000 bytes, over the limit"):
        read_corpus(tmp_path)
