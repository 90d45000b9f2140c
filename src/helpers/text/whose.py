"""Find out whose document a text is: the place whose congress or government wrote it.

`read_masthead` asks `Whose` for the place. The sources are tried in a fixed order, from a name
before the title's colon to the congresses that the body names.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from helpers.codebook import Codebook

from .divisions import TERM, Place
from .front import DATE
from .places import PlaceNames

_HAN = r"[\u4e00-\u9fff]"
_SPACED = re.compile(rf"(?<={_HAN})[ \t]+(?={_HAN})")
_RUN = re.compile(f"{_HAN}+")
_BEFORE_COLON = re.compile(rf"({_HAN}{{2,24}}?)\s*[:：]")
_OPENING = 80  # A news item names its own congress among its first characters.
_FIRST_PART = 3000  # Characters that show of which place a text speaks.
_MOST_MENTIONS = 60  # So many congresses show whose text it is; later ones are not read.


class Mention(NamedTuple):
    """A congress named in a text. `place` is None if the text names only the level, as in
    市人大常委会 ("the city's standing committee"). `mark` is the character for the level."""

    place: Place | None
    mark: str
    start: int


class Whose:
    """Find the place of a document, with the table of divisions and the table `place_words`."""

    def __init__(self, codebook: Codebook) -> None:
        words = codebook.role_words("place_words")
        pattern = words.pattern
        self._places = codebook.once(PlaceNames)
        self._body = pattern("{congress}|{body}|{body_after_place}")
        self._office = pattern(rf"(?:{{congress}}|{{body}}|{{part_of_body}}){_HAN}*$")
        self._bare_body = pattern(rf"({_HAN}{{2,4}}?)(?:{{body_after_bare_place}})")
        self._boundary = pattern(r"^|[\s—\-“(:：]|{about}")
        # 云州市第十五届人大 is the fifteenth congress of Yunzhou
        self._congress = pattern(rf"{TERM}(?:{{congress}})")
        self._any_body = pattern(rf"{TERM}(?:{{congress}})|{{body}}")
        self._level = pattern("(?<!{not_one_body})(?:{level_of_report})$")
        self._elsewhere = pattern("(?:{elsewhere_before})$")
        self._comes = pattern(
            rf"(?:{{congress}})[^。;\n]{{0,30}}?来({_HAN}{{2,9}}?)(?:{{visited}})"
        )
        self._visits = pattern("[^。;\n]{0,24}?(?:{visits})")
        self._dateline = pattern(
            rf"(?:^|\n)[(（【\[]?(?:{{news_agency}})?({_HAN}{{2,6}}?)(?:{{dateline}})"
        )

    def of_document(
        self, title: list[str], contributor: str | None, front: list[str], body: str
    ) -> Place | None:
        """Find the place that a document is about, or None if the text does not say.

        The first source that names a place decides: the name before the title's colon (`济源: …`,
        "Jiyuan: …"), the congress that contributed the text (`(济源市人大…供稿)`, "by the congress
        of Jiyuan"), a congress or a place in the title, the masthead, the dateline of a news item,
        and the congresses in the body.
        """
        joined = " ".join(title)
        texts = "\n".join([*front, contributor or "", body])
        # If the title has several lines, the colon may be in any of them.
        leads = (self._before_colon(line, texts) for line in dict.fromkeys([joined, *title]))
        others = self._behind_colon(joined, contributor or "", front, body, texts)
        return next(filter(None, itertools.chain(leads, others)), None)

    def _behind_colon(
        self, title: str, contributor: str, front: list[str], body: str, texts: str
    ) -> Iterator[Place | None]:
        """Yield what each source says after the names before the title's colon, in order."""
        yield self._with_body(contributor, body)
        yield self._in_title(title, texts)
        yield self._in_front(front, body)
        yield self._in_dateline(body)
        yield self._in_body(title, body)
        yield self._visited(f"{title}\n{body}")
        yield self._places.anonymous(f"{title}\n{body}")
        yield self._in_short(title, texts)
        yield self._spoken_of(title, body)

    def _before_colon(self, title: str, texts: str) -> Place | None:
        lead = _BEFORE_COLON.match(title)
        if not lead:
            return None
        name = lead[1]
        match = self._places.at(name)
        if match and (not match.behind or self._body.match(match.behind)):
            return match.place
        return self._places.bare(self._office.sub("", name), texts)

    def _with_body(self, text: str, texts: str) -> Place | None:
        """Return the place whose congress or government is named at the beginning of a text."""
        text = re.sub(r"\s+", "", text)
        match = self._places.at(text)
        if match and self._body.match(match.behind):
            return None if self._visits.match(match.behind) else match.place
        bare = self._bare_body.match(text)
        return None if match or not bare else self._places.bare(bare[1], texts)

    def _in_title(self, title: str, texts: str) -> Place | None:
        """Return the place whose congress a title names, or else the place that a title names at
        its beginning or after a space, a dash or the like. A county or district counts only if its
        congress or government is named, in the title or in `texts`."""
        mentions = (one.place for one in self._mentions(title, self._any_body) if one.place)
        if place := next(mentions, None) or self._with_body(title, texts):
            return place
        for boundary in self._boundary.finditer(title):
            match = self._places.at(title[boundary.end() : boundary.end() + 40])
            if not match or not match.behind or self._visits.match(match.behind):
                continue
            is_city = match.place.level == "prefecture" or match.place.kind == "市"
            if is_city or self._has_body(match.printed, match.printed + match.behind + texts):
                return match.place
        return None

    def _has_body(self, printed: str, texts: str) -> bool:
        places = (found.end() for found in re.finditer(re.escape(printed), texts))
        return any(self._body.match(texts, end) for end in places)

    def _in_front(self, front: list[str], body: str) -> Place | None:
        """Return the place that a masthead names, or None if it names several. If the masthead
        names a city and a district of that city, the district is returned."""
        lines = (_SPACED.sub("", DATE.sub("\n", line)) for line in front)
        pieces = [piece for line in lines for piece in _RUN.findall(line)]
        places = self._at_beginnings(pieces)
        if not places:
            text = "\n".join([*front, body])
            places = {place for piece in pieces if (place := self._with_body(piece, text))}
        if not places:
            mentions = self._mentions("\n".join(front), self._congress)
            places = {one.place for one in mentions if one.place}
        return _single(places)

    def _at_beginnings(self, pieces: list[str]) -> set[Place]:
        """Return the places with which the pieces of text begin. A place is left out if a piece
        names a smaller place inside this place: 郑州 (Zhengzhou) is left out if a piece begins with
        郑州市金水区 (Jinshui district in Zhengzhou)."""
        matches = [(piece, match) for piece in pieces if (match := self._places.at(piece))]
        places = {match.place for _, match in matches if match.behind}
        names = [(piece, match.place.zh) for piece, match in matches]
        larger = {p for p in places for piece, name in names if p.zh in piece and name != p.zh}
        return places - larger if len(places) > 1 else places

    def _in_dateline(self, body: str) -> Place | None:
        """Return the place of a news item's dateline, such as `本报许昌讯`."""
        for found in self._dateline.finditer(body, 0, _OPENING):
            match = self._places.at(found[1])
            if match and not match.behind:
                return match.place
            return self._places.bare(found[1], body)
        return None

    # --- congresses named in the body

    def _mentions(self, text: str, body: re.Pattern[str]) -> Iterator[Mention]:
        """Yield the congresses (or other bodies) that a text names with their place or level.
        Congresses elsewhere, to which somebody travels or from which visitors come, are left
        out."""
        for found in itertools.islice(body.finditer(text), _MOST_MENTIONS):
            end = found.start()
            named = self._places.before(text, end)
            if not named:
                if level := self._level.search(text, max(0, end - 3), end):
                    yield Mention(None, level[0], level.start())
                continue
            place, start = named
            if not self._is_elsewhere(text, start, found.end()):
                yield Mention(place, place.mark, start)

    def _is_elsewhere(self, text: str, start: int, end: int) -> bool:
        """Tell whether somebody travels to the place named from `start` to `end`, or whether
        visitors come from it."""
        if self._elsewhere.search(text, max(0, start - 8), start):
            return True
        return self._visits.match(text, end) is not None

    def _visited(self, text: str) -> Place | None:
        """Return the place to which visitors of a congress come, such as 云州 in
        `省人大领导来云州调研` ("leaders of the province's congress came to Yunzhou")."""
        for found in self._comes.finditer(text[:_FIRST_PART]):
            match = self._places.at(found[1])
            place = match.place if match else self._places.bare(found[1], text)
            if place:
                return place
        return None

    def _in_body(self, title: str, body: str) -> Place | None:
        """Return the place whose congress the body names, or None if that is in doubt.

        Each mention of a place counts one, and each congress that is named only by its level counts
        one for the places of this level. A place in the first sentence counts more. If the body
        speaks of `县人大常委会` ("the county's standing committee"), a city is not its place.
        """
        mentions = list(self._mentions(body, self._congress))
        in_title = self._mentions(title, self._congress)
        levels = Counter(one.mark for one in (*mentions, *in_title) if not one.place)
        named_places = [one for one in mentions if one.place]
        named = Counter(one.place for one in named_places)
        opening = {one.place for one in named_places if one.start < _OPENING}
        scores = {
            place: n + levels[place.mark] + 2 * (place in opening)
            for place, n in named.items()
            if levels[place.mark] or _may_be_alone(n, place in opening, levels.total())
        }
        return _clear_best(scores)

    def _spoken_of(self, title: str, body: str) -> Place | None:
        """Return the place of which a text speaks throughout, or None if that is in doubt.

        Each name of a division counts one, and so does each word for its level, such as `全市` and
        `市政府` ("the whole city", "the city's government"). Without such words, the place must
        stand in the title or the opening. No unrelated place may be named more than half as often.
        """
        text = f"{title}\n{body}"[:_FIRST_PART]
        own = self._places.own_levels(text)
        own["自治区"] += own["区"]
        hits = list(self._places.divisions.find(text))
        opening = {place for start, _, place in hits if start < _OPENING}
        named = self._named_places(text, hits)
        scores = {
            place: n + own[place.mark] + 2 * (place in opening)
            for place, n in named.items()
            if own[place.mark] or place in opening
        }
        best = _clear_best(scores)
        if not best:
            return None
        others = [n for place, n in named.items() if not best.is_related(place)]
        return best if named[best] > 2 * max(others, default=0) else None

    def _named_places(self, text: str, hits: list[tuple[int, int, Place]]) -> Counter[Place]:
        """Count the divisions that a text names, by full name or, for provinces, without the
        ending. 广东省深圳市 names Shenzhen only, not the province around it."""
        inner = {start for start, _, _ in hits}
        named = Counter(
            place
            for start, end, place in hits
            if end not in inner
            and not self._is_elsewhere(text, start, end)
            and self._places.is_whole(text, start, end, None)
        )
        for name, province in self._places.divisions.provinces.items():
            if province.mark != "市":
                named[province] += text.count(name) - text.count(name + province.kind)
        return +named

    def _in_short(self, title: str, texts: str) -> Place | None:
        """Return the place that a title names anywhere, with or without its ending, if only one
        fits. A county needs its full name elsewhere in the document."""
        divisions = self._places.divisions
        found = set()
        for start in range(len(title)):
            for length in range(min(divisions.longest, len(title) - start), 1, -1):
                name = title[start : start + length]
                place = divisions.full.get(name) or self._short(name, texts)
                if place:
                    found.add(place)
                    break
        return _single({place for place in found if place.level != "province"} or found)

    def _short(self, name: str, texts: str) -> Place | None:
        place = self._places.divisions.short.get(name)
        if place and (place.level == "prefecture" or place.zh in texts):
            return place
        return self._places.printed(name, texts) if len(name) < 4 else None


def _may_be_alone(n: int, is_in_opening: bool, n_levels: int) -> bool:
    """Tell whether a place counts that the body names `n` times, although the body does not speak
    of its level. `n_levels` congresses are named only by another level."""
    if not n_levels:
        return n > 1 or is_in_opening
    return is_in_opening and n >= n_levels


def _clear_best(scores: dict[Place, int]) -> Place | None:
    """Return the place with the highest score, or None if two places have it."""
    best = sorted(scores, key=scores.__getitem__, reverse=True)[:2]
    is_clear = len(best) == 1 or (len(best) == 2 and scores[best[0]] > scores[best[1]])
    return best[0] if is_clear else None


def _single(places: set[Place]) -> Place | None:
    return places.pop() if len(places) == 1 else None
