"""Notes below tables and charts: those on the shipped texts are true, the others only count."""

import re
import string

import pytest

from helpers import note, read_corpus, read_table, study_of
from helpers.study.notes import cell, message, plain_note
from helpers.text.corpus import Corpus

SHIPPED, GENERAL = read_table("coded/notes"), read_table("text/notes")
ALL = [(table, row) for table in (SHIPPED, GENERAL) for row in table.itertuples()]
# numbers that name something and do not count: years, notebooks, days, limits of definitions
NAMING = re.compile(
    r"\b20\d\d\b|notebook 0\d|（见0\d）|31 October|10月31日|60 and over|60岁以上|100\s?%"
    r"|above 0|高于0|定在6月|2025年|per 1,000"
)
# what a sentence about documents that nobody has read must not claim
CLAIMS = {
    "a rank": r"\b(?:best|worst|top|rank(?:s|ed)|ahead|leading)\b|领先|排名第|最好|最差",
    "a cause": r"\b(?:because|therefore|thanks to|led to|due to)\b|因为|由于|因此|使得",
    "a judgement": r"\b(?:success|fail|good|poor|weak|strong)\w*\b|成功|失败|良好|薄弱",
    "a reading": "“",
}


@pytest.fixture(scope="module")
def shipped():
    return study_of(read_corpus())


def given(row, study):
    """What a notebook would pass on to a note: any number for the gaps that no query fills."""
    gaps = {name for lang in ("zh", "en") for name in gaps_of(getattr(row, lang))}
    asked = {entry.split(" = ")[0].strip() for entry in row.numbers.split(" | ") if entry}
    return dict.fromkeys(gaps - asked - {"document", "doc"}, 7)


def gaps_of(text):
    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


@pytest.mark.parametrize(("table", "row"), ALL, ids=lambda each: getattr(each, "note", ""))
def test_a_note_stands_in_both_languages_with_the_same_numbers(table, row):
    assert re.search("[一-龥]", row.zh) and re.search("[A-Za-z]{3}", row.en)
    assert set(gaps_of(row.zh)) == set(gaps_of(row.en))
    asked = {entry.split(" = ")[0].strip() for entry in row.numbers.split(" | ") if entry}
    assert asked <= set(gaps_of(row.zh)), "a number that is computed and not shown"


@pytest.mark.parametrize(("table", "row"), ALL, ids=lambda each: getattr(each, "note", ""))
def test_no_number_of_a_note_is_typed_by_hand(table, row):
    for text in (row.zh, row.en):
        outside = NAMING.sub("", re.sub("“[^”]*”|{[^}]*}", "", text))
        assert not re.search("[0-9０-９]", outside), outside


@pytest.mark.parametrize("row", list(SHIPPED.itertuples()), ids=lambda row: row.note)
def test_quotations_in_notes_on_the_shipped_texts_are_verbatim(row, shipped):
    words = re.compile("[^一-龥０-９]")
    texts = "|".join(words.sub("", document.raw) for document in shipped.corpus)
    for text in (row.zh, row.en):
        for quote in re.findall("“([^”]*[一-龥][^”]*)”", text):
            wide = quote.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
            assert words.sub("", wide) in texts, quote


@pytest.mark.parametrize("row", list(SHIPPED.itertuples()), ids=lambda row: row.note)
def test_every_number_of_a_note_on_the_shipped_texts_can_be_computed(row, shipped):
    if row.note.startswith("figure."):
        said = list(message(shipped, row.note.removeprefix("figure.")).values())
    else:
        name, _, doc = row.note.partition("portrait.")
        said = note(shipped, name + "portrait" * bool(doc), doc=doc, **given(row, shipped))
    assert len(said) == 2 and not any("{" in text or "nan" in text for text in said)


# --- documents that nobody has read

SENTENCES = (
    "　　９月１０日,市人大常委会将２６个问题集中交办市政府.\n"
    "　　走访养老机构５家,建成助餐点３０个,问题整改率达到９０％以上.\n"
)


def corpus_of(folder, n, kind):
    for number in range(n):
        city = "" if kind == "no city" else f"{'郑州洛阳开封安阳'[2 * (number % 4) :][:2]}市"
        date = "２０２４年５月２０日\n\n" if kind == "dated" else ""
        body = "天气很好.\n" if kind == "no hit" else SENTENCES.format(city)
        text = f"{date}{city}人大常委会监督养老服务\n\n{body * (1 + number % 3)}"
        (folder / f"{number:02d}.txt").write_text(text, encoding="utf8")
    return study_of(read_corpus(folder))


@pytest.mark.parametrize("n", [1, 2, 12, 60])
@pytest.mark.parametrize("kind", ["plain", "no city", "dated", "no hit"])
def test_general_notes_can_be_written_for_any_documents(tmp_path, n, kind):
    study = corpus_of(tmp_path, n, kind)
    for row in GENERAL.itertuples():
        doc = next(iter(study.corpus)).doc if row.note.endswith("portrait") else ""
        texts = note(study, row.note, doc=doc, **given(row, study))
        for text in texts:
            assert not re.search(r"nan|None|\{|<NA>|\d\.0\b", text), text
        assert "1 documents" not in texts[0] and "1 numbers" not in texts[0]


def test_general_notes_can_be_written_for_no_documents():
    study = study_of(Corpus(()))
    for row in GENERAL.itertuples():
        if not row.note.endswith("portrait"):
            assert len(note(study, row.note, **given(row, study))) == 2


@pytest.mark.parametrize("row", list(GENERAL.itertuples()), ids=lambda row: row.note)
@pytest.mark.parametrize("claim", CLAIMS)
def test_a_note_on_documents_that_nobody_has_read_makes_no(claim, row):
    assert not re.search(CLAIMS[claim], row.en + row.zh)


@pytest.mark.parametrize("row", list(GENERAL.itertuples()), ids=lambda row: row.note)
def test_a_note_on_documents_that_nobody_has_read_only_counts(row):
    for entry in filter(None, row.numbers.split(" | ")):
        head = entry.split(" = ", 1)[1].partition(": ")[0]
        assert re.fullmatch(r"[\w/.]+(?:\[(?:sum|distinct|max) \w+\])?", head.strip()), entry


def test_no_note_on_the_shipped_texts_is_shown_with_other_documents(tmp_path):
    study = corpus_of(tmp_path, 1, "plain")
    only_shipped = set(SHIPPED["note"]) - set(GENERAL["note"])
    for name in only_shipped:
        if "portrait" not in name and not name.startswith("figure."):
            assert note(study, name) == []
    assert message(study, "number_tiles") == {}
    said = " ".join(note(study, "04.groups"))
    assert "Sanmenxia" not in said and "三门峡" not in said


def test_an_unknown_note_is_named_with_those_that_exist(shipped):
    with pytest.raises(ValueError, match="no note is named '02.nothing'. Known notes: .*02.answer"):
        note(shipped, "02.nothing")


def test_a_query_that_asks_for_one_value_and_finds_several_says_so(shipped):
    with pytest.raises(ValueError, match="expected one value in all rows, found"):
        cell("outcomes[value]", lambda name: shipped.outcomes)
    with pytest.raises(ValueError, match="expected a form such as"):
        cell("outcomes[[value]", lambda name: shipped.outcomes)


def test_a_plain_note_has_no_marks_of_markdown(shipped):
    assert all("*" not in text for text in plain_note(shipped, "02.sequence").values())


@pytest.mark.parametrize("row", list(GENERAL.itertuples()), ids=lambda row: row.note)
def test_every_number_that_a_note_counts_is_written_in_both_languages(row):
    for text in (row.zh, row.en):
        fields = [(name, form) for _, name, form, _ in string.Formatter().parse(text) if name]
        written = {name for name, form in fields if "|" not in form}
        assert {name for name, _ in fields} == written
