"""Find which city, county or district a Chinese text names.

`read_masthead` uses this module to find the city that a document is about.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from helpers.codebook import Codebook

_HAN = r"[\u4e00-\u9fff]"
_SPACED = re.compile(rf"(?<={_HAN})[ \t]+(?={_HAN})")
_RUN = re.compile(f"{_HAN}+")
_BEFORE_COLON = re.compile(rf"({_HAN}{{2,24}}?)\s*[:：]")
_CLAUSE_BEGINS = r"[\n.。,，;；:：、“]"
_CITIES, _COUNTIES = frozenset("市州"), frozenset("县区旗")


class Municipality(NamedTuple):
    """A city, county, district or similar place. `en`, the English name, is None unless the
    codebook's table `cities` lists the place."""

    zh: str
    en: str | None = None


class PlaceMatch(NamedTuple):
    """A place that stands at the beginning of a text."""

    place: Municipality
    printed: str  # The name as printed. For 郑州市金水区, only the last place, 金水区.
    behind: str  # The text that follows the name.


class PlaceNames:
    """Find names of places in texts, with the tables `place_words` and `cities` of one codebook."""

    def __init__(self, codebook: Codebook) -> None:
        words = codebook.role_words("place_words")
        pattern = words.pattern
        self._cities = {
            name: Municipality(row.city_zh, row.city_en)
            for row in codebook.cities.itertuples()
            for name in (row.city_zh, row.full_zh, *re.split(r"[;；|、 ]+", row.aliases))
            if name
        }
        self._provinces = words.set("province")
        self._kinds = words.set("kind_of_place")
        # A pattern finds a set of characters much faster than alternatives joined by `|`.
        never = re.escape("".join(words.list("not_in_name")))
        letter = rf"(?:[^\W\d_a-zA-Z{never}]|{{in_some_names}})"
        self._letters = pattern(f"{letter}+")
        self._unit = pattern(rf"({letter}{{1,15}}?)({{ending}})")
        self._lead = pattern(
            rf"(?:{{about}}|{{party}})?(?:{letter}{{2,5}}(?:{{province_ending}}))?"
        )
        self._kind_end = pattern("(?:{kind_of_place_end})$")
        self._peoples = pattern("(?<=..)(?:(?:{people})族|(?:{people_alone})族?)+$")
        self._city_printed = pattern("(?:{city_in_title})$")
        self._not_a_place = pattern("{not_a_place}")
        self._endings = pattern("{ending}").pattern
        self._body = pattern("{body}|{body_after_place}")
        self._office = pattern(rf"(?:{{body}}|{{part_of_body}}){_HAN}*$")
        self._bare_body = pattern(rf"({letter}{{2,4}}?)(?:{{body_after_bare_place}})")
        self._boundary = pattern(r"^|[\s—\-“(《:：]|{about}")
        self._city_acts = pattern(
            rf"{_CLAUSE_BEGINS}({letter}{{2,10}}?)({{city_ending}})"
            "(?={congress}|{city_leaders})"
        )
        self._county_acts = pattern(
            rf"{_CLAUSE_BEGINS}({letter}{{1,8}}?)({{county_ending}})(?={{congress}})"
        )
        self._unnamed_congress = pattern(
            _CLAUSE_BEGINS + "({level_of_report})(?:{standing_committee})"
        )

    def at(self, text: str) -> PlaceMatch | None:
        """Return the place at the beginning of a text, or None if no place stands there. If a
        district follows its city (`郑州市金水区`, "Jinshui district, Zhengzhou city"), only the
        district is returned. A city is returned without 市 (郑州 for 郑州市). Counties, districts
        and banners keep their ending (固始县, 金水区). An autonomous place loses the names of its
        peoples, so that 恩施土家族苗族自治州 becomes 恩施州."""
        end = self._lead.match(text).end()
        name = kind = ""
        while (unit := self._unit.match(text, end)) and self._is_place(*unit.groups(), kind):
            name, kind = unit.groups()
            end = unit.end()
        return PlaceMatch(self._named(name, kind), name + kind, text[end:]) if name else None

    def _is_place(self, name: str, ending: str, larger: str) -> bool:
        """Tell whether a name and an ending (such as 市 or 县) together are the name of a place.
        `larger` is the ending of the larger place named just before, or empty if there is none."""
        if name in self._kinds:
            return False
        if len(name) > 8 and not ending.startswith("自治"):
            return False
        # A county's name may have one character. A district's name may have one character if the
        # city stands before it.
        if len(name) == 1 and ending != "县" and not (ending == "区" and larger):
            return False
        # A city may belong to a prefecture or, as a 县级市 ("county-level city"), to a larger city,
        # but never to a county.
        if larger and ending == "市" and not larger.endswith(("州", "盟", "地区", "市")):
            return False
        return ending in ("市", "自治州", "州") or not self._kind_end.search(name)

    def _named(self, name: str, ending: str) -> Municipality:
        """Return the place with this name and ending, in the form that `at` describes."""
        is_city = ending == "市"
        known = self._cities.get(name + ending) or (self._cities.get(name) if is_city else None)
        if known:
            return known
        if ending.startswith("自治"):
            return Municipality(self._peoples.sub("", name) + ending.removeprefix("自治"))
        return Municipality(name if is_city else name + ending)

    def of_document(
        self, title: list[str], contributor: str | None, front: list[str], body: str
    ) -> Municipality | None:
        """Find the place that a document is about, or None if the text does not say. The first of
        these six sources that names a place decides: the name before the title's colon (`济源: …`,
        "Jiyuan: …"), the congress that contributed the text (`(济源市人大…供稿)`, "by the congress
        of Jiyuan"), the beginning of the title or of a part of it, the masthead, a city of the
        table `cities` anywhere in the title, and the congress in the body, if the body names only
        one."""
        joined = " ".join(title)
        # If the title has several lines, the colon may be in any of them.
        leads = (self._before_colon(line, body) for line in dict.fromkeys([joined, *title]))
        place = (
            next(filter(None, leads), None)
            or self._with_body(contributor or "", body)
            or self._in_title(joined, "\n".join([*front, contributor or "", body]))
            or self._in_front(front, body)
        )
        if place:
            return place
        known = {city for name, city in self._cities.items() if name in joined}
        return _single(known) or self._in_body(body)

    def _before_colon(self, title: str, body: str) -> Municipality | None:
        lead = _BEFORE_COLON.match(title)
        if not lead:
            return None
        name = lead[1]
        if known := self._known(name):
            return known
        match = self.at(name)
        if match and (not match.behind or self._body.match(match.behind)):
            return match.place
        name = self._office.sub("", name)
        return self._bare(name, body) if name and len(name) <= 5 else None

    def _known(self, name: str) -> Municipality | None:
        return self._cities.get(name) or self._cities.get(name.removesuffix("市"))

    def _bare(self, name: str, body: str) -> Municipality | None:
        """Return a place named without its ending, as in `固始人大` ("Gushi congress"). If the
        table `cities` has the name, return that city. Any other name gets the ending that follows
        it in the body (固始县, "Gushi county"). A name that has no ending in the body counts as a
        city."""
        if known := self._known(name):
            return known
        if len(name) < 2 or name in self._provinces or self._not_a_place.search(name):
            return None
        if not self._letters.fullmatch(name):
            return None
        ending = re.search(rf"{re.escape(name)}({self._endings})", body)
        return self._named(name, ending[1] if ending else "市")

    def _with_body(self, text: str, body: str) -> Municipality | None:
        """Return the place whose congress or government is named at the beginning of a text."""
        text = re.sub(r"\s+", "", text)
        match = self.at(text)
        if match and self._body.match(match.behind):
            return match.place
        bare = self._bare_body.match(text)
        return self._bare(bare[1], body) if bare and not match else None

    def _in_title(self, title: str, elsewhere: str) -> Municipality | None:
        """Return the first place that a title names at its beginning or after a space, a dash or
        the like. A county or district counts only if its congress or government is named, either
        right after it in the title or in `elsewhere`, the other texts of the document."""
        for boundary in self._boundary.finditer(title):
            match = self.at(title[boundary.end() : boundary.end() + 40])
            if not match or not match.behind:
                continue
            place, printed = match.place, match.printed
            is_city = len(place.zh) <= 4 and self._city_printed.search(printed)
            if place.en or is_city or self._body.match(match.behind):
                return place
            if re.search(rf"{re.escape(printed)}(?:{self._body.pattern})", elsewhere):
                return place
            if printed.endswith("市") and (known := self._known_end(printed.removesuffix("市"))):
                return known
        return None

    def _known_end(self, name: str) -> Municipality | None:
        """Return the city of the table `cities` at the end of a text, such as Zhengzhou in
        `近年来郑州` ("in recent years Zhengzhou")."""
        known = [city for city in self._cities if name.endswith(city)]
        return self._cities[max(known, key=len)] if known else None

    def _in_front(self, front: list[str], body: str) -> Municipality | None:
        """Return the place that a masthead names, or None if it names several. If the masthead
        names a city and a district of that city, the district is returned."""
        pieces = [piece for line in front for piece in _RUN.findall(_SPACED.sub("", line))]
        places = self._at_beginnings(pieces)
        if not places:
            text = "\n".join([*front, body])
            places = {place for piece in pieces if (place := self._with_body(piece, text))}
        return _single(places)

    def _at_beginnings(self, pieces: list[str]) -> set[Municipality]:
        """Return the places with which the pieces of text begin. A place is left out if a piece
        names a smaller place inside this place: 郑州 (Zhengzhou) is left out if a piece begins with
        郑州市金水区 (Jinshui district in Zhengzhou)."""
        matches = [(piece, match) for piece in pieces if (match := self.at(piece))]
        places = {match.place for _, match in matches if match.behind or match.place.en}
        names = [(piece, match.place.zh) for piece, match in matches]
        larger = {p for p in places for piece, name in names if p.zh in piece and name != p.zh}
        return places - larger if len(places) > 1 else places

    def _in_body(self, body: str) -> Municipality | None:
        """Return the place whose congress the body names, or None if it names several places. If
        the body says `县人大常委会` ("the county's standing committee") more often than
        `市人大常委会` ("the city's standing committee"), only counties are considered, otherwise
        only cities."""
        text = "\n" + body
        levels = self._unnamed_congress.findall(text)
        n_county = sum(level in _COUNTIES for level in levels)
        n_city = sum(level in _CITIES for level in levels)
        if n_county > n_city:
            places = {
                self._named(name, ending)
                for name, ending in self._county_acts.findall(text)
                if not self._kind_end.search(name) and name not in self._kinds
            }
        else:
            places = {
                known or self._named(name, ending)
                for name, ending in self._city_acts.findall(text)
                # A match of more than three characters probably begins with words outside the name.
                if (known := self._known_end(name)) or len(name) <= 3 or ending == "自治州"
            }
        return _single(places)


def _single(places: set[Municipality]) -> Municipality | None:
    return places.pop() if len(places) == 1 else None
