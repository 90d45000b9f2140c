"""Tables and encodings: every row of a table and every byte of a text is read as written, or
reported."""

import io
import json
import random
import time

import pytest

from helpers import read_corpus
from helpers.readers.decode import Problems, Unreadable, closest, decode, read_plain, score
from helpers.readers.files import find_files
from helpers.readers.formats import read_sources
from helpers.readers.records import Lines
from helpers.readers.tables import metadata_from_columns, rows, slices

LIMIT = 1_000_000
SIMPLE, TRADITIONAL = (
    "今年以来，鹤城市人大常委会走访养老机构12家。\n",
    "今年以來，鶴城市議會走訪養老機構12家。\n",
)


def read(folder, **options):
    """The texts of a folder's files by name, and the problems in order."""
    problems = Problems()
    texts = {
        source.name: source.raw for source in read_sources(find_files(folder), problems, **options)
    }
    return texts, [(row["source"], row["problem"]) for row in problems.rows]


def read_table(folder, data, name="t.csv", **options):
    """The texts of one table by row, and its problems by row; row 0 is the table itself."""
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    texts, problems = read(folder, **options)
    return {int(name.split("#")[1]): text for name, text in texts.items()}, [
        (int((source.split("#") + ["0"])[1]), problem) for source, problem in problems
    ]


def details(folder, **options):
    problems = Problems()
    list(read_sources(find_files(folder), problems, **options))
    return [row["detail"] for row in problems.rows]


# --- cells


@pytest.mark.parametrize(
    ("table", "texts", "problems"),
    [
        (
            "id,text\n1,走访养老机构12家,发现问题35个。\n2,听取。",
            {1: "走访养老机构12家,发现问题35个。", 2: "听取。"},
            [(1, "damaged")],
        ),
        ('id,text\n1,"走访12家,发现35个。"', {1: "走访12家,发现35个。"}, []),
        ("id;text\n1;走访12家;发现35个", {1: "走访12家;发现35个"}, [(1, "damaged")]),
        ("id,text\n1,走访,,\n", {1: "走访"}, []),  # a spreadsheet adds empty cells
        ("id,text,,\n1,走访,,\n2,走访,发现,\n", {1: "走访", 2: "走访,发现,"}, [(2, "damaged")]),
        ("text,city\n走访12家,发现35个,郑州\n听取,洛阳\n", {2: "听取"}, [(1, "damaged")]),
        ("text,city\n走访,郑州, \n", {1: "走访"}, []),
        ("id,text\n1\n2,听取\n", {2: "听取"}, [(1, "damaged")]),
        ("text\n走访,发现\n", {1: "走访,发现"}, [(1, "damaged")]),
    ],
)
def test_cells_beyond_the_header_are_joined_again_or_reported(tmp_path, table, texts, problems):
    assert read_table(tmp_path, table) == (texts, problems)


def test_problems_of_rows_say_the_place_the_finding_and_the_remedy(tmp_path):
    (tmp_path / "t.csv").write_text('id,text\n1,走访,发现\n2,"十四五"以来\n3,"规划,以来\n', "utf8")
    joined, quoted, open_end = details(tmp_path)
    assert (
        joined
        == "Row 1 has 3 cells, the header 2: put quotation marks around a text that contains a"
        " comma. The cells from column 2 on are read as one text."
    )
    assert (
        quoted
        == "Row 2 has a \" in the wrong place (',' expected after '\"'). Its line is read with all"
        ' its quotation marks. Write " inside a cell twice.'
    )
    assert open_end.startswith(
        "Row 3 is not valid CSV (unexpected end of data) and is not read. Row 3 has 3 cells, the"
        " header 2: close each cell"
    )


@pytest.mark.parametrize(
    ("body", "texts", "problems"),
    [
        ('1,"十四五"以来\n2,听取\n', {1: '"十四五"以来', 2: "听取"}, [(1, "damaged")]),
        ('1,"走访\n2,听取\n3,办结\n', {1: '"走访', 2: "听取", 3: "办结"}, [(1, "damaged")]),
        ('1,"走访\n12家"\n2,"说""好"""\n', {1: "走访\n12家", 2: '说"好"'}, []),
        ('1,走访"重点"机构\n', {1: '走访"重点"机构'}, []),
        (
            '1,"走访\n2,听取,3\n3,"办结"\n',
            {1: '"走访', 2: "听取,3", 3: "办结"},
            [(1, "damaged"), (2, "damaged")],
        ),
        ('1,"走访,12家\n2,听取\n', {2: "听取"}, [(1, "damaged")]),
        (
            '1,"“十四五”"以来\n第二行"\n3,听取\n',
            {1: '"“十四五”"以来', 3: "听取"},
            [(1, "damaged"), (2, "damaged")],
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_misplaced_quotation_mark_never_loses_another_row(
    tmp_path, body, texts, problems, encoding
):
    of_table = [] if encoding == "utf-8" else [(0, "encoding")]
    assert read_table(tmp_path, f"id,text\n{body}".encode(encoding)) == (texts, of_table + problems)


def test_one_stray_quotation_mark_affects_only_its_own_row(tmp_path):
    lines = [f"{n},走访第{n}家。" for n in range(2000)]
    lines[2] = '2,"走访第2家。'
    texts, problems = read_table(tmp_path, "id,text\n" + "\n".join(lines))
    assert (
        len(texts) == 2000
        and texts[3] == '"走访第2家。'
        and texts[2000] == "走访第1999家。"
        and problems == [(3, "damaged")]
    )


PIECES = ['"', '""', ",", "\n", "\r\n", "走访", "12家", ';"', "\t", '"十四五"以来', " "]


@pytest.mark.parametrize("seed", range(40))
def test_slices_give_the_same_records_as_the_whole_table(monkeypatch, seed):
    pick = random.Random(seed)
    data = ("id,text\n" + "".join(pick.choice(PIECES) for _ in range(400))).encode()
    stream, found = io.BytesIO(data), []
    for size in (10**9, 200, 1):
        monkeypatch.setattr("helpers.readers.tables._SLICE", size)
        parts = list(slices(stream, ".csv", limit=LIMIT))
        assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]] and parts[
            -1
        ].end == len(data)
        read_rows = [
            row for part in parts for row in rows(stream, ".csv", part, column=None, limit=LIMIT)
        ]
        found.append(
            [(row.number, row.text, [problem for problem, _ in row.warnings]) for row in read_rows]
        )
    assert found[0] == found[1] == found[2] and len(found[0]) > 5 and len(parts) > 20


@pytest.mark.parametrize("line", ['1,"走访\n', '1,"十四五"以来\n', '1,"""\n', '"\n', '"",""\n'])
def test_wrong_quotation_marks_in_every_row_are_read_in_linear_time(line):
    def seconds(n):
        stream, began = io.BytesIO(b"id,text\n" + line.encode() * n), time.process_time()
        list(slices(stream, ".csv", limit=LIMIT))
        return time.process_time() - began

    # quadratic time would be sixteen times as long
    assert seconds(40_000) < 12 * max(seconds(10_000), 0.02)


def test_the_search_for_a_closing_quotation_mark_is_limited(monkeypatch):
    monkeypatch.setattr("helpers.readers.records._LONGEST_CELL", 1000)
    stream = io.BytesIO(('id,text\n1,"走访\n' + "2,听取\n" * 5000).encode())
    [part] = slices(stream, ".csv", limit=LIMIT)
    found = list(rows(stream, ".csv", part, column=None, limit=LIMIT))
    assert len(found) == 5001 and "field larger than field limit (1000)" in found[0].warnings[0][1]


# --- headers


@pytest.mark.parametrize(
    ("name", "top", "row"),
    [
        ("t.csv", "sep=;\nid;text", "1;走访,12家"),
        ("t.csv", '"sep=|"\nid|text', "1|走访"),
        ("t.csv", "\nid,text", "1,走访"),
        ("t.csv", "2024年简报,,\n,,\nid,text", "1,走访"),
        ("t.csv", "ID,Text", "1,走访"),
        ("t.csv", " id , TEXT ", "1,走访"),
        ("t.csv", "编号,內容", "1,走访"),
        ("t.csv", "编号,正文内容", "1,走访"),
        ("t.csv", '"编\n号","正文"', '1,"走访"'),
        ("t.tsv", "text", "走访,12家"),
        ("t.tsv", "id\ttext", "1\t走访,12家;听取,35个"),
        ("t.csv", "id\ttext", "1\t走访,12家;听取,35个"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_header_is_found_below_the_lines_that_spreadsheets_put_above_it(
    tmp_path, name, top, row, encoding
):
    texts, problems = read_table(tmp_path, f"{top}\n{row}\n".encode(encoding), name)
    assert (
        list(texts) == [1]
        and texts[1].startswith("走访")
        and texts[1].count(",") == row.count(",") - row.startswith("1,")
    )
    assert {number for number, _ in problems} <= {0}


@pytest.mark.parametrize("top", ["id,说明", "text2,texts", "\n\n\n\n\nid,text"])
def test_a_table_without_a_header_is_reported_once(tmp_path, monkeypatch, top):
    monkeypatch.setattr("helpers.readers.tables._SLICE", 50)
    assert read_table(tmp_path, f"{top}\n" + "1,走访\n" * 100) == ({}, [(0, "no_text_column")])


def test_the_header_with_the_requested_column_is_used_in_every_slice(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.readers.tables._SLICE", 50)
    texts, problems = read_table(
        tmp_path,
        "说明,text\n编号,稿件\n" + "".join(f"{n},走访第{n}家\n" for n in range(1, 31)),
        text_column="稿件",
    )
    assert texts == {n: f"走访第{n}家" for n in range(1, 31)} and not problems


# --- metadata from other columns


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("issue_year", 2023.0, 2023),
        ("issue_year", "2023.0", 2023),
        ("issue_year", "2024年", 2024),
        ("issue_year", "２０２４", 2024),
        ("Issue_Year ", 2024, 2024),
        ("issue_year", "2024.5", None),
        ("issue_year", True, None),
        ("issue_year", "二〇二四", None),
        ("issue_year", float("inf"), None),
        ("issue_number", "第3期", 3),
        ("issue_number", "总第60期", 60),
        ("issue_number", "3期4", None),
        ("issue_number", -5, None),
        ("issue_number", 10**30, None),
        ("date", "2024-05-01 00:00:00", "2024-05-01"),
        ("date", "2024-05-01T08:30:00Z", "2024-05-01"),
        ("date", "2024/5/1", "2024-05-01"),
        ("date", "20240501", "2024-05-01"),
        ("date", 20240501, "2024-05-01"),
        ("date", 20240501.0, "2024-05-01"),
        ("date", "2024年5月1日", "2024-05-01"),
        ("date", "2024.5.1", "2024-05-01"),
        ("date", "昨天", None),
        ("date", "2024-02-30", None),
        ("date", "2024年5月", None),
        ("date", "12024-05-01", None),
        ("title", " 成效 ", "成效"),
        ("title", 2024, "2024"),
        ("title", ["成效"], None),
        ("title", {"a": 1}, None),
        ("title", False, None),
        ("TITLE", "成效", "成效"),
    ],
)
def test_metadata_is_read_or_left_out_with_a_reason(column, value, expected):
    name = column.strip().lower()
    metadata, wrong = metadata_from_columns({column: value})
    assert metadata == ({} if expected is None else {name: expected})
    assert list(wrong) == ([name] if expected is None else [])


@pytest.mark.parametrize("value", [None, "", "  ", float("nan")])
def test_empty_cells_give_no_metadata(value):
    assert metadata_from_columns({"issue_year": value, "title": value, "date": value}) == ({}, {})


def test_unreadable_metadata_is_reported_once_per_column_and_slice(tmp_path):
    body = "".join(
        f"走访{n}。,{date},{year}\n"
        for n, (date, year) in enumerate([("2024-05-01", "2024年"), ("昨天", "x"), ("前天", "x")])
    )
    (tmp_path / "t.csv").write_text(f"text,Date,issue_year\n{body}", "utf8")
    corpus = read_corpus(tmp_path)
    assert corpus.documents["date"].fillna("-").tolist() == ["2024-05-01", "-", "-"]
    named = corpus.problems[corpus.problems["problem"] == "fact_not_read"]
    assert named["source"].tolist() == ["t.csv#2", "t.csv#2"]
    assert (
        named["detail"].tolist()[0]
        == "Row 2: 'issue_year' is x, not a whole number such as 2024. The value is left out, as"
        " are similar values in later rows."
    )


def test_metadata_of_a_parquet_file_with_gaps_is_read(tmp_path):
    pytest.importorskip("pyarrow")
    import pandas as pd

    table = pd.DataFrame(
        {
            "Text": ["走访。", "听取。"],
            "Issue_Year": [2023, None],
            "date": pd.to_datetime(["2024-05-01", None]),
        }
    )
    table.to_parquet(tmp_path / "t.parquet")
    documents = read_corpus(tmp_path).documents
    assert documents["issue_year"].fillna(0).tolist() == [2023, 0] and documents["date"].fillna(
        "-"
    ).tolist() == ["2024-05-01", "-"]


# --- JSON


@pytest.mark.parametrize(
    ("data", "texts", "problems", "detail"),
    [
        (
            json.dumps([{"text": "走访"}] * 3),
            {},
            [(0, "damaged")],
            "The table is one JSON array. Write one object per line",
        ),
        (
            json.dumps([{"text": "走访"}] * 3, indent=1),
            {},
            [(0, "damaged")],
            "The table is one JSON array",
        ),
        (
            '[\n{"text": "a"},\n{"text": "b"}\n]',
            {},
            [(0, "damaged")],
            "The table is one JSON array",
        ),
        (
            "%PDF-1.7\n" + "1 0 obj <<\n" * 500,
            {},
            [(0, "damaged")],
            "None of the first 20 lines is JSON",
        ),
        (
            'x\n\ny\n{"text": "走访"}\n',
            {4: "走访"},
            [(1, "damaged"), (3, "damaged")],
            "Line 1 is not valid JSON",
        ),
        ('["走访"]\n{"text": "听取"}', {2: "听取"}, [(1, "no_text_column")], "Its columns: none"),
        (
            '{"text": 5}',
            {},
            [(1, "damaged")],
            "Row 1: the column of texts holds a number, not text. Write text into it",
        ),
        ('{"text": ["走访"]}', {}, [(1, "damaged")], "holds a list, not text"),
        ('{"text": null}\n{"Text": "听取"}', {2: "听取"}, [(1, "empty")], "Row 1 has no text."),
    ],
)
def test_wrong_json_lines_are_reported_with_the_remedy(tmp_path, data, texts, problems, detail):
    assert read_table(tmp_path, data, "t.jsonl") == (texts, problems)
    assert detail in details(tmp_path)[0]


@pytest.mark.parametrize(
    ("column", "kind"),
    [([b"\xff", b"x"], "bytes"), ([1, 2], "a number"), ([1.5, None], "a number")],
)
def test_a_parquet_column_without_text_is_reported_with_its_type(tmp_path, column, kind):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    parquet.write_table(pa.table({"text": column}), tmp_path / "t.parquet")
    assert f"Row 1: the column of texts holds {kind}, not text." in details(tmp_path)[0]


# --- bytes


@pytest.mark.parametrize(
    ("table", "encoding", "bad", "texts", "problems"),
    [
        (
            "text\n養老服務機構\n走訪老人\n",
            "big5",
            b"\xff",
            {1: "養老服務機構", 2: "走訪老人\ufffd"},
            [(0, "encoding"), (2, "undecodable")],
        ),
        (
            "text\n养老服务机构\n走访老人\n",
            "gb18030",
            b"\xff",
            {1: "养老服务机构", 2: "走访老人\ufffd"},
            [(0, "encoding"), (2, "undecodable")],
        ),
        (
            "text\n养老服务机构\n监督过\n",
            "utf-8",
            "程".encode()[:2],
            {1: "养老服务机构", 2: "监督过\ufffd"},
            [(2, "undecodable")],
        ),
        (
            "text\n养老服务机构\n监\n",
            "utf-8",
            "督".encode()[:1],
            {1: "养老服务机构", 2: "监\ufffd"},
            [(2, "undecodable")],
        ),
        (
            "text\n养老服务机构\n\n",
            "utf-8",
            "走".encode()[:2],
            {1: "养老服务机构", 2: "\ufffd"},
            [(2, "undecodable")],
        ),
        # two tables that were joined
        (
            "text\n我们在养老服务机构走访\n\n",
            "utf-8",
            "听取".encode("gb18030"),
            {1: "我们在养老服务机构走访", 2: "听取"},
            [],
        ),
        (
            "text\n我們在養老服務機構走訪\n\n",
            "utf-8",
            "聽取".encode("big5"),
            {1: "我們在養老服務機構走訪", 2: "聽取"},
            [],
        ),
        # the file itself holds U+FFFD
        (
            "text\n养老服务机构\n走访老人\n",
            "utf-8",
            "\ufffd".encode(),
            {1: "养老服务机构", 2: "走访老人\ufffd"},
            [],
        ),
    ],
)
def test_undecodable_bytes_are_reported_and_garble_no_other_text(
    tmp_path, table, encoding, bad, texts, problems
):
    assert read_table(tmp_path, table.encode(encoding)[:-1] + bad + b"\n") == (texts, problems)


def test_the_encoding_of_a_table_is_reported_once(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.readers.tables._SLICE", 50)
    texts, problems = read_table(tmp_path, ("text\n" + "养老服务。\n" * 50).encode("gb18030"))
    assert (
        len(texts) == 50
        and problems == [(0, "encoding")]
        and details(tmp_path) == ["Read as gb18030."]
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "big5"])
def test_tables_in_wide_encodings_and_big5_are_read(tmp_path, encoding):
    data = "text\n上海養老服務機構\n走訪老人12家\n".encode(encoding)
    assert read_table(tmp_path, data) == (
        {1: "上海養老服務機構", 2: "走訪老人12家"},
        [(0, "encoding")],
    )


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("gb18030", "gb18030"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16", "utf-16-le"),
        ("utf-8-sig", "utf-8"),
    ],
)
@pytest.mark.parametrize("back", [False, True])
def test_a_single_bad_byte_in_a_long_text_becomes_one_replacement_character(encoding, named, back):
    data = (SIMPLE * 40).encode(encoding)
    # a single byte in the middle would shift all of UTF-16
    place = len(data) if back else len((SIMPLE * 20).encode(encoding))
    if "16" in encoding and not back:
        data = data[:place] + b"\x00\xdc" + data[place:]  # half a character
    else:
        data = data[:place] + b"\xff" + data[place:]
    text = read_plain(data)
    assert text.raw.count("\ufffd") == 1 and text.raw.replace("\ufffd", "") == SIMPLE * 40
    problems = dict(text.warnings)
    assert set(problems) == {"undecodable"} | ({"encoding"} if named != "utf-8" else set())
    assert problems["undecodable"].startswith(
        f"Bytes in 1 place are undecodable as {named}, the first at byte {place + 1:,} (line"
        f" {41 if back else 21}); the text has U+FFFD there."
    )


@pytest.mark.parametrize(
    "data",
    [
        SIMPLE.encode() + b"\xff",
        SIMPLE.encode("gb18030")[:-2],
        "养老服务".encode()[:-1],
        "养老服务".encode("gb18030")[:-1],
        "養老服務".encode("big5")[:-1],
        ("养老服务" * 9).encode()[:-1],
        "養老服務".encode("big5") + b"\xff",
    ],
)
def test_a_short_chinese_text_with_a_bad_byte_is_refused_and_not_guessed(data):
    assert decode(data) == (None, "unknown_encoding")
    with pytest.raises(Unreadable, match="Save the file as UTF-8"):
        read_plain(data)


def test_texts_in_another_alphabet_are_decoded_by_charset_normalizer():
    text = "Café and crème at the naïve façade of the old people's home. " * 5
    assert decode(text.encode("cp1252"))[0].startswith("Caf")


def test_words_without_punctuation_are_decoded_in_their_own_encoding():
    from pathlib import Path

    import jieba

    words = [
        line.split()[0]
        for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf8").splitlines()
    ]
    words = [
        word
        for word in words[::29]
        if len(word) > 1 and all("\u4e00" <= char <= "\u9fff" for char in word)
    ]
    pick, wrong = random.Random(0), 0
    for _ in range(500):
        text = "".join(pick.choices(words, k=6))[:12]
        wrong += decode(text.encode("gb18030")) != (text, "gb18030")
    assert wrong <= 2


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("监督过程", "鐩戠潱杩囩▼"),
        ("监督过程", "监督过\ufffd"),
        ("监督过\ufffd", "鐩戠潱杩囩▼"),
        ("養老服務", "養老服\ufffd"),
        ("上报", "奻惆"),
        ("a", ""),
    ],
)
def test_text_that_reads_as_chinese_scores_higher(better, worse):
    assert score(better) > score(worse)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "utf-8"),
        (b"text\n", "utf-8"),
        (TRADITIONAL.encode("big5") + b"\xff", "big5hkscs"),
        (SIMPLE.encode()[:-5], "utf-8"),
        (bytes(range(128, 256)), "utf-8"),
    ],
)
def test_the_closest_encoding_is_found_for_damaged_bytes_too(data, name):
    assert closest(data) == name


def test_lines_can_be_read_again():
    for encoding in ("utf-8", "utf-16"):
        lines = Lines(io.BytesIO("一\n二\n三\n".encode(encoding)), 0, None, LIMIT)
        assert next(lines) == "一\n"
        mark = lines.mark()
        assert list(lines) == ["二\n", "三\n"] and list(lines) == []
        lines.back(mark)
        assert list(lines) == ["二\n", "三\n"]
