"""Words around a number → what it measures: indicator, group, denominator, flow, level, date and timing."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from helpers.codebook import read_table
from helpers.edges import first_characters, last_characters
from helpers.numerals import chinese_number
from helpers.quantities import Quantity


class Indicator(NamedTuple):
    """A row of data/codebook/indicators.csv, or one made from the nouns beside the number."""

    indicator: str
    zh: str
    en: str
    group: str


class Named(NamedTuple):
    """A number of the same sentence that has its name already."""

    quantity: Quantity
    name: Indicator


class Surroundings(NamedTuple):
    """The text before and after a number, clean, within its sentence.

    `near` reaches back to the magnitude before it, `clause` to the start of its clause, `before` to the start of the
    sentence; `after` ends at the next magnitude or clause. `place` is ``start`` or ``end`` for the two numbers of
    ``由…提高到…``; both have the words before 由 in `near`. `named` holds the sentence's earlier numbers, the last one last.
    """

    near: str
    clause: str
    before: str
    after: str
    place: str = ""
    named: tuple[Named, ...] = ()


_SILENT = (  # words beside a number that neither name what it counts nor do anything to it
    "累计达到|累计|总计|共计|合计|总共|一共|共有|共|已经|已有|已|现有|目前有|还有|另有|仅有|只有|仅为|仅占|只占|仅|只|才(?<!人才)|就(?<!成就)|也|又|再|均为|均达|均在|均(?<![人户日月年床]均)|都|分别为|分别达|分别有|分别"
    "|达到了|达到|达成|高达|多达|达(?<![发到]达)|约为|约占|大约|约(?<![签节预公合]约)|接近|近(?<!附近)|超过|突破|超|逾|不少于|不低于|不超过|不足|不到|至少|至多|将达|将突破|将|预计到|预计|总数|数量|总量|总数为|总计为"
    "|增加到|增加至|增至|增长到|提高到|提高至|提升到|提升至|上升到|上升至|扩大到|扩大至|发展到|升至|升到|降至|降到|下降到|下降至|减少到|减少至|回落到|压缩到|缩短到|缩短至|提高|提升为|调整为|提高为"
    "|平均每|平均|为|是|有(?<![国所]有)|到|至|由|从|自|了|的|在(?<!存在)(?!建)|以|从年初|年初|年末|年底|月底|月末|季度|其中|全市|全县|全区|全州|全年|同比|同期|先后|连续|一次性|目前|截至|每年|每月|每天|每日"
    "|分别在|的有|和|与|及|以及|或|、"
)
_TAIL = re.compile(f"(?:{_SILENT}|[“”\"'‘’《》: ])+$")
_TAIL_ENDS = last_characters(_TAIL.pattern) or frozenset()
_PRUNE = re.compile(
    f"{_SILENT}|年(?<![上去今]年)|月|占比|占|比例|比|公办|民办|公建民营|城市|城区|农村|城镇|乡村|市级|县级|区级|省级|村级|[^一-龥]"
)
_KIND_OF_VERB = (  # 检查组, 调研报告, 整改率: with this behind it the verb is part of a noun
    "组|报告|率|[一-龥]{2}率|站|员|点(?!位)|要点|重点|项目|问题|清单|资金|方案|记录|任务|平台|事项|情况|中心|人数|次数|人员|队|对象|标准|制度|机制|机构|设施|户|数|书|本|表|班|课|费|量|会|期|单位|部门|意见|组成"
)
_VERBS = (
    "围绕|参加|参与|进行|开展|前往|深入|走访|走进|走遍|查看|察看|检查|抽查|抽检|视察|调研|暗访|访谈|慰问|座谈|听取|组织|召开|举办|举行|发放|收回|回收|收集|征集|提出|梳理|归纳|查找|查出|发现|曝光|反馈"
    "|移交|交办|转办|分解|细化|下发|印发|制定|出台|修订|完善|建立|建成|新建|改建|扩建|修建|续建|筹建|新增|改造|打造|培育|培训|培养|投入|安排|拨付|列支|筹集|争取|整合|落实|完成|实现|推动|推进|督促|督办|约谈|责令"
    "|关停|取缔|查处|立案|整改|办结|销号|解决|化解|答复|接待|接访|接入|惠及|享受|购买|更换|配备|聘请|邀请|委托|成立|组成|设立|设置|开设|开通|拍摄|播出|刊登|刊发|发布|宣传|表决|票决|产生|通过|到会|出席|列席"
    "|作答|应询|发问|提问|联系|结对|交流|反映|表示|选择|希望|愿意|认为|盼望|期盼|倾向|获得|取得|高于|低于|成功|转型|运营|投用|使用|验收|推行|试点|实施|用于|列入|纳入|牵头|带队|开工|竣工|交付|拆除|引入|引导"
    "|投放|发出|兑付|涉及|覆盖|形成|达成|签订|签约|派出|抽调|选派|选聘|配置|安装|加装|建设|拥有|持有|接受|受理|登记|报送|上报|评选|评定|命名|授予|表彰|通报|问责|处罚|整治|清理|排查|摸排|核查|复核|采取|采用|坚持"
    "|明确|确定|选取|随机|逐一|逐条|逐项|全部|同步|现场|分片|提高|上升|下降|增加|减少|降低|实地|面对面|免费|体检|义诊|巡诊|看望|探访|紧盯|仍|尚未|尚|未|没有|正在|开始|不满(?!意)|关闭|盘活|开办|撬动|采纳|注销|撤销|限期|分别|先后|累计|明年|今年|去年|一并|共同|均|已|都|最(?!低)|将|被|让|使(?!用)|给(?!水|养)|把|就(?!餐|业|医|诊|近|读)|对(?!象|口|策|接)(?<!面对)"
    "|在(?!职|校|家|外|岗|编)|向|为(?!主|民|老)|和|与|从(?!业)|按(?!摩)|经(?!济|费|营|办|验|理)|因|于|由|以(?!上|下|内|及)|中(?<![集其居]中)(?![心队型医央国小级介药学老])|赴|至|到(?!位)|需(?!求)|要(?!点|素|件)(?<![主重]要)"
)
_VERB = re.compile(f"(?:{_VERBS})(?!{_KIND_OF_VERB})")
_NOMINAL = re.compile(
    "(?:改造|建设|培训|整改|检查|调研|整治|清理|督办|宣传|通报|落实)(?:已|均|正在|尚|未|全部|[^一-龥]|$)"
)
_HAN = re.compile("(?:[0-9]{2}(?:[-—至][0-9]{2})?周?岁|[一-龥()+A-Za-z])+")
_LIST_RUN = re.compile("(?:[0-9]{2}(?:[-—至][0-9]{2})?周?岁|[一-龥()+A-Za-z、])+$")
_AFTER_UNIT = re.compile("(?:以上|以下|左右|以内|多|余|的)+")
_NOUN_UNITS = re.compile("[一-龥]{2,}(?<!次)(?<!百分点)|[县区市省乡镇村]$")
_QUANTIFIED = frozenset(("次", "场", "轮", "趟", "人次", "户次", "场次", "件次", "批次", "遍", "期", "课时"))
"""What these count is an act: 现场督办16次."""
_TIMES = frozenset(("次", "轮", "遍", "趟"))
_PERSONS = frozenset(("人", "名", "位", "人次"))
_GENERIC = {"share": "比例", "money": "金额", "change": "变化", "score": "得分"}
_NOT_COUNTED = frozenset(("count", "money", "share", "change"))
_GROUPS = {"share": "outcome", "change": "outcome", "score": "outcome"}
_EFFORT = re.compile(
    "收到|转办|走访|调研|检查|抽查|抽检|召开|座谈|暗访|视察|察看|听取|组织|发放(?=[^,]*问卷)|收集|征集|提出|梳理|查找|发现|查出|审议|询问|督办|督查|反馈|接访|接待|宣传|印发|约谈|交办|移交|分解|曝光|观看|抽调|聘请|邀请|应询|作答|答复|测评|问卷|部门|单位"
    "|人大|代表|常委会|委员|组成人员|监督员"
)
_OUTPUT = re.compile(
    "建成|新建|改造|新增|投入|建设|培育|出台|制定|修订|设立|开设|投用|完成|落实资金|补助|拨付|配备|发放|培训|改建|扩建|购买"
)
_CONTEXT = re.compile("人口|老龄|现有|共有|辖|截至|目前有|户籍|老年?人$")
_QUALIFIED = "~"
"""The id of a name that sets a number apart from the one before: 养老机构(民办)."""
_SHORT = re.compile("流失|仅|只有|只占|不足|不到|空置|闲置|短缺|缺口|拖欠|不达标|不合格|未达|失修|偏低|破损|超标")
_SHORT_AFTER = re.compile(
    "[^,]{0,12}(?:被(?:停业|关停|查处|取缔|责令)|不合格)|[^,]{0,4}(?:没有|尚未|还未|未建|未达|不达标|不合格|闲置|空置)"
)
_ASKED = re.compile("选择|愿意|希望|倾向|认为|表示|反映|赞成|支持")
_UNMADE = re.compile("空置|闲置|不合规|不达标|不合格|违规|违法|无证|关闭|关停|取缔|注销|停业|撤销|拆除")
_SURVEY = re.compile("[^,]{2,24}$")
_AGE = re.compile("([0-9]{2,3}|[六七八九]十五?)周?岁")
_AGED = frozenset(("aged_60_plus", "aged_65_plus", "aged_80_plus"))
_EACH = re.compile(
    "(?:每(?:[0-9]+|[十百千万])?(?:名|位|个|家|张|床|户|人|月|年|周|日|天|季度|餐|顿|次|份|村|所|套|单)(?:老年人口|老年人|老人|代表|委员|小组|机构|社区|街道|乡镇|县区|人)?(?<!每次))+"
    "|人均|户均|日均|月均|年均|床均|单次|单价|一(?:顿|餐|次|份)(?=[才只仅要收])"
)
_EACH_TIME = re.compile("^(?:每[年月周日天]|每季度|[日月年]均)$")

_PLANNED = re.compile(
    "选址(?!并建设)|选定|计划(?<!行动计划)(?<!监督计划)(?<!工作计划)(?<!立法计划)(?<!年度计划)(?=[在于到再新建投安用年今明三两\\d])|拟|力争|规划(?:建设|新建|布局)"
    "|将(?:建|新|投|达|完成|实现|突破|超|再)|预计|有望|目标(?:是|为)|到20[2-9]\\d年(?:底|末)?[^,]{0,8}(?:达|实现|建)|确保(?!了)|争取(?=[^资中上省项到]{0,6}(?:达|建|新|完|实|年|在))"
    "|建议(?<!代表建议)(?<!重点建议)(?<!意见建议)(?=[市县区州省政财再由将把尽]|进一步|加大|加快|各级)|年内(?!已)|年底前|月底前|正在(?:装修|洽谈|施工|加紧|筹建|建设|推进)|仍在(?:推进|建设|施工)|明年|要求[^,]*(?:达到|不低于|不少于)|下一步"
)
_DONE = re.compile("已(?:完|建|整|投|有|达|培|办|销|落|全|开)[^,]{0,12}$")
_ASSESSED = re.compile("评估(?<!参加评估)(?<!参与评估)(?<!立法后评估)(?!组|员|机构|师)|评定|鉴定|摸排")
_STOCK = re.compile("现有|共有|已有|拥有|截至|目前有|建有|常住|户籍|人口|总数|存量|辖")
_FLOW = re.compile(
    "新增|新建|建成|完成|召开|走访|组织|开展|发放|投入|培训|提出|交办|整改|刊登|出台|制定|累计|形成|收集|办理|举办|化解|听取|反馈|同比|上升|下降|增长|查看|察看|邀请|培养|成立"
)
_TITLE = re.compile("《[^》]*》")
_YEARS = re.compile("(20[0-9]{2})(?=年|[-—至~])")

_HAN_BEFORE = "|".join(f"(?<=(?<![市各])[一-龥]{{{n}}}[县区])" for n in (1, 2, 3))
_LEVELS = (  # name, characters of which the text must have one, pattern: it begins with a letter that few clauses have
    ("province", frozenset("省国"), re.compile("(?:全省|全国)(?!平均|水平)|省人大|省级")),
    ("township", frozenset("镇乡街"), re.compile("(?:乡镇|街道|[一-龥]{1,3}[镇乡])(?:人大|敬老院|代表|主席团|村|有)")),
    (
        "institution",
        frozenset("食公院社"),
        re.compile("(?:大食堂|公寓|养老院|敬老院|幸福院|福利院)(?:现有|共有|有|设|床位|入住)|供销社"),
    ),
    (
        "county",
        frozenset("县区灵沁孟"),
        re.compile(
            f"(?:[县区](?<![小社城园景地辖片老校库山灾市县]区)(?:{_HAN_BEFORE})(?!域|县|划|分|级|别|间|\\()"
            "|灵宝市|沁阳市|孟州市|县级)(?=人大|代表|[^,。;]{0,12}$|[一-龥])"
        ),
    ),
    (
        "city",
        frozenset("市州"),
        re.compile("全州|州人大|市(?:(?<=[一-龥]{2}市)(?!民|场|区|县)|(?<=[全我本]市)|人大|委|政府|本级)"),
    ),
)
_AS_OF = re.compile(
    r"(?<![比较])(20\d\d|19\d\d)年(底|末|初|(\d{1,2})月(?:(\d{1,2})日|底|末)?)?(?![^,]{0,16}(?:相比|比))"
)
_PERIOD = re.compile("(20[0-9]{2})年?[-—至到~]{1,2}(20[0-9]{2})年")
_THIS_YEAR = re.compile("今年|本年|目前|当前")
_LAST_YEAR = re.compile("(?<![比较同])(?:去年|上年|上一年)")
_DURING = re.compile(
    "联动监督|监督(?:以来|过程|开展|推动|工作)|督促|开展以来|期间|推动|今年以来|交办|整改|督办|检查组|调研组|执法检查|专题调研"
)
_BEFORE = re.compile("(?<![比较同])(?:去年|上年)|监督前|整改前|此前|原来|原有|从(?!业)[^,]{0,10}$")
_AFTER = re.compile("监督后|整改后|下一步|今后|到20[2-9]\\d年")
_PEOPLE = frozenset(["aged_60_plus", "aged_65_plus", "aged_80_plus", "disabled_elderly", "empty_nest", "poor_elderly"])
_OF = re.compile(r"占(?!比)(?:全[市县区省州])?([一-龥]{2,10}?)(?:总数|总量)?(?:的|比)?[约近超过达]{0,2}$")


class _Rule(NamedTuple):
    """A row of the table, with the characters that its two patterns can end and begin with; None for any."""

    indicator: Indicator
    before: re.Pattern | None
    after: re.Pattern | None
    ends: frozenset[str] | None
    begins: frozenset[str] | None


class _Rules:
    """The rows of the table that a number of some kind and unit can have, in order."""

    def __init__(self, rows: list[_Rule]):
        self.rows = rows
        self.between: dict[tuple[str, str], list[tuple[Indicator, re.Pattern | None, re.Pattern | None]]] = {}

    def first(self, topic: str, after: str) -> Indicator | None:
        """The first row that what the number counts ends with, or that what follows begins with."""
        edges = topic[-1:], after[:1]
        if (rows := self.between.get(edges)) is None:
            rows = self.between[edges] = self._between(*edges)
        for indicator, before, following in rows:
            if (before and before.search(topic)) or (following and following.match(after)):
                return indicator
        return None

    def _between(self, last: str, first: str) -> list[tuple[Indicator, re.Pattern | None, re.Pattern | None]]:
        """The few rows that can fit between two characters."""
        pairs = (
            (
                row.indicator,
                row.before if last and (row.ends is None or last in row.ends) else None,
                row.after if first and (row.begins is None or first in row.begins) else None,
            )
            for row in self.rows
        )
        return [(indicator, before, after) for indicator, before, after in pairs if before or after]


@functools.cache
def _rules_for(kind: str, unit: str) -> _Rules:
    """The indicators of a kind and a unit; many units share theirs."""
    return _rules_of(
        tuple(
            row.indicator
            for row in read_table("codebook/indicators").itertuples()
            if kind in ([row.kind] if row.kind else _NOT_COUNTED) and (not row.units or unit in row.units.split("|"))
        )
    )


@functools.cache
def _rules_of(indicators: tuple[str, ...]) -> _Rules:
    return _Rules([_compiled()[indicator] for indicator in indicators])


@functools.cache
def _compiled() -> dict[str, _Rule]:
    """The rows of data/codebook/indicators.csv by their id."""
    return {
        row.indicator: _Rule(
            Indicator(row.indicator, row.zh, row.en, row.group), *(re.compile(words) if words else None for words in (row.before, row.after)),
            last_characters(row.before), first_characters(row.after),
        )
        for row in read_table("codebook/indicators").itertuples()
    }  # fmt: skip


def _row_of(indicator: str) -> Indicator | None:
    """The row of the table with this id."""
    row = _compiled().get(indicator)
    return row and row.indicator


@functools.cache
def _unit_names() -> dict[str, str]:
    return {row.unit: row.en for row in read_table("codebook/units").itertuples()}


def name_indicator(q: Quantity, words: Surroundings) -> Indicator:
    """Say in plain words what a number measures: by the table, else by the noun that it counts.

    What it counts stands after the unit (``312名独居老人``) or before the number (``走访老年人995人``): only there does a row of
    the table fit, not elsewhere in the sentence. A number without a noun (``竣工31所``) takes that of the number before it.
    """
    if words.place == "end" and words.named and words.named[-1].quantity.unit == q.unit:
        return words.named[-1].name
    near, after = words.near, words.after
    if each := _each(q, words.before[-14:] if words.place else near):
        near = near.replace(each, "")
    head = _trimmed(near)
    if after and (skipped := _AFTER_UNIT.match(after)):
        after = after[skipped.end() :]
    own = "" if words.place else _noun_after(q, after)
    if near[:1] in "、和与及" and words.named and not _VERB.search(head):
        head = _verb_of_list(words) + head.lstrip("、和与及以")
        words = words._replace(near=head)
    name = _by_table(q, words, each, head, own, after)
    if not name:
        name = _SAID[q.kind](q, words, head, after) if q.kind in _SAID else _counted(q, words, head, own, after)
    if each:
        name = Indicator("", f"{name.zh}({each})", f"{name.en} ({each})", name.group)
    if name.group in ("outcome", "output") and (_SHORT.search(words.near) or after and _SHORT_AFTER.match(after)):
        name = name._replace(group="context")  # 入住率仅为38.6%: a shortcoming is no result
    return name


def _by_table(q: Quantity, words: Surroundings, each: str, head: str, own: str, after: str) -> Indicator | None:
    """The row of the table that the noun at the number has; None where it has none or the row would say too much."""
    if each and q.kind == "money" and not _EACH_TIME.search(each):
        return None  # 每餐补贴4元 is a price
    topic, rules = head + own, _rules_for(q.kind, q.unit)
    name = rules.first(_whole_of_share(words.near) if q.kind == "share" else topic, after)
    if name and name.group == "output" and _UNMADE.search(topic):
        name = None  # 关闭不合规养老机构9家, 空置床位9800张: none was built
    if name and name.indicator in _FIXED and _of_others(q, words, head):
        name = None  # 梳理诉求1270件,办结1215件: no problems
    if name and (name.indicator in _AGED or name.indicator == "share_of_elderly"):
        name = _of_age(name, words, topic, own)
    if not name and not own and q.kind == "count" and q.unit not in _QUANTIFIED and (stem := _stem(head)):
        name = rules.first(stem, "")  # 农村幸福院已建成41个
    return name


def _trimmed(words: str) -> str:
    """Words without those at their end that name nothing: 达到, 共有, 仅为."""
    return _TAIL.sub("", words) if not _TAIL_ENDS or words[-1:] in _TAIL_ENDS else words


def _made(q: Quantity, words: Surroundings, zh: str, group: str = "") -> Indicator:
    """An indicator that the table does not have, called by the text's own noun."""
    return Indicator("", zh, f"{_unit_names().get(q.unit, 'number')} ({zh})", group or _group(q, words))


def _whole_of_share(near: str) -> str:
    """What a share's row is looked for in: 占 and what it is a part of stay."""
    return near.rstrip("约近超过达到为的在均分别仅只有不足高至") if "占" in near else _trimmed(near)


def _verb_of_list(words: Surroundings) -> str:
    """What is done to every thing of a list: 查看 of 查看养老机构43家、日间照料中心58个."""
    for pattern in (_EFFORT, _OUTPUT):
        if found := pattern.search(words.clause):
            return found[0]
    return ""


def _each(q: Quantity, near: str) -> str:
    """What a rate is a rate of: 每千名老年人, 每人每月, 人均."""
    if q.kind in ("share", "change") or not ("每" in near or "均" in near or "单" in near or "一" in near):
        return ""
    found = _EACH.search(near)
    return found[0] if found else ""


def _noun_after(q: Quantity, after: str) -> str:
    """The noun that follows the unit: 独居老人 of 312名独居老人结对子; empty where a verb follows."""
    if q.kind in ("share", "change", "duration", "score") or q.unit in _QUANTIFIED:
        return ""
    noun = ""
    if after:
        piece = after[:22].replace("“", "").replace("”", "")
        end = len(piece)
        for verb in _VERB.finditer(piece):
            if not verb.start() or not _NOMINAL.match(piece, verb.start()):
                end = verb.start()
                break
        if run := _HAN.match(piece, 0, end):
            noun = _BRACKET.sub("", run[0].removesuffix("的"))
            if noun.count("(") != noun.count(")"):
                noun = noun[: noun.index("(")] if "(" in noun else ""
    if len(noun) > 1:
        return noun
    return q.unit if q.kind == "count" and _NOUN_UNITS.match(q.unit) else ""


_BRACKET = re.compile(r"^\([^)]*\)")
_LEAD = re.compile(
    "^(?:其中|全市|全县|全区|全州|我市|各级|各类|各地|发现|查出|年底|年末|年初|月底|年(?![龄度轻久])|月(?!度)|后(?!勤|备)|共有|仅有|拥有|建有|设有|现有|已有|等|的|了|着|过|余|多|且|而|并|还有|还)+(?=[一-龥]{2})"
)


def _noun_before(head: str) -> str:
    """The noun phrase at the end of the words before a number: 智慧养老平台 of 推动建成智慧养老平台."""
    run = _LIST_RUN.search(head.replace("“", "").replace("”", ""))
    if not run:
        return ""
    piece, begin = run[0], 0
    for verb in _VERB.finditer(piece):
        if verb.end() < len(piece) - 1 and (not verb.start() or verb[0] not in "和与"):
            begin = verb.end()
    noun = _LEAD.sub("", piece[begin:].lstrip("、和与"), 1)
    if "、" in noun and len(noun) > 20:
        noun = noun.rpartition("、")[2]
    noun = noun.removesuffix("中")  # 208个乡镇(街道)中还有37个
    return noun if len(noun) > 1 else ""


def _of_age(name: Indicator, words: Surroundings, topic: str, own: str) -> Indicator | None:
    """People of 65 are not those of 60: the age that the text says is part of the name, and so is its silence."""
    if name.indicator == "share_of_elderly":
        return _elderly_share(words)
    if own and _AGE.search(own):
        return None  # 为2.9万名75岁以上老人: some of them, not all
    ages = _AGE.findall(topic)
    if ages:
        return _aged(_years(ages[-1]))
    if name.indicator != "aged_60_plus":
        return name
    return Indicator("aged_0_plus", "老年人口(未注明年龄)", "older people (age not stated)", name.group)


def _years(age: str) -> int:
    return int(age) if age.isdigit() else chinese_number(age) or 0


def _aged(years: int) -> Indicator:
    """The people of an age and over."""
    return _row_of(f"aged_{years}_plus") or Indicator(
        f"aged_{years}_plus", f"{years}岁及以上人口", f"people aged {years} and over", "context"
    )


def _elderly_share(words: Surroundings) -> Indicator:
    """The share of the people of the age that the words beside it, the number before or the sentence name."""
    years = 0
    if found := _AGE.findall(words.near):
        years = _years(found[-1])
    else:
        for earlier in reversed(words.named):
            if earlier.name.indicator.startswith("aged_"):
                years = int(earlier.name.indicator.split("_")[1])
                break
            if earlier.name.indicator.startswith("share_of_elderly"):
                return earlier.name
        else:
            if found := _AGE.findall(words.before):
                years = _years(found[-1])
    row = _row_of("share_of_elderly")
    if years == 60 and row:
        return row
    if not years:
        return Indicator(
            "share_of_elderly_0", "老年人口占比(未注明年龄)", "share of older people (age not stated)", "context"
        )
    return Indicator(
        f"share_of_elderly_{years}", f"{years}岁及以上人口占比", f"share of people aged {years} and over", "context"
    )


_MODIFIER = re.compile("公办|民办|公建民营|城市|城区|农村|城镇|乡村|市级|县级|区级|省级|村级|剩余|其余|剩下|另外")
_CHANGED = re.compile(
    "在建|待建|剩余|其余|剩下|另外|出|新增|增加|减少|增长|上升|下降|提高|降低|扩大|缩小|净增|多|少|比|较|于|去年|上年|今年|同期|最高|最低"
)
_ONLY_VERBS = re.compile(f"(?:{_VERBS}|停业|整顿|停办|{_CHANGED.pattern}|投入|限期|依法|当场|现场)+$")
_DONE_TO_IT = re.compile(f"(?:{_SILENT}|建成|投用|运营|开工|竣工|改造|提升|完成|交付|启用|[“”])+$")
_LIKE_UNITS = {unit: kind for kind, units in {"place": "家所处座个", "person": "人名位"}.items() for unit in units}


def _bare(near: str) -> tuple[bool, str]:
    """Whether no noun stands before a number (``竣工31所``, ``其中公办87家``), and what is said instead."""
    rest = _PRUNE.sub("", near)
    if not rest:
        said = _MODIFIER.search(near)
        return True, said[0] if said else ""
    return bool(_ONLY_VERBS.match(rest)), re.sub("[上去今]年|同期", "", rest)


_FIXED = frozenset(("problems_rectified", "problems_open", "rectified_share"))


def _of_others(q: Quantity, words: Surroundings, head: str) -> bool:
    """Whether something else than problems, counted before in this sentence, was dealt with."""
    if "问题" in head or "问题" in words.after[:8]:
        return False
    if q.kind == "share":
        return any(n.name.indicator == _QUALIFIED for n in words.named)
    like = _LIKE_UNITS.get(q.unit, q.unit)
    last = next((n for n in reversed(words.named) if _LIKE_UNITS.get(n.quantity.unit, n.quantity.unit) == like), None)
    return bool(last and "问题" not in last.name.zh)


def _stem(head: str) -> str:
    """The words before a number without the verbs at their end; empty where there are none."""
    stem = _DONE_TO_IT.sub("", head)
    return stem if stem != head else ""


def _counted(q: Quantity, words: Surroundings, head: str, own: str, after: str) -> Indicator:
    """A count, an amount or a size by the noun after it, before it, or of the number before it."""
    if own and not (own == q.unit and len(own) < 2):
        return _made(q, words, own)
    if q.unit in _TIMES and after and (act := _noun_before(after[:16])):
        return _made(q, words, act)
    bare, said = _bare(words.near)
    if bare and after and q.kind == "count" and len(after) < 15 and _VERB.match(after):
        return _made(q, words, f"{after.rstrip('。”')}的" + ("人" if q.unit in _PERSONS else f"({q.unit})"))._replace(
            indicator=_QUALIFIED
        )
    if bare:
        if name := _inherited(q, words, said):
            return name
        for clause in reversed(words.before.split(",")[-3:-1]) if q.kind == "count" else ():
            if name := _rules_for(q.kind, q.unit).first(_trimmed(clause), ""):
                return name
    elif found := _HEADLESS.search(words.near):
        phrase = _LEAD.sub("", found[1].rpartition(",")[2], 1)
        return _made(q, words, f"{phrase}的" + ("人" if q.unit in _PERSONS else f"({q.unit})"))._replace(
            indicator=_QUALIFIED
        )
    noun = own or (_noun_before(_stem(head) or head) if not bare or q.unit in _QUANTIFIED else said)
    if bare and noun and q.unit not in _QUANTIFIED:
        return _made(q, words, f"{noun}({q.unit})")._replace(indicator=_QUALIFIED)
    return _made(q, words, noun or _GENERIC.get(q.kind) or (f"数量({q.unit})" if q.unit else "数量"))


_HEADLESS = re.compile("([一-龥]{2,16})的(?:有|约|近|达|共|占|分别有|分别为|仅有|还有)?$")


def _inherited(q: Quantity, words: Surroundings, said: str) -> Indicator | None:
    """The name of the last number of this unit in the sentence, with what sets this one apart: 助餐场所(竣工)."""
    like = _LIKE_UNITS.get(q.unit, q.unit)
    for earlier in reversed(words.named):
        if (
            earlier.quantity.kind == q.kind
            and earlier.name.indicator != _QUALIFIED
            and _LIKE_UNITS.get(earlier.quantity.unit, earlier.quantity.unit) == like
        ):
            name = earlier.name
            if not said or said in ("比", "较", "于"):
                return name
            return Indicator(_QUALIFIED, f"{name.zh}({said})", f"{name.en} ({said})", name.group)
    return None


def _shared(q: Quantity, words: Surroundings, head: str, after: str) -> Indicator:
    """A share by what is a part of what: 敬老院占比, 护理型床位占比, 受访老人选择机构养老的比例."""
    near = words.near
    if "占" in near:
        subject = near[: near.rfind("占")]
        if name := _rules_for(q.kind, q.unit).first(_trimmed(subject), ""):
            return name
        if asked := _ASKED.search(subject):
            return _made(q, words, f"{_trimmed(subject[asked.start() :])}的比例", "context")
        bare, _ = _bare(subject)
        if bare:
            last = next((n for n in reversed(words.named) if n.quantity.kind == "count"), None)
            if last and last.name.indicator.startswith("aged_"):
                return _elderly_share(words)
            if last:
                part = re.sub(r"的\([^)]*\)$", "的", last.name.zh)
                return _made(
                    q, words, f"{part}占比", "context" if last.name.group == "context" or _SHORT.search(part) else ""
                )
            return _made(q, words, "占比")
        subject = _trimmed(subject)
        noun = _noun_before(subject)
        return _made(q, words, f"{noun}占比" if noun else "占比")
    bare, said = _bare(near)
    if after and (bare or near.endswith("的")):
        phrase = after.replace("“", "").replace("”", "").strip()
        if _SURVEY.match(phrase) and (words.after.startswith("的") or not bare):
            whole = said if bare else _noun_before(head)
            group = "" if whole else "context"
            return _made(q, words, f"{whole}{phrase.removesuffix('.')}的比例", group)
    if bare and (
        last := next(
            (n for n in reversed(words.named) if n.quantity.kind == "share" and n.name.indicator != _QUALIFIED), None
        )
    ):
        if not said:
            return last.name
        return Indicator(_QUALIFIED, f"{last.name.zh}({said})", f"{last.name.en} ({said})", last.name.group)
    return _made(q, words, _noun_before(head) or "比例")


def _changed(q: Quantity, words: Surroundings, head: str, after: str) -> Indicator:
    """A change by the share that changed, in its own clause or before."""
    above = re.search("[高低优好]于|[高低超]出", head)
    noun = (
        ""
        if above
        else _noun_before(
            re.sub(
                "(?:[比较与同][^,]*)?(?:提高|提升|上升|下降|降低|增加|减少|高|低|回落|增长|扩大|缩小)[于出了]?$",
                "",
                head,
            )
        )
    )
    if noun and not re.search("[年比]", noun):
        return _made(q, words, f"{noun}变化")
    last = next((n for n in reversed(words.named) if n.quantity.kind in ("share", "change")), None)
    if not last:
        return _made(q, words, "差距" if above else _GENERIC["change"])
    if last.quantity.kind == "change":
        return last.name
    if above:
        return _made(q, words, f"{last.name.zh}差距", last.name.group)
    row = _row_of("change_of_share") if last.name.indicator == "share_of_elderly" else None
    return row or _made(q, words, f"{last.name.zh}变化", last.name.group)


def _scored(q: Quantity, words: Surroundings, head: str, after: str) -> Indicator:
    """A score by whose it is."""
    return _made(q, words, f"{_noun_before(head)}得分".replace("得分得分", "得分"))


_SAID = {"share": _shared, "change": _changed, "score": _scored}


def _group(q: Quantity, words: Surroundings) -> str:
    """context, effort, output or outcome, by the verb nearest before the number; a share is a result."""
    if q.kind in _GROUPS:
        return _GROUPS[q.kind]
    for window in (words.near, words.clause, words.after):
        for group, pattern in (("effort", _EFFORT), ("output", _OUTPUT), ("context", _CONTEXT)):
            if window and pattern.search(window):
                return group
    return "output"


def denominator_of(q: Quantity, words: Surroundings, kind: str) -> str:
    """What a share is a share of: ``占总人口的`` → 总人口 of the kind the sentence names."""
    if q.kind != "share":  # of a part of the people: which people, as resident and registered ones differ
        named = re.findall("常住人口|户籍人口", words.before) if kind in _PEOPLE else []
        return named[-1] if named else ""
    if found := _OF.search(words.clause):
        whole = found[1]
    elif kind == "rectified_share" and (found := re.search("(?:交办|发现|梳理|移交)[^,]*问题", words.clause)):
        whole = "交办问题" if "交办" in found[0] else "问题"
    elif kind.startswith("share_of_elderly"):
        whole = "总人口"
    else:
        whole = ""
    if "人口" in whole:
        named = re.findall("常住人口|户籍人口", words.before)
        return named[-1] if named else whole
    return whole


def flow_of(words: Surroundings, indicator: Indicator, issue_year: int | None = None) -> str:
    """planned, assessed, stock or flow; empty where the words do not say."""
    near = words.clause + words.after
    if "《" in near:
        near = _TITLE.sub("", near)  # 《…规划(2021—2035年)》 plans nothing here
    if _ASSESSED.search(near):
        return "assessed"
    if _PLANNED.search(near) and not _DONE.search(words.near):
        return "planned"
    if issue_year and "20" in near and any(int(year) > issue_year for year in _YEARS.findall(near)):
        return "planned"
    for name, pattern in (("stock", _STOCK), ("flow", _FLOW)):
        if pattern.search(near):
            return name
    return "stock" if indicator.group == "context" else ""


def level_of(words: Surroundings) -> str:
    """The level of government that the nearest words name: city, county, township, institution, province."""
    best, level, letters = -1, "", frozenset(words.before)
    for name, needed, pattern in _LEVELS:
        if needed.isdisjoint(letters):
            continue
        for found in pattern.finditer(words.before):
            if found.end() >= best:
                best, level = found.end(), name
    return level


def as_of(words: Surroundings, issue_year: int | None) -> str:
    """The date a number holds for, as YYYY, YYYY-MM or YYYY-MM-DD, or the years YYYY–YYYY; empty where none is named."""
    near = words.before[-14:] if words.place == "start" else words.near
    if issue_year and _LAST_YEAR.search(near):
        return str(issue_year - 1)
    before = _TITLE.sub("", words.before) if "《" in words.before else words.before
    if dates := list(_AS_OF.finditer(before)):
        year, part, month, day = dates[-1].groups()
        period = _PERIOD.search(before, max(0, dates[-1].start() - 8))
        if period and not part:
            return f"{period[1]}–{period[2]}"
        month = "12" if part in ("底", "末") else month
        return "-".join(filter(None, (year, month and f"{int(month):02d}", day and f"{int(day):02d}")))
    return str(issue_year) if issue_year and _THIS_YEAR.search(before) else ""


def timing_of(words: Surroundings) -> str:
    """before, during (because of the supervision) or after it; empty where the words do not say."""
    if words.place == "start" or _BEFORE.search(words.near):
        return "before"
    if words.place != "end" and _AFTER.search(words.clause):
        return "after"
    return "during" if _DURING.search(words.before) or _DURING.search(words.after) else ""
