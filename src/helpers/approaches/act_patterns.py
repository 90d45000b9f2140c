"""A codebook's words → regular expressions that show who acts and whether an act took place.

Each word of `act_words.csv` and `topic.csv` has a role, such as `negation`. A researcher can change
the words in act_words.csv and topic.csv. The module holds only the grammar, that is, what may stand
before and after a word of a role. In a pattern of this module, `{negation}` stands for all words of
the role `negation`.
"""

from __future__ import annotations

import re

import ahocorasick_rs as aho
import pandas as pd

from helpers.codebook import Codebook, RoleWords, first_characters

# Roles whose words can begin a cue. A cue, such as 将, "will", shows that the words after the cue
# do not simply report an act as done. The slow pattern of cues is tried only where a word of a role
# in `_CUE_ROLES` stands.
_CUE_ROLES = "speech says order called condition future plan_paper will decided purpose_mark"
# Roles whose words are searched for without conditions on the words around them. The pattern of the
# role `past`, for example, is the attribute `past` of `ActPatterns`.
_PLAIN_ROLES = (
    "added any_congress below by_themselves came_of campaign_title congress congress_subject"
    " decided_on first_item forecast intends item later_item list_closes list_opens"
    " next_heading next_year not_arranging not_body own_medium party_lookalike past possessed"
    " scheduled settled since street supervision topic"
)


# The rules know the congress by its short name. 代表 in the long name would be taken for deputies.
_SHORT_NAMES = {
    "人民代表大会常务委员会": "人大常委会□□□□□□",
    "人民代表大会": "人大□□□□",
}


class ActPatterns:
    """Patterns of one codebook. ``codebook.once(ActPatterns)`` builds the patterns only once."""

    def __init__(self, codebook: Codebook) -> None:
        self._words = RoleWords(pd.concat([codebook.act_words, codebook.topic], ignore_index=True))
        for role in _PLAIN_ROLES.split():
            setattr(self, role, self._words.pattern(f"{{{role}}}"))
        self.congress_works = self._words.pattern("{any_congress}|{congress_team}")
        self._add_names()
        self._add_own_bodies()
        self._add_actors()
        self._add_cues()
        self._add_status()
        self._add_concreteness()
        self._add_order_of_sentences()
        self._add_topic()

    def mask(self, text: str) -> str:
        """Shorten the names of congresses, and replace titles and names that could be mistaken for
        acts of supervision, by □ signs.

        >>> from helpers import read_codebook
        >>> read_codebook().once(ActPatterns).mask("对《河南省养老服务条例》开展检查")
        '对□□□□□□□□条例》开展检查'
        """
        for long, short in _SHORT_NAMES.items():
            text = text.replace(long, short)
        text = self.campaign_title.sub(lambda match: "□" * len(match[0]), text)
        text = self._no_acts.sub(self._blank, text)
        text = self._byline.sub(lambda match: "□" * len(match[0]), text)
        # a comma inside a title would cut the title into two clauses, so 、 replaces the comma
        return self.title.sub(lambda match: re.sub("[,;:]", "、", match[0]), text)

    def _blank(self, match: re.Match[str]) -> str:
        # ■ replaces the title of a law on another topic: inspecting this law is no act on the topic
        blank = "■" if self._other_law.match(match[0]) else "□"
        return blank * len(match[0])

    def _each(self, role: str, after: str) -> str:
        """Return a pattern that matches any word of a role followed by the pattern `after`.

        The form `word1after|word2after` is searched for faster than `(word1|word2)after`, because
        the search skips every character with which no alternative begins.
        """
        words = self._words.list(role) or ["(?!)"]
        if any(word.count("(") != word.count(")") for word in words):
            # a bar inside the brackets of a word such as 分(?:为|成) has cut the word in two
            return "(?:{" + role + "})" + after
        return "|".join(word + after for word in words)

    def _quick(self, template: str) -> re.Pattern[str]:
        """Return a pattern that first tests whether a match can begin at a character at all."""
        words = self._words.pattern(template).pattern
        opens = first_characters(words)
        test = "(?=[" + "".join(map(re.escape, sorted(opens))) + "])" if opens else ""
        return re.compile(f"{test}(?:{words})")

    def _add_names(self) -> None:
        """Add patterns of titles, banners and provincial meetings, whose words report no act."""
        pattern = self._words.pattern
        self._no_acts = pattern(
            # every match begins with 《, «, “, 全 or 省, which makes the search fast
            "[《«“全省](?:"
            # the title of an article or book, for example in 《…》一文, "the article …"
            r"(?<=[《«])[^《》«»\n]{2,60}[》»][、和及]?(?:[《«][^《》«»\n]{2,60}[》»][、和及]?){0,3}等?"
            r"(?={article})"
            # the text of a banner, or the name of a campaign, in quotation marks
            r"|(?<=“)[^“”\n]{4,60}”(?=[^,。;\n]{0,3}(?:{banner}))"
            r"|(?<=“)[^“”\n]{6,60}”(?=[^,。;\n]{0,6}(?:{campaign}))"
            # the title of a law of province or state, up to a word such as 条例, "regulations"
            r"|(?<=[《«])[^《》«»\n]{0,20}?(?:{higher_lawmaker})[^《》«»\n]{0,40}?"
            r"(?=(?:{law_kind})(?:[(（][^《》«»\n]{0,12}[)）])?[》»])"
            # the name of a meeting held by the province
            r"|(?:(?<=全)省|(?<=省))(?:(?!{not_province_meeting}|[,;。.\n]).){0,50}?"
            r"(?:{province_meeting})(?:(?!{not_province_meeting}|[,;。.\n]).){0,8}?会议?)"
        )
        self._byline = self._quick("{byline}")
        self._other_law = pattern("[《«](?!.*(?:{topic}|{topic_near}|{topic_law}|{congress_law}))")
        self.title = re.compile(r"[《«][^《》«»\n]{2,120}[》»]")

    def _add_own_bodies(self) -> None:
        """Add patterns that name the bodies of a township and of the level above it."""
        pattern = self._words.pattern
        # 县乡人大, "congresses of county and township", and 各县人大, "each county's congress", are
        # not the congress above the township of the report
        self.above_town = pattern("(?<!{not_one_body})[市县区旗州盟](?={body_above_town})")
        self.zone = pattern("(?:{zone})$")
        roles = {"town_congress": "市人大常委会", "town_party": "市委", "town_government": "市政府"}
        self.town_bodies = [(pattern(f"(?:{{{role}}})"), body) for role, body in roles.items()]

    def _add_actors(self) -> None:
        """Add the patterns that show who acts in a clause."""
        pattern = self._words.pattern
        # `link` matches what can stand between two actors who act together: a word such as 和,
        # "and", or the end of a list, as 、住建等7个 in 民政、住建等7个部门, "seven departments,
        # such as civil affairs and housing"
        self.link = pattern(
            r"(?:{actor_link}){0,4}$|(?:、[^,。;、的]{1,6}){1,6}等(?:\d+[余多]?[个家])?[^,。;、]{0,4}$"
        )
        # in 照省人大印发的方案, "following the scheme issued by the province", the word 照 before
        # the actor shows that a plan of this actor is followed
        self.followed = pattern("(?:{followed})[^,]{0,2}$")
        self.of_whom = re.compile("[^,、的]{1,6}的[^,、]{0,4}")
        self.attends_others = self._quick("{attends_others}|(?:{goes_along})(?![^,。;]{0,6}会)")
        attends = self._each("attends", "[^,。;]{0,8}(?:{attended_event})")
        self.attends = pattern(attends + "|{attends_meeting}")
        self.only_attends = pattern(attends + "|{attends_others}|{goes_along}")
        self.causes = pattern("(?:{causes})[^,、对到赴向]{0,6}$")
        # 由护理员参加的座谈会, "a meeting attended by care workers", tells who came, not who acted
        self.attended_by = pattern("[^,。;]{0,40}?(?:{attended_by})的")
        self.agent = pattern("(?:{agent_mark})[^,、]{0,5}$")
        self.object = pattern(r"(?:{object_lead})(?:\d+[余多]?个)?[^,]{0,4}$")
        # in 卢氏县组织…, "Lushi county organised …", the county stands for its congress
        self.place = pattern(
            r"(?P<name>(?!{no_place_start})[\u4e00-\u9fff]{1,3})[县区市](?={place_acts})"
        )
        self.no_place = self._words.set("no_place")
        # in 幸福社区召开座谈会, "Xingfu neighbourhood held a meeting", no congress acts
        self.body = pattern("(?:{body_name}){2,10}?(?:{topic_body}|{body})(?={body_acts})")
        # the patterns `place` and `body` are slow; the faster pattern `head_ends` leaves out the
        # many clauses that begin with neither a place nor a body
        self.head_ends = pattern("(?:县|区|市|{topic_body}|{body})(?={place_acts}|{body_acts})")
        self.adverbial = pattern("(?:{since}|{adverbial_end})[,:]$")
        self.stay = pattern(
            "(?:来[^,]{0,6}|[来到在赴][^,]{0,14}(?:{visits})[^,]{0,8})(?:{stay_end})[,:]$"
        )
        # who only accompanies a team, as in 陪同赴云溪调研, does not lead the team
        self.leads = pattern(r"(?:(?!{goes_along})[^。;\n]){0,24}(?:{leads})")
        self.comes_to = pattern("(?:{comes})(?P<own>[我本][市县区州旗镇乡])?")
        # 人大代表、某公司董事长, "deputy and chairman of a company"; 自费, "at his own expense"
        self.in_private = pattern(
            "代表(?=(?:[、,]|[^,。;]{0,6}是)[^,。;]{2,22}?(?:{private_office})"
            "|[^,。;]{0,20}?(?:{privately}))"
        )
        # In 省人大副主任李某率队…李某一行, "Li, vice chair of the province's congress, led …; Li's
        # team …", Li acts for the province. The pattern `named` finds the name of such a leader.
        self.higher_bodies = self._words.list("higher_body")
        self.named = pattern(
            r"(?:{higher_body})[^,。;、\n]{0,22}(?:{office})"
            r"(?P<name>[\u4e00-\u9fff]{2,3}?)(?={named_does}|[,、。])"
        )

    def _add_cues(self) -> None:
        """Add the pattern of cues, with which a reported speech, order, demand or plan begins."""
        pattern = self._words.pattern
        at_clause_start = "(?<![^,;:。.、])"
        templates = {
            "speech": "{speech}|(?:{says})(?=[,:“])",
            "order": "{order}",
            "called": "{called}|" + at_clause_start + "(?:{condition})",
            "future": "{future}"
            r"|(?:{plan_paper})[》”»]?(?:{lays_down})(?=[,:对由从于在\d今年各])"
            "|(?<!已)(?:{will})(?={will_go_on})"
            "|(?<!已)(?:{will})(?![^,;。]{0,60}(?:{made_into}))(?={will_verb}"
            "|(?:{will_report})(?!{nominal})"
            # 将聘请的监督员分组, "put the appointed supervisors into groups", is no plan to appoint
            "|(?:{will_appoint})(?![^,;。]{0,10}的))",
            "decided": "(?:{decided})(?=[^,;。]{0,14}(?:{decided_act}))",
            "purpose": at_clause_start + "(?:{purpose_mark})(?:{purpose_verb})",
        }
        groups = [f"(?P<{kind}>{template})" for kind, template in templates.items()]
        self.cue = self._words.pattern("|".join(groups))
        openings = "|".join(word for role in _CUE_ROLES.split() for word in self._words.list(role))
        self.cue_words = aho.AhoCorasick(
            sorted(opening_words(openings)),
            matchkind=aho.MatchKind.LeftmostLongest,
            store_patterns=False,
        )
        self.after_object = self._words.set("after_object")
        # in 按照方案要求进行了检查, "inspected as the scheme demands", the scheme is only followed;
        # in 就如何改进作了询问, "asked how to improve", the cue belongs to the object of an act
        self.embedding = pattern("(?:{embeds})(?P<between>[^,。;:]{0,18})$")
        self.modifier = re.compile("[^,。;:]*?的[^,。;:的]{1,10}(?:[,。;:]|$)")
        self.paper = pattern("{plan_paper}")
        self.modal = pattern("{modal}")
        self.aspect = pattern("{aspect}")
        # before 要求, "demand", an office or a person's name shows that a leader is speaking
        self.leader = self._words.pattern(r"{leader}|^[\u4e00-\u9fff]{2,3}(?:{also})?$")

    def _add_status(self) -> None:
        """Add patterns that show whether an act took place, was planned, denied or only listed."""
        pattern = self._words.pattern
        self.past_or_counted = pattern("{past}|{past_number}")
        self.programme = pattern("{programme}|[:]$")
        negation = self._each("negation", "[^,。;、]{0,6}$")
        self.negated = pattern(negation + "|" + self._each("not_yet", "(?:{set_up})[^,。;]{0,14}$"))
        # `opens` holds the characters with which the words of the roles `falls_short`, `not_done`
        # and `dropped` begin. Most clauses hold none of these characters. A fast test for the
        # characters in `opens` therefore comes first in the pattern `lacking`.
        opens = first_characters(pattern("{falls_short}|{not_done}|{dropped}").pattern) or ()
        near = "(?=[^,。;]{0,12}?[" + "".join(map(re.escape, sorted(opens))) + "])" if opens else ""
        self.lacking = pattern(
            near + "(?:[^,。;、]{0,6}(?:{falls_short})"
            "|[^,。;]{0,10}?(?:(?:{still})?(?:{not_done})(?:{how})?(?:{carry_out})|{dropped}))"
        )
        self.general = pattern("(?:{is_a})[^,。;]{0,24}(?:{instrument_noun})")
        by_law = self._each("congress_law", "[^,。;]{0,8}规定[^。]{0,60}可以")
        self.defining = pattern(r"{definition}|\?[”’]?$|" + by_law)
        # 让笑脸成为最美的答卷!, "let smiles be the finest answer!", is a slogan and reports no act
        self.slogan = re.compile(r"[^\d了已]+[!！][”’」》»]?$")
        # in 明确会议听取甲报告,乙的报告, "a session is to hear report A, report B", the second
        # clause only names one more report that is to be heard
        self.also_decided = pattern("(?:(?!{decided_act})[^,;。])+的报告[,;。]?")
        self.quoted = re.compile(r"“(?=[^“”\n]{0,600}[,。;!])[^“”\n]{25,600}(?:”|(?=\n)|$)")
        self.list_mark = re.compile("[、+]")
        # `joined` matches what stands between two instruments behind one verb, such as the mark 、
        # in 问题清单、责任清单, "lists of problems and of duties"
        self.joined = re.compile("[”’]?[、+和及与][“‘]?")
        self.team = pattern("[^,。;、]{0,2}(?:{team})")

    def _add_concreteness(self) -> None:
        """Add patterns that show how concretely a clause tells of an act."""
        pattern = self._words.pattern
        # in 召开座谈会26次, "held 26 meetings", the number counts rounds of the act
        self.completed = pattern(r"{completed}|\d[余多]?(?:{rounds})")
        self.chained = pattern("{chained}")
        self.arranges = pattern("{arranges}")
        self.act_date = pattern("{act_date}")
        # `date_alone` matches a clause with nothing but a date, such as `10月31日,`. `date_alone`
        # does not match 9月份克井镇签订合作协议, "in September Kejing signed an agreement", where
        # an act follows the date, nor 3月8日动员会后, "after the meeting of 8 March".
        self.date_alone = pattern(
            "[^,]{0,4}?(?P<date>{act_date})"
            "(?:[^,后]{0,3}|[^,]{0,14}(?:{adverbial_end}|{date_end}))[,:]"
        )
        # in 听取27家单位汇报, "heard the reports of 27 units", the number counts objects of the act
        self.counted = pattern(
            r"(?<![第\d“])\d+[余多万]{0,2}(?:{counted})|(?<![第“一二三四五六七八九十百千])(?:{many})(?:{counted})"
        )
        self.named_thing = pattern("[》»]|{named_thing}")
        # a formula such as 强化跟踪问效, "strengthen follow-up", has only an abstract object
        self.formula = pattern(
            "(?:{formula_verb})[^,。;]{0,14}?(?:{formula_noun})[,。;:!]?$|{slogan_pair}"
        )
        # in 加强跟踪督办工作, "strengthen the follow-up", the instrument is the verb's only object
        self.intensified = pattern("(?:{intensifier})[^,。;、]{0,2}$")
        self.nothing_else = pattern("(?:{formula_noun})?[,。;:!]?")
        # the two characters before 会, "meeting", name the type of a meeting, as 汇报 in 汇报会
        self.meeting = pattern("([^,。;:、]{2})(?:{meeting})$")
        self.meeting_before = pattern("([^,。;:、]{2})(?:{meeting})、[^,。;:、]{0,14}$")
        self.meeting_behind = pattern("、[^,。;:、]{0,12}?([^,。;:、]{2})(?:{meeting})")

    def _add_order_of_sentences(self) -> None:
        """Add patterns that help to find headings, lists and the beginning of a speech."""
        pattern = self._words.pattern
        self.told_act = pattern(r"[,;:\d]|{told_act}")
        # in 对代表联络站,主任会议提出…, "on liaison stations, the meeting said …", the words
        # before the comma already belong to the speech
        self.fronted = pattern("(?:{fronted_mark})[^,:]+,$")
        self.announced = pattern("(?::|(?:{as_follows})[^,。;]{0,12}[。.]?)$")

    def _add_topic(self) -> None:
        """Add patterns that tell whether a clause is on the codebook's topic or another topic."""
        pattern = self._words.pattern
        self.topic_or_people = pattern("{topic}|{topic_people}")
        self.other_words = pattern("{other_matter}|{other_topic}|{other_subject}")
        self.on_topic = pattern("{topic}|{topic_people}|{topic_near}")
        # in 对民政局开展测评, "evaluated the civil affairs bureau", 民政 names a bureau and not the
        # topic of the clause
        no_authority = "(?![^,。;、]{0,3}(?:{authority_end}))"
        law = self._each(
            "law_lead",
            "(?:■|[《«](?:(?!{topic}|{topic_people}|{topic_near}|{topic_law}|□|[》»]).){2,40}"
            "(?:法|条例)[》»][^,。;]{0,6}(?:{law_examined}))",
        )
        self.other_matter = pattern(self._each("other_matter", no_authority) + "|" + law)
        self.other_topic = pattern(self._each("other_topic", no_authority))
        # 围绕物业管理,…开展专题询问, "held an inquiry on housing", reports an instrument of the
        # codebook, but on a subject other than the codebook's topic
        self.other_subject = pattern(
            self._each("about", "[^,。;]{0,16}(?:{other_subject})" + no_authority)
        )
        # 关于全市医疗保障工作情况的专项工作报告, "report on medical insurance", is a report on
        # another topic
        self.other_report = pattern(
            "关于(?!检查)(?:(?!{topic}|{topic_people}|{topic_near}|{report_on_it}|□|[,;。]).){2,40}"
            "(?:工作|情况)(?:(?!{topic}|[,;。]).){0,6}报告"
        )
        # 市民政局开展消防检查, "the bureau made a fire inspection", is no act of a congress
        everyday = self._each("authority", "[^,。;]{0,30}(?:{everyday_work})")
        self.other_campaign = pattern("{other_campaign}|" + everyday)
        self.topic_in_rules = self._words.set("topic", "topic_people", "topic_in_rules")
        self.other_in_rules = self._words.set("other_in_rules")


def opening_words(alternatives: str) -> set[str]:
    """Return the words with which the alternatives of a pattern begin, without groups in brackets.

    >>> sorted(opening_words("(?<!已)将(?=把|于)|下一步|分(?:为|成)?两个阶段"))
    ['下一步', '分', '将']
    """
    while (without_groups := re.sub(r"\([^()]*\)", "", alternatives)) != alternatives:
        alternatives = without_groups
    return {match[0] for word in alternatives.split("|") if (match := re.match(r"\w+", word))}
