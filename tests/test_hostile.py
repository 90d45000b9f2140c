"""Thirty hostile files in a folder are all named and none is fatal; the good documents beside them
are analysed."""

import io
import json
import random
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from made_files import file_of, make_docx, make_pdf, make_scan
from waiting import patience

from helpers.readers.decode import Unreadable
from helpers.readers.files import members, open_zip, read_member

GOOD = "鹤壁: 凝聚合力\n\n市人大常委会随机暗访养老机构12家,发现问题35个,全部转交市政府研究处理。\n"


def zipped(files, method=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx_bomb() -> bytes:
    """A Word file whose text unpacks to 300 MB."""
    with zipfile.ZipFile(io.BytesIO(make_docx(["老"]))) as good:
        files = {name: good.read(name) for name in good.namelist()}
    files["word/document.xml"] = files["word/document.xml"].replace(
        "老".encode(), b"a" * 300_000_000
    )
    return zipped(files)


def pdf_bomb() -> bytes:
    """A page whose content stream unpacks to 60 MB of spaces."""
    packed = zlib.compress(b" " * 60_000_000)
    content = (
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\nendstream"
    )
    page = b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] /Contents 1 0 R >>"
    pages = b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"
    return file_of([content, page, pages, b"<< /Type /Catalog /Pages 3 0 R >>"], 4)


def hostile_files() -> dict[str, bytes]:
    noise = random.Random(0).randbytes
    nested = zipped({"a.txt": GOOD.encode()})
    for _ in range(8):
        nested = zipped({"n.zip": nested})
    entity = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b'
        b' "&a;&a;&a;&a;&a;&a;&a;&a;">]><html><body>&b;</body></html>'
    )
    return {
        "01_empty.txt": b"",
        "02_spaces.txt": " \n\u3000\t\r\n".encode() * 1000,
        "03_random.txt": noise(300_000),
        "04_random.pdf": b"%PDF-1.7\n" + noise(100_000),
        "05_random.docx": b"PK\x03\x04" + noise(100_000),
        "06_bad.zip": b"PK\x03\x04" + noise(10_000),
        "07_outside.zip": zipped({"../../up.txt": b"x", "/etc/passwd.txt": b"x"}),
        "08_bomb.zip": zipped({f"{n}.txt": b"a" * 50_000_000 for n in range(4)}),
        "09_nested.zip": nested,
        "10_many_pages.pdf": make_pdf([""] * 10_000),
        "11_deep.html": b"<div>" * 200_000 + b"x",
        "12_surrogates.txt": "养\ud800老".encode("utf8", "surrogatepass") * 1000,
        "13_surrogates.jsonl": b'{"text": "\\ud83d \\udc00 \\u0000 \\u202e"}\n' * 500,
        "14_nuls.txt": b"a\0" * 100_000 + b"\0" * 100_000,
        "15_right_to_left.txt": "\u202e\u200f养老\u202c\u2066服务。\u2069\n".encode() * 3000,
        "16_digits.txt": b"1234567890" * 100_000,
        "17_one_line.txt": "养老服务,".encode() * 70_000,
        "18_chinese_numerals.txt": "一二三四五六七八九十百千万亿".encode() * 20_000,
        "19_commas.txt": b"," * 500_000,
        "20_quotes.csv": b'text\n"' + b"a" * 500_000,
        "21_columns.csv": b"text" + b"," * 200_000 + b"\n" + b"a," * 200_000,
        "22_deep.jsonl": b"[" * 500_000,
        "23_no_columns.csv": b"\n" * 10_000,
        "24_bad.parquet": b"PAR1" + noise(5_000) + b"PAR1",
        "25_scan.pdf": make_scan(50),
        "26_bomb.docx": docx_bomb(),
        "27_bomb.pdf": pdf_bomb(),
        "28_entities.html": entity,
        "29_brackets.md": b"[" * 200_000 + b"<!--" * 50_000 + b"*" * 100_000 + b"`" * 100_001,
        "30_lines.txt": b"\n".join([b"x"] * 200_000),
        "31_combining.txt": ("老" + "\u0301" * 100_000).encode(),
        "32_page_marks.txt": "—３—\n".encode() * 50_000,
        "33_headings.txt": "一、注重\n".encode() * 50_000,
    }


def make_folder(folder: Path) -> set[str]:
    """Write the hostile files, one of them with 1 GB, and between them five good files in five
    formats."""
    for name, data in hostile_files().items():
        (folder / name).write_bytes(data)
    # a sparse file of 1 GB, which takes no room on the disk
    with (folder / "34_huge.txt").open("wb") as file:
        file.truncate(1_000_000_000)
    (folder / "00_good.txt").write_text(GOOD, "utf8")
    (folder / "10_good.docx").write_bytes(make_docx(GOOD.split("\n")))
    (folder / "20_good.html").write_text(
        "".join(f"<p>{line}</p>" for line in GOOD.split("\n")), "utf8"
    )
    (folder / "30_good.zip").write_bytes(zipped({"inside.txt": GOOD}))
    (folder / "99_good.pdf").write_bytes(make_pdf([GOOD]))
    return {"00_good", "10_good", "20_good", "inside", "99_good"}


WATCH = """
import json, sys, time
from helpers import read_corpus
from helpers.scale.parts import load_builders
began = time.perf_counter()
corpus = read_corpus(sys.argv[1])
tables = {name: build(corpus) for name, build in load_builders().items()}
tables |= {"documents": corpus.documents, "sentences": corpus.sentences}
good = {name: sorted(set(table["doc"]) & set(sys.argv[3:])) for name, table in tables.items()}
seconds = time.perf_counter() - began
if sys.argv[2]:
    from helpers.scale import analyse, open_results
    results = open_results(analyse(sys.argv[1], sys.argv[2], workers=1, progress=False))
    count = "SELECT count(*) FROM "
    counts = {name: results.execute(count + name).fetchall()[0][0] for name in tables}
    assert counts == {name: len(table) for name, table in tables.items()}, counts
    seconds = time.perf_counter() - began
# not ru_maxrss, which includes the memory of the parent process before the fork
status = open("/proc/self/status").read()
memory = int(status.split("VmHWM:")[1].split()[0]) // 1024
print(json.dumps([good, seconds, memory, corpus.problems[["source", "problem"]].values.tolist()]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read from /proc")
def test_good_documents_beside_hostile_files_are_analysed_in_limited_time_and_memory(
    tmp_path,
):
    (tmp_path / "docs").mkdir()
    good = make_folder(tmp_path / "docs")
    command = [sys.executable, "-c", WATCH, str(tmp_path / "docs"), str(tmp_path / "out"), *good]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-2000:]
    found, seconds, memory, problems = json.loads(run.stdout)
    for table in ("documents", "sentences", "approach_evidence", "outcomes"):
        assert set(found[table]) == good, table
    assert seconds < patience(60) and memory < 1000, (seconds, memory)
    named = {
        source: problem
        for source, problem in problems
        if problem not in ("missing_metadata", "duplicate")
    }
    assert {
        "01_empty.txt": "empty",
        "02_spaces.txt": "empty",
        "04_random.pdf": "damaged",
        "05_random.docx": "damaged",
        "06_bad.zip": "damaged",
        "07_outside.zip/../../up.txt": "outside_path",
        "08_bomb.zip/0.txt": "zip_bomb",
        "10_many_pages.pdf": "empty",
        "24_bad.parquet": "damaged",
        "25_scan.pdf": "scanned",
        "26_bomb.docx": "too_large",
        "34_huge.txt": "too_large",
        "22_deep.jsonl#1": "damaged",
        "12_surrogates.txt": "unknown_encoding",
    }.items() <= named.items()
    assert {"03_random.txt", "14_nuls.txt"} <= named.keys()


def test_a_packed_file_is_never_unpacked_beyond_the_limit():
    archive = open_zip(zipped({"a.txt": b"a" * 10_000}))
    with pytest.raises(Unreadable) as caught:
        read_member(archive, 0, limit=100)
    assert caught.value.problem == "too_large"
    assert [member.problem for member in members(archive, limit=100)] == ["too_large"]


def test_an_archive_of_many_files_that_each_grow_a_little_is_not_read_to_its_end():
    archive = open_zip(zipped({f"{n:03d}.txt": b"a" * 900_000 for n in range(200)}))
    named = [member.problem for member in members(archive, limit=100_000_000)]
    assert 0 < named.index("too_large") < 20 and named[-1] == "too_large"
