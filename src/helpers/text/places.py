"""Find the names of places in a Chinese text: provinces, cities, counties, districts and towns.

A name is looked up in the table of divisions first. The form of a name (a few characters and an
ending such as 县, "county") counts only for names that the table lacks, such as those of towns.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from helpers.codebook import Codebook

from .divisions import UNNAMED, Divisions, Place, english, place_kinds, shown_name
from .segment import part_of_speech

_HAN = "\u4e00-\u9fff"
_LONGEST_NAME = 8  # Longest name that is recognised by its form, without its ending.
# jieba's tags for names of places and persons; words with other tags are ordinary words.
_NAME_TAGS = frozenset({"ns", "nz", "nr", "nt", "nrt", "nrfg"})
_NOUN_TAGS = _NAME_TAGS | {"n", "a", "an", "j", "s", "i", "l", "m"}
_TOWNS = ("镇", "乡", "街道")


class PlaceMatch(NamedTuple):
    """A place that stands at the beginning of a text."""

    place: Place
    printed: str  # The name as printed. For 郑州市金水区, only the last place, 金水区.
    behind: str  # The text that follows the name.


class PlaceNames:
    """Find names of places, with the table of divisions and the table `place_words`."""

    def __init__(self, codebook: Codebook) -> None:
        words = codebook.role_words("place_words")
        pattern = words.pattern
        self.divisions = codebook.once(Divisions)
        self._kinds = words.set("kind_of_place")
        self._kind_end = pattern("(?:{kind_of_place_end})$")
        # A pattern finds a set of characters much faster than alternatives joined by `|`.
        never = re.escape("".join(words.list("not_in_name")))
        self._letters = pattern(rf"[{_HAN}]+")
        self._unit = pattern(rf"((?:(?![{never}])[{_HAN}]){{1,15}}?)({{ending}})")
        self._name = pattern(rf"(?:(?![{never}])[{_HAN}])+")
        self._lead = pattern("{about}")
        self._peoples = pattern("(?<=..)(?:(?:{people})族|(?:{people_alone})族?)+$")
        self._stem = pattern(rf"((?:(?![{never}])[{_HAN}]){{1,{_LONGEST_NAME}}}?)({{ending}})$")
        self._leads_in = pattern("(?:{before_name}|{before_name_word})$")
        self._last = frozenset(kind[-1] for kind in place_kinds())
        self._ending = pattern("{ending}")
        self._levels = pattern(
            rf"(?:{{own}})({{level_of_report}})"
            rf"|(?:(?<![{_HAN}])|(?<={{before_name}}))({{level_of_report}})(?={{own_body}})"
        )
        self._county_acts = pattern(rf"(?<=[{_HAN}])[县区旗](?:{{congress}})")
        self._anonymous = pattern("(?:{anonymous})(?:{ending})")

    # --- places at the beginning of a text

    def at(self, text: str) -> PlaceMatch | None:
        """Return the place at the beginning of a text, or None if no place stands there.

        If a district follows its city (`郑州市金水区`, "Jinshui district, Zhengzhou city"), only
        the district is returned. A province alone (`河南省人大`) is returned, too.
        """
        start = lead.end() if (lead := self._lead.match(text)) else 0
        place, printed, end = self._province_at(text, start)
        while unit := self._unit_at(text, end, place):
            place, printed = unit
            end += len(printed)
        return PlaceMatch(place, printed, text[end:]) if place and printed else None

    def _province_at(self, text: str, start: int) -> tuple[Place | None, str, int]:
        """Return a province without its ending that stands before another place (`浙江杭州市`)."""
        for length in (2, 3):
            place = self.divisions.provinces.get(text[start : start + length])
            if place and self._unit_at(text, start + length, place):
                return place, "", start + length
        return None, "", start

    def _unit_at(self, text: str, start: int, larger: Place | None) -> tuple[Place, str] | None:
        """Return the place whose name with its ending begins at `start`, and the printed name."""
        for length in range(min(self.divisions.longest, len(text) - start), 1, -1):
            printed = text[start : start + length]
            place = self.divisions.full.get(printed)
            if place and self.is_whole(text, start, start + length, larger):
                return place, printed
        unit = self._unit.match(text, start)
        if unit and self._is_name(unit[1], unit[2], larger):
            return self.place(unit[1], unit[2]), unit[0]
        return None

    def is_whole(self, text: str, start: int, end: int, larger: Place | None) -> bool:
        """Tell whether the name of a division is a word of its own. 郊区 ("suburb") needs the name
        of its city before it, and 郑州市 is not meant by 郑州市场 ("the market of Zhengzhou")."""
        name = text[start:end]
        if name[-1] == "市" and text.startswith("场", end):
            return False
        return larger is not None or len(name) > 2 or not _is_ordinary(name)

    def _is_name(self, name: str, ending: str, larger: Place | None) -> bool:
        """Tell whether a name that the table of divisions lacks, and its ending (such as 县),
        are together the name of a place."""
        if name in self._kinds or len(name) > _LONGEST_NAME or self._is_kind(name, ending):
            return False
        if len(name) == 1 and not _may_be_short(ending, larger):
            return False
        # A city may belong to a prefecture or, as a 县级市 ("county-level city"), to a larger city,
        # but never to a county.
        if larger and ending == "市" and larger.level == "county":
            return False
        # A town is often named by an ordinary word, such as 和平街道 ("Peace Street"). Behind its
        # county, the name may even be a verb.
        if ending in _TOWNS:
            tags = _NOUN_TAGS | {"v", "vn"} if larger else _NOUN_TAGS
            return not _holds_ordinary_word(name, frozenset(tags))
        return not _holds_ordinary_word(self._without_peoples(name, ending))

    def _is_kind(self, name: str, ending: str) -> bool:
        """Tell whether name and ending are a kind of place, such as 养老社区 or 智慧城市, or a
        place behind its province: 浙江云州 is no prefecture of this name."""
        if self._kind_end.search(name) and ending not in ("市", "自治州", "州"):
            return True
        if ending == "市" and name[-1] == "城" and part_of_speech(name[:-1]):
            return True
        if any(name[:length] in self.divisions.provinces for length in (2, 3)):
            return True
        # 绘就温州 and 绘就温州市 hold the name of a city.
        ends = {text[start:] for text in (name, name + ending) for start in range(1, len(name))}
        return not ends.isdisjoint(self.divisions.short)

    def _without_peoples(self, name: str, ending: str) -> str:
        return self._peoples.sub("", name) if ending.startswith("自治") else name

    def place(self, name: str, ending: str) -> Place:
        """Return the place with this name and ending, in the form in which tables show it."""
        if known := self.divisions.full.get(name + ending):
            return known
        known = self.divisions.short.get(name)
        if known and known.kind == ending == "市":
            return known
        short = self._without_peoples(name, ending)
        level = place_kinds()[ending][0] or "prefecture"
        return Place(shown_name(short, ending), english(_pinyin(short), ending), level, ending)

    # --- places that end at a given position, such as before 人大 ("congress")

    def before(self, text: str, end: int) -> tuple[Place, int] | None:
        """Return the place whose name with its ending ends at `end`, and where the name begins."""
        if text[max(0, end - 1) : end] not in self._last:
            return None
        for length in range(min(self.divisions.longest, end), 1, -1):
            start = end - length
            place = self.divisions.full.get(text[start:end])
            if place and self._stands_alone(text, start, end):
                return place, start
        return self._form_before(text, end)

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        """Tell whether a division's name that ends before a congress is not the end of other words:
        任县 (Ren county) is not meant by 现任县人大常委会主任 ("present chair")."""
        name = text[start:end]
        is_short = len(name) == 2
        if is_short and self._letters.match(text, start - 1) and start:
            return self._is_led_in(text, start)
        return len(name) > 2 or not _is_ordinary(name) or self._larger_before(text, start)

    def _larger_before(self, text: str, start: int) -> bool:
        return any(
            text[start - length : start] in self.divisions.full
            for length in range(2, min(self.divisions.longest, start) + 1)
        )

    def _is_led_in(self, text: str, start: int) -> bool:
        """Tell whether a name may begin at `start`: at the beginning of a clause, behind a larger
        place or behind a word such as 将."""
        return self._begins(text, start) or bool(
            self._leads_in.search(text, max(0, start - 6), start)
        )

    def _begins(self, text: str, start: int) -> bool:
        """Tell whether a name at `start` begins a clause or follows a larger place."""
        is_inside = start and self._letters.match(text, start - 1)
        return not is_inside or self._larger_before(text, start)

    def _form_before(self, text: str, end: int) -> tuple[Place, int] | None:
        """Return a place that the table lacks and whose name ends at `end`. Of the possible
        beginnings of the name, those that leave two or three characters come first."""
        stem = self._stem.search(text, max(0, end - _LONGEST_NAME - 6), end)
        if not stem:
            return None
        run, ending = stem[1], stem[2]
        starts = [stem.end(1) - n for n in (2, 3, 4) if n <= len(run)]
        # A name that begins a clause or follows its city is surer than one behind a word like 经.
        sure = [start for start in starts if self._begins(text, start)]
        for start in [*sure, *starts]:
            name = text[start : stem.end(1)]
            larger = Place("", level="prefecture") if self._larger_before(text, start) else None
            is_led_in = start in sure or self._is_led_in(text, start)
            if is_led_in and self._is_name(name, ending, larger):
                return self.place(name, ending), start
        return None

    # --- places without their ending

    def bare(self, name: str, texts: str, within: str = "") -> Place | None:
        """Return a place that is named without its ending, such as 固始 for 固始县. The name gets
        the ending with which `texts` print it. Otherwise a county of this name needs texts of its
        level (`全县`, "the whole county"), and any other name counts as a city. `within` is the
        code of the province, if it is known."""
        if not 2 <= len(name) <= 6 or not self._name.fullmatch(name):
            return None
        for length in (2, 3):  # 浙江云州: the province stands before its city
            if name[:length] in self.divisions.provinces and len(name) >= length + 2:
                province = self.divisions.provinces[name[:length]]
                return self.bare(name[length:], texts, province.code)
        known = self._known(name, texts, within)
        if known and name + known.kind in texts:
            return known
        if printed := self.printed(name, texts):
            return printed
        may_be_city = len(name) <= 4 and not _holds_ordinary_word(name)
        if may_be_city and not self._speaks_of(known, texts):
            return self.place(name, "市")
        return known

    def _known(self, name: str, texts: str, within: str) -> Place | None:
        """Return the division with this short name, or the province if its full name is printed or
        no other division has the name."""
        known, province = self.divisions.short.get(name), self.divisions.provinces.get(name)
        if province and (not known or name + province.kind in texts):
            return province
        return known if known and known.code.startswith(within) else None

    def _speaks_of(self, place: Place | None, texts: str) -> bool:
        """Tell whether texts are of the level of a place, or of no level. Texts in which a county
        of another name acts are its city's."""
        if not place:
            return False
        if place.level == "province":
            return True
        levels = self.own_levels(texts)
        is_of_level = levels[place.mark] >= max(levels.values(), default=0)
        return is_of_level and not self._county_acts.search(texts)

    def own_levels(self, text: str) -> Counter[str]:
        """Count the words with which a text speaks of its own level: 全市 ("the whole city") and
        市政府 ("the city's government") for 市."""
        return Counter("".join(level) for level in self._levels.findall(text))

    def printed(self, name: str, texts: str) -> Place | None:
        """Return the place whose name with its ending is printed in `texts`."""
        start = texts.find(name) if self._name.fullmatch(name) else -1
        while start >= 0:
            ending = self._ending.match(texts, start + len(name))
            is_printed = ending and self._is_led_in(texts, start)
            if is_printed and self._is_name(name, ending[0], None):
                return self.place(name, ending[0])
            start = texts.find(name, start + 1)
        return None

    def anonymous(self, text: str) -> Place | None:
        """Return the place that a text does not name: 某市 ("a certain city")."""
        found = self._anonymous.search(text)
        return Place(found[0], UNNAMED, kind=found[0][-1]) if found else None


def _may_be_short(ending: str, larger: Place | None) -> bool:
    """Tell whether a place's name may have one character: a county's may, and a district's if the
    city stands before it."""
    return ending == "县" or (ending == "区" and larger is not None)


def _is_ordinary(word: str) -> bool:
    """Tell whether a word is in the dictionary and is not a name."""
    return part_of_speech(word) not in (None, *_NAME_TAGS)


@lru_cache(maxsize=65536)
def _holds_ordinary_word(name: str, names: frozenset[str] = _NAME_TAGS) -> bool:
    """Tell whether a name contains an ordinary word of two or more characters. `names` are the
    parts of speech that a name may have."""
    spans = ((i, j) for i in range(len(name)) for j in range(i + 2, len(name) + 1))
    return any(part_of_speech(name[i:j]) not in (None, *names) for i, j in spans)


@lru_cache(maxsize=4096)
def _pinyin(name: str) -> str:
    """Return a name that the table lacks in Latin letters: Yunxi for 云溪, Xi'an for 西安."""
    from pypinyin import lazy_pinyin

    first, *others = lazy_pinyin(name, v_to_u=True)
    return "".join([first.capitalize(), *(f"'{s}" if s[0] in "aeo" else s for s in others)])
