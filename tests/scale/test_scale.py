"""Many documents: the tables are the same however they are computed, and no file is incomplete
however a run ends."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from many_documents import ask, equal, in_memory, on_disk, rows, write_documents
from waiting import wait_until

from helpers import read_corpus
from helpers.codebook.codebook import DATA
from helpers.readers.formats import Entry
from helpers.scale.parts import TABLE_BUILDERS, TABLES, Job, load_builders, run_part

pytest.importorskip("pyarrow")
pytest.importorskip("duckdb")

from helpers.scale import analysis, executors, parts, results  # noqa: E402
from helpers.scale.analysis import analyse
from helpers.scale.records import write_record
from helpers.scale.results import open_results  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_documents(tmp_path_factory.mktemp("docs"), 40)


@pytest.fixture(scope="module")
def expected(folder):
    return in_memory(folder)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Make parts and blocks small, so that forty documents give many."""
    monkeypatch.setattr(analysis, "PART", 72_000)
    monkeypatch.setattr(parts, "BLOCK", 1_500)


def files(out: Path) -> dict[str, int]:
    return {
        path.relative_to(out).as_posix(): path.stat().st_mtime_ns
        for path in sorted(out.rglob("*.parquet"))
    }


def test_one_process_gives_the_tables_of_the_in_memory_functions(folder, expected, tmp_path):
    out = analyse(folder, tmp_path / "out", progress=False, workers=1)
    assert equal(on_disk(out), expected)
    assert (
        json.loads((out / "manifest.json").read_text())["state"] == "complete"
        and len(list((out / "done").iterdir())) >= 4
    )
    assert not list(out.rglob("*.tmp"))


def test_local_processes_give_the_same_rows(folder, expected, tmp_path):
    assert equal(on_disk(analyse(folder, tmp_path / "out", progress=False, workers=2)), expected)


def test_a_finished_run_is_not_repeated(folder, tmp_path):
    out = analyse(folder, tmp_path / "out", progress=False, workers=1)
    before = {
        name: changed for name, changed in files(out).items() if not name.startswith("problems")
    }
    analyse(folder, out, progress=False, workers=1)
    assert {
        name: changed for name, changed in files(out).items() if not name.startswith("problems")
    } == before


def test_an_interrupted_run_continues_where_it_stopped(folder, expected, tmp_path, monkeypatch):
    done = []

    def break_off(job):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(run_part(job))
        return done[-1]

    monkeypatch.setattr(analysis, "run_part", break_off)
    with pytest.raises(KeyboardInterrupt):
        analyse(folder, tmp_path / "out", progress=False, workers=1)
    # the finished parts can be queried
    assert ask(open_results(tmp_path / "out"), "SELECT count(*) FROM documents")[0][0] > 0
    first = {
        name: changed
        for name, changed in files(tmp_path / "out").items()
        if not name.startswith("problems")
    }
    monkeypatch.setattr(analysis, "run_part", run_part)
    out = analyse(folder, tmp_path / "out", progress=False, workers=1)
    assert equal(on_disk(out), expected) and first.items() <= files(out).items()


@pytest.mark.parametrize(
    ("others", "read_as"),
    [
        (["老人占总人口的２１９８％."] * 3, "lost"),
        (["老人占总人口的21.98%."] * 3, "intact"),
        (["老人占总人口的２１９８％."] * 3 + ["老人占总人口的21.98%."], "intact"),
    ],
)
def test_undecided_documents_follow_the_whole_corpus_and_not_their_part(
    tmp_path, monkeypatch, others, read_as
):
    monkeypatch.setattr(analysis, "PART", 100)
    for number, text in enumerate(["走访老人９９５人."] * 2 + others + ["走访机构８５家."] * 2):
        write_text(tmp_path / "docs" / f"{number}.txt", f"洛阳: 成效{number}\n\n{text}\n")
    out = analyse(tmp_path / "docs", tmp_path / "out", progress=False, workers=1)
    table = open_results(out).table("documents").df().set_index("doc")
    assert set(table.loc[table["decimals"] == "unknown", "decimals_read_as"]) == {read_as}
    assert rows(table.reset_index()) == in_memory(tmp_path / "docs")["documents"]


def write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf8")


def test_results_of_different_documents_or_settings_are_never_mixed(folder, tmp_path):
    out = analyse(folder, tmp_path / "out", progress=False, workers=1)
    for options in ({"text_column": "title"}, {"size_limit": 10_000_000}):
        with pytest.raises(
            ValueError,
            match="'out' holds the results of other documents or settings .* Name another folder",
        ):
            analyse(folder, out, progress=False, workers=1, **options)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    with pytest.raises(ValueError, match="'full' is not empty and holds no manifest.json"):
        analyse(folder, tmp_path / "full", progress=False)
    with pytest.raises(FileNotFoundError, match="holds no results of analyse"):
        open_results(tmp_path / "full")


def test_a_file_that_disappears_after_the_listing_is_reported(tmp_path, monkeypatch):
    docs = write_documents(tmp_path / "docs", 4)

    def vanish(job):
        (docs / "0002.txt").unlink(missing_ok=True)
        return run_part(job)

    monkeypatch.setattr(analysis, "run_part", vanish)
    out = analyse(docs, tmp_path / "out", progress=False, workers=1)
    assert ("0002.txt", "unreadable") in ask(
        open_results(out), "SELECT source, problem FROM problems"
    )
    assert ask(open_results(out), "SELECT count(*) FROM documents")[0] == (23,)


def test_a_document_that_an_analysis_fails_on_is_reported_and_the_others_are_kept(
    folder, tmp_path, monkeypatch
):
    def fail(corpus):
        if "0007" in corpus:
            raise ZeroDivisionError("division by zero")
        return builders["theme_hits"](corpus)

    builders = load_builders()
    monkeypatch.setattr(parts, "load_builders", lambda: builders | {"theme_hits": fail})
    connection = open_results(analyse(folder, tmp_path / "out", progress=False, workers=1))
    assert ("0007.txt", "0007", "failed", "ZeroDivisionError: division by zero") in ask(
        connection, "SELECT * FROM problems"
    )
    assert ask(connection, "SELECT count(*) FROM documents")[0] == (59,)
    assert ask(connection, "SELECT count(*) FROM sentences WHERE doc = '0007'")[0] == (0,)


def crashes(job: Job) -> int:
    """A part whose file `bad.txt` crashes the process, as a fault in a PDF library would."""
    if any(
        entry.path.name == "bad.txt" and entry not in job.crashing_entries for entry in job.entries
    ):
        os._exit(1)
    Path(job.out, f"done/{job.number}.json").write_text(
        " ".join(str(entry.path) for entry in job.crashing_entries)
    )
    return job.number


def crashes_as_a_whole(job: Job) -> int:
    """A part that is too large for the memory, although none of its files is."""
    if len(job.entries) > 1:
        os._exit(1)
    Path(job.out, f"done/{job.number}.json").write_text("")
    return job.number


def jobs_of(*parts: list[str], out: Path) -> list[Job]:
    (out / "done").mkdir(parents=True)
    return [
        Job(number, tuple(Entry(Path(name).name, Path(name)) for name in part), str(out))
        for number, part in enumerate(parts)
    ]


def test_a_file_that_crashes_its_process_is_found_and_the_others_are_analysed(tmp_path):
    jobs = jobs_of(
        ["a.txt"],
        ["bad.txt", "b/bad_too.txt", "d.txt"],
        *[[f"{n}.txt"] for n in range(5)],
        out=tmp_path,
    )
    assert sorted(executors.run_processes(crashes, jobs, 2)) == list(range(7))
    assert (tmp_path / "done/1.json").read_text() == "bad.txt"


def test_a_file_that_crashes_its_process_does_not_crash_the_caller(tmp_path):
    assert list(
        executors.run_processes(
            crashes, jobs_of(["a/bad.txt", "bad.txt", "b.txt"], out=tmp_path), 2
        )
    ) == [0]
    assert sorted((tmp_path / "done/0.json").read_text().split()) == ["a/bad.txt", "bad.txt"]


def test_a_part_that_crashes_without_a_single_cause_is_an_error_and_not_marked_as_done(tmp_path):
    with pytest.raises(
        RuntimeError,
        match=(
            r"Part 1 \(2 files, b.txt to c.txt\) crashes its process, although none of its"
            r" files does so alone. Usually the memory is too small"
        ),
    ):
        list(
            executors.run_processes(
                crashes_as_a_whole, jobs_of(["a.txt"], ["b.txt", "c.txt"], out=tmp_path), 2
            )
        )
    assert not (tmp_path / "done/1.json").exists()


def test_crashing_entries_are_reported_and_not_read(folder, tmp_path):
    # two files of one name
    entries = [Entry("a.txt", folder / f"{doc}.txt", doc=doc) for doc in ("0001", "0002")]
    parts.make_folders(tmp_path)
    plan = {"version": "1", "tables": [], "n_parts": 1, "input": ""}
    crashing = frozenset(entries[:1])
    run_part(Job(0, tuple(entries), str(tmp_path), crashing_entries=crashing, plan=plan))
    write_record(tmp_path / "manifest.json", plan | {"state": "running"})
    connection = open_results(tmp_path)
    assert ask(connection, "SELECT doc FROM documents") == [("0002",)]
    assert ask(connection, "SELECT source, doc, problem FROM problems") == [
        ("a.txt", "0001", "crashed")
    ]


def test_a_script_needs_no_main_guard(folder, tmp_path):
    script = tmp_path / "mine.py"
    script.write_text(
        "from helpers.scale import analysis\nanalysis.PART = 72_000\n"
        f"analysis.analyse({str(folder)!r}, {str(tmp_path / 'out')!r}, workers=2, progress=False)\n"
        "print('once')"
    )
    run = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert (run.stdout, run.stderr, run.returncode) == ("once\n", "", 0)


def test_the_progress_bar_shows_the_rate_and_the_time_left(folder, tmp_path, capsys):
    analyse(folder, tmp_path / "out", workers=1)
    shown = capsys.readouterr().err
    assert "100%" in shown and "B/s" in shown and "<" in shown


# --- when nothing can be written


def test_the_error_for_an_unwritable_folder_says_why(folder, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    with pytest.raises(
        OSError, match="'out' cannot be written: a file is in the way. 0 parts are done and stay"
    ):
        analyse(folder, tmp_path / "file" / "out", progress=False, workers=1)

    def refuse(*args, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OSError, match="'out' cannot be written: the folder is read-only"):
        analyse(folder, tmp_path / "out", progress=False, workers=1)


def test_a_full_disk_leaves_only_complete_files(folder, expected, tmp_path):
    script = f"""
import resource, signal
from helpers.scale import analysis
analysis.PART = 72_000
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))  # a file of more fails as on a full disk
analysis.analyse({str(folder)!r}, {str(tmp_path / "out")!r}, workers=1, progress=False)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120
    )
    assert (
        run.returncode == 1
        and "'out' cannot be written: the file would be too large." in run.stderr
    )
    assert not list((tmp_path / "out").rglob("*.tmp"))
    # there is room again
    assert equal(on_disk(analyse(folder, tmp_path / "out", progress=False, workers=1)), expected)


@pytest.mark.parametrize("name", ["run?", "res [2024]", "a*b", "a'b"])
def test_a_folder_of_results_may_have_any_name(folder, tmp_path, monkeypatch, name):
    analyse(folder, tmp_path / "run1", progress=False, workers=1)
    analyse(folder, tmp_path / name, progress=False, workers=1)
    monkeypatch.chdir(tmp_path)
    connection = open_results(name)
    monkeypatch.chdir("/")
    assert ask(connection, "SELECT count(*), count(DISTINCT doc) FROM documents") == [(60, 60)]


def test_a_run_that_ended_before_its_manifest_can_be_repeated(folder, tmp_path):
    (tmp_path / "out" / "sentences").mkdir(parents=True)
    (tmp_path / "out" / ".manifest.json.1.tmp").write_text("{")
    analyse(folder, tmp_path / "out", progress=False, workers=1)
    (tmp_path / "other" / "sentences").mkdir(parents=True)
    (tmp_path / "other" / "sentences" / "mine.txt").write_text("x")
    with pytest.raises(ValueError, match="'other' is not empty"):
        analyse(folder, tmp_path / "other", progress=False, workers=1)


@pytest.mark.parametrize("manifest", ["", "[]", '{"name": "a web app"}'])
def test_the_manifest_of_another_program_is_never_overwritten(folder, tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    for work in (
        lambda: analyse(folder, tmp_path, progress=False, workers=1),
        lambda: open_results(tmp_path),
    ):
        with pytest.raises(
            ValueError,
            match="holds a manifest.json that analyse did not write. Name another folder.",
        ):
            work()
    assert (tmp_path / "manifest.json").read_text() == manifest


def test_an_error_in_the_codebook_is_raised_before_anything_is_written(folder, tmp_path):
    with pytest.raises((ValueError, OSError)):
        analyse(folder, tmp_path / "out", codebook=tmp_path / "mine.csv", progress=False, workers=1)
    assert not (tmp_path / "out").exists()


def test_a_changed_codebook_is_noticed_whatever_the_name_of_its_folder(folder, tmp_path):
    own = tmp_path / "derived"
    shutil.copytree(DATA / "codebook", own)
    analyse(folder, tmp_path / "out", codebook=own, progress=False, workers=1)
    lines = (own / "themes.csv").read_text("utf-8-sig").splitlines(keepends=True)
    (own / "themes.csv").write_text("".join(lines[:-1]), "utf-8-sig")
    with pytest.raises(ValueError, match="holds the results of other documents or settings"):
        analyse(folder, tmp_path / "out", codebook=own, progress=False, workers=1)


def test_a_complete_run_writes_nothing_and_a_deleted_mark_or_file_is_made_again(
    folder, expected, tmp_path
):
    out = analyse(folder, tmp_path / "out", progress=False, workers=1)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    analyse(folder, out, progress=False, workers=1)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before
    next((out / "documents").glob("*.parquet")).unlink()
    sorted((out / "done").glob("*.json"))[-1].write_text("")
    assert equal(on_disk(analyse(folder, out, progress=False, workers=1)), expected)


# --- results


def test_every_ready_query_gives_rows_and_the_rates_equal_those_of_count_themes(folder, tmp_path):
    from helpers.themes.counts import count_themes

    connection = open_results(analyse(folder, tmp_path / "out", progress=False, workers=1))
    for name, question, query in ask(connection, "SELECT * FROM examples"):
        assert question.endswith("?") and ask(connection, query), name
    counted = count_themes(read_corpus(folder), n_boot=0)
    shown = connection.table("theme_rates").df().set_index(["doc", "theme"])
    known = counted.set_index(["doc", "theme"]).loc[shown.index]
    assert (shown["n"] == known["n"]).all() and (
        shown["per_1000_chars"] - known["per_1000_chars"]
    ).abs().max() < 1e-9
    assert counted["n"].sum() == shown["n"].sum()


def test_an_empty_folder_gives_empty_tables_and_a_problem(tmp_path):
    (tmp_path / "docs").mkdir()
    connection = open_results(analyse(tmp_path / "docs", tmp_path / "out", progress=False))
    assert ask(connection, "SELECT problem FROM problems") == [("no_documents",)]
    for name, *_ in results.ready_queries():
        connection.table(name).fetchall()
    full = open_results(analyse(DATA / "raw", tmp_path / "full", progress=False, workers=1))
    for name in TABLES:
        kinds = [
            [(column, kind) for column, kind, *_ in ask(each, f"DESCRIBE {name}")]
            for each in (connection, full)
        ]
        assert kinds[0] == kinds[1]


# --- cluster, kills

RUN = """
import sys
from helpers.scale import analysis, parts
analysis.PART, parts.BLOCK = 12_000, 1_500
analysis.analyse(sys.argv[1], sys.argv[2], workers=2, progress=False)
"""


@pytest.mark.parametrize("wrong", [5, object()])
def test_only_a_scheduler_is_accepted_as_scheduler(folder, tmp_path, wrong):
    with pytest.raises(
        TypeError,
        match="expected an address such as 'tcp://host:8786', a distributed.Client or a cluster",
    ):
        analyse(folder, tmp_path / "out", scheduler=wrong, progress=False)


@pytest.mark.slow
def test_a_file_that_crashes_cluster_workers_is_found_on_this_machine(
    tmp_path,
):
    import distributed

    jobs = jobs_of(["a.txt"], ["bad.txt", "c.txt"], ["d.txt"], out=tmp_path)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        done = []
        with pytest.raises(
            RuntimeError,
            match=(
                "1 parts crashed every worker that read them .part 1: bad.txt to c.txt.*Call"
                " analyse again without a scheduler"
            ),
        ):
            for number in executors.run_cluster(crashes, jobs, client):
                done.append(number)
    assert sorted(done) == [0, 2]
    with pytest.raises(ConnectionError, match="The Dask client is closed"):
        list(executors.run_cluster(crashes, jobs, client))
    assert (
        list(executors.run_processes(crashes, [jobs[1]], 2)) == [1]
        and (tmp_path / "done/1.json").read_text() == "bad.txt"
    )


@pytest.mark.slow
def test_a_scheduler_without_workers_is_an_error(tmp_path, monkeypatch):
    import distributed

    monkeypatch.setattr(executors, "_PATIENCE", 1)
    with distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as cluster:
        with pytest.raises(ConnectionError, match="The Dask scheduler has no worker after 1 s"):
            list(executors.run_cluster(crashes, jobs_of(["a.txt"], out=tmp_path), cluster))


@pytest.mark.slow
def test_the_wait_for_lost_workers_ends(tmp_path, monkeypatch):
    import distributed

    monkeypatch.setattr(executors, "_PATIENCE", 3)
    jobs = jobs_of(*[[f"{n}.txt"] for n in range(20)], out=tmp_path)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        numbers = executors.run_cluster(crashes, jobs, cluster)
        next(numbers)
        cluster.scale(0)
        with pytest.raises(ConnectionError, match="The Dask scheduler has no worker after 3 s"):
            list(numbers)


@pytest.mark.slow
def test_a_job_counts_as_done_if_its_worker_is_lost_while_its_result_arrives(tmp_path, monkeypatch):
    import distributed

    gather = distributed.Client._gather

    async def gather_and_lose(client, those, *args, **options):
        results = await gather(client, those, *args, **options)
        for future in those:
            client._handle_lost_data(future.key)
        return results

    monkeypatch.setattr(distributed.Client, "_gather", gather_and_lose)
    jobs = jobs_of(["a.txt"], ["b.txt"], out=tmp_path)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        assert sorted(executors.run_cluster(crashes, jobs, cluster)) == [0, 1]


@pytest.mark.slow
def test_a_call_that_is_stopped_leaves_no_job_on_the_cluster(tmp_path):
    import distributed

    jobs = jobs_of(*[[f"{n}.txt"] for n in range(20)], out=tmp_path)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        numbers = executors.run_cluster(crashes, jobs, client)
        next(numbers)
        numbers.close()
        assert wait_until(lambda: not cluster.scheduler.tasks, 5)


def test_a_process_of_an_earlier_run_cannot_write_results(folder, expected, tmp_path, monkeypatch):
    late = []

    def remember(job):
        late.append(job)
        return run_part(job)

    monkeypatch.setattr(analysis, "run_part", remember)
    out = analyse(folder, tmp_path / "out", progress=False, workers=1)
    next(out.glob("done/*.json")).unlink()
    analyse(folder, out, progress=False, workers=1)
    with pytest.raises(RuntimeError, match="Another call of analyse writes to 'out' now"):
        run_part(late[0])
    assert equal(on_disk(out), expected) and not list(out.rglob("*.tmp"))


@pytest.mark.slow
def test_no_process_outlives_a_killed_run(tmp_path):
    folder = write_documents(tmp_path / "docs", 400)
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), str(tmp_path / "out")], start_new_session=True
    )
    time.sleep(4)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert wait_until(lambda: not _processes_of(process.pid), 20)


def _processes_of(session: int) -> list[str]:
    return [pid for pid in filter(str.isdigit, os.listdir("/proc")) if _session(pid) == session]


def _session(pid: str) -> int:
    try:
        return os.getsid(int(pid))
    except OSError:
        return -1


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.mark.slow
def test_a_cluster_gives_the_same_rows(folder, expected, tmp_path, cluster):
    assert equal(
        on_disk(
            analyse(folder, tmp_path / "out", scheduler=cluster.scheduler_address, progress=False)
        ),
        expected,
    )


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_rows(tmp_path, cluster):
    import threading

    folder = write_documents(tmp_path / "docs", 400)
    expected = in_memory(folder)
    pids = [worker.pid for worker in cluster.workers.values()]

    def kill():
        while len(list((tmp_path / "out").glob("done/*.json"))) < 5:
            time.sleep(0.05)
        os.kill(pids[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    out = analyse(folder, tmp_path / "out", scheduler=cluster.scheduler_address, progress=False)
    killer.join()
    assert equal(on_disk(out), expected)


@pytest.mark.slow
def test_a_missing_or_disappearing_scheduler_is_an_error(folder, expected, tmp_path):
    with pytest.raises(
        ConnectionError, match="No Dask scheduler answers at tcp://127.0.0.1:9. Start one with"
    ):
        analyse(folder, tmp_path / "none", scheduler="tcp://127.0.0.1:9", progress=False)
    many = write_documents(tmp_path / "docs", 400)
    script = (
        "from distributed import LocalCluster; import time\nif __name__ == '__main__':\n c ="
        " LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None);"
        " print(c.scheduler_address, flush=True); time.sleep(600)"
    )
    (tmp_path / "cluster.py").write_text(script)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "cluster.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    address = process.stdout.readline().strip()
    import threading

    def vanish():
        while len(list((tmp_path / "out").glob("done/*.json"))) < 5:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)

    killer = threading.Thread(target=vanish)
    killer.start()
    with pytest.raises(
        ConnectionError,
        match="The Dask scheduler disappeared or was restarted. Finished parts stay",
    ):
        analyse(many, tmp_path / "out", scheduler=address, progress=False)
    killer.join()
    process.wait()
    assert equal(on_disk(analyse(many, tmp_path / "out", progress=False)), in_memory(many))


def test_every_table_has_a_builder():
    assert set(load_builders()) == set(TABLE_BUILDERS) and set(TABLES) == {
        "documents",
        "sentences",
        *TABLE_BUILDERS,
        "problems",
    }


def test_results_in_the_folder_of_documents_are_not_read(folder, expected, tmp_path):
    shutil.copytree(folder, tmp_path / "docs")
    for _ in range(2):  # the second call must not take the results of the first for input
        out = analyse(tmp_path / "docs", tmp_path / "docs" / "results", progress=False, workers=1)
    assert equal(on_disk(out), expected)
    assert len(read_corpus(tmp_path / "docs")) == 60
