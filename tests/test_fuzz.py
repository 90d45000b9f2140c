"""Whatever is done to a text, a table, a PDF or an archive, it is read and every quotation leads
back to it, or the reason is given.

In the quick suite each promise is tried on a few fixed examples. `HELPERS_FUZZ_MINUTES=10 pytest
-rP tests/test_fuzz.py` tries new ones for ten minutes, with an equal share for each promise, and
says how many examples it tried.
"""

import contextlib
import io
import json
import math
import os
import random
import re
import sys
import tempfile
import time
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from made_files import file_of, make_docx, make_pdf, make_scan

from helpers import (
    approach_evidence,
    clean,
    count_themes,
    extract_outcomes,
    find_quantities,
    read_codebook,
    read_corpus,
    restore_decimals,
    theme_hits,
)
from helpers.characters import RADICALS, encodable, half_width, unradical
from helpers.codebook.checks import CodebookError
from helpers.codebook.codebook import DATA
from helpers.readers.decode import Problems, Source
from helpers.text.corpus import Corpus, make_document
from helpers.text.lines import BREAKS

MINUTES = float(os.environ.get("HELPERS_FUZZ_MINUTES", 0))
BATCH = 100
FREE = {
    "deadline": None,
    "database": None,
    "print_blob": True,
    "suppress_health_check": list(HealthCheck),
}
N_PROMISES = 0


def fuzzed(*, examples: int, **strategies):
    """Turn a promise into a test that tries `examples` fixed examples, or new ones for its share of
    the minutes."""

    def decorate(check):
        global N_PROMISES
        N_PROMISES += 1
        if not MINUTES:
            return settings(max_examples=examples, derandomize=True, **FREE)(
                given(**strategies)(check)
            )

        def for_its_share_of_the_minutes():
            until, tried = time.monotonic() + 60 * MINUTES / N_PROMISES, 0

            def counted(**values):
                nonlocal tried
                tried += 1
                check(**values)

            while time.monotonic() < until:
                counted.__name__ = check.__name__
                seed(random.SystemRandom().getrandbits(64))(
                    settings(max_examples=BATCH, **FREE)(given(**strategies)(counted))
                )()
            print(f"{check.__name__}: {tried:,} examples")

        return for_its_share_of_the_minutes

    return decorate


@contextlib.contextmanager
def within(seconds: float):
    """Check the time that this process alone took, so that a busy machine does not matter."""
    began = time.process_time()
    yield
    assert time.process_time() - began < seconds


def memory(line: str) -> int:
    """`VmRSS` (now) or `VmHWM` (peak) of this process in MB; 0 on other systems."""
    status = Path("/proc/self/status")
    return (
        int(status.read_text().split(f"{line}:")[1].split()[0]) // 1024
        if sys.platform == "linux"
        else 0
    )


@pytest.fixture(autouse=True)
def memory_stays_bounded():
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # reset the peak
    before = memory("VmRSS")
    yield
    assert memory("VmHWM") - before < 400


# --- texts

RAW = [
    path.read_text(encoding="utf8", errors="replace")
    for path in sorted((DATA / "raw").glob("*.txt"))
]
TO_FULL = {code - 0xFEE0: code for code in range(0xFF01, 0xFF5F)} | {0x20: 0x3000}
TO_RADICAL = {ord(char): code for code, char in RADICALS.items()}
ODD = [
    "\n",
    "\r\n",
    "\r",
    "\n\n\n",
    "\f",
    "\v",
    "\x85",
    "\u2028",
    "\x1c",
    "\xa0",
    "\u3000\u3000",
    "\t",
    "\0",
    "\ufeff",
    "\u200b",
    "\u202e",
    "\u2066",
    "\ud800",
    "\udc00",
    "\U00020000",
    "e\u0301",
    "⼈⺠",
    "—３—",
    "\n—３—\n",
    "\n- 12 -\r\n",
    "第3页 共5页",
    "(２０２４年　第６０期)",
    "２０２４年１１月２８日",
    "(市人大社会委供稿)",
    "报:省人大",
    "一、",
    "(二)",
    "２１９８％",
    "98%",
    "0.5",
    ".",
    "．",
    "·",
    ",",
    "1,234",
    "1/0",
    "１/３",
    "3.5.7",
    "1.2.3.4",
    "9" * 17,
    "９" * 400,
    "十" * 40,
    "一二三四五六七八九十",
    "百分之",
    "分之",
    "百分之五十点五点",
    "百分之五点",
    "三",
    "十",
    "百二",
    "万",
    "亿",
    "万亿",
    "亿万",
    "千分之",
    "点",
    "几",
    "十几",
    "数百",
    "两三",
    "余",
    "多",
    "近",
    "超过",
    "从",
    "至",
    "到",
    "—",
    "-",
    "~",
    "３—５",
    "元5角",
    "元５角３分",
    "万3000",
    "个百分点",
    "倍",
    "岁",
    "人",
    "年",
    "月",
    "日",
    "第",
    "〇○零",
    "٣",
    "²",
    "①",
    "Ⅷ",
    "½",
    "१२",
    "𝟗",
    "%",
    "‰",
    "℃",
    "占总人口的",
    "其中",
    "增长",
    "下降",
    "(",
    ")",
    "“",
    "”",
    "。",
    ";",
    "!",
    "…",
    "—" * 30,
]


@st.composite
def real_texts(draw, most: int = 1500) -> str:
    """A stretch of a briefing with pieces taken out, doubled, moved, widened, wrapped, and odd
    things put in."""
    raw = draw(st.sampled_from(RAW))
    start = draw(st.integers(0, len(raw)))
    text = raw[start : start + draw(st.integers(0, most))]
    for _ in range(draw(st.integers(0, 8))):
        a = draw(st.integers(0, len(text)))
        b = min(len(text), a + draw(st.integers(0, 60)))
        piece = text[a:b]
        how = draw(
            st.sampled_from(
                "odd odd odd cut double move widen narrow radical wrap pointless any".split()
            )
        )
        if how in ("odd", "any"):
            piece += (
                draw(st.sampled_from(ODD)) * draw(st.sampled_from([1, 1, 1, 2, 30]))
                if how == "odd"
                else draw(st.text(max_size=20))
            )
        elif how in ("cut", "double"):
            piece = "" if how == "cut" else piece * draw(st.integers(2, 4))
        elif how == "move":
            text, piece = text[:a] + text[b:], piece
            a = b = draw(st.integers(0, len(text)))
        elif how == "wrap":
            width = draw(st.integers(1, 40))
            piece = "\n".join(piece[n : n + width] for n in range(0, len(piece), width))
        elif how == "pointless":
            piece = re.sub("(?<=[0-9０-９])[.．](?=[0-9０-９])", "", piece)
        else:
            piece = (
                half_width(piece)
                if how == "narrow"
                else piece.translate(TO_FULL if how == "widen" else TO_RADICAL)
            )
        text = text[:a] + piece + text[b:]
    return text


TEXTS = (
    real_texts()
    | st.lists(st.sampled_from(ODD), max_size=40).map("".join)
    | st.text(st.characters(), max_size=200)
)


@fuzzed(examples=60, raw=TEXTS)
def test_every_character_of_a_clean_text_maps_back_and_nothing_is_lost(raw):
    with within(2):
        found = clean(raw)
    offsets = found.offsets.tolist()
    assert (
        len(offsets) == len(found.text)
        and offsets == sorted(set(offsets))
        and all(0 <= o < len(raw) for o in offsets)
    )
    for char, offset in zip(found.text, offsets, strict=True):
        assert char == unradical(half_width(raw[offset])) or char in "\n " and raw[offset] in BREAKS
    gone = [place for _, start, end in found.cuts for place in range(start, end)]
    assert gone == sorted(gone) and sorted([*gone, *offsets]) == list(range(len(raw)))
    place, rebuilt = 0, []
    for edit in found.ledger:
        assert place <= edit.start <= edit.end and raw[edit.start : edit.end] == edit.before
        rebuilt += [raw[place : edit.start], edit.after]
        place = edit.end
    assert "".join(rebuilt) + raw[place:] == found.text
    assert all(0 <= mark.start < mark.end <= len(raw) for mark in found.metadata)


@fuzzed(examples=30, raw=TEXTS)
def test_the_kind_of_line_end_changes_no_clean_text(raw):
    raw = raw.replace("\r", "")
    assert clean(raw.replace("\n", "\r\n")).text == clean(raw).text


# --- numbers


def plain(quantities, text, moved=0):
    """The numbers of a text without its width and its place."""
    return [
        replace(q, start=q.start - moved, end=q.end - moved, printed=half_width(q.printed))
        for q in quantities
    ]


@fuzzed(examples=80, text=TEXTS)
def test_numbers_are_verbatim_do_not_overlap_and_cover_every_digit(text):
    with within(2):
        found = find_quantities(text)
    assert found == find_quantities(text)
    assert all(text[q.start : q.end] == q.printed != "" for q in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    covered = {place for q in found for place in range(q.start, q.end)}
    assert {place for place, char in enumerate(half_width(text)) if char in "0123456789"} <= covered
    for q in found:
        numbers = [n for n in (*q.readings, q.value, q.best, q.low, q.high) if n is not None]
        assert (
            all(map(math.isfinite, numbers))
            and list(q.readings) == sorted(q.readings)
            and q.multiplier >= 1
        ), q
        assert (
            (q.status, q.basis) == ("as_printed", "printed")
            and q.kind
            and (q.value is None or q.value in (q.low, q.high))
        ), q


@fuzzed(examples=40, text=TEXTS)
def test_the_width_of_a_text_changes_no_number(text):
    assert plain(find_quantities(text), text) == plain(find_quantities(half_width(text)), text)


@fuzzed(examples=40, before=TEXTS, after=TEXTS)
def test_a_number_depends_only_on_the_text_around_it(before, after):
    far = "。" + "啊" * 60 + "。"
    left, right = before + far, far + after
    both = find_quantities(before + far + after)
    assert plain(both, "") == plain(find_quantities(left), "") + plain(
        find_quantities(right), "", moved=-len(before)
    )


@fuzzed(
    examples=60,
    text=TEXTS,
    decimals=st.sampled_from(["lost", "lost", "intact", None]),
    places=st.lists(st.floats(0, 1), max_size=4),
    people=st.none() | st.tuples(st.floats(0, 1e7), st.floats(0, 1e8)),
)
def test_a_point_is_put_back_into_the_printed_digits_or_the_number_stays_open(
    text, decimals, places, people
):
    found = find_quantities(text)
    gaps = sorted(int(place * len(text)) for place in places)
    with within(4):
        after = restore_decimals(
            found,
            text,
            decimals=decimals,
            gaps=gaps,
            bounds={"population": people} if people else None,
        )
    assert [(q.start, q.end, q.printed, q.unit, q.multiplier) for q in after] == [
        (q.start, q.end, q.printed, q.unit, q.multiplier) for q in found
    ]
    if decimals == "intact" and not gaps:
        assert after == found
    for before, q in zip(found, after, strict=True):
        assert (
            list(q.readings) == sorted(set(q.readings))
            or q.qualifier == "range"
            or q.status == "as_printed"
        ), q
        if q.status == "as_printed":
            assert (q.value, q.basis) == (before.value, "printed"), q
        elif q.status == "restored":
            assert q.readings == (q.value,) and (q.low, q.high, q.best, q.p_best) == (
                q.value,
                q.value,
                q.value,
                1,
            ), q
            assert q.basis in ("bound", "arithmetic", "layout") and q.reason, q
        else:
            assert (
                q.status == "ambiguous"
                and q.value is None
                and q.basis is None
                and len(q.readings) > 1
            ), q
            assert (q.low, q.high) == (q.readings[0], q.readings[-1]) and q.reason, q
            assert q.qualifier == "range" or q.best in q.readings and 0 < q.p_best <= 1, q
        if q.status != "as_printed" and q.qualifier != "range":
            whole = abs(float(re.sub("[^0-9]", "", half_width(q.printed)))) * q.multiplier
            for reading in q.readings:
                assert any(
                    math.isclose(abs(reading) * 10**k, whole, rel_tol=1e-9)
                    for k in range(len(q.printed))
                ), q


# --- whole documents


FRONT = [
    "简　　报",
    "(２０２４年　第６０期)",
    "总第99999999999999999999期",
    "（二〇二四年第" + "９" * 30 + "期）",
    "河南省人大社会建设委员会 ２０２４年１１月２８日",
    "9999年99月99日",
    "养老服务专项监督专辑（四十）",
    "执法检查专辑(" + "9" * 25 + ")",
    "执法检查专辑(" + "一" * 25 + ")",
    "济源：打好组合拳",
    "⼈⺠代表⼤会",
    "",
    "—１—",
    "\ud800市：成效",
    "\0",
]


@fuzzed(examples=12, front=st.lists(st.sampled_from(FRONT), max_size=6), rest=real_texts(4000))
def test_every_quotation_of_every_table_stands_at_its_place(front, rest):
    raw = encodable("\n".join([*front, rest]))
    source = Source("a.txt", raw, "0", "a")
    corpus = Corpus((make_document(source, Problems(), read_codebook()),))
    document = corpus["a"]
    with within(10):
        tables = [theme_hits(corpus), approach_evidence(corpus), extract_outcomes(corpus)]
        count_themes(corpus, n_boot=0)
    assert corpus.documents["doc"].tolist() == ["a"]
    for table in tables:
        starts, ends = ("quote_start", "quote_end") if "quote_start" in table else ("start", "end")
        for start, end, quote in zip(table[starts], table[ends], table["quote"], strict=True):
            assert 0 <= start < end <= len(raw) and document.quote(start, end) == quote
    spans = list(zip(corpus.sentences["start"], corpus.sentences["end"], strict=True))
    assert (
        spans == sorted(spans)
        and all(a < b for a, b in spans)
        and all(x[1] <= y[0] for x, y in zip(spans, spans[1:], strict=False))
    )


# --- codebooks

SHIPPED = {
    path.stem: path.read_text(encoding="utf-8-sig")
    for path in sorted((DATA / "codebook").glob("*.csv"))
}
EDITED = (
    "themes",
    "theme_rules",
    "approaches",
    "approach_rules",
    "actors",
    "cities",
    "stopwords",
    "userdict",
)
CELLS = [
    "",
    " ",
    "　",
    "*",
    "?",
    "**?",
    "养*老",
    "*养老*",
    "?" * 30,
    "*" * 200 + "老",
    "老" * 5000,
    "|",
    "a||b",
    "养老|",
    '"',
    '""',
    '"老',
    "a,b",
    "a;b",
    "a\tb",
    '"a\nb"',
    "\r",
    "\0",
    "\u200b",
    "\ufeff",
    "醫养",
    "養老",
    "(",
    "[",
    "\\",
    "(?P<x>",
    "$^",
    "{4}",
    "shared",
    "care_beds",
    "done",
    "process",
    "ｘ＊",
    "老，人",
    "１２",
    "NA",
    "nan",
    "None",
    "-1",
    "\U00020000",
    "\u202e",
    "=1+1",
]
ENCODINGS = [
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "gb18030",
    "gbk",
    "utf-16",
    "big5",
    "utf-16-le",
    "latin-1",
    "utf-7",
]


@st.composite
def tables(draw, name: str) -> bytes:
    """A shipped table of the codebook after a bad day in a spreadsheet."""
    header, *lines = SHIPPED[name].splitlines()
    start = draw(st.integers(0, len(lines)))
    rows = [header.split(",")] + [
        line.split(",") for line in (lines if draw(st.booleans()) else lines[start : start + 12])
    ]
    for _ in range(draw(st.integers(0, 5))):
        n = draw(st.integers(0, len(rows) - 1))
        how = draw(st.sampled_from("cell cell cell row double blank column wide swap".split()))
        column = draw(st.integers(0, len(rows[0]) - 1)) if rows[0] else 0
        if how == "cell" and column < len(rows[n]):
            rows[n][column] = draw(st.sampled_from(CELLS) | st.text(max_size=8))
        elif how == "row" and len(rows) > 1:
            del rows[n]
        elif how == "double":
            rows.insert(n, list(rows[n]))
        elif how == "blank":
            rows.insert(n, [""] * draw(st.integers(0, 6)))
        elif how == "column":
            rows = [row[:column] + row[column + 1 :] for row in rows]
        elif how == "wide":
            rows[n] = rows[n] * 2
        elif how == "swap":
            rows[n].reverse()
    separator = draw(st.sampled_from([",", ",", ",", ";", "\t", "|"]))
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(separator.join(row) for row in rows)
    data = text.encode(
        draw(st.sampled_from(ENCODINGS)), draw(st.sampled_from(["ignore", "replace"]))
    )
    return data if draw(st.booleans()) else draw(mangled(data))


@fuzzed(
    examples=12,
    files=st.lists(st.sampled_from(EDITED), min_size=1, max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({n: st.deferred(lambda n=n: tables(n)) for n in names})
    ),
)
def test_a_codebook_is_read_and_finds_its_terms_or_the_mistake_is_named(files):
    with tempfile.TemporaryDirectory() as folder, within(10):
        for name, data in files.items():
            (Path(folder) / f"{name}.csv").write_bytes(data)
        try:
            codebook = read_codebook(folder)
            text = RAW[0][:600] + "".join(codebook.themes["term"].head(3))
            found = codebook.matcher.find(text)
            assert all(
                0 <= start < end <= len(text) and codebook.matcher.terms[number]
                for number, start, end in found
            )
            assert all(
                before[2] <= after[1] for before, after in zip(found, found[1:], strict=False)
            )
            source = Source("a.txt", RAW[0][:1500], "0", "a")
            corpus = Corpus((make_document(source, Problems(), codebook),))
            count_themes(corpus, codebook, n_boot=0)
            approach_evidence(corpus, codebook)
        except CodebookError as error:
            assert re.search(r"\.csv\b.*: .+\. .+[.?]", str(error), re.DOTALL), str(error)


# --- files

GOOD = "鹤壁: 凝聚合力\n\n市人大常委会随机暗访养老机构12家,发现问题35个,全部转交市政府研究处理。\n"
NAMES = [
    "a.txt",
    "b/c.html",
    "../up.txt",
    "/etc/x.txt",
    "C:\\x.txt",
    "",
    ".",
    "..",
    "x" * 300 + ".txt",
    "\u202e.txt",
    "简报.txt",
    "a\0b.txt",
    "con.txt",
    "a.txt/",
    "n.zip",
    "a.pdf",
    "a.docx",
    "#1.csv",
    ".txt",
    "a.TXT",
]


def zipped(files, method=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in dict(files).items():
            archive.writestr(name, data)
    return out.getvalue()


@st.composite
def mangled(draw, whole: bytes, other: bytes = b"") -> bytes:
    """A file with bytes changed, deleted, doubled or inserted, with its end missing, or continued
    by a part of another file."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        how = draw(
            st.sampled_from("change change number cut double insert truncate splice zeros".split())
        )
        length = draw(st.integers(1, 40))
        if how == "change":
            data[place : place + 1] = bytes([draw(st.integers(0, 255))])
        elif how == "number":  # as lengths, offsets and counts are stored
            data[place : place + 4] = draw(
                st.sampled_from([0, 1, 0x7F, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x50])
            ).to_bytes(4, draw(st.sampled_from(["little", "big"])))
        elif how == "cut":
            del data[place : place + length]
        elif how == "double":
            data[place:place] = data[place : place + length]
        elif how == "insert":
            data[place:place] = draw(st.binary(min_size=1, max_size=12))
        elif how == "truncate" and draw(st.booleans()):
            del data[place:]
        elif how == "splice" and other:
            data[place:] = other[draw(st.integers(0, len(other))) :]
        elif how == "zeros":
            data[place : place + length] = bytes(length)
    return bytes(data)


def read_beside_a_good_one(name: str, data: bytes) -> Corpus:
    """Read a file in a folder with a good one, and check that the good one is read and that a file
    that is not read has a row of `problems`."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        (Path(folder) / "good.txt").write_text(GOOD, "utf8")
        with within(10):
            corpus = read_corpus(folder, size_limit=1_000_000)
    assert "good" in corpus and corpus["good"].raw == GOOD
    assert (corpus.problems[["source", "problem", "detail"]] != "").all(
        axis=None
    ) and folder not in str(corpus.problems.values.tolist())
    assert len(corpus) > 1 or name in " ".join(corpus.problems["source"]), (
        "neither read nor reported"
    )
    for document in corpus:
        document.raw.encode("utf8")
        assert (
            document.raw.strip()
            and document.source == "good.txt"
            or document.source.startswith(name)
        )
        starts = list(document.page_starts)
        assert starts == sorted(starts) and all(
            0 <= place <= len(document.raw) for place in (*starts, *document.point_gaps)
        )
        assert all(0 <= gap <= len(document.text) for gap in document.gaps)
    assert len(corpus.sentences) >= 1 and len(corpus.documents) == len(corpus)
    return corpus


PDF, SCAN = make_pdf(["养老21.98%\n服务", "１２．５"], unmapped=".．"), make_scan(2)
OPERATORS = (
    "BT ET Tf Td TD Tm T* Tj TJ ' \" Tc Tw Tz TL Tr Ts q Q cm Do BI ID EI re f S n sh gs BDC EMC"
).split()
OPERANDS = [
    "0",
    "1",
    "-1",
    "12",
    "1e30",
    "99999999999",
    "0.0001",
    "/F",
    "/X",
    "<0001>",
    "<00010002>",
    "<FFFF>",
    "(a)",
    "(\\",
    "[<0001> -500 <0002>]",
    "[",
    "]",
    "<<",
    ">>",
    "%",
    "null",
    "\0",
]


def page_of(content: bytes) -> bytes:
    """A PDF of one page that draws this content, in a font with a few digits."""
    whole = make_pdf(["12.５老"], unmapped=".")
    packed = zlib.compress(content)
    begin = whole.index(b"stream\n", whole.index(b"/ToUnicode")) - len(
        b"<< /Length 00 /Filter /FlateDecode  >>\n"
    )
    begin = whole.rindex(b"<< /Length", 0, begin + 30)
    end = whole.index(b"endstream", begin)
    body = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(packed) + packed + b"\n"
    return whole[:begin] + body + whole[end:]


@fuzzed(
    examples=25,
    data=mangled(PDF, SCAN)
    | mangled(SCAN, PDF)
    | st.lists(st.sampled_from(OPERATORS + OPERANDS), max_size=60).map(
        lambda parts: page_of(
            ("BT /F 12 Tf 50 700 Td " + " ".join(parts) + " <00010002> Tj ET").encode()
        )
    )
    | st.lists(st.binary(max_size=60), min_size=1, max_size=6).map(
        lambda bodies: file_of([b"<< /Type /Page /Parent 1 0 R " + body for body in bodies], 1)
    ),
)
def test_any_pdf_gives_text_or_a_reason_and_other_files_are_read(data):
    read_beside_a_good_one("x.pdf", data)


NESTED = zipped(
    {
        "a.txt": GOOD,
        "b/c.html": "<p>老</p>",
        "d.zip": zipped({"e.txt": GOOD}),
        "t.csv": "text\n老\n",
    }
)
STORED = zipped({"简报.txt": GOOD, "x.txt": "老" * 50}, zipfile.ZIP_STORED)
LZMA = zipped({"a.txt": GOOD * 3}, zipfile.ZIP_LZMA)
INNER = st.sampled_from(
    [GOOD.encode(), b"", b"\0" * 50, NESTED, PDF, b"a" * 3_000_000]
) | st.binary(max_size=40)


@fuzzed(
    examples=25,
    data=st.one_of(*(mangled(a, b) for a in (NESTED, STORED, LZMA) for b in (NESTED, STORED)))
    | st.lists(st.tuples(st.sampled_from(NAMES).filter(bool), INNER), min_size=1, max_size=4).map(
        zipped
    ),
)
def test_any_archive_gives_files_or_reasons_and_other_files_are_read(data):
    read_beside_a_good_one("x.zip", data)


DOCX = make_docx(["养老", "服务"], [["12", "35"]])
with zipfile.ZipFile(io.BytesIO(DOCX)) as _packed:
    DOCX_PARTS = {name: _packed.read(name) for name in _packed.namelist()}


@st.composite
def word_files(draw) -> bytes:
    """A Word file with missing or damaged parts in an intact archive."""
    parts = dict(DOCX_PARTS)
    name = draw(
        st.sampled_from(
            [
                "word/document.xml",
                "word/document.xml",
                "[Content_Types].xml",
                "_rels/.rels",
                "word/_rels/document.xml.rels",
                "word/styles.xml",
            ]
        )
    )
    if draw(st.integers(0, 5)) == 0:
        del parts[name]
    else:
        parts[name] = draw(mangled(parts[name]))
    return zipped(parts)


@fuzzed(examples=12, data=mangled(DOCX, NESTED) | word_files())
def test_any_word_file_gives_text_or_a_reason_and_other_files_are_read(data):
    read_beside_a_good_one("x.docx", data)


PIECES = [
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<!",
    "<![CDATA[",
    "]]>",
    "<?",
    "&",
    "&#",
    "&#0;",
    "&#xD800;",
    "&#x110000;",
    "&nbsp;",
    "&amp;",
    "<p>",
    "</p>",
    "<br>",
    "<table><tr><td>",
    "</td>",
    "<script>",
    "</script>",
    "<style>",
    "<textarea>",
    "<svg>",
    "<head>",
    "</head>",
    '<meta charset="utf-16">',
    '<meta charset="idna">',
    '<meta charset="rot13">',
    '<meta charset="undefined">',
    '<meta charset="zlib">',
    "<base ",
    "='",
    '="',
    "\n",
    " ",
    "\t",
    "\0",
    "\ud800",
    "老",
    "服务12家",
    "# ",
    "## ",
    "- ",
    "* ",
    "> ",
    "|",
    "|---|",
    "---\n",
    "```",
    "`",
    "**",
    "__",
    "[",
    "](",
    ")",
    "![",
    "_",
]


@fuzzed(
    examples=30,
    parts=st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=60),
    suffix=st.sampled_from([".html", ".md"]),
    encoding=st.sampled_from(["utf-8", "utf-8", "utf-16", "gb18030", "utf-32", "utf-8-sig"]),
)
def test_any_web_page_or_markdown_gives_text_or_a_reason_and_other_files_are_read(
    parts, suffix, encoding
):
    text = "".join(parts)
    data = (
        text.encode("utf-8", "surrogatepass")
        if encoding == "utf-8"
        else text.encode(encoding, "replace")
    )
    read_beside_a_good_one(f"x{suffix}", data or b" ")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(), max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "title", "date", "issue_year", "city_zh", "正文", ""])
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
RECORDS = st.lists(JSON, min_size=1, max_size=6).map(
    lambda values: "\n".join(map(json.dumps, values)).encode()
)
ROWS = st.lists(
    st.lists(
        st.sampled_from(
            [
                *CELLS,
                "老年人12户",
                "2024",
                "9" * 5000,
                "9" * 30,
                "-5",
                "\ud800",
                "２０２４",
                "²",
                "Infinity",
                "1e9",
            ]
        ),
        max_size=5,
    ),
    max_size=8,
)


@st.composite
def csv_files(draw) -> bytes:
    header = draw(st.permutations(["text", "title", "date", "issue_year", "album_number"]))
    separator, end = (
        draw(st.sampled_from([",", ";", "\t"])),
        draw(st.sampled_from(["\n", "\r\n", "\r"])),
    )
    lines = [header[: draw(st.integers(1, 5))], *draw(ROWS)]
    # "replace": half characters become question marks
    return end.join(separator.join(row) for row in lines).encode(
        draw(st.sampled_from(ENCODINGS)), "replace"
    )


def parquet() -> bytes:
    out = io.BytesIO()
    pd.DataFrame(
        {"text": [GOOD, None, "老"], "title": ["a", "b", None], "issue_year": [2024, 1, 2]}
    ).to_parquet(out)
    return out.getvalue()


PARQUET = parquet()
TABLES = st.one_of(
    st.tuples(st.just(".jsonl"), RECORDS | RECORDS.flatmap(mangled)),
    st.tuples(
        st.sampled_from([".csv", ".tsv"]),
        csv_files() | csv_files().flatmap(mangled) | st.binary(min_size=1, max_size=200),
    ),
    st.tuples(st.just(".parquet"), mangled(PARQUET)),
)


@fuzzed(examples=30, table=TABLES)
def test_any_table_gives_rows_or_reasons_and_other_files_are_read(table):
    suffix, data = table
    read_beside_a_good_one(f"x{suffix}", data or b" ")


PLAIN = TEXTS.flatmap(
    lambda text: st.sampled_from(
        [
            ("utf-8", "surrogatepass"),
            ("utf-8", "replace"),
            ("gb18030", "replace"),
            ("big5", "ignore"),
            ("utf-16", "surrogatepass"),
            ("utf-16-be", "replace"),
            ("utf-32", "replace"),
        ]
    ).map(lambda way: text.encode(*way))
)


@fuzzed(examples=30, data=PLAIN | PLAIN.flatmap(mangled) | st.binary(max_size=300))
def test_any_plain_text_is_decoded_or_refused_and_other_files_are_read(data):
    read_beside_a_good_one("x.txt", data)
