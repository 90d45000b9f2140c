"""Turn docs/references.bib into citations and a list of references, for the pages of docs/.

Use this module to cite a work in a page. The comment `<!--cho2002_en-->` gives “Cho 2002”,
`<!--cho2002_says_en-->` gives “Cho (2002)”, and `<!--references_en-->` gives the whole list. With
`_zh` in place of `_en`, these comments give the Chinese forms. The file docs/references.bib is
BibTeX in UTF-8, so that a reference manager can read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpers.escaping import escape_markdown

_ENTRY = re.compile(r"^@(\w+)\{(\w+),\n((?:  \w+ = \{.*\},\n)+)\}\n", re.M)
_FIELD = re.compile(r"^  (\w+) = \{(.*)\},$", re.M)
_NEEDED = ("author", "title", "year")
_ENDINGS = {"1": "st", "2": "nd", "3": "rd"}


@dataclass(frozen=True)
class Work:
    """A work that the pages of docs/ cite, with the key, the type and the fields of its BibTeX
    entry. Braces, which protect capital letters in BibTeX, are removed from the fields."""

    key: str
    kind: str
    fields: dict[str, str]

    @property
    def chinese(self) -> bool:
        """Return whether the work is written in Chinese."""
        return self.fields.get("langid") == "chinese"

    @property
    def year(self) -> str:
        """Return the year in which the work was published. If the key ends in a letter, because an
        author has two works of the same year, this letter follows the year.

        >>> Work("obrien1994a", "article", {"year": "1994"}).year
        '1994a'
        """
        return self.fields["year"] + self.key[-1].strip("0123456789")


def works(text: str, *, place: str = "docs/references.bib") -> list[Work]:
    """Read BibTeX entries, and return the works sorted by key. Each field of an entry must stand on
    a line of its own, as in `  year = {2002},`.

    Raises
    ------
    ValueError
        If a line belongs to no entry, if two entries have the same key, or if an entry lacks the
        author, the title or the year.

    Examples
    --------
    >>> text = "@book{a2001,\\n  author = {A, B.},\\n  title = {{T}},\\n  year = {2001},\\n}\\n"
    >>> works(text)[0].fields["title"]
    'T'
    """
    found: dict[str, Work] = {}
    for kind, key, body in _ENTRY.findall(text):
        fields = {name: re.sub("[{}]", "", cell) for name, cell in _FIELD.findall(body)}
        missing = [name for name in _NEEDED if not fields.get(name)]
        if key in found or missing:
            problem = f"lacks {', '.join(missing)}" if missing else "stands twice"
            raise ValueError(f"{place}: the entry '{key}' {problem}. Correct the entry.")
        found[key] = Work(key, kind, fields)
    stray = _ENTRY.sub("", text).split()
    if stray:
        raise ValueError(
            f"{place}: expected entries with one field a line, such as `  year = {{2002}},`, found"
            f" '{' '.join(stray)[:60]}' outside of all entries. Write it as an entry, or delete it."
        )
    return [found[key] for key in sorted(found)]


def citations(entries: list[Work], lang: str) -> dict[str, str]:
    """Return the citations of all works in one language, by name. The key of a work, such as
    `cho2002`, names the citation that stands in brackets (“Cho 2002”). The key with `_says` names
    the citation that is a part of the sentence (“Cho (2002)”)."""
    brackets = " ({})" if lang == "en" else "（{}）"
    cited = {}
    for work in entries:
        names = _cited_names(work, lang)
        cited[work.key] = f"{names} {work.year}"
        cited[f"{work.key}_says"] = names + brackets.format(work.year)
    return cited


def reference_list(entries: list[Work], lang: str) -> str:
    """Write the works as a Markdown list, in the order of their keys. A list in Chinese begins with
    the works written in Chinese."""
    listed = sorted(entries, key=lambda work: lang == "zh" and not work.chinese)
    return "\n".join(f"- {_reference(work, lang)}" for work in listed)


def _people(names: str) -> list[list[str]]:
    """Split a BibTeX field with names of people. Each person becomes a list of family name and
    given name, or a list of the whole name.

    >>> _people("Kamo, Tomoki and 周雪光 and others")
    [['Kamo', 'Tomoki'], ['周雪光'], ['others']]
    """
    return [name.split(", ") for name in names.split(" and ")]


def _cited_names(work: Work, lang: str) -> str:
    """Write the family names of the authors for a citation. If there are more than two authors,
    only the first is named, with “et al.” or 等."""
    field = "author"
    if lang == "en" and "shortauthor" in work.fields:
        field = "shortauthor"
    families = [person[0] for person in _people(work.fields[field])]
    if len(families) > 2 or families[-1] == "others":
        return families[0] + (" et al." if lang == "en" else "等")
    if lang == "en":
        return " and ".join(families)
    return ("、" if work.chinese else "和").join(families)


def _listed_names(names: str) -> str:
    """Write the names of the authors for the list of references. The first author is written with
    the family name first, all other authors with the given name first.

    >>> [_listed_names(names) for names in ("Kamo, T. and Takeuchi, H.", "Song, H. and others")]
    ['Kamo, T., and H. Takeuchi', 'Song, H., et al.']
    """
    first, *others = _people(names)
    listed = [", ".join(first), *(" ".join(reversed(person)) for person in others)]
    if listed[-1] == "others":
        return f"{', '.join(listed[:-1])}, et al."
    if len(listed) == 1:
        return listed[0]
    return f"{', '.join(listed[:-1])}, and {listed[-1]}"


def _reference(work: Work, lang: str) -> str:
    if work.chinese and lang == "zh":
        return _chinese_reference(work)
    names = _listed_names(work.fields.get("shortauthor", work.fields["author"]))
    title = f"“{escape_markdown(work.fields['title'])}”"
    if work.kind == "book":
        title = f"*{escape_markdown(work.fields['title'])}*"
    if work.chinese:
        names = f"{names} ({_chinese_names(work)})"
        title = f"《{escape_markdown(work.fields['title'])}》 \\[{work.fields['note']}\\]"
    parts = [f"{names.removesuffix('.')}. {work.year}", title, _source(work), _address(work)]
    return f"{'. '.join(part for part in parts if part)}."


def _chinese_reference(work: Work) -> str:
    """Write the reference to a Chinese work in the order of Chinese journals: the author, the
    title, the publisher or journal, and the year."""
    fields = work.fields
    title = f"{_chinese_names(work)}：《{escape_markdown(fields['title'])}》"
    if work.kind == "book":
        return f"{title}，第{fields['edition']}版，{fields['publisher']}，{work.year}年。"
    return f"{title}，《{fields['journal']}》，{work.year}年第{fields['number']}期。"


def _chinese_names(work: Work) -> str:
    names = "、".join(person[0] for person in _people(work.fields["author"]))
    return names.replace("、others", "等")


def _source(work: Work) -> str:
    """Write where a work appeared: the journal with volume and pages, the proceedings, the
    publisher, or the web site."""
    fields = work.fields
    if "publisher" in fields:
        edition = fields.get("edition", "")
        if edition:
            return f"{edition}{_ENDINGS.get(edition, 'th')} ed. {fields['publisher']}"
        return fields["publisher"]
    where = fields.get("journal") or fields.get("booktitle") or fields.get("howpublished", "")
    if work.chinese:
        where = f"《{where}》"
    elif "howpublished" not in fields and where:
        where = f"*{where}*"
    number = f"({fields['number']})" if "number" in fields else ""
    where = f"{where} {fields.get('volume', '')}{number}".strip()
    pages = fields.get("pages", "").replace("--", "–")
    return f"{where}: {pages}" if pages else where


def _address(work: Work) -> str:
    fields = work.fields
    if "doi" in fields:
        return f"[doi:{fields['doi']}](https://doi.org/{fields['doi']})"
    if "eprint" in fields:
        return f"[arXiv:{fields['eprint']}](https://arxiv.org/abs/{fields['eprint']})"
    if "url" in fields:
        return f"<{fields['url']}>"
    return ""
