"""A file that would fill the memory, never end or crash a library becomes a row of `problems`, and
the files beside it are read."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
import zlib

import pytest
from made_files import file_of, make_docx, make_pdf

from helpers import analyse, open_results, read_corpus
from helpers.readers import process
from helpers.readers.decode import Problems
from helpers.readers.files import find_files
from helpers.readers.formats import read_sources

GOOD = "鹤城市人大常委会走访养老机构12家。"
on_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux limits the memory of a process"
)


def drawing_pdf(forms: dict[int, bytes]) -> bytes:
    """A PDF with a page that draws form 4. `forms` holds what each form draws, by its number."""
    names = b" ".join(b"/F%d %d 0 R" % (n, n) for n in forms)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 1 0 R /Resources << "
    content = b"<< /Length 6 >>\nstream\n/F4 Do\nendstream"
    form = (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length %d /Resources << /XObject <<"
        b" %s >> /Font << /T << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        b" >>\nstream\n%s\nendstream"
    )
    drawn = [form % (len(text), names, text) for text in forms.values()]
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    page += b"/XObject << %s >> >> >>" % names
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    return file_of([content, pages, page, *drawn, catalog], 4 + len(forms))


def doubling_pdf() -> bytes:
    return drawing_pdf({4: b"BT /T 9 Tf (a) Tj ET /F4 Do /F4 Do"})


def nested_pdf() -> bytes:
    forms = {n: b"/F%d Do " % (n + 1) * 8 for n in range(4, 15)}
    return drawing_pdf(forms | {15: b"BT /T 9 Tf (abcdefgh) Tj ET " * 8})


def parquet_of(texts, **options) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    out = io.BytesIO()
    parquet.write_table(pa.table({"text": texts}), out, **options)
    return out.getvalue()


def packed_table() -> bytes:
    """A table of 25 texts of 4 MB, packed to a few kilobytes."""
    return parquet_of([f"{n}" + "a" * 4_000_000 for n in range(25)], compression="zstd")


def repeating_table() -> bytes:
    """A table of 100 rows that all hold the same text of 1 MB."""
    return parquet_of(["老" * 333_333] * 100)


def many_rows() -> bytes:
    return parquet_of(["养老"] * 1_000_000)


def huge_docx() -> bytes:
    """A Word file with one paragraph of 40 MB."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(make_docx(["老"]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            bad.writestr(name, good.read(name).replace("老".encode(), b"a" * 40_000_000))
    return out.getvalue()


def huge_stream_pdf() -> bytes:
    """A PDF whose page draws two million texts, packed to a few kilobytes."""
    packed = zlib.compress(b"BT /T 9 Tf (a) Tj ET\n" * 2_000_000)
    content = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 1 0 R >>"
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    return file_of([content % (len(packed), packed), pages, page, catalog], 4)


ATTACKS = {
    "doubling.pdf": (doubling_pdf, "too_much_memory"),
    "nested.pdf": (nested_pdf, "too_much_memory"),
    "stream.pdf": (huge_stream_pdf, "too_much_memory"),
    "packed.parquet": (packed_table, "too_much_memory"),
    "repeating.parquet": (repeating_table, "too_much_memory"),
    "rows.parquet": (many_rows, "too_many_rows"),
    "huge.docx": (huge_docx, "too_much_memory"),
}


def read(folder):
    problems = Problems()
    texts = {source.name: source.raw for source in read_sources(find_files(folder), problems)}
    return texts, {row["source"].split("#")[0]: row for row in problems.rows}


@pytest.fixture
def started(monkeypatch) -> list[int]:
    """The ids of the reading processes that are started during a test."""
    ids, start = [], subprocess.Popen

    def note(*arguments, **options):
        popen = start(*arguments, **options)
        ids.append(popen.pid)
        return popen

    process.end_processes()
    monkeypatch.setattr(process.subprocess, "Popen", note)
    return ids


@on_linux
@pytest.mark.parametrize("name", ATTACKS)
def test_a_file_that_would_fill_the_memory_is_named_and_the_others_are_read(tmp_path, name):
    make, problem = ATTACKS[name]
    (tmp_path / name).write_bytes(make())
    (tmp_path / "z.docx").write_bytes(make_docx([GOOD]))
    texts, problems = read(tmp_path)
    assert texts == {"z.docx": GOOD}
    assert problems[name]["problem"] == problem
    assert "Check where the file comes from" in problems[name]["detail"]


@on_linux
def test_a_reading_process_takes_little_more_than_a_hostile_file_may(tmp_path):
    (tmp_path / "a.pdf").write_bytes(doubling_pdf())
    script = (
        "import resource, sys; from helpers.readers import *; problems = Problems();"
        "list(read_sources(find_files(sys.argv[1]), problems));"
        "print(problems.rows[0]['problem'], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    problem, kilobytes = run.stdout.split()
    assert problem == "too_much_memory" and int(kilobytes) < 90_000


def test_a_text_that_grows_beyond_all_prose_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.docx").write_bytes(make_docx([GOOD * 50_000]))
    texts, problems = read(tmp_path)
    assert texts == {} and problems["a.docx"]["problem"] == "too_much_text"
    monkeypatch.setattr(process, "_TEXT", 10_000_000)
    assert read(tmp_path)[0] == {"a.docx": GOOD * 50_000}


def test_rows_beyond_the_text_that_a_table_may_hold_are_named_and_the_first_are_read(tmp_path):
    rows = [f"{n}、" + GOOD * 1000 for n in range(60)]
    (tmp_path / "a.parquet").write_bytes(parquet_of(rows, row_group_size=5, compression="zstd"))
    texts, problems = read(tmp_path)
    assert 10 < len(texts) < 60 and set(texts.values()) < set(rows)
    assert problems["a.parquet"]["problem"] == "too_much_text"


def test_a_file_that_takes_too_long_is_named_and_the_next_one_read(tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(make_pdf(["养老服务" * 10] * 400))
    (tmp_path / "z.docx").write_bytes(make_docx([GOOD]))
    monkeypatch.setattr(process, "_SECONDS", 0.01)
    monkeypatch.setattr(process, "_SECONDS_PER_BYTE", 0)
    _, problems = read(tmp_path)
    assert problems["a.pdf"]["problem"] == "too_slow"
    monkeypatch.undo()
    assert read(tmp_path)[0].keys() == {"a.pdf", "z.docx"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_crash_of_the_reading_process_is_reported_for_its_file_only(tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(make_pdf([GOOD]))
    (tmp_path / "b.txt").write_text(GOOD, "utf8")
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    process.end_processes()
    monkeypatch.setattr(process, "_BOOT", crash)
    texts, problems = read(tmp_path)
    assert texts == {"b.txt": GOOD} and problems["a.pdf"]["problem"] == "crashed"


@on_linux
def test_sound_files_stay_far_below_the_limits(tmp_path):
    import docx

    document = docx.Document()
    for _ in range(150):
        paragraph = document.add_paragraph()
        for n in range(0, 100, 10):  # Word cuts a paragraph into many runs
            paragraph.add_run(f"{n}养老服务机构走访").bold = True
    document.save(tmp_path / "runs.docx")
    (tmp_path / "table.docx").write_bytes(make_docx([GOOD], [[GOOD] * 5] * 60))
    (tmp_path / "pages.pdf").write_bytes(make_pdf([GOOD] * 20))
    rows = [f"{n} {GOOD}" for n in range(2000)]
    (tmp_path / "rows.parquet").write_bytes(parquet_of(rows, row_group_size=100))
    texts, problems = read(tmp_path)
    assert problems == {} and len(texts) == 2003


def test_a_folder_of_texts_starts_no_process(tmp_path, started):
    for name in ("a.txt", "b.md", "c.html", "d.csv"):
        (tmp_path / name).write_text(f"text\n{GOOD}\n", "utf8")
    assert len(read(tmp_path)[0]) == 4 and started == []


def test_one_process_reads_all_files_and_ends_with_the_reading(tmp_path, started):
    for n in range(4):
        (tmp_path / f"{n}.docx").write_bytes(make_docx([GOOD]))
        (tmp_path / f"{n}.pdf").write_bytes(make_pdf([GOOD]))
    (tmp_path / "t.parquet").write_bytes(parquet_of([GOOD, GOOD]))
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("in.docx", make_docx([GOOD]))
    assert len(read(tmp_path)[0]) == 11 and len(started) == 1
    assert process._idle == []
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


def test_reading_that_is_broken_off_leaves_no_answer_for_the_next_file(tmp_path):
    (tmp_path / "a.parquet").write_bytes(parquet_of([f"{n}{GOOD}" for n in range(500)]))
    sources = read_sources(find_files(tmp_path), Problems())
    assert next(sources).raw == f"0{GOOD}"
    sources.close()
    assert len(read(tmp_path)[0]) == 500


@on_linux
def test_the_reading_process_ends_with_the_process_that_started_it(tmp_path):
    (tmp_path / "a.parquet").write_bytes(parquet_of([f"{n}{GOOD}" for n in range(5000)]))
    # no `if __name__ == "__main__"`, as in a notebook
    script = (
        "import sys, time; from helpers.readers import *; from helpers.readers import process;"
        "sources = read_sources(find_files(sys.argv[1]), Problems()); next(sources);"
        "print(open(f'/proc/self/task/{__import__(\"os\").getpid()}/children').read(), flush=True);"
        "time.sleep(60)"
    )
    user = subprocess.Popen([sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE)
    (reader,) = map(int, user.stdout.readline().split())
    user.send_signal(signal.SIGKILL)
    user.wait()
    user.stdout.close()
    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{reader}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{reader}")


def test_a_system_without_a_limit_of_memory_is_named_once(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text(GOOD, "utf8")
    monkeypatch.setattr(process, "MEMORY_IS_LIMITED", False)
    assert read(tmp_path)[1] == {}
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(make_pdf([GOOD]))
    problems = Problems()
    list(read_sources(find_files(tmp_path), problems))
    assert [row["problem"] for row in problems.rows] == ["no_memory_limit"]


def test_read_corpus_sends_large_files_to_analyse(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.text.corpus.READ_LIMIT", 1000)
    (tmp_path / "a.txt").write_text(GOOD, "utf8")
    (tmp_path / "b.csv").write_text(f"text\n{GOOD * 100}\n", "utf8")
    corpus = read_corpus(tmp_path, size_limit=500)
    assert [document.doc for document in corpus] == ["a"]
    row = corpus.problems.set_index("source").loc["b.csv"]
    assert row["problem"] == "too_large" and "helpers.analyse(" in row["detail"]
    assert len(read_corpus(tmp_path, size_limit=10_000)) == 2


@on_linux
@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_analyse_loses_only_the_hostile_file(tmp_path, workers):
    (tmp_path / "in").mkdir()
    for name in ("doubling.pdf", "packed.parquet", "rows.parquet"):
        (tmp_path / "in" / name).write_bytes(ATTACKS[name][0]())
    for n in range(4):
        (tmp_path / "in" / f"{n}.docx").write_bytes(make_docx([GOOD]))
    out = analyse(tmp_path / "in", tmp_path / "out", workers=workers, progress=False)
    results = open_results(out)
    assert results.execute("SELECT count(*) FROM documents").fetchall() == [(4,)]
    rows = results.execute("SELECT source, problem FROM problems").fetchall()
    named = {source.split("#")[0]: problem for source, problem in rows}
    assert {name: named[name] for name in named if name in ATTACKS} == {
        name: ATTACKS[name][1] for name in ("doubling.pdf", "packed.parquet", "rows.parquet")
    }
