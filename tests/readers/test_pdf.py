"""Pages of a PDF: room between digits is a point only where nothing else explains it; page numbers
and running heads are not text."""

import pytest
from made_files import join_pdfs, make_pdf, make_scan

from helpers import extract_outcomes, read_corpus
from helpers.readers.decode import Unreadable
from helpers.readers.pdf import read_pdf

LIMIT = 10_000


def places(text):
    return [text.raw[gap:][:3] for gap in text.point_gaps]


@pytest.mark.parametrize(
    ("page", "more", "raw", "points"),
    [
        ("占21.98%", {"drawn_apart": "."}, "占2198%", ["98%"]),
        ("占2198%", {"spread": 3}, "占2198%", []),  # a spread line has this room everywhere
        ("占21.98%,共12家", {"drawn_apart": ".", "spread": 3}, "占2198%,共12家", ["98%"]),
        ("2022 2023年", {}, "2022 2023年", []),  # a space that was typed
        ("2022 2023 2024", {}, "2022 2023 2024", []),
        # a number has one point
        ("电话0371.6588.1234", {"drawn_apart": "."}, "电话0371 6588 1234", []),
        # two cells, as far apart as a digit is wide
        ([(50, 700, 12, "1256"), (80, 700, 12, "3548")], {}, "1256 3548", []),
        ([(50, 700, 12, "1256"), (76, 700, 12, "3548")], {}, "1256 3548", []),
        # two text objects, but text on both sides
        ([(50, 700, 12, "占21"), (77, 700, 12, "98%")], {}, "占2198%", ["98%"]),
        # the mark of a note
        ([(50, 700, 12, "机构35"), (86, 706, 7, "1"), (89.5, 700, 12, "家")], {}, "机构35¹家", []),
        ([(50, 700, 12, "10"), (62, 706, 7, "4"), (65.5, 700, 12, "人")], {}, "10⁴人", []),
    ],
)
def test_room_between_digits_is_a_point_gap_only_where_nothing_else_explains_it(
    page, more, raw, points
):
    text = read_pdf(make_pdf([page], **more), LIMIT)
    assert text.raw == raw and places(text) == points


def test_numbers_in_cells_or_with_footnote_marks_are_read_unchanged(tmp_path):
    cells = [
        (50, 740, 12, "鹤城: 成效"),
        (50, 700, 12, "共有机构"),
        (110, 700, 12, "1256"),
        (140, 700, 12, "3548家。"),
    ]
    note = [(50, 680, 12, "走访机构35"), (110, 686, 7, "1"), (113.5, 680, 12, "家。")]
    (tmp_path / "a.pdf").write_bytes(make_pdf([[*cells, *note]]))
    found = extract_outcomes(read_corpus(tmp_path))
    assert list(found[["value", "unit", "basis"]].itertuples(index=False, name=None)) == [
        (1256, "", "printed"),
        (3548, "家", "printed"),
        (35, "家", "printed"),
    ]


BODY = (
    "今年以来市人大常委会坚持以人民为中心开展\n专题调研和执法检查随机暗访养老机构十二家\n"
    "全部转交市政府研究处理全市现有养老机构共"
)


@pytest.mark.parametrize(
    "mark",
    ["1", "- 1 -", "1/2", "1 / 2", "Page 1", "P1", "1 of 2", "[1]", "·1·", "第1页", "第一页"],
)
def test_a_page_number_never_joins_a_number_of_the_next_page(tmp_path, mark):
    (tmp_path / "a.pdf").write_bytes(make_pdf([f"{BODY}\n{mark}", "35家,床位3500张."]))
    document = read_corpus(tmp_path)["a"]
    assert "养老机构共35家,床位3500张." in document.text and mark not in document.text.split("\n")
    found = extract_outcomes(read_corpus(tmp_path)).set_index("printed")
    assert (
        found.loc["35", "quote"].endswith("全市现有养老机构共35家,")
        and found.loc["35", "value"] == 35
    )


@pytest.mark.parametrize(
    ("pages", "lines"),
    [
        ([f"{BODY}\n3", "35家."], None),  # only one of the two pages ends with a number
        # numbers that do not count pages are text
        (["合计.\n12", "合计二.\n35"], ["合计.", "12", "合计二.", "35"]),
        # a repeated head
        (
            ["鹤城人大工作简报 第3期\n走访十二家.\n1", "鹤城人大工作简报 第3期\n办结五件.\n2"],
            ["走访十二家.", "办结五件."],
        ),
        (["甲.\n鹤城市人大常委会编", "乙.\n鹤城市人大常委会编", "丙."], ["甲.", "乙.", "丙."]),
        # not on the first page
        (["甲.", "鹤城人大简报\n乙.", "鹤城人大简报\n丙."], ["甲.", "乙.", "丙."]),
        (
            ["甲.\n县区", "乙.\n县区"],
            ["甲.", "县区", "乙.", "县区"],
        ),  # too short to be a running head
    ],
)
def test_only_page_numbers_and_running_heads_are_left_out(tmp_path, pages, lines):
    (tmp_path / "a.pdf").write_bytes(make_pdf(pages))
    document = read_corpus(tmp_path)["a"]
    if lines is None:
        assert "养老机构共35家." in document.text
    else:
        assert document.text.split("\n") == lines
    for start, end in document.clean_text.page_marks:
        assert document.quote(max(0, start - 3), end) == document.quote(max(0, start - 3), start)


def test_a_scan_with_a_page_number_or_scanner_name_is_still_a_scan():
    page = join_pdfs(make_pdf(["养老服务" * 20]), make_scan(1, words="2 CamScanner"))
    warnings = dict(read_pdf(page, LIMIT).warnings)
    assert ": 2 of 2." in warnings["scanned"]
    with pytest.raises(Unreadable) as error:
        read_pdf(make_scan(2, words="- 1 -"), LIMIT)
    assert error.value.problem == "scanned"
    assert not read_pdf(make_pdf(["养老服务"]), LIMIT).warnings


def test_unmapped_and_private_use_characters_are_reported():
    assert dict(read_pdf(make_pdf(["养老\ue000\ue001服务"]), LIMIT).warnings)[
        "unmapped"
    ].startswith("Characters that the fonts of the PDF do not identify: 2.")
    text = read_pdf(make_pdf(["养老服务"], unmapped="老"), LIMIT)
    assert text.raw == "养\ufffd服务" and dict(text.warnings)["unmapped"].split(".")[0].endswith(
        ": 1"
    )
