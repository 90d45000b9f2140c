"""The method pages cite the works of docs/references.bib, all of them and no others, and tell what
the law says of each instrument."""

import re
from pathlib import Path

import pandas as pd
import pytest

from helpers.codebook import read_table
from helpers.site import reference
from helpers.site.bibliography import citations, reference_list, works

ROOT = Path(__file__).resolve().parents[2]
BIB = (ROOT / "docs" / "references.bib").read_text(encoding="utf8")
PAGES = {
    lang: (ROOT / "docs" / name).read_text(encoding="utf8")
    for lang, name in (("en", "method.md"), ("zh", "method.zh-CN.md"))
}
MARK = re.compile(r"<!--(\w+)-->(.*?)<!--/-->", re.S)


def entries():
    """Read the entries without the package: key → field → text without braces."""
    found = {}
    for block in BIB.split("\n@"):
        key, *lines = block.lstrip("@").splitlines()
        fields = (line.strip().rstrip(",").split(" = ", 1) for line in lines if " = " in line)
        found[key.split("{")[1].rstrip(",")] = {n: re.sub("[{}]", "", text) for n, text in fields}
    return found


ENTRIES = entries()


def cited(page):
    """Keys that a page cites, by their marks."""
    marks = {re.sub("(_says)?_(en|zh)$", "", name) for name, _ in MARK.findall(page)}
    return {mark for mark in marks if re.fullmatch(r"[a-z]+\d{4}[a-z]?", mark)}


# ---- the works


@pytest.mark.parametrize("lang", PAGES)
def test_every_work_is_cited_and_every_cited_work_is_in_the_file(lang):
    assert len(ENTRIES) >= 30 and cited(PAGES[lang]) == set(ENTRIES)


@pytest.mark.parametrize("lang", PAGES)
def test_the_list_names_author_year_and_title_of_every_work(lang):
    listed = dict(MARK.findall(PAGES[lang]))[f"references_{lang}"].strip().splitlines()
    assert len(listed) == len(ENTRIES)
    for key, fields in ENTRIES.items():
        names = [name for name in fields["author"].split(" and ") if name != "others"]
        families = [name.split(", ")[0] for name in names]
        year = fields["year"] + key[-1].strip("0123456789")
        parts = [*families, year, fields["title"]]
        lines = [line for line in listed if all(part in line for part in parts)]
        assert len(lines) == 1, key


@pytest.mark.parametrize("key", ENTRIES)
def test_a_key_is_the_first_family_name_and_the_year(key):
    fields = ENTRIES[key]
    names = fields.get("shortauthor", fields["author"])
    plain = names.split(",")[0].lower().translate(str.maketrans("éý", "ey", "' "))
    assert re.fullmatch(rf"{plain}{fields['year']}[a-z]?", key)


def test_works_in_chinese_have_chinese_authors_and_titles_and_a_translation():
    chinese = [fields for fields in ENTRIES.values() if fields.get("langid") == "chinese"]
    assert len(chinese) >= 4
    for fields in chinese:
        assert re.match("[一-鿿]", fields["author"]) and re.match("[一-鿿]", fields["title"])
        assert fields["note"].isascii() and fields["shortauthor"].isascii()


@pytest.mark.parametrize("lang", PAGES)
def test_no_citation_is_typed_by_hand(lang):
    """An author and a year outside of marks would escape the tests above."""
    typed = MARK.sub("", PAGES[lang])
    assert re.findall(r"[A-ZÀ-Ž][\w'’-]+(?: \(?|（)(?:19|20)\d\d[a-z]?\b", typed) == []


def test_the_findings_cite_only_works_of_the_file():
    labels = {
        (name.split(", ")[0], fields["year"])
        for fields in ENTRIES.values()
        for name in fields["author"].split(" and ")
    }
    text = (ROOT / "data" / "coded" / "findings.csv").read_text(encoding="utf-8-sig")
    found = set(re.findall(r"([A-ZÀ-Ž][a-zà-ž]+)(?: \(|（)((?:19|20)\d\d)[)）]", text))
    assert ("Cho", "2002") in found and found <= labels


@pytest.mark.parametrize("lang", PAGES)
def test_both_pages_can_be_linked_to_at_their_references(lang):
    assert '<a id="references"></a>\n\n## ' in PAGES[lang]


def test_both_pages_state_the_same_values_and_cite_the_same_works():
    states = [
        sorted(re.sub("_(en|zh)$", "", name) for name, _ in MARK.findall(page))
        for page in PAGES.values()
    ]
    assert states[0] == states[1]
    assert len({page.count("\n## ") for page in PAGES.values()}) == 1


# ---- how they are written

ONE = "@article{a1999,\n  author = {A, B.},\n  title = {{A Title}},\n  year = {1999},\n}\n"


def entry(**fields):
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    return works(f"@article{{x1999b,\n{lines}}}\n")


@pytest.mark.parametrize(
    ("author", "english", "chinese"),
    [
        ("Cho, Young Nam", "Cho 1999b", "Cho 1999b"),
        ("Kamo, Tomoki and Takeuchi, Hiroki", "Kamo and Takeuchi 1999b", "Kamo和Takeuchi 1999b"),
        ("A, B. and C, D. and E, F.", "A et al. 1999b", "A等 1999b"),
        ("Song, Hyunjin and others", "Song et al. 1999b", "Song等 1999b"),
    ],
)
def test_a_citation_names_up_to_two_authors(author, english, chinese):
    work = entry(author=author, title="T", year="1999")
    assert citations(work, "en")["x1999b"] == english
    assert citations(work, "zh")["x1999b"] == chinese
    assert citations(work, "en")["x1999b_says"] == re.sub(" (1999b)", r" (\1)", english)
    assert citations(work, "zh")["x1999b_says"] == re.sub(" (1999b)", r"（\1）", chinese)


def test_a_chinese_work_goes_by_chinese_names_in_chinese_and_by_pinyin_in_english():
    work = entry(
        author="黄冬娅 and 陈川慜",
        shortauthor="Huang, Dongya and Chen, Chuanmin",
        title="谁更积极？",
        note="Who Is More Active?",
        journal="社会学研究",
        year="2015",
        number="4",
        langid="chinese",
    )
    assert citations(work, "zh")["x1999b"].startswith("黄冬娅、陈川慜 ")
    assert citations(work, "en")["x1999b"].startswith("Huang and Chen ")
    assert (
        reference_list(work, "zh")
        == "- 黄冬娅、陈川慜：《谁更积极？》，《社会学研究》，2015b年第4期。"
    )
    assert reference_list(work, "en") == (
        "- Huang, Dongya, and Chuanmin Chen (黄冬娅、陈川慜). 2015b. 《谁更积极？》"
        " \\[Who Is More Active?\\]. 《社会学研究》 (4)."
    )


def test_a_list_in_chinese_begins_with_the_works_in_chinese():
    first = reference_list(works(BIB), "zh").splitlines()[:5]
    assert all(re.match("- [一-鿿]", line) for line in first[:4])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ONE + ONE, "the entry 'a1999' stands twice"),
        (ONE.replace("  year = {1999},\n", ""), "the entry 'a1999' lacks year"),
        (ONE + "@book{b,\n  title = {x}\n}\n", "'@book{b, title = {x} }' outside of all entries"),
        ("A note.\n\n" + ONE, "found 'A note.' outside of all entries"),
    ],
)
def test_a_file_that_is_not_in_the_form_expected_is_an_error(text, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        works(text)


# ---- the law

LAW = read_table("reference/supervision_law")


def test_the_law_table_has_a_row_for_each_instrument():
    assert list(LAW["code"]) == list(read_table("codebook/approaches")["code"])
    for year in ("2006", "2024"):
        silent = LAW[f"in_{year}"] == "not_named"
        assert ((LAW[f"articles_{year}"] == "") == silent).all(), year
    assert ((LAW["words_2024"] == "") == (LAW["in_2024"] == "not_named")).all()
    assert ((LAW["note_zh"] == "") == (LAW["note_en"] == "")).all()


def test_articles_are_numbers_of_the_law_in_rising_order():
    for year, last in (("2006", 48), ("2024", 65)):
        for articles in LAW[f"articles_{year}"]:
            numbers = [int(number) for number in re.findall(r"\d+", articles)]
            assert numbers == sorted(set(numbers)) and max(numbers, default=0) <= last
            assert re.fullmatch(r"(\d+(–\d+)?(; )?)*", articles)


def test_what_the_codebook_calls_a_statutory_form_stands_in_a_law():
    table = pd.merge(LAW, read_table("codebook/approaches"), on="code", how="inner")
    statutory = table[table["legal_standing"] == "statutory_form"]
    in_law = (statutory[["in_2006", "in_2024"]] == "named").any(axis=1)
    assert (in_law | (statutory["other_law_en"] != "")).all()
    practice = table[table["legal_standing"].isin(["local_practice", "party_channel"])]
    assert (practice[["in_2006", "in_2024"]] != "named").all(axis=None)


@pytest.mark.parametrize("lang", PAGES)
def test_an_instrument_is_either_in_the_table_of_the_law_or_in_the_list_of_the_others(lang):
    blocks = reference.blocks(ROOT, {})
    shown = set(re.findall(r"`(\w+)`", blocks[f"law_{lang}"]))
    names = read_table("codebook/approaches").set_index(lang)["code"]
    listed = set(names[re.split("; |、", blocks[f"law_silent_{lang}"])])
    assert not shown & listed and shown | listed == set(LAW["code"])


def test_every_outside_fact_has_the_title_and_the_address_of_its_page():
    facts = read_table("reference/campaign")
    assert facts["source"].str.match("《.+》.*，?.+").all()
    assert facts["address"].str.fullmatch(r"https?://[\w./?=-]+").all()
    assert list(facts["date"]) == sorted(facts["date"])
