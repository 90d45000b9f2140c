"""However a run of `analyse` is stopped, nothing is left half-written and the next call goes on."""

import errno
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from many_documents import equal, in_memory, on_disk, write_documents
from waiting import patience, wait_until

from helpers.scale import analysis, executors, results
from helpers.scale.analysis import analyse
from helpers.scale.folder import only_call
from helpers.scale.parts import make_folders
from helpers.scale.results import open_results
from helpers.writing import lock

pytestmark = pytest.mark.usefixtures("heeds_ctrl_c")
AT_ONCE = 3  # seconds that a user waits after Ctrl-C
CALL = """
import sys
from helpers.scale import analysis, parts
analysis.PART, parts.BLOCK = 12_000, 1_500
analysis.analyse(sys.argv[1], sys.argv[2], workers=int(sys.argv[3]), progress=False)
"""


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(analysis, "PART", 12_000)


@pytest.fixture(scope="module")
def docs(tmp_path_factory):
    return write_documents(tmp_path_factory.mktemp("docs"), 300)


@pytest.fixture(scope="module")
def expected(docs):
    return in_memory(docs)


def start(*arguments) -> subprocess.Popen:
    """Start a command in a session of its own, so that Ctrl-C can be sent to all its processes."""
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(pattern: str, out: Path, n: int = 1) -> None:
    """Wait until the folder of results holds `n` files."""
    end = time.monotonic() + 60
    while len(list(out.glob(pattern))) < n:
        assert time.monotonic() < end, f"no {pattern} after a minute"
        time.sleep(0.01)


def processes_of(session: int) -> list[int]:
    """List the processes of a session that still run."""
    stat = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, of = path.read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):  # the process has ended
            continue
        stat[int(path.parent.name)] = state, int(of)
    return [pid for pid, (state, of) in stat.items() if of == session and state != "Z"]


def all_ended(process: subprocess.Popen) -> bool:
    """Tell whether all processes that a command started end within a second after the command."""
    return wait_until(lambda: not processes_of(process.pid), 1)


def press_ctrl_c(process: subprocess.Popen, *, to_all: bool) -> tuple[str, float]:
    """Send Ctrl-C. Return what the process printed and the seconds that it took to end."""
    began = time.monotonic()
    (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
    _, printed = process.communicate(timeout=60)
    return printed, time.monotonic() - began


@pytest.mark.slow
@pytest.mark.parametrize("to_all", [True, False], ids=["terminal", "kill"])
@pytest.mark.parametrize("moment", ["done/.lock", "*/.*.tmp", "done/*.json"])
def test_ctrl_c_ends_the_command_at_once_with_one_line(docs, expected, tmp_path, moment, to_all):
    out = tmp_path / "out"
    process = start("-m", "helpers", "analyse", docs, "--out", out, "--workers", "2")
    wait_for(moment, out)
    printed, seconds = press_ctrl_c(process, to_all=to_all)
    lines = printed.replace("\r", "\n").splitlines()
    assert process.returncode == 130 and seconds < patience(AT_ONCE) and "Traceback" not in printed
    assert {line.split(":")[0] for line in lines if line} == {"analyse"}  # the bar and the line
    assert lines[-1].startswith("analyse: Stopped.") and lines[-1].endswith("the other parts.")
    assert all_ended(process) and not list(out.rglob("*.tmp"))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_ends_a_call_at_once_and_the_next_call_goes_on(docs, expected, tmp_path, workers):
    out = tmp_path / "out"
    process = start("-c", CALL, docs, out, workers)
    wait_for("done/*.json", out, 2)
    printed, seconds = press_ctrl_c(process, to_all=True)
    assert seconds < patience(AT_ONCE) and len(printed.splitlines()) <= 5
    assert "KeyboardInterrupt: Stopped." in printed.splitlines()[-1]
    assert all_ended(process) and not list(out.rglob("*.tmp"))
    done = {path: path.read_bytes() for path in out.glob("done/*.json")}
    open_results(out)
    assert len(done) >= 2 and f"Stopped. {len(done)} parts are done and stay." in printed
    assert equal(on_disk(analyse(docs, out, workers=1, progress=False)), expected)
    assert done.items() <= {path: path.read_bytes() for path in out.glob("done/*.json")}.items()


@pytest.mark.slow
def test_ctrl_c_in_the_progress_bar_ends_the_processes(tmp_path, monkeypatch):
    """The loop that shows the progress is another one than the loop that waits for parts."""
    import tqdm

    def press(bar, n):
        raise KeyboardInterrupt

    monkeypatch.setattr(tqdm.tqdm, "update", press)
    pools = []
    monkeypatch.setattr(executors, "_Pool", remembering(executors._Pool, pools))
    docs = write_documents(tmp_path / "docs", 20)
    with pytest.raises(KeyboardInterrupt, match="Stopped. . parts are done and stay. Call analyse"):
        analyse(docs, tmp_path / "out", workers=2, progress=False)
    assert pools and all(pool._processes is None for pool in pools)  # the pool is shut down


def remembering(kind: type, instances: list) -> type:
    class Remembering(kind):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            instances.append(self)

    return Remembering


# --- two calls


def test_a_second_call_on_the_same_folder_says_so(tmp_path):
    docs, out = write_documents(tmp_path / "docs", 4), tmp_path / "out"
    make_folders(out)
    with only_call(out):
        with pytest.raises(
            RuntimeError,
            match=f"Another call of analyse .process {os.getpid()} on .* is writing to 'out'. Wait",
        ):
            analyse(docs, out, workers=1, progress=False)
    assert not (out / "manifest.json").exists()
    analyse(docs, out, workers=1, progress=False)
    with only_call(out):  # nothing is written to complete results, so nothing is refused
        analyse(docs, out, workers=1, progress=False)


def test_a_disk_without_locks_is_no_obstacle(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    docs = write_documents(tmp_path / "docs", 4)
    open_results(analyse(docs, tmp_path / "out", workers=1, progress=False))


@pytest.mark.slow
def test_of_two_calls_at_once_one_works_and_one_says_so(docs, expected, tmp_path):
    out = tmp_path / "out"
    calls = [start("-m", "helpers", "analyse", docs, "--out", out) for _ in range(2)]
    printed = [call.communicate(timeout=300)[1] for call in calls]
    refused = [text for call, text in zip(calls, printed, strict=True) if call.returncode]
    assert sorted(call.returncode for call in calls) == [0, 1]
    assert refused[0].startswith("analyse: Another call of analyse (process ")
    assert len(refused[0].splitlines()) == 1 and equal(on_disk(out), expected)


def test_a_refused_call_waits_until_the_other_has_written_its_name(tmp_path):
    make_folders(tmp_path)
    with open(tmp_path / "done" / ".lock", "w") as other:
        assert lock(other.fileno())
        name = threading.Timer(0.2, lambda: print("process 7", file=other, flush=True))
        name.start()
        with pytest.raises(RuntimeError, match=r"\(process 7\)"), only_call(tmp_path):
            pass
        name.join()


# --- kills


@pytest.mark.audit
def test_a_call_killed_at_ten_random_moments_ends_with_the_same_rows(docs, expected, tmp_path):
    out, pick = tmp_path / "out", random.Random()
    began = time.monotonic()
    start("-c", CALL, docs, tmp_path / "whole", 2).communicate()
    whole, reached = time.monotonic() - began, set()
    for _ in range(10):
        process = start("-c", CALL, docs, out, 2)
        time.sleep(pick.uniform(0.3, whole))
        process.kill()  # the lock must not outlive the process
        process.communicate()
        reached.add(len(list(out.glob("done/*.json"))))
        if (out / "manifest.json").is_file():
            open_results(out).table("documents").fetchall()
    assert equal(on_disk(analyse(docs, out, workers=1, progress=False)), expected)
    assert max(reached) > 0 and not list(out.rglob("*.tmp"))


@pytest.mark.slow
def test_a_killed_worker_costs_no_row(docs, expected, tmp_path):
    out = tmp_path / "out"
    process = start("-c", CALL, docs, out, 2)
    wait_for("done/*.json", out, 3)
    workers: set[int] = set()
    while not workers:  # the names of unfinished files hold the id of the process
        workers = {int(path.name.split(".")[-2]) for path in out.glob("*/.*.parquet.*.tmp")}
    os.kill(workers.pop(), signal.SIGKILL)
    _, printed = process.communicate(timeout=300)
    assert process.returncode == 0 and printed == ""
    assert equal(on_disk(out), expected) and not list(out.rglob("*.tmp"))


def test_ctrl_c_ends_the_search_for_duplicates(tmp_path, monkeypatch):
    """A query that would take hours stands for the search in ten million documents."""
    import threading

    import duckdb

    out = analyse(
        write_documents(tmp_path / "docs", 4), tmp_path / "out", workers=1, progress=False
    )
    endless = (
        "SELECT count(*) FROM range(100000000) a, range(1000000) b WHERE (a.range + b.range) = 1"
    )

    class Slow:
        def __init__(self, connection):
            self.connection, self.interrupt = connection, connection.interrupt

        def execute(self, query):
            return self.connection.execute(endless)

    slow = Slow(duckdb.connect())
    monkeypatch.setattr(duckdb, "connect", lambda: slow)
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        results.duplicates(out)
    assert time.monotonic() - began < patience(AT_ONCE)
