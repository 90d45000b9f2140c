"""Word files, web pages and Markdown: the text that a reader sees is read once and in order."""

import io
import time
import zipfile

import pytest
from made_files import make_docx

from helpers.readers.decode import Unreadable
from helpers.readers.numbering import numeral
from helpers.readers.web import read_html, read_markdown
from helpers.readers.word import read_docx

LIMIT = 10_000_000
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="urn:wps"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word_file(body, *, ending="", **parts):
    """A Word file made of raw XML; `parts` are its other parts, by the name of their relation
    (several as `header1`, `header2`)."""
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{name.rstrip("0123456789")}" Target="{name}.xml"/>'
        for n, name in enumerate(parts)
    )
    start = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    roots = {
        "footnotes": "footnotes",
        "endnotes": "endnotes",
        "styles": "styles",
        "numbering": "numbering",
        "header": "hdr",
        "footer": "ftr",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "_rels/.rels",
            f'{start}<Relationship Id="r" Type="{OFFICE}/officeDocument"'
            ' Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'{start}{relations}<Relationship Id="x" Type="{OFFICE}/image"'
            ' Target="NULL"/></Relationships>',
        )
        for name, xml in parts.items():
            root = roots[name.rstrip("0123456789")]
            archive.writestr(f"word/{name}.xml", f"<w:{root} {NAMESPACES}>{xml}</w:{root}>")
    return out.getvalue()


def p(*runs, properties=""):
    """A paragraph; text is put into a run, and XML stays unchanged."""
    inner = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def r(text, look=""):
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}<w:t>{text}</w:t></w:r>"


def row(*cells):
    return (
        "<w:tr>"
        + "".join(f"<w:tc>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in cells)
        + "</w:tr>"
    )


def word(body, **parts):
    return read_docx(word_file(body, **parts), LIMIT).raw


BOX = f"<w:txbxContent>{p('框一')}{p('框二')}</w:txbxContent>"
BOTH = (
    "<mc:AlternateContent>"
    f"<mc:Choice Requires='wps'><w:drawing><wps:txbx>{BOX}</wps:txbx></w:drawing></mc:Choice>"
    f"<mc:Fallback><w:pict><v:textbox>{BOX}</v:textbox></w:pict></mc:Fallback>"
    "</mc:AlternateContent>"
)
FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF'
    " </w:instrText></w:r>{}<w:r><w:fldChar"
    ' w:fldCharType="separate"/></w:r><w:r><w:t>12</w:t></w:r><w:r><w:fldChar'
    ' w:fldCharType="end"/></w:r>'
)


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (["走访", "<w:ins><w:r><w:t>养老</w:t></w:r></w:ins>", "机构"], "走访养老机构"),
        (
            [
                "走访",
                "<w:del><w:r><w:delText>旧</w:delText></w:r><w:r><w:t>旧</w:t></w:r></w:del>",
                "机构",
            ],
            "走访机构",
        ),
        (
            [
                "<w:moveFrom><w:r><w:t>前</w:t></w:r></w:moveFrom>",
                "中",
                "<w:moveTo><w:r><w:t>前</w:t></w:r></w:moveTo>",
            ],
            "中前",
        ),
        (
            [
                (
                    "<w:sdt><w:sdtPr><w:tag w:val='x'/></w:sdtPr>"
                    "<w:sdtContent><w:r><w:t>鹤城</w:t></w:r></w:sdtContent></w:sdt>"
                ),
                "市",
            ],
            "鹤城市",
        ),
        (["<w:smartTag><w:r><w:t>2024</w:t></w:r></w:smartTag>", "年"], "2024年"),
        (
            [
                "<w:fldSimple w:instr='DATE'><w:r><w:t>5月</w:t></w:r></w:fldSimple>",
                "<w:hyperlink><w:r><w:t>网站</w:t></w:r></w:hyperlink>",
            ],
            "5月网站",
        ),
        (
            [
                "<w:r><w:ruby><w:rt><w:r><w:t>hè</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>鹤</w:t></w:r></w:rubyBase></w:ruby></w:r>",
                "城",
            ],
            "鹤城",
        ),
        (
            [
                "占",
                "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>",
            ],
            "占1/2",
        ),
        (
            [
                "<w:r><w:t>县</w:t><w:tab/><w:t>区</w:t><w:br/><w:t>乡</w:t>"
                "<w:br w:type='page'/><w:t>村</w:t><w:cr/>"
                "<w:t>1</w:t><w:noBreakHyphen/><w:t>5</w:t></w:r>"
            ],
            "县\t区\n乡\n村\n1-5",
        ),
        (
            [
                r("藏", "<w:vanish/>"),
                r("现", "<w:vanish w:val='0'/>"),
                r("隐", "<w:rStyle w:val='dark'/>"),
            ],
            "现",
        ),
        (["共", FIELD.format(FIELD.format("")), "家"], "共12家"),
        # a field that never ends does not hide the text after it
        (["共", FIELD.format("").replace("end", "none"), "家"], "共12家"),
        (["<w:r><w:fldChar w:fldCharType='begin'/></w:r>", "家"], ""),
        (["35", r("1", "<w:vertAlign w:val='superscript'/>"), "人"], "35¹人"),
        (["35", r("[1]", "<w:vertAlign w:val='superscript'/>"), "人"], "35[1]人"),
        (["PM", r("2.5", "<w:vertAlign w:val='subscript'/>")], "PM2.5"),
        (["前", BOTH, "后"], "前后\n框一\n框二"),
        (["前", f"<w:r>{BOTH}</w:r>", "后"], "前后\n框一\n框二"),
        (
            [
                "<w:commentRangeStart w:id='1'/>",
                "养老",
                "<w:r><w:commentReference w:id='1'/></w:r>",
            ],
            "养老",
        ),
    ],
)
def test_text_that_word_shows_is_read_once_and_hidden_text_is_left_out(runs, text):
    styles = "<w:style w:type='character' w:styleId='dark'><w:rPr><w:vanish/></w:rPr></w:style>"
    assert word(p(*runs), styles=styles) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            p("前")
            + f"<w:sdt><w:sdtPr/><w:sdtContent>{p('养老')}{p('服务')}</w:sdtContent></w:sdt>"
            + p("后"),
            "前\n养老\n服务\n后",
        ),
        # the paragraph mark between them was deleted
        (p("养老", properties="<w:rPr><w:del/></w:rPr>") + p("服务") + p("机构"), "养老服务\n机构"),
        (
            p(
                "<w:del><w:r><w:delText>x</w:delText></w:r></w:del>",
                properties="<w:rPr><w:del/></w:rPr>",
            )
            + p("服务"),
            "服务",
        ),
        (p("养老", properties="<w:rPr><w:del/></w:rPr>"), "养老"),
        (p("一") + p() + p("二"), "一\n\n二"),
        (p("窗体顶端", properties="<w:pStyle w:val='dark'/>") + p("养老"), "\n养老"),
        (p("养老", properties="<w:tabs><w:tab w:val='left' w:pos='9'/></w:tabs>"), "养老"),
    ],
)
def test_each_word_paragraph_is_a_line(body, text):
    assert (
        word(
            body,
            styles=(
                "<w:style w:type='paragraph' w:styleId='dark'><w:rPr><w:vanish/></w:rPr></w:style>"
            ),
        )
        == text
    )


WIDE = f"<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{p('合计')}</w:tc>"
TOP, BELOW = (
    f"<w:tc><w:tcPr><w:vMerge{value}/></w:tcPr>{p(text)}</w:tc>"
    for value, text in ((" w:val='restart'", "鹤山"), ("", ""))
)
NESTED = f"<w:tbl>{row('内', '12')}{row('外', '3')}</w:tbl>"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (row("县区", "机构") + row("鹤山区", "12"), "县区\t机构\n鹤山区\t12"),
        (row(p("养老") + p("服务"), "12"), "养老 服务\t12"),
        (row("", "12") + row("乡", ""), "\t12\n乡\t"),
        (f"<w:tr>{WIDE}<w:tc>{p('15')}</w:tc></w:tr>", "合计\t15"),
        (
            f"<w:tr>{TOP}<w:tc>{p('1')}</w:tc></w:tr><w:tr>{BELOW}<w:tc>{p('2')}</w:tc></w:tr>",
            "鹤山\t1\n\t2",
        ),
        (row(NESTED + p("尾"), "12"), "内 12 外 3 尾\t12"),
        (
            f"<w:sdt><w:sdtContent>{row('县', '1')}</w:sdtContent></w:sdt>" + row("乡", "2"),
            "县\t1\n乡\t2",
        ),
        (
            f"<w:tr><w:sdt><w:sdtContent><w:tc>{p('县')}</w:tc></w:sdtContent></w:sdt><w:tc>{p('1')}</w:tc></w:tr>",
            "县\t1",
        ),
        (row("县", "1") + f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('旧')}</w:tc></w:tr>", "县\t1"),
        (
            f"<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr><w:tc>{p('3')}</w:tc></w:tr>"
            + row("县", "1"),
            "\t3\n县\t1",
        ),
        (row(p("一、成效") + p("走访。")), "一、成效\n走访。"),  # one cell is a frame
        (row(f"<w:p><w:r>{BOTH}</w:r></w:p>", "12"), "框一 框二\t12"),
    ],
)
def test_each_row_of_a_word_table_is_a_line_with_tabs_between_its_columns(rows, text):
    assert word(f"<w:tbl><w:tblPr/>{rows}</w:tbl>") == text


# --- automatic numbering


def level(n, kind, text, more=""):
    return (
        f"<w:lvl w:ilvl='{n}'><w:start w:val='1'/><w:numFmt w:val='{kind}'/><w:lvlText"
        f" w:val='{text}'/>{more}</w:lvl>"
    )


NUMBERING = (
    "<w:abstractNum w:abstractNumId='0'>"
    + level(0, "chineseCounting", "%1、")
    + level(1, "chineseCountingThousand", "（%2）")
    + level(2, "decimal", "%3.")
    + level(3, "decimalEnclosedCircle", "%4")
    + "</w:abstractNum><w:abstractNum w:abstractNumId='1'>"
    + level(0, "bullet", "●")
    + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    + "</w:abstractNum><w:abstractNum w:abstractNumId='2'>"
    + level(0, "japaneseCounting", "第%1章", "<w:pStyle w:val='H1'/>")
    + level(1, "decimal", "%1.%2", "<w:isLgl/><w:pStyle w:val='H2'/>")
    + "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num><w:num"
    " w:numId='2'><w:abstractNumId w:val='1'/></w:num><w:num w:numId='3'><w:abstractNumId"
    " w:val='2'/></w:num><w:num w:numId='4'><w:abstractNumId w:val='0'/><w:lvlOverride"
    " w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride></w:num><w:num"
    " w:numId='5'><w:abstractNumId w:val='0'/></w:num>"
)
STYLES = (
    "<w:style w:type='paragraph' w:styleId='H1'><w:pPr><w:numPr><w:numId"
    " w:val='3'/></w:numPr></w:pPr></w:style><w:style w:type='paragraph' w:styleId='H2'><w:basedOn"
    " w:val='H1'/></w:style><w:style w:type='paragraph' w:styleId='H3'><w:basedOn"
    " w:val='H1'/></w:style>"
)


def n(num, level, text="题"):
    return p(
        text, properties=f"<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{num}'/></w:numPr>"
    )


def styled(name, more=""):
    return p("题", properties=f"<w:pStyle w:val='{name}'/>{more}")


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        (
            n(1, 0) + n(1, 1) + n(1, 1) + n(1, 0) + n(1, 1),
            ["一、题", "（一）题", "（二）题", "二、题", "（一）题"],
        ),
        (n(1, 2) + n(1, 2, "2024年") + n(1, 3), ["1. 题", "2. 2024年", "①题"]),
        # two number ids of one abstract list count together
        (n(1, 0) + p("文") + n(5, 0), ["一、题", "文", "二、题"]),
        (n(1, 0) + n(4, 0) + n(4, 0), ["一、题", "五、题", "六、题"]),
        (n(2, 0) + n(2, 1), ["题", "1.1 题"]),  # a bullet is not written
        (n(0, 0) + n(9, 0) + n(1, 8), ["题", "题", "题"]),
        (
            styled("H1") + styled("H2") + styled("H2") + styled("H1"),
            ["第一章 题", "1.1 题", "1.2 题", "第二章 题"],
        ),
        (
            styled("H1", "<w:numPr><w:numId w:val='0'/></w:numPr>") + styled("H3"),
            ["题", "第一章 题"],
        ),
        (
            n(1, 0)
            + p(
                "<w:del><w:r><w:delText>x</w:delText></w:r></w:del>",
                properties="<w:rPr><w:del/></w:rPr><w:numPr><w:numId w:val='1'/></w:numPr>",
            )
            + n(1, 0),
            ["一、题", "二、题"],
        ),
        (f"<w:tbl>{row(n(1, 2, ''), '县')}{row(n(1, 2, ''), '乡')}</w:tbl>", ["1.\t县", "2.\t乡"]),
    ],
)
def test_automatic_numbers_come_before_their_paragraphs(body, labels):
    assert word(body, numbering=NUMBERING, styles=STYLES).split("\n") == labels


@pytest.mark.parametrize(
    ("kind", "numbers", "texts"),
    [
        ("chineseCounting", [1, 10, 11, 20, 105, 1010], "一 十 十一 二十 一百零五 一千零一十"),
        ("ideographDigital", [3, 10, 24], "三 一〇 二四"),
        ("upperLetter", [1, 26, 27], "A Z AA"),
        ("lowerRoman", [4, 9, 14], "iv ix xiv"),
        ("decimalEnclosedCircle", [1, 21, 36, 51], "① ㉑ ㊱ 51"),
        ("decimalZero", [3, 12], "03 12"),
        ("decimalFullWidth", [12], "１２"),
        ("chineseLegalSimplified", [12], "拾贰"),
        ("ideographTraditional", [2], "乙"),
        ("decimalEnclosedParen", [3], "⑶"),
        ("cardinalText", [7], "7"),
        ("chineseCounting", [0, 10_000], "0 10000"),
        ("lowerLetter", [999_999_999], "999999999"),
    ],
)
def test_automatic_numbers_have_the_formats_of_word(kind, numbers, texts):
    assert " ".join(numeral(number, kind) for number in numbers) == texts


# --- notes, headers, pictures


def mark(kind, n, more=""):
    return (
        f"<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:{kind}Reference w:id='{n}'"
        f" {more}/></w:r>"
    )


def note(kind, n, *texts):
    return (
        f"<w:{kind} w:id='{n}'>"
        + "".join(p("<w:r><w:footnoteRef/></w:r>", f" {text}") for text in texts)
        + f"</w:{kind}>"
    )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (p("35", mark("footnote", 7), "人") + p("后"), "35¹人\n后\n[1] 来源"),
        (p("35", mark("endnote", 2), "人", mark("footnote", 7)), "35¹人²\n[1] 尾\n 二段\n[2] 来源"),
        (
            p("35", mark("footnote", 7, "w:customMarkFollows='1'"), "*人", mark("endnote", 2)),
            "35*人¹\n来源\n[1] 尾\n 二段",
        ),
        (p("35", f"<w:del>{mark('footnote', 7)}</w:del>", "人"), "35人"),
        (p("35", mark("footnote", 99), "人"), "35人"),
    ],
)
def test_notes_are_lines_at_the_end_and_their_marks_never_join_a_number(body, text):
    separator = f"<w:footnote w:type='separator' w:id='-1'>{p('线')}</w:footnote>"
    assert (
        word(
            body,
            footnotes=separator + note("footnote", 7, "来源"),
            endnotes=note("endnote", 2, "尾", "二段"),
        )
        == text
    )


@pytest.mark.parametrize(
    ("around", "shown"),
    [
        (
            {"header1": p("鹤城市人大工作简报"), "footer1": p("— ", "1", " —")},
            "'鹤城市人大工作简报'",
        ),
        ({"footer1": p("第 1 页 共 3 页")}, ""),
        ({"header1": p()}, ""),
        (
            {"header1": p("甲"), "header2": p("甲"), "footer1": p("乙" * 70)},
            f"'甲', '{'乙' * 60}…'",
        ),
    ],
)
def test_headers_are_reported_and_not_read(around, shown):
    text = read_docx(word_file(p("养老"), **around), LIMIT)
    assert text.raw == "养老" and text.warnings == (
        (("left_out", f"Headers and footers are not read: {shown}."),) if shown else ()
    )


def picture(width, height, inside="<pic:pic/>"):
    # in mm
    return (
        f"<w:r><w:drawing><wp:inline><wp:extent cx='{width * 36_000}'"
        f" cy='{height * 36_000}'/>{inside}</wp:inline></w:drawing></w:r>"
    )


OLD = (
    "<w:r><w:pict><v:shape style='width:400pt;height:600pt'><v:imagedata/></v:shape></w:pict></w:r>"
)
LONG = "养老服务" * 60


@pytest.mark.parametrize(
    ("runs", "n"),
    [
        ([LONG, picture(160, 200)], 1),
        ([LONG, picture(160, 100)], 0),
        ([LONG, picture(50, 200)], 0),
        (["养老", picture(20, 20), picture(20, 20)], 2),
        ([LONG, OLD], 1),
        ([LONG, OLD.replace("600", "60")], 0),
        ([LONG, picture(20, 20, "<c:chart/>")], 1),
        (["养老", picture(20, 20, "<wps:wsp/>")], 0),
        (["养老"], 0),
    ],
)
def test_pictures_that_may_hold_text_are_reported(runs, n):
    warnings = read_docx(word_file(p(*runs)), LIMIT).warnings
    assert [problem for problem, _ in warnings] == ["pictures"] * (n > 0)
    assert all(f"text: {n}." in detail for _, detail in warnings)


def test_a_word_file_with_only_pictures_is_reported():
    with pytest.raises(
        Unreadable, match="Pictures that may hold text: 1. Their text is missing. Run text rec"
    ) as caught:
        read_docx(word_file(p(picture(160, 200))), LIMIT)
    assert caught.value.problem == "pictures"


def test_a_table_of_contents_is_reported_and_not_read():
    styles = "<w:style w:type='paragraph' w:styleId='11'><w:name w:val='toc 1'/></w:style>"
    text = read_docx(
        word_file(
            p("一、成效\t1", properties="<w:pStyle w:val='11'/>") + p("一、成效"), styles=styles
        ),
        LIMIT,
    )
    assert text.raw == "一、成效" and text.warnings == (
        ("left_out", "The table of contents is not read, since it repeats the headings."),
    )


# --- kinds of Word files


def rewritten(data, change):
    """The same archive with `change` applied to each part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)))
    return out.getvalue()


def strict(part):
    for old, new in (
        (
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        ),
        (
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
        (
            "http://schemas.openxmlformats.org/officeDocument/2006/math",
            "http://purl.oclc.org/ooxml/officeDocument/math",
        ),
    ):
        part = part.replace(old.encode(), new.encode())
    return part


@pytest.mark.parametrize(
    "change",
    [
        lambda part: part,
        strict,
        # .docm
        lambda part: part.replace(
            b"openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"ms-word.document.macroEnabled.main+xml",
        ),
        # .dotx
        lambda part: part.replace(
            b"wordprocessingml.document.main", b"wordprocessingml.template.main"
        ),
    ],
)
def test_every_kind_of_word_file_is_read(change):
    assert (
        read_docx(rewritten(make_docx(["一、成效"], [["县", "12"]]), change), LIMIT).raw
        == "一、成效\n县\t12"
    )


def test_the_error_for_another_document_in_a_word_file_names_what_it_holds():
    with pytest.raises(
        Unreadable, match="The file holds a 'workbook', which is not a Word document"
    ) as caught:
        read_docx(
            rewritten(
                word_file(p("养老")), lambda part: part.replace(b"w:document", b"w:workbook")
            ),
            LIMIT,
        )
    assert caught.value.problem == "unknown_format"


def test_lines_are_paragraphs_in_word_files_and_web_pages_but_not_in_markdown():
    assert (
        read_docx(make_docx(["养老"]), LIMIT).paragraphs
        and read_html(b"<p>a", LIMIT).paragraphs
        and not read_markdown(b"a", LIMIT).paragraphs
    )


# --- web pages

LAYOUT = "今年以来,市人大常委会走访养老机构。" * 20


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<table><tr><td><p>县</p></td><td><p>12</p><p>家</p></td></tr></table>", "县\t12 家"),
        (
            "<table><tr><td></td><td>12</td></tr><tr><th>乡<td>3<tr><td>村<td></table>后",
            "\t12\n乡\t3\n村\t\n后",
        ),
        ("<table><tr><td>县<br>区</td><td><ul><li>一<li>二</ul></td></tr></table>", "县 区\t一 二"),
        (
            f"<table><tr><td>菜单</td><td><p>一、成效</p><p>{LAYOUT}</p></td></tr></table>",
            f"菜单\n一、成效\n{LAYOUT}",
        ),
        ("<table><tr><td><p>一、成效</p><p>走访。</p></td></tr></table>", "一、成效\n走访。"),
        (
            "<table><tr><td>左</td><td>前<table><tr><td>县</td><td>12</td></tr></table>后</td><td>右</td></tr></table>",
            "左\n前\n县\t12\n后\n右",
        ),
        ("<table><caption>表1</caption><tr><td>县<td>1</table>", "表1\n县\t1"),
        ("<table><tr><td> </td><td></td></tr></table>养老", "养老"),
        (
            "<pre>一、成效\n走访。\n\n二、不足</pre>养老\n服务",
            "一、成效\n走访。\n二、不足\n养老服务",
        ),
        (
            (
                "<p>养老</p><p hidden>藏</p><div style='color:red; display :"
                " none'><p>藏</p></div><span style='visibility:hidden'>藏</span>"
            ),
            "养老",
        ),
        ("<p style='display:block'>养老</p><p aria-hidden=true>服务</p>", "养老\n服务"),
        (
            "<table><tr><td>县</td><td style='display:none'>藏</td><td>12</td></tr></table>",
            "县\t12",
        ),
        (
            "前<iframe src=x>请升级</iframe><noscript>请启用</noscript><video>不支持</video>后",
            "前后",
        ),
        ("<iframe/>养老<img hidden>服务", "养老服务"),
        (
            "35<sup>1</sup>人, 5m<sup>2</sup>, 12<sup>[3]</sup>, CO<sub>2</sub>",
            "35¹人, 5m², 12[3], CO2",
        ),
        ("<p>养老</span></div></p>服务</td></tr>机构", "养老\n服务机构"),
    ],
)
def test_tables_hidden_parts_and_marks_of_web_pages_are_read_as_browsers_show_them(page, text):
    assert read_html(page.encode(), LIMIT).raw == text


def test_a_page_that_a_script_would_reveal_is_read_with_a_warning():
    article = (
        f'<p>首页</p><div style="visibility: hidden; opacity: 0;"><p>{"养老服务" * 200}</p></div>'
    )
    text = read_html(article.encode(), LIMIT)
    assert text.raw == "首页\n" + "养老服务" * 200 and [
        problem for problem, _ in text.warnings
    ] == ["hidden_text"]


CHINESE = "今年以来，鹤城市人大常委会走访养老机构12家。"
WRONG = "The page declares the encoding '{}', but is written in another one."


@pytest.mark.parametrize(
    ("declared", "encoding", "warnings"),
    [
        (
            "iso-8859-1",
            "gb18030",
            [WRONG.format("iso-8859-1"), "Read as gb18030."],
        ),
        (
            "windows-1252",
            "utf-8",
            [WRONG.format("windows-1252")],
        ),
        (
            "big5",
            "gb18030",
            [WRONG.format("big5"), "Read as gb18030."],
        ),
        ("gb2312", "utf-8", [WRONG.format("gb2312")]),
        ("utf-16", "utf-8", []),
        ("utf-8", "utf-8-sig", []),
        ("gb2312", "gb18030", []),
        ("GBK", "gb18030", []),
        ("unicode_escape", "utf-8", []),
        ("utf-7", "utf-8", []),
        ("idna", "utf-8", []),
        ("punycode", "utf-8", []),
        ("cp037", "utf-8", []),
        ("no-such", "utf-8", []),
    ],
)
def test_a_declared_encoding_is_used_only_if_it_reads_as_chinese(declared, encoding, warnings):
    page = (
        "<html><head><meta"
        f' charset="{declared}"><script>{"x" * 30_000}</script></head><body>{CHINESE}</body></html>'
    )
    text = read_html(page.encode(encoding), LIMIT)
    assert text.raw == CHINESE and [detail for _, detail in text.warnings] == warnings


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("iso-8859-1", "Les déchets à Orléans"),
        ("shift_jis", "日本の介護サービス"),
        ("utf-7", "a +AGE- b"),
        ("cp037", "plain"),
    ],
)
def test_a_page_in_another_language_is_read_in_the_encoding_it_declares(declared, text):
    page = f'<meta charset="{declared}"><p>{text}</p>'
    assert (
        read_html(
            page.encode(declared if declared not in ("utf-7", "cp037") else "ascii"), LIMIT
        ).raw
        == text
    )


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<span>",
        "<table><tr><td>x",
        "<b hidden>",
        "<sup>1",
        "<pre>\n",
        "<td>",
        "<iframe>",
        "</p>",
        "<ul><li>",
    ],
)
def test_deeply_nested_pages_are_read_in_linear_time(piece):
    began = time.perf_counter()
    read_html((piece * 100_000).encode(), LIMIT)
    assert time.perf_counter() - began < 10


# --- Markdown


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("---\ntitle: 简报\ntags:\n  - 养老\n- 监督\n---\n一、成效", "一、成效"),
        ("---\n走访养老机构。\n---\n一、成效", "\n走访养老机构。\n\n一、成效"),
        ("---\ntitle: 简报\n走访养老机构。\n---\n成效", "\ntitle: 简报\n走访养老机构。\n\n成效"),
        ("---\n主要做法：走访\n---\n成效", "\n主要做法：走访\n\n成效"),
        (
            (
                "见[条例][1]和[办法][]、[意见]。\n\n[1]: http://a.cn/x\n[办法]: <b.html>"
                " '题'\n[意见]: #c\n"
            ),
            "见条例和办法、意见。\n\n",
        ),
        ("豫政[2023][5]号\n[1]: 数据来源", "豫政[2023][5]号\n[1]: 数据来源"),
        ("养老<br>服务<br/>\n机构<b>12</b>家<span class='x'>。</span>", "养老\n服务\n机构12家。"),
        ("占比 a<3 且 b>2，<养老>", "占比 a<3 且 b>2，<养老>"),
        (r"2\*3\*4，\# 一，1\. 走访，\[注\]，C:\数据", "2*3*4，# 一，1. 走访，[注]，C:\\数据"),
        ("~~删去~~保留，约~~30", "删去保留，约~~30"),
        ("一、成效\n====\n走访\n\n====", "一、成效\n\n走访\n\n===="),
        ("[](http://a.cn)[简报](http://a.cn/x(1).html)", "简报"),
        ("县 | 数\n---|---\n区 | 3\n乡 | \n\n甲 | 乙", "县\t数\n\n区\t3\n乡\n\n甲 | 乙"),
        ("| | 数 |\n|---|---|\n| a\\|b | 3 |", "\t数\n\na|b\t3"),
        ("- 12 -\n-  3 -\n- 12 家\n* * *\n- - -", "- 12 -\n-  3 -\n12 家\n\n"),
        (
            (
                "<table>\n<tr><td>县</td>\n<td"
                " align='x'>12</td></tr>\n<tr><td>区</td><td>3</td></tr></table>"
            ),
            "\n县\t12\n区\t3\n",
        ),
        ("35[^1]人，35<sup>2</sup>\n\n[^1]: 来源", "35[1]人，35²\n\n[1] 来源"),
        ("A&nbsp;B &lt;养老&gt; AT&T", "A\xa0B <养老> AT&T"),
        # lines and indents of wrapped paragraphs, which cleaning needs, stay
        (
            "　　走访养老\n机构。\n　　听取\n  汇报  \n　　办结",
            "　　走访养老\n机构。\n　　听取\n  汇报\n　　办结",
        ),
        ("    走访 **12家**\n\n    听取", "    走访 12家\n\n    听取"),
        ("1. 走访\n2. 听取\n\n   续\n10) 办结", "1. 走访\n2. 听取\n\n   续\n10) 办结"),
        ("- 养老\n  - 机构\n    * 床位\n+ 医疗\n- [x] 已办", "养老\n机构\n床位\n医疗\n[x] 已办"),
        ("> 一\n懒\n> > 二\n\n后", "一\n懒\n二\n\n后"),
        ("```python\n# 注释\n```\n``x`y``", "\n注释\n\nx`y"),
        (
            "走访**“养老”**服务，***三***，**换\n行**，** 空 **",
            "走访“养老”服务，三，换\n行，** 空 **",
        ),
        ("**[条例](http://a_b.cn/c__d)**和[换\n行](b)、[附件](附件 1.docx)", "条例和换\n行、附件"),
        ("前\n\n[1]: 数据来源\n[2]: 口径，见附录", "前\n\n[1]: 数据来源\n[2]: 口径，见附录"),
        ("| a | b |\n|---|---|\n| 1<br>2 | 3 | 4 |\n> | 引 |", "a\tb\n\n1 2\t3\t4\n引"),
        ("<div>\n\n# 题\n- **一**\n</div>\n<br>\n二\n三", "\n题\n一\n二\n三"),
        ("<p hidden>藏</p><script>x = 1;\n\ny</script>前<!-- 注\n\n注 -->后", "前后"),
        ("第一行\\\n　　第二行", "第一行\n　　第二行"),
    ],
)
def test_markdown_is_read_without_its_signs_and_with_all_its_words(text, raw):
    assert read_markdown(text.encode(), LIMIT).raw == raw


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "[](",
        "](",
        "|",
        "---\n",
        "a: b\n",
        "- a: b\n",
        "~~",
        "\\",
        "<sup>",
        "<br",
        "</td> ",
        "\n ",
        "[1]: ...",
        "[a][b]",
        "&",
        "- ",
        "(",
        "[^",
        "=",
        "`a",
    ],
)
def test_markdown_that_repeats_one_sign_is_read_in_linear_time(piece):
    began = time.process_time()  # of the processor: a busy machine proves nothing
    read_markdown(("---\n" + piece * 50_000 + "养").encode(), LIMIT)
    assert time.process_time() - began < 5


def test_a_long_word_file_gives_the_same_lines_as_its_parts():
    """A long file is read piece by piece; each piece must be read once and in its place."""
    cell, row = "<w:tc>{}</w:tc>".format, "<w:tr>{}</w:tr>".format
    form = "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>".format
    deleted = "<w:trPr><w:del/></w:trPr>"
    table = "<w:tbl><w:tblGrid/>{}</w:tbl>".format
    choice = "<mc:AlternateContent><mc:Choice>{}</mc:Choice></mc:AlternateContent>".format
    inner = table(row(cell(p("内一")) + cell(p("内二"))) + row(cell(p("内三"))))
    body = "".join(
        (
            p("一、成效"),
            form(p("表单") + table(row(cell(p("甲"))) + row(cell(p("乙"))))),
            p("删去", properties="<w:rPr><w:del/></w:rPr>") + p("接上"),
            table(row(cell(p("框内一") + p("框内二")))),
            choice(p("新版")),
            table(row(cell(p("县")) + cell(p("数"))) + form(row(cell(p("鹤山"))))),
            table(row(cell(p("首"))) + row(deleted + cell(p("无"))) + row(cell(p("末") + inner))),
            table(form(row(cell(p("独框"))))),
            p("尾"),
        )
    )
    lines = read_docx(word_file(body), LIMIT).raw
    assert lines.split("\n") == [
        *("一、成效", "表单", "甲", "乙", "删去接上", "框内一", "框内二", "新版", "县\t数", "鹤山"),
        *("首", "末 内一 内二 内三", "独框", "尾"),
    ]
    assert read_docx(word_file(body * 300), LIMIT).raw == "\n".join([lines] * 300)


@pytest.mark.parametrize("part", ["document", "styles", "footnotes"])
def test_a_word_file_that_declares_entities_is_refused(part):
    """An entity can stand for the digits of a number, which would be missing in the text."""
    data = word_file(
        p("投资3&n;亿元") if part == "document" else p("养老"), styles="", footnotes=""
    )
    entity = b'<!DOCTYPE w:x [<!ENTITY n "00">]>'
    root = {"styles": b"<w:styles", "footnotes": b"<w:footnotes", "document": b"<w:document"}[part]
    changed = rewritten(data, lambda xml: xml.replace(root, entity + root))
    with pytest.raises(Unreadable, match="it declares entities") as caught:
        read_docx(changed, LIMIT)
    assert caught.value.problem == "damaged"
