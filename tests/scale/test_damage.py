"""A damaged folder of results is noticed and repaired, and a corpus is known by its contents."""

import errno
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from many_documents import ask, equal, on_disk, write_documents

from helpers.__main__ import main
from helpers.scale import analysis, parts
from helpers.scale.analysis import analyse
from helpers.scale.parts import TABLES
from helpers.scale.records import hash_files, read_record, write_record
from helpers.scale.results import open_results

SECOND = "000001"  # the part that most tests damage


@pytest.fixture(scope="module")
def docs(tmp_path_factory):
    return write_documents(tmp_path_factory.mktemp("docs"), 16)


@pytest.fixture(autouse=True, scope="module")
def small():
    """Make parts small, so that sixteen documents give several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis, "PART", 24_000)
        yield


@pytest.fixture(scope="module")
def whole(docs, tmp_path_factory):
    return analyse(docs, tmp_path_factory.mktemp("whole") / "out", workers=1, progress=False)


@pytest.fixture(scope="module")
def expected(whole):
    return on_disk(whole)


@pytest.fixture
def out(whole, tmp_path):
    """A copy of the results that a test may damage."""
    return shutil.copytree(whole, tmp_path / "results")


def cut(path: Path, n: int = 200) -> None:
    path.write_bytes(path.read_bytes()[:-n])


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x40
    path.write_bytes(content)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf8")
    assert old in text
    path.write_text(text.replace(old, new), "utf8")


def copy_part(out: Path, number: str, *, mark: bool) -> None:
    for name in TABLES[:-1]:
        shutil.copy(out / name / "000000.parquet", out / name / f"{number}.parquet")
    if mark:
        shutil.copy(out / "done/000000.json", out / f"done/{number}.json")


TABLE = f"sentences/{SECOND}.parquet"
MARK = f"done/{SECOND}.json"
NEXT_STEP = "Call analyse again with the same arguments"
DAMAGES = {
    "a table file is cut": (lambda out: cut(out / TABLE), f"{TABLE} has .* bytes, but"),
    "a byte at the start": (lambda out: flip(out / TABLE, 2), f"{TABLE} was changed"),
    "a byte of the data": (lambda out: flip(out / TABLE, 100), f"{TABLE} was changed"),
    "a byte of the footer": (lambda out: flip(out / TABLE, -100), f"{TABLE} was changed"),
    "an empty table file": (lambda out: (out / TABLE).write_bytes(b""), f"{TABLE} has 0 bytes"),
    "a missing table file": (lambda out: (out / TABLE).unlink(), f"{TABLE} is missing"),
    "another part's tables": (lambda out: copy_part(out, SECOND, mark=False), "analyse wrote"),
    "another part": (
        lambda out: copy_part(out, SECOND, mark=True),
        f"{MARK} is the mark of part 0",
    ),
    "an extra table file": (
        lambda out: shutil.copy(out / TABLE, out / "sentences/000077.parquet"),
        "sentences/000077.parquet is not a file that analyse wrote",
    ),
    "an extra part": (
        lambda out: copy_part(out, "000077", mark=True),
        "done/000077.json is the mark of part 0",
    ),
    "a missing mark": (lambda out: (out / MARK).unlink(), f"{MARK} is missing"),
    "an edited mark": (
        lambda out: edit(out / MARK, '"bytes": ', '"bytes": 1'),
        f"{MARK} was changed",
    ),
    "a mark of brackets": (
        lambda out: (out / MARK).write_text("[" * 100_000),
        f"{MARK} is damaged",
    ),
    "a manifest as mark": (
        lambda out: shutil.copy(out / "manifest.json", out / MARK),
        f"{MARK} belongs to other documents",
    ),
    "the file of duplicates": (
        lambda out: flip(out / "problems/duplicates.parquet", 30),
        "problems/duplicates.parquet was changed",
    ),
    "an empty manifest": (
        lambda out: (out / "manifest.json").write_text(""),
        "manifest.json' is dam",
    ),
    "a cut manifest": (lambda out: cut(out / "manifest.json", 20), "manifest.json' is damaged"),
    "a manifest of brackets": (
        lambda out: (out / "manifest.json").write_text("[" * 100_000),
        "manifest.json' is damaged",
    ),
    "a manifest of another kind": (
        lambda out: (out / "manifest.json").write_text('["seal"]'),
        "manifest.json' is damaged",
    ),
    "an edited manifest": (
        lambda out: edit(out / "manifest.json", '"n_parts": ', '"n_parts": 1'),
        "manifest.json' is damaged",
    ),
    "a mark as manifest": (
        lambda out: shutil.copy(out / MARK, out / "manifest.json"),
        "manifest.json' is damaged",
    ),
    "a missing manifest": (
        lambda out: (out / "manifest.json").unlink(),
        "manifest.json' is missing",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_named_with_the_next_step_and_repaired(docs, out, expected, name):
    damage, message = DAMAGES[name]
    damage(out)
    with pytest.raises(ValueError, match=f"(?s){message}.*{NEXT_STEP}"):
        open_results(out)
    assert equal(on_disk(analyse(docs, out, workers=1, progress=False)), expected)


def test_only_damaged_parts_are_done_again(docs, out, monkeypatch):
    flip(out / TABLE, 50)
    (out / "manifest.json").write_text("")
    done = []
    monkeypatch.setattr(analysis, "run_part", lambda job: done.append(job.number) or run(job))
    run = parts.run_part
    analyse(docs, out, workers=1, progress=False)
    assert set(done) == {1} and read_record(out / "manifest.json")["state"] == "complete"


def test_a_byte_changed_anywhere_never_changes_a_table_silently(docs, out, whole, expected):
    pick = random.Random(5)
    for path in sorted(whole.rglob("*")):
        if path.is_dir() or path.name == ".lock":
            continue
        copy = out / path.relative_to(whole)
        for place in (0, pick.randrange(path.stat().st_size)):
            flip(copy, place)
            with pytest.raises(ValueError, match=NEXT_STEP):
                open_results(out)
            shutil.copy2(path, copy)
    assert equal(on_disk(out), expected)


@pytest.mark.slow
def test_a_byte_changed_anywhere_is_repaired(docs, out, whole, expected):
    pick = random.Random(7)
    kinds = {path.parent.name: path for path in sorted(whole.rglob("*.*")) if path.is_file()}
    for path in kinds.values():
        flip(out / path.relative_to(whole), pick.randrange(path.stat().st_size))
        assert equal(on_disk(analyse(docs, out, workers=1, progress=False)), expected)


def test_a_table_file_of_another_program_is_named_and_never_deleted(docs, out):
    foreign = out / "sentences" / "mine.parquet"
    shutil.copy(out / TABLE, foreign)
    remedy = "sentences/mine.parquet is not a file that .* Move sentences/mine.parquet to another"
    for work in (lambda: open_results(out), lambda: analyse(docs, out, workers=1, progress=False)):
        with pytest.raises(ValueError, match=remedy):
            work()
    assert foreign.exists()


def test_a_part_of_other_documents_is_not_taken_for_one_of_these(docs, out, expected, tmp_path):
    other = write_documents(tmp_path / "other", 16, seed=3)
    results = analyse(other, tmp_path / "o", workers=1, progress=False)
    for name in TABLES[:-1]:
        shutil.copy(results / TABLE.replace("sentences", name), out / name)
    shutil.copy(results / MARK, out / MARK)
    with pytest.raises(ValueError, match=f"{MARK} belongs to other documents or settings"):
        open_results(out)
    assert equal(on_disk(analyse(docs, out, workers=1, progress=False)), expected)


def test_results_are_never_overwritten_if_nothing_tells_their_documents(docs, out, tmp_path):
    (out / "manifest.json").write_text("{")
    marks = {path: path.read_text("utf8") for path in (out / "done").glob("*.json")}
    other = write_documents(tmp_path / "other", 3)
    with pytest.raises(ValueError, match="holds the results of other documents or settings"):
        analyse(other, out, workers=1, progress=False)
    for path in marks:
        path.write_text("")
    with pytest.raises(ValueError, match="all marks in done are damaged .* Delete this folder"):
        analyse(docs, out, workers=1, progress=False)
    assert (out / TABLE).exists()


def test_an_empty_manifest_of_a_run_that_finished_no_part_is_made_again(
    docs, out, expected, tmp_path
):
    for path in (out / "done").glob("*.json"):
        path.unlink()
    (out / "manifest.json").write_text("")
    assert equal(on_disk(analyse(docs, out, workers=1, progress=False)), expected)


def test_an_unfinished_run_shows_its_intact_parts_and_names_damaged_ones(out, expected):
    manifest = read_record(out / "manifest.json")
    del manifest["unknown_as"]
    write_record(out / "manifest.json", manifest | {"state": "running"})
    (out / MARK).unlink()  # the tables of this part are there, but it is not done
    n = len(expected["sentences"])
    assert 0 < ask(open_results(out), "SELECT count(*) FROM sentences")[0][0] < n
    flip(out / "sentences/000000.parquet", 100)
    with pytest.raises(
        ValueError, match="000000.parquet was changed .* If analyse is running, wait"
    ):
        open_results(out)


# --- the identity of a corpus


def test_a_copy_of_the_documents_elsewhere_is_the_same_corpus(docs, out, tmp_path):
    clone = tmp_path / "clone" / "docs"
    shutil.copytree(docs, clone, copy_function=shutil.copy)  # with new times
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    analyse(clone, out, workers=1, progress=False)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


@pytest.mark.parametrize("name", ["0003.txt", "pages.jsonl"])
def test_a_changed_byte_is_noticed_although_size_and_time_stay(docs, out, tmp_path, name):
    clone = shutil.copytree(docs, tmp_path / "docs")
    state, content = (clone / name).stat(), (clone / name).read_bytes()
    place = content.rindex("人".encode())
    (clone / name).write_bytes(content[:place] + "入".encode() + content[place + 3 :])
    os.utime(clone / name, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert (clone / name).stat().st_size == state.st_size
    with pytest.raises(ValueError, match="holds the results of other documents or settings"):
        analyse(clone, out, workers=1, progress=False)


def test_a_new_file_that_cannot_be_read_makes_another_corpus(docs, out, tmp_path):
    clone = shutil.copytree(docs, tmp_path / "docs")
    (clone / "table.xyz").write_text("x")
    with pytest.raises(ValueError, match="holds the results of other documents or settings"):
        analyse(clone, out, workers=1, progress=False)


def test_hashes_are_in_the_order_of_the_files_and_a_missing_file_gives_none(tmp_path):
    import hashlib

    paths = [tmp_path / f"{n}.txt" for n in range(2_300)]
    for path in paths:
        path.write_text(path.name)
    paths[7].unlink()
    hashes = [hashlib.sha256(path.name.encode()).hexdigest() for path in paths]
    hashes[7] = ""
    assert list(hash_files(paths)) == hashes


# --- arguments


@pytest.mark.parametrize("name", ["workers", "size_limit"])
@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-1, ValueError), (2.5, TypeError), ("2", TypeError), (True, TypeError)],
)
def test_a_count_is_a_whole_number_from_one_on(docs, tmp_path, name, value, error):
    with pytest.raises(error, match=rf"{name}={value!r}: expected a whole number from 1 on"):
        analyse(docs, tmp_path / "out", progress=False, **{name: value})
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("value", "error"), [("", ValueError), (" ", ValueError), (3, TypeError)])
def test_the_column_of_texts_has_a_name(docs, tmp_path, value, error):
    with pytest.raises(error, match="expected the name of a column, or None"):
        analyse(docs, tmp_path / "out", text_column=value, progress=False)


def test_the_command_says_in_one_line_what_is_wrong(docs, tmp_path, capsys):
    assert main(["analyse", str(docs), "--out", str(tmp_path / "out"), "--workers", "0"]) == 1
    assert capsys.readouterr().err == (
        "analyse: workers=0: expected a whole number from 1 on (None for one process per core).\n"
    )


# --- a full disk


FULL = """
import sys
from helpers.scale import analysis
analysis.PART = 24_000
analysis.analyse(sys.argv[1], sys.argv[2], workers=int(sys.argv[3]), progress=False)
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_leaves_a_folder_that_the_next_call_completes(
    docs, expected, tmp_path, workers
):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        command = [sys.executable, "-c", FULL, str(docs), str(disk / "out"), str(workers)]
        run = subprocess.run(command, capture_output=True, text=True)
        assert run.returncode == 1 and os.strerror(errno.ENOSPC) in run.stderr
        assert "'out' cannot be written: the disk is full" in run.stderr.splitlines()[-1]
        assert not list(disk.rglob("*.tmp"))
        if (disk / "out/manifest.json").is_file():
            open_results(disk / "out").table("documents").fetchall()
        subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)
        analyse(docs, disk / "out", workers=1, progress=False)
        assert equal(on_disk(disk / "out"), expected)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
