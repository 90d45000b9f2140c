"""Formats: every file of a researcher's folder gives its text and pages, or a problem that says why
not."""

import codecs
import gzip
import io
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest
from made_files import join_pdfs, lock, make_docx, make_pdf, make_scan

from helpers import read_corpus
from helpers.outcomes.outcomes import extract_outcomes
from helpers.readers.decode import Problems, Unreadable, decode
from helpers.readers.files import check_sums, find_files
from helpers.readers.formats import expand, read_entries, read_sources
from helpers.readers.pdf import read_pdf
from helpers.readers.tables import rows, slices
from helpers.readers.web import read_html, read_markdown
from helpers.readers.word import read_docx

SIMPLE, TRADITIONAL = (
    "今年以来，鹤城市人大常委会走访养老机构12家。",
    "今年以來，鶴城市議會走訪養老機構12家。",
)
LIMIT = 1_000_000


def read(folder):
    """The texts and problems of a folder's files, without analysing them."""
    problems = Problems()
    texts = {source.name: source.raw for source in read_sources(find_files(folder), problems)}
    return texts, {(row["source"], row["problem"]) for row in problems.rows}


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (SIMPLE, "utf-8", "utf-8"),
        (SIMPLE, "utf-8-sig", "utf-8"),
        (SIMPLE, "utf-16", "utf-16-le"),
        (SIMPLE, "utf-16-le", "utf-16-le"),
        (SIMPLE, "utf-16-be", "utf-16-be"),
        (SIMPLE, "utf-32", "utf-32-le"),
        (SIMPLE, "gb18030", "gb18030"),
        (SIMPLE, "gbk", "gb18030"),
        ("养老", "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "gb18030", "gb18030"),
        ("養老", "big5", "big5hkscs"),
        (TRADITIONAL, "utf-16-le", "utf-16-le"),
        ("老\r\n年", "utf-8", "utf-8"),
    ],
)
def test_chinese_text_is_decoded_in_each_common_encoding(text, encoding, named):
    assert decode(text.encode(encoding)) == (text, named)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bytes(range(256)) * 20, "binary"),
        (b"\x81\x20\xff\xfe\x99" * 30, "unknown_encoding"),
        (gzip.compress(b"x" * 9_999, mtime=0), "binary"),
        (codecs.BOM_UTF8 + b"\xff\xff", "unknown_encoding"),
    ],
)
def test_bytes_that_are_not_text_are_refused_with_a_reason(data, why):
    assert decode(data) == (None, why)


def test_an_encoding_other_than_utf8_is_reported(tmp_path):
    (tmp_path / "a.txt").write_bytes(TRADITIONAL.encode("big5"))
    corpus = read_corpus(tmp_path)
    assert ("encoding", "Read as big5hkscs.") in set(
        corpus.problems[["problem", "detail"]].itertuples(index=False, name=None)
    )


# --- PDF


def test_a_pdf_gives_its_text_and_where_its_pages_begin():
    text = read_pdf(make_pdf(["一、注重实效\n走访养老机构", "１２家。"]), LIMIT)
    assert text.raw == "一、注重实效\r\n走访养老机构\f１２家。"
    assert [text.raw[start:][:2] for start in text.page_starts] == [
        "一、",
        "１２",
    ] and not text.warnings


def test_the_page_of_every_sentence_is_known(tmp_path):
    (tmp_path / "a.pdf").write_bytes(
        make_pdf(["鹤城: 成效\n走访养老机构12家。", "听取汇报。办结35件。"])
    )
    assert read_corpus(tmp_path).sentences[["text", "page"]].values.tolist() == [
        ["走访养老机构12家。", 1],
        ["听取汇报。", 2],
        ["办结35件。", 2],
    ]


def test_radicals_in_a_pdf_become_ordinary_characters(tmp_path):
    (tmp_path / "a.pdf").write_bytes(make_pdf(["鹤城: 成效\n⼈⺠代表⾛访⽼年⼈。"]))
    corpus = read_corpus(tmp_path)
    assert corpus.sentences["text"].tolist() == ["人民代表走访老年人。"]
    assert corpus["a"].quote(*corpus.sentences.loc[0, ["start", "end"]]) == "⼈⺠代表⾛访⽼年⼈。"


@pytest.mark.parametrize(
    ("page", "raw", "points"),
    [
        ("占21.98%,共1,234人", "占2198%,共1,234人", ["98%"]),
        ("占２１．９８％", "占２１９８％", ["９８％"]),
        ("增2.5倍,占12.345%", "增25倍,占12345%", ["5倍", "345%"]),
        # an unmapped glyph elsewhere is not a decimal point
        ("共35家.走访12家", "共35家\ufffd走访12家", []),
    ],
)
def test_a_decimal_point_without_unicode_mapping_becomes_a_point_gap(page, raw, points):
    text = read_pdf(make_pdf([page], unmapped=".．"), LIMIT)
    assert (
        text.raw == raw
        and [raw[gap:][: len(p)] for gap, p in zip(text.point_gaps, points, strict=True)] == points
    )


def test_an_unmapped_comma_between_digits_is_not_a_point_gap():
    text = read_pdf(make_pdf(["共1,234人"], unmapped=","), LIMIT)
    assert (text.raw, text.point_gaps) == ("共1234人", ())


@pytest.mark.parametrize(
    ("page", "raw", "n"),
    [
        ("占21.98%,共2024年", "占2198%,共2024年", 1),
        ("占２１．９８％", "占２１９８％", 1),
        ("共12.345人", "共12345人", 0),
    ],
)
def test_room_between_digits_is_a_point_gap_unless_three_digits_follow(page, raw, n):
    text = read_pdf(make_pdf([page], drawn_apart=".．"), LIMIT)
    assert "".join(text.raw.split()) == raw and len(text.point_gaps) == n


def test_point_gaps_are_kept_in_the_clean_text(tmp_path):
    (tmp_path / "a.pdf").write_bytes(make_pdf(["鹤城: 成效\n老人占２１．９８％。"], unmapped="．"))
    document = read_corpus(tmp_path)["a"]
    assert document.text == "老人占2198%。" and document.text[document.gaps[0] :] == "98%。"


@pytest.mark.parametrize(
    ("more", "state", "settled"),
    [
        ("养老机构３５家", "intact", [(21.98, "layout"), (35, "printed"), (1250000, "printed")]),
        ("失能老人占比４０５６％", "lost", [(21.98, "layout")]),
    ],
)
def test_decimal_points_that_only_the_layout_shows_are_restored(tmp_path, more, state, settled):
    page = f"鹤城: 成效\n老人占总人口的２１．９８％,{more},投入１２５万元。"
    (tmp_path / "a.pdf").write_bytes(make_pdf([page], unmapped="．"))
    corpus = read_corpus(tmp_path)
    found = extract_outcomes(corpus)
    assert corpus["a"].decimals == state
    assert (
        list(found[["value", "basis"]].itertuples(index=False, name=None))[: len(settled)]
        == settled
    )


def test_a_scanned_pdf_is_reported_as_scanned_and_not_as_empty(tmp_path):
    with pytest.raises(
        Unreadable, match="pictures with hardly any text: 1–3. Run text recognition"
    ):
        read_pdf(make_scan(3), LIMIT)
    (tmp_path / "scan.pdf").write_bytes(make_scan(3))
    (tmp_path / "good.txt").write_text(SIMPLE, "utf8")
    texts, problems = read(tmp_path)
    assert list(texts) == ["good.txt"] and problems == {("scan.pdf", "scanned")}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7\n nothing", "damaged"),
        (make_pdf(["养老"])[:300], "damaged"),
        (make_pdf(["", ""]), "empty"),
        (b"", "damaged"),
    ],
)
def test_a_pdf_without_text_is_refused_with_a_reason(data, why):
    with pytest.raises(Unreadable) as caught:
        read_pdf(data, LIMIT)
    assert caught.value.problem == why


def test_a_pdf_with_a_password_is_refused_with_a_reason():
    with pytest.raises(Unreadable, match="asks for a password. Save a copy without one") as caught:
        read_pdf(lock(make_pdf(["养老"])), LIMIT)
    assert caught.value.problem == "encrypted"


def test_pages_that_are_pictures_or_damaged_are_reported_and_the_others_are_read():
    text = read_pdf(join_pdfs(make_pdf(["养老"]), make_scan(2), make_pdf(["服务"])), LIMIT)
    assert text.raw == "养老\f\f\f服务" and text.warnings == (
        (
            "scanned",
            "Pages that are pictures with hardly any text: 2–3 of 4. Their text is missing. Run"
            " text recognition (OCR) on the PDF.",
        ),
    )
    pages = make_pdf(["养老", "服务"])
    place = pages.rindex(b"/Type /Page ")
    text = read_pdf(pages[:place] + b"/Type /Pigs " + pages[place + 12 :], LIMIT)
    assert text.raw == "养老\f" and text.warnings == (
        ("damaged_pages", "Pages that cannot be read: 2 of 2."),
    )


def test_pages_beyond_the_limit_are_reported(monkeypatch):
    monkeypatch.setattr("helpers.readers.pdf.PAGE_LIMIT", 2)
    text = read_pdf(make_pdf(["养老", "服务", "机构"]), LIMIT)
    assert text.raw == "养老\f服务" and text.warnings == (
        ("pages_left_out", "Only the first 2 of 3 pages were read."),
    )


@pytest.mark.parametrize(
    ("page", "raw"),
    [("\U00020000老", "\U00020000老"), ("care-\nhome", "care-home"), ("2198\n12", "2198\r\n12")],
)
def test_rare_characters_hyphens_and_line_ends_of_a_pdf_are_kept(page, raw):
    text = read_pdf(make_pdf([page]), LIMIT)
    assert (text.raw, text.point_gaps) == (raw, ())


def test_a_pdf_with_more_text_than_the_limit_is_refused():
    with pytest.raises(Unreadable) as caught:
        read_pdf(make_pdf(["养老服务"] * 5), 10)
    assert caught.value.problem == "too_large"


# --- Word, web pages, Markdown


def test_a_word_file_gives_paragraphs_and_tables_in_order():
    data = make_docx(["一、注重实效", "走访养老机构12家。"], [["县区", "机构"], ["鹤山区", "12"]])
    assert read_docx(data, LIMIT).raw == "一、注重实效\n走访养老机构12家。\n县区\t机构\n鹤山区\t12"


@pytest.mark.parametrize(
    ("data", "limit", "why"),
    [
        (b"PK\x03\x04 nothing", LIMIT, "damaged"),
        (codecs.BOM_UTF8 + b"\xd0", LIMIT, "damaged"),
        (b"\xd0\xcf\x11\xe0old", LIMIT, "encrypted"),
        (make_docx(["老"]), 100, "too_large"),
    ],
)
def test_a_word_file_that_cannot_be_read_is_refused_with_a_reason(data, limit, why):
    with pytest.raises(Unreadable) as caught:
        read_docx(data, limit)
    assert caught.value.problem == why


@pytest.mark.parametrize(
    ("page", "raw"),
    [
        ("<p>养老<b>服务</b></p><p>机构</p>", "养老服务\n机构"),
        ("<p>养老\n   服务</p>", "养老服务"),
        ("<p>care\n home</p>", "care home"),
        ("养老<br>服务", "养老\n服务"),
        (
            "<head><title>题</title></head><body><script>x<1</script><style>p{}</style>养老</body>",
            "养老",
        ),
        (
            "<table><tr><td>县</td><td>12</td></tr><tr><td>区</td><td>3</td></tr></table>",
            "县\t12\n区\t3",
        ),
        ("<p>占21.98%&nbsp;&lt;&#20859;</p>", "占21.98%\xa0<养"),
        ("<ul><li>一<li>二</ul>", "一\n二"),
    ],
)
def test_a_web_page_gives_the_text_that_browsers_show(page, raw):
    assert read_html(page.encode(), LIMIT).raw == raw


@pytest.mark.parametrize("charset", ["utf-8", "idna", "undefined", "rot13", "no-such"])
def test_a_web_page_that_declares_an_impossible_encoding_is_still_read(charset):
    page = f'<html><head><meta charset="{charset}"></head><body>{SIMPLE}</body></html>'
    assert read_html(page.encode("gb18030"), LIMIT).raw == SIMPLE


def test_a_web_page_is_read_correctly_even_if_it_declares_a_wrong_encoding():
    page = f'<html><head><meta charset="gb2312"></head><body>{SIMPLE}</body></html>'
    assert read_html(page.encode("gb18030"), LIMIT).raw == SIMPLE
    wrong = page.replace("gb2312", "utf-8")
    assert read_html(wrong.encode("gb18030"), LIMIT).raw == SIMPLE


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("# 一、成效\n\n走访**12家**机构。", "一、成效\n\n走访12家机构。"),
        ("- 养老\n* 机构", "养老\n机构"),
        ("[简报](http://a.cn)见![图](x.png)后", "简报见后"),
        ("| 县 | 数 |\n|---|---|\n| 区 | 3 |", "县\t数\n\n区\t3"),
        ("2*3*4 和 a_b_c", "2*3*4 和 a_b_c"),
        ("—３—", "—３—"),
        ("养<!-- 注 -->老<!-- 未完", "养老<!-- 未完"),
    ],
)
def test_only_the_signs_of_markdown_are_removed(text, raw):
    assert read_markdown(text.encode(), LIMIT).raw == raw


# --- tables and archives


def test_each_row_of_a_table_is_a_document_and_its_columns_are_metadata(tmp_path):
    (tmp_path / "pages.csv").write_text(
        'id,title,正文,issue_year,note\n7,成效,"走访养老机构,12家。\n第二段。'
        '",2023,x\n8,,听取汇报。,?,\n',
        "utf8",
    )
    corpus = read_corpus(tmp_path)
    table = corpus.documents.set_index("doc")
    assert table.index.tolist() == ["pages#000001", "pages#000002"] and table[
        "source"
    ].tolist() == ["pages.csv#1", "pages.csv#2"]
    assert table["title"].fillna("-").tolist() == ["成效", "-"] and table["issue_year"].fillna(
        0
    ).tolist() == [2023, 0]
    assert corpus["pages#000001"].raw == "走访养老机构,12家。\n第二段。"


@pytest.mark.parametrize(
    ("column", "value"),
    [("issue_year", 10**30), ("issue_number", -5), ("album_number", "²"), ("issue_year", "two")],
)
def test_metadata_that_cannot_be_right_is_left_out(tmp_path, column, value):
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"text": SIMPLE, "title": "\ud800题", column: value}), "utf8"
    )
    documents = read_corpus(tmp_path).documents
    assert documents[column].isna().all() and documents["title"].tolist() == ["\ufffd题"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_tables_are_read_with_the_encodings_and_delimiters_of_spreadsheets(
    tmp_path, encoding, separator
):
    (tmp_path / "t.csv").write_bytes(
        f"编号{separator}内容\r\n1{separator}走访养老机构。\r\n2{separator}听取工作汇报。\r\n".encode(
            encoding
        )
    )
    assert list(read(tmp_path)[0].values()) == ["走访养老机构。", "听取工作汇报。"]


def test_bad_rows_are_reported_and_the_others_are_read(tmp_path):
    lines = [
        '{"text": "走访。"}',
        '{"text": ',
        '{"other": 1}',
        '["走访"]',
        '{"text": null}',
        '{"text": "\\ud800听取。"}',
        "",
        "[" * 100_000,
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf8")
    (tmp_path / "b.csv").write_text("id,text\n1,走访。\n2\n3,听取。\n", "utf8")
    (tmp_path / "c.csv").write_text("city,n\n郑州,12\n", "utf8")
    texts, problems = read(tmp_path)
    assert texts == {
        "a.jsonl#1": "走访。",
        "a.jsonl#6": "\ufffd听取。",
        "b.csv#1": "走访。",
        "b.csv#3": "听取。",
    }
    assert problems == {
        ("a.jsonl#2", "damaged"),
        ("a.jsonl#3", "no_text_column"),
        ("a.jsonl#4", "no_text_column"),
        ("a.jsonl#5", "empty"),
        ("a.jsonl#6", "surrogates"),
        ("a.jsonl#8", "damaged"),
        ("b.csv#2", "damaged"),
        ("c.csv", "no_text_column"),
    }


@pytest.mark.parametrize(
    ("name", "data"), [("a.csv", b"text"), ("b.csv", b"text\n\n"), ("c.jsonl", b"\n\n")]
)
def test_a_table_without_rows_is_reported(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    assert read(tmp_path) == ({}, {(name, "empty")})


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_the_slices_of_a_table_give_every_row_once(monkeypatch, suffix):
    import csv

    monkeypatch.setattr("helpers.readers.tables._SLICE", 500)
    texts = [f'第{n}行,\n“养老”"服务"' + "老" * (n % 7) for n in range(200)]
    out = io.StringIO(newline="")
    if suffix == ".csv":
        csv.writer(out).writerows([["text"], *([text] for text in texts)])
    else:
        out.writelines(json.dumps({"text": text}) + "\n" for text in texts)
    stream = io.BytesIO(out.getvalue().encode())
    parts = list(slices(stream, suffix, limit=LIMIT))
    found = [row for part in parts for row in rows(stream, suffix, part, column=None, limit=LIMIT)]
    assert (
        len(parts) > 5
        and [row.text for row in found] == texts
        and [row.number for row in found] == list(range(1, 201))
    )


def test_rows_over_the_limit_are_reported_and_the_others_are_read(tmp_path):
    (tmp_path / "a.csv").write_text(f'text\n{"a" * 200}\n养老\n" "\n', "utf8")
    (tmp_path / "b.csv").write_text("text" + "x" * 300 + "\n养老\n", "utf8")
    (tmp_path / "c.csv").write_bytes(f"text\n{'养老' * 200}\n".encode("utf-16"))
    (tmp_path / "d.jsonl").write_text(
        json.dumps({"text": "养" * 60}) + "\n" + json.dumps({"text": "老"}) + "\n", "utf8"
    )
    problems = Problems()
    texts = {
        source.name: source.raw
        for source in read_sources(find_files(tmp_path), problems, size_limit=50)
    }
    assert texts == {"a.csv#2": "养老", "d.jsonl#2": "老"}
    assert {(row["source"], row["problem"]) for row in problems.rows} == {
        ("a.csv#1", "damaged"),
        ("a.csv#3", "empty"),
        ("b.csv", "damaged"),
        ("c.csv", "too_large"),
        ("d.jsonl#1", "damaged"),
    }


def test_a_damaged_parquet_file_gives_the_rows_before_the_damage(tmp_path):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    plain = {"compression": "none", "use_dictionary": False, "write_statistics": False}
    parquet.write_table(
        pa.table({"text": ["走访。", "听取。"]}), tmp_path / "a.parquet", row_group_size=1, **plain
    )
    data = bytearray((tmp_path / "a.parquet").read_bytes())
    place = data.index("听取。".encode())
    data[place - 20 : place] = b"\xff" * 20
    (tmp_path / "a.parquet").write_bytes(bytes(data))
    assert read(tmp_path) == ({"a.parquet#1": "走访。"}, {("a.parquet#2", "damaged")})


def test_parquet_is_read_and_a_missing_library_is_reported_with_its_remedy(tmp_path, monkeypatch):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    parquet.write_table(
        pa.table({"title": ["成效", None, "x"], "content": ["走访。", "听取。", None]}),
        tmp_path / "a.parquet",
        row_group_size=2,
    )
    texts, problems = read(tmp_path)
    assert texts == {"a.parquet#1": "走访。", "a.parquet#2": "听取。"} and problems == {
        ("a.parquet#3", "empty")
    }
    (tmp_path / "b.parquet").write_bytes(b"PAR1 no")
    assert ("b.parquet", "damaged") in read(tmp_path)[1]
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(Unreadable) as caught:
        list(slices(io.BytesIO(), ".parquet", limit=LIMIT))
    assert caught.value.problem == "needs_library"


def test_the_text_column_can_be_named(tmp_path):
    (tmp_path / "a.csv").write_text("text,稿件\n短,走访养老机构。\n", "utf8")
    assert [d.raw for d in read_corpus(tmp_path, text_column="稿件")] == ["走访养老机构。"]


def pack(files: dict[str, bytes], **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_an_archive_is_read_like_a_folder(tmp_path):
    inner = pack({"深/c.txt": "内层。".encode()})
    files = {
        "a.txt": SIMPLE.encode(),
        "b/b.docx": make_docx(["走访。"]),
        "b/t.csv": "text\n表。\n".encode(),
        "in.zip": inner,
        "__MACOSX/x.txt": b"x",
    }
    (tmp_path / "x.zip").write_bytes(pack(files))
    texts, problems = read(tmp_path)
    assert texts == {
        "x.zip/a.txt": SIMPLE,
        "x.zip/b/b.docx": "走访。",
        "x.zip/b/t.csv#1": "表。",
        "x.zip/in.zip/深/c.txt": "内层。",
    }
    assert not problems


def test_file_names_packed_on_chinese_windows_are_decoded(tmp_path):
    (tmp_path / "x.zip").write_bytes(
        pack({"AAAA.txt": SIMPLE.encode()}).replace(b"AAAA", "简报".encode("gb18030"))
    )
    assert list(read(tmp_path)[0]) == ["x.zip/简报.txt"]


def test_an_archive_cannot_reach_outside_or_unpack_without_bounds(tmp_path):
    nested = pack({"a.txt": SIMPLE.encode()})
    for _ in range(5):
        nested = pack({"n.zip": nested})
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    files = {
        "good.txt": SIMPLE.encode(),
        "../up.txt": b"x",
        "/etc/x.txt": b"x",
        "C:/x.txt": b"x",
        link: b"/etc/hostname",
        "bomb.txt": b"a" * 5_000_000,
        "nested.zip": nested,
    }
    (tmp_path / "x.zip").write_bytes(pack(files))
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04bad")
    (tmp_path / "cut.zip").write_bytes(pack(files)[:-40])
    texts, problems = read(tmp_path)
    assert texts == {"x.zip/good.txt": SIMPLE}
    assert problems == {
        ("x.zip/../up.txt", "outside_path"),
        ("x.zip//etc/x.txt", "outside_path"),
        ("x.zip/C:/x.txt", "outside_path"),
        ("x.zip/link.txt", "link"),
        ("x.zip/bomb.txt", "zip_bomb"),
        ("x.zip/nested.zip/n.zip/n.zip", "nested_too_deep"),
        ("bad.zip", "damaged"),
        ("cut.zip", "damaged"),
    }


def test_a_packed_file_that_is_larger_than_it_states_is_damaged(tmp_path):
    data = bytearray(pack({"a.txt": b"a" * 2000}))
    for place in (data.find(b"PK\x01\x02") + 24, 22):
        data[place : place + 4] = (10).to_bytes(4, "little")
    (tmp_path / "x.zip").write_bytes(bytes(data))
    assert read(tmp_path) == ({}, {("x.zip/a.txt", "damaged")})


def test_a_packed_file_without_a_name_is_reported_as_damaged(tmp_path):
    (tmp_path / "x.zip").write_bytes(
        pack({"QQ": b"x", "good.txt": SIMPLE.encode()}).replace(b"QQ", b"\0Q")
    )
    texts, problems = read(tmp_path)
    assert list(texts) == ["x.zip/good.txt"] and {problem for _, problem in problems} == {"damaged"}


def test_packed_files_beyond_the_limit_or_with_a_password_are_reported(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.readers.files.MEMBER_LIMIT", 2)
    (tmp_path / "x.zip").write_bytes(
        pack({"a.txt": SIMPLE.encode(), "b.txt": SIMPLE.encode(), "c.txt": SIMPLE.encode()})
    )
    data = bytearray(pack({"d.txt": SIMPLE.encode()}))
    for place in (6, data.find(b"PK\x01\x02") + 8):
        data[place] |= 1
    (tmp_path / "y.zip").write_bytes(bytes(data))
    texts, problems = read(tmp_path)
    assert list(texts) == ["x.zip/a.txt", "x.zip/b.txt"] and problems == {
        ("x.zip", "too_many_files"),
        ("y.zip/d.txt", "encrypted"),
    }


def test_an_archive_without_documents_is_reported(tmp_path):
    (tmp_path / "x.zip").write_bytes(pack({"README.txt": b"x", "folder/": b""}))
    assert read(tmp_path) == ({}, {("x.zip", "empty")})


def test_other_files_are_read_when_an_archive_is_deleted_after_the_listing(tmp_path):
    (tmp_path / "a.zip").write_bytes(pack({"a.txt": SIMPLE.encode(), "b.txt": SIMPLE.encode()}))
    (tmp_path / "good.txt").write_text(SIMPLE, "utf8")
    problems = Problems()
    entries = list(expand(find_files(tmp_path), problems))
    (tmp_path / "a.zip").unlink()
    assert [source.name for source in read_entries(entries, problems)] == ["good.txt"]
    assert [(row["source"], row["problem"]) for row in problems.rows] == [
        ("a.zip/a.txt", "unreadable"),
        ("a.zip/b.txt", "unreadable"),
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems keep no such names")
def test_file_names_from_chinese_windows_are_decoded(tmp_path):
    for name in ("简报.txt".encode("gb18030"), b"\xff\xfe.txt", b"a\nb.txt"):
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_text(SIMPLE, "utf8")
    corpus = read_corpus(tmp_path)
    assert corpus.documents["source"].tolist() == ["a\nb.txt", "简报.txt", "\ufffd\ufffd.txt"]


def test_only_valid_lines_of_sha256sums_are_checked(tmp_path):
    (tmp_path / "a.txt").write_text(SIMPLE, "utf8")
    (tmp_path / "SHA256SUMS").write_bytes(b"alone\n\n\xff\xfe b.txt\n# a remark\n")
    check_sums(find_files(tmp_path))
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + " *a.txt\n")
    with pytest.raises(ValueError, match="a.txt was changed: SHA256SUMS expects 000000"):
        check_sums(find_files(tmp_path))


def test_a_single_file_can_be_read(tmp_path):
    (tmp_path / "a.txt").write_text(SIMPLE, "utf8")
    assert read(tmp_path / "a.txt") == ({"a.txt": SIMPLE}, set())


def test_the_total_size_of_an_archive_is_limited(tmp_path):
    noise = bytes(range(256)) * 4
    (tmp_path / "x.zip").write_bytes(pack({f"{n:03}.txt": noise for n in range(50)}))
    problems = Problems()
    list(read_sources(find_files(tmp_path), problems, size_limit=1100))
    assert [row["problem"] for row in problems.rows].count("too_large") == 1


def test_the_library_of_a_format_is_loaded_only_for_its_files():
    import subprocess

    script = (
        "import sys, helpers.readers; print(sorted({'lxml', 'mistune', 'docx', 'pypdfium2',"
        " 'pyarrow', 'charset_normalizer'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_no_problem_contains_an_absolute_path(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"no")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")
    problems = Problems()
    list(read_sources([*find_files(tmp_path), ("lost.txt", Path(tmp_path / "lost.txt"))], problems))
    assert {(row["source"], row["problem"]) for row in problems.rows} == {
        ("x.zip", "damaged"),
        ("lost.txt", "unreadable"),
    }
    assert str(tmp_path) not in str(problems.rows)
