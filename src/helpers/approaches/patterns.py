"""The words by which a clause tells who acts and whether it happened: names blanked out, actors,
verbs, lists.

Vocabularies that a researcher may want to change are tables (data/codebook/actors.csv,
approach_rules.csv); here stands grammar.
"""

from __future__ import annotations

import re
from functools import lru_cache

import ahocorasick_rs as aho

from helpers.codebook import read_table


def _each(words: str, rest: str) -> str:
    """Alternatives written out: where each begins with a character of its own, the engine passes
    over all other places at once."""
    return "|".join(word + rest for word in words.split())


# --- what is no evidence in itself: the campaign's title, names of national and provincial laws,
# the province's meetings; the pattern begins with what can open a name: all else is skipped
_MASKS = re.compile(
    r"[《«“积全省](?:"
    # an article or a handbook is no act
    r"(?<=[《«])[^《》«»\n]{2,60}[》»][、和及]?(?:[《«][^《》«»\n]{2,60}[》»][、和及]?){0,3}等?"
    r"(?=一文|一书|[一二两三四五六七八九十\d]+(?:本书|部书|篇))"
    r"|(?<=“)[^“”\n]{4,60}”(?=[^,。;\n]{0,3}(?:横幅|标语|口号|展板|字样|大字))"
    r"|(?<=“)[^“”\n]{6,60}”(?=[^,。;\n]{0,6}(?:联动监督|主题活动|活动|专项行动|专辑))"
    r"|(?<=积)极应对人口老龄化[^\n]{0,4}?加快发展养老服务"
    r"|(?<=[《«])[^《》«»\n]{0,20}?(?:省|国务院|中华人民共和国|国家)[^《》«»\n]{0,40}?"
    r"(?=(?:条例|法|办法|规定|决定)(?:[(（][^《》«»\n]{0,12}[)）])?[》»])"
    r"|(?:(?<=全)省|(?<=省))(?:(?!召开|举行|组织|要求|安排|精神|我市|全市|市[、县]"
    r"|[,;。.\n]).){0,50}?(?:动员|部署|推进|启动)(?:(?!召开|后|[,;。.\n]).){0,8}?会议?)"
)
# 对《中华人民共和国大气污染防治法》开展执法检查
_OTHER_LAW = re.compile("[《«](?!.*(?:老年|养老|老龄|医养|无障碍|社会救助|监督法|代表法))")
_TITLE = re.compile(r"[《«][^《》«»\n]{2,120}[》»]")


def mask(text: str) -> str:
    """Blank out titles and names that would be taken for acts, keeping every offset.

    Examples
    --------
    >>> mask("对《河南省养老服务条例》开展检查")
    '对□□□□□□□□条例》开展检查'
    """
    text = _MASKS.sub(lambda m: ("■" if _OTHER_LAW.match(m[0]) else "□") * len(m[0]), text)
    return _TITLE.sub(lambda m: re.sub("[,;:]", "、", m[0]), text)


# --- who acts
LINK = re.compile(r"[、和及与以等其有关各(市区)直相]{0,4}$")
# 照省人大常委会印发的方案执行: whose act stands between a name and 的 is the name's
FOLLOWED = re.compile(r"(?:照|按|根据|落实|贯彻|执行|学习|传达|转发|依据|遵循|响应)[^,]{0,2}$")
NO_PARTY = re.compile("部分|部署|委[托派]")  # 组织部分代表, 宣传部署, 市委托: no body of the Party
ATTENDS = re.compile(_each("参加 出席 列席", "[^,。;]{0,8}(?:会|视频|仪式)") + "|参会|到会|与会")
OF_WHOM = re.compile("[^,、的]{1,6}的[^,、]{0,4}")
CAUSE = re.compile(
    r"(?:督促|要求|推动|责成|敦促|指导|协调|促使|支持|组织|帮助|促进|倒逼|促成|建议|推进|引导|安排)"
    r"[^,、对到赴向]{0,6}$"
)
# 召开由护理员和家属参加的座谈会: who holds it, they do not tell
ATTENDED = re.compile("[^,。;]{0,40}?(?:参加|出席|组成)的")
AGENT = re.compile(r"(?:由(?<![交转]由)|被)[^,、]{0,5}$")
OBJECT = re.compile(
    r"(?:向|对|给|交|与|同|请(?<![提申报]请)|联合|听取|审议|邀请|深入|走访|到|赴|在(?<!现在)|照"
    r"|根据|落实|贯彻|接受|配合|带领|陪同|反馈|转|报|受|为(?<!认为)|随|从|以(?!来)"
    r"|请示|抄送|关于|参加|出席|收听|收看|研究处理|经|按|传达|学习|围绕|结合|率领|获得|得到|来自"
    r"|依托|检查|视察|调研|了解|察看|查看|看望|慰问|参观|抽查|抽取|暗访|督导|提请|纳入|列入|借鉴"
    r"|对标|和|跟|依法|增强|提升|发挥|彰显|助推|助力|把|将)"
    r"(?:\d+[余多]?个)?[^,]{0,4}$"
)
# 卢氏县针对…,组织…: a county or a county-level city stands for its congress
_PLACE_ACTS = (
    r"\d+名|针对|按照|围绕|坚持|采取|积极|创新|通过|结合|探索|建立|召开|成立|组织|开展|依托|立足"
    r"|聚焦|率先|还|则|先后|利用|以|把|实行|推行|注重|充分|分|迅速"
)
PLACE = re.compile(
    r"(?P<name>(?!全|我|本|各|该|县|市|区|在|到|赴|对|由|和|从|省|向)[\u4e00-\u9fff]{1,3})[县区市]"
    f"(?={_PLACE_ACTS})"
)
# 幸福社区召开座谈会, “福寿康”养老院每月开展自查: a body at the head of a clause acts for itself
_BODIES = (
    "社区|村|养老院|敬老院|福利院|公寓|护理院|照料中心|医院|学校|大学|公司|集团|协会|支部|企业|厂"
    "|商会|基金会|联盟|志愿服务队|服务队|志愿者"
)
_BODY_ACTS = (
    "召开|组织|开展|建立|每[月周季年]|举办|推出|聘请|设立|实行|定期|制定|推行|打造|成立|邀请|扎根"
    "|深耕|投资|运营|承接|引进|入驻|抽调|设有|推举|每半年|照例|自发|走进|组成|选出|发起|上门"
)
BODY = re.compile(
    r"(?:社会|[^组会走访察查看到在对入赴请由各全们局府委部以从与和、,。;:\d\s]){2,10}?"
    f"(?:{_BODIES})(?={_BODY_ACTS})"
)
# found first: most clauses have neither
HEAD_ENDS = re.compile(f"(?:县|区|市|{_BODIES})(?={_PLACE_ACTS}|{_BODY_ACTS})")
NO_PLACE = frozenset(
    "社 园 辖 地 城 山 小 景 片 校 厂 灾 矿 库 街 林 牧 郊 市 新 老 示范 开发 功能 居民 老城 主城"
    " 中心城 成立 深入 全国".split()
)
ADVERBIAL = re.compile(r"(?:后|以来|期间|时|之际|过程中|中|下|前)[,:]$")
SINCE = re.compile("后|以来|期间")
# 省人大调研组来我市期间,召开座谈会: the guest holds it
STAY = re.compile(r"来[^,]{0,6}(?:期间|时)[,:]$")
# a later mention is part of an object: 走访养老机构
NEAR = {"government": 12, "party": 12, "other": 2, "congress": 12}
LOWER_CONGRESS = ("county_congress", "township_congress")
GROUP_GAP = 14
MOST_MENTIONS = 60  # of a clause: what has more is no prose
BY_THEMSELVES = re.compile("自发|自愿|自行")  # 村里的老人自发组成互助小组
# 将条例规定的政府责任…: whose duty it is, not who acts
POSSESSED = re.compile("责任|职责|职能|是否|履职")
LEADS = re.compile(r"[^。;\n]{0,24}(?:率|带领|带队|一行|调研组|检查组|督导组|莅临)")
# 省人大常委会副主任李某率队…李某一行先后来到: the name stands for the office
NAMED = re.compile(
    r"(?:省|全国人大|国务院|民政部)[^,。;、\n]{0,22}"
    r"(?:主任委员|副主任|主任|书记|厅长|副厅长|秘书长|委员)(?P<name>[\u4e00-\u9fff]{2,3}?)"
    r"(?=率|带领|带队|一行|来|到|赴|在|强调|指出|深入|莅临|出席|主持|实地|[,、。])"
)


@lru_cache(maxsize=1)
def actor_words() -> tuple[aho.AhoCorasick, list[str]]:
    table = read_table("codebook/actors")
    pairs = [(term, row.actor) for row in table.itertuples() for term in row.terms.split("|")]
    automaton = aho.AhoCorasick(
        [term for term, _ in pairs],
        matchkind=aho.MatchKind.LeftmostLongest,
        store_patterns=False,
        implementation=aho.Implementation.DFA,
    )
    return automaton, [actor for _, actor in pairs]


@lru_cache(maxsize=1)
def cue_words() -> aho.AhoCorasick:
    return aho.AhoCorasick(CUE_WORDS, matchkind=aho.MatchKind.LeftmostLongest, store_patterns=False)


# --- whether it happened
_FUTURE_VERBS = (
    "于|在|会|继续|持续|进一步|适时|陆续|择机|择期|开展|组织|召开|对|通过|围绕|听取|按照|根据"
    "|采取|结合|依法|启动|就|不断|紧|综合|坚持|举行|同步|加大|制定|成立|出台|推动|全面|定期|充分"
    "|再次|认真|切实|深入|重点|逐步|加强|加快|强化|以|从|跟踪|督促|督办|建立|进行|提请|视情|针对"
    "|邀请|实施|运用|聚焦|着力|立足|扎实|严格|抓|落实|一如既往|跟进|及时|分批|逐项|逐一|采用|利用"
    "|依托|探索|积极|努力|力争|把|为|用|与|分别|赴|前往|到|向|由|牵头|举办|选派|安排|不定期|随机"
    "|会同|联合|实地|走访|全程|同时|也|再"
)
_FUTURE_OR_OBJECT = (  # 将聘请监督员 is a plan, 将聘请的监督员分组 is none
    "发放|暗访|回访|抽取|选取|选聘|聘请|派出|表决|票决|召集|突击|率队|带队|统筹|创新|完善|健全"
    "|配合|参与|参加|全力|主动|自觉|大力|推广|培育|打造|公布|印发|编印"
)
_FUTURE_OR_NOUN = (  # 测评结果将通报市委 is a plan, 将测评结果通报市委 is none
    "(?:通报|报送|书面|抄送|公布|公开|反馈|移交|交办|转交|视察|检查|审议|询问|评议|测评|回访|复查"
    "|督导|约谈|调研)"
    "(?![和与及、]|过程|工作|阶段|环节|活动|结果|情况|意见|报告|发现|中|的|问题|清单|事项|得分|组"
    "|内容|单|时|后|建议|成果|材料|办法|方案|要点|重点|记录|线索)"
)
CUES = re.compile(
    r"(?P<speech>强调|(?<![场刚])指出(?!后|的|问题|了)"
    r"|(?<!审议)(?<!改进)(?<!有)(?<!有明确)(?<!有了)(?:意见|部署|安排|要求)(?=:)"
    r"|表态(?=发言|讲话|[,:])"
    r"|(?:表示|认为|号召|叮嘱|(?<![白来话据])说|提出|寄语|讲话|感慨)(?=[,:“]))"
    r"|(?P<order>(?<![的出作照实按确总关务位面点项度策改”])要求(?![。.;、的和与]))"
    r"|(?P<called>(?<![重主需纪摘首概扼必只不简想提紧次将])要(?![求素点闻问件害职么领旨义]"
    r"|因(?![地时势人]))|必须|务必|应当|应该|应(?=及时|加强|进一步|加快|建立|把|在|尽快|对|探索"
    r"|健全|完善|推动|组织|开展|成立|制定|强化|注重|督促|持续|继续|定期)"
    r"|须(?=[加进把建])|力争|争取(?=[在到])|希望|期待|期盼|不妨|提议|呼吁|倡议|鼓励"
    r"|(?<=代表)建议(?=开展|制定|加快|尽快|加大|增加|完善|出台)"
    r"|(?<![见表出点进督条件议办的众])建议(?=[由政市县各相有进加尽要将把对在供民])|可以|可依法"
    r"|(?<![^,;:。.、])(?:如果|倘若|假如|假使|若(?=[^,;。]{1,24}[,的则])|一旦"
    r"|如(?=[^,。;]{0,14}(?:不|未|没|条件|仍|有必要|需要|确有|逾期|过半)))"
    r"|(?<!所)需(?=进一步|加|建|尽快)|急需|有待|亟待|亟需|如何|力求|致力于|旨在|有望"
    r"|努力(?=[打把让使做形争实推培建])|尽快(?=[出制建启开召]))"
    r"|(?P<future>分(?:为|成)?[一二三四五六七八两\d]+个?(?:阶段|步骤)|下一步|下一阶段|下阶段|下步"
    r"|接下来|今后(?!五|三|十|\d)|届时"
    r"|(?<![草模虚])拟(?:(?![定订制写出人态声稿])|(?=定于|制定|出台))"
    r"|(?<![度督作法划动])计划(?=[于在到用对组开召听启从\d今明下年])|打算"
    r"|正?在?(?:筹备|酝酿)(?=[开召出制立组建])|(?<!不)考虑(?=[开将把在对邀引设建])"
    r"|(?:方案|计划|要点)[》”»]?(?:规定|提出|明确(?!了)|要求)(?=[,:对由从于在\d今年各])"
    r"|(?:时间|日程|步骤)安排(?=:)|即将|定于|适时|预计"
    r"|(?<!已)将(?=把|于|会|继续|持续)|(?<!已)将(?![^,;。]{0,60}(?:作为|列入|纳入|列为|列进|摆在"
    r"|摆上|贯穿|结合起来|紧密结合|相结合|转化为|衔接|细化为|分解))"
    f"(?={_FUTURE_VERBS}|{_FUTURE_OR_NOUN}|(?:{_FUTURE_OR_OBJECT})(?![^,;。]{{0,10}}的)))"
    r"|(?P<decided>(?:明确|决定|确定)(?=[^,;。]{0,14}(?:听取|审议|开展|召开|进行)))"
    r"|(?P<purpose>(?<![^,;:。.])(?:为|为了)(?:做好|更好|确保|推动|推进|切实|进一步|深入|全面|使"
    r"|保证|提高|增强|贯彻|促进|有效|加强|开好|开展|搞好|准确|充分|组织|摸清|了解))"
)
CUE_WORDS = (
    "强调 指出 意见 部署 安排 表态 表示 认为 号召 叮嘱 说 提出 寄语 讲话 感慨 要求 要 必须 务必"
    " 应当 应该 应 须 力争 争取 希望 期待 期盼 不妨 提议 呼吁 倡议 鼓励 建议 可以 可依法 需 如果"
    " 倘若 假如 假使 若 一旦 如 急需 有待 亟待 亟需 如何 力求 致力于 旨在 有望 努力 尽快 筹备 酝酿"
    " 考虑 方案 计划 要点 下一步 下一阶段 下阶段 下步 接下来 今后 届时 拟 计划 打算 分 即将 时间"
    " 日程 步骤 定于 适时 预计 将 明确 决定 确定 为"
).split()
# 老年人口预计2030年将突破100万人。 tells of no plan that goes on in the next sentence
FORECAST = re.compile("预计|有望")
PROGRAMME = re.compile(
    "下一步|下步|下一阶段|下阶段|接下来|今后|届时|阶段|步骤|计划|打算|方案|要点|安排|[:]$"
)
# 测评结果要向市委报告: the object stands before the cue
FRONTED = frozenset("将 要 应 应当 应该 必须 务必 须 拟".split())
PAST = re.compile(
    r"(?<![为除])了(?![解然])|已|先后|截至|目前|共\d|\d+(?:余)?[次场份条项个家人名]|\d+日"
)
INTENDS = re.compile("(?<![度作督按照年])计划|拟|打算|将|准备")
GENERAL = re.compile(
    r"(?:是|属于|成为)[^,。;]{0,24}(?:方式|手段|形式|职权|途径|权力|法宝|利器|制度|职责)"
)
OTHER_TOPIC = re.compile(  # 关于全市医疗保障工作情况的专项工作报告
    r"关于(?!检查)(?:(?!养老|老年|老龄|老有|助餐|敬老|适老|医养|康养|条例|意见|监督|□|该|此"
    r"|民生实事|整改|问题|落实|[,;。]).){2,40}(?:工作|情况)"
    r"(?:(?!养老|老龄|老年|[,;。]).){0,6}报告"
)
OTHER_CAMPAIGN = re.compile(  # 市民政局对养老机构开展消防检查: an authority at its everyday work
    "主题教育|巡视|巡察|12345|市长热线|防汛|汛期|文明城市|疫情防控|脱贫|专项整治|例行检查"
    "|日常巡查|日常检查|日常监管|等级评定|双随机|政府工作报告(?:任务|目标|确定|提出)"
    "|按照惯例|按惯例|"
    + _each(
        "民政 消防救援 消防部门 消防支队 消防大队 市场监管 卫健 应急 公安 住建 环保 生态环境局 水利"
        " 教育局 教体局 城管 交通 经信 工信",
        "[^,。;]{0,30}(?:排查|检查|整治|抽查|巡查|暗访|常态化|日常)",
    )
)
SUPERVISION = re.compile("人大|常委会|检查组|调研组|审议|联动监督|监督工作|代表|交办")
# a topic that is carried through a sentence: 去年监督优化营商环境,开展过专题询问和满意度测评
# 对民政局、生态环境局开展测评: who is evaluated, not the matter
_BODY_OF = "(?![^,。;、]{0,3}(?:局|厅|部门))"
OTHER_MATTER = re.compile(
    _each(
        "营商环境 生态环境 环境保护 污染防治 义务教育 学前教育 科技创新 知识产权 道路交通 物业管理"
        " 预算 决算 审计工作 国有资产",
        _BODY_OF,
    )
    + "|食品安全法|未成年人|法治政府|河长制|经济运行|学位供给|岸线|大气|河道|停车难|农业农村委"
    "|财经委|财政经济委|环资委|监察司法委|监司委|"
    + _each(
        "对 检查 检查了 围绕 关于 开展",
        "(?:■|[《«](?:(?!养老|老年|老龄|助餐|敬老|适老|医养|养护|□|[》»]).){2,40}"
        "(?:法|条例)[》»][^,。;]{0,6}(?:实施|执行|贯彻|检查))",
    )
)
OFF_TOPIC = re.compile(
    _each(
        "儿童 未成年人 托育 残疾人 生态环境 环境保护 安全生产 营商环境 医疗保障 污染 退役军人"
        " 国有资产 审计 预算 决算 科技创新 义务教育 乡村振兴 物业管理 知识产权 道路交通 妇女权益"
        " 食品安全法",
        _BODY_OF,
    )
)
OTHER_SUBJECT = re.compile(  # 围绕物业管理,…开展专题询问: the same instruments for another topic
    _each(
        "围绕 就 对 关于 针对 聚焦",
        "[^,。;]{0,16}(?:生态|环保|污染|大气|垃圾|义务教育|学前教育|双减|就业|营商|科技创新|旅游"
        "|粮食|农田|食品安全|药品|停车|交通|燃气|供热|物业|文物|土地|河长|退役|知识产权|预算|决算"
        "|审计|安全生产|乡村振兴|法治政府|未成年|儿童|托育|民营经济|防灾)" + _BODY_OF,
    )
)
ON_TOPIC = re.compile("养老|老年|老龄|敬老|助餐|老人|颐养|康养|适老|医养|民生实事")
NEGATED = re.compile(
    _each(
        "未 没有 尚未 并未 不再 暂未 从未 缺乏 缺少 无(?!记名|障碍) 不得 不能 不宜 无法 取消 推迟"
        " 暂缓 是否 有没有 能否 讲解 讲授 探讨 研讨",
        "[^,。;、]{0,6}$",
    )
    + "|"
    + _each(
        "没有 尚未 未 未能",
        "(?:安排|建立|形成|制定|开展|组织|出台|召开|聘请|落实|进行|设立)[^,。;]{0,14}$",
    )
)
LACKING = re.compile(
    # each holds one of these: most clauses are let go after a glance
    r"(?=[^,。;]{0,12}?[不滞缺流未没用尚仍取推延搁暂])(?:"
    r"[^,。;、]{0,6}(?:不健全|不完善|不到位|滞后|缺失|不足|不够|不明确|不及时|不力|不广|不高|不深"
    r"|不强|流于形式)"
    r"|[^,。;]{0,10}?(?:(?:尚|还|仍|均|都|也|至今|暂|并|从)?(?:未能?|没有?|没能)"
    r"(?:能|被|及时|集中|正式|真正|如期|按期|按时|全面|完全|全部)?"
    r"(?:开展|聘请|形成|召开|建立|安排|列入|纳入|出台|启动|组织|制定|设立|进行|举行|起步|落地"
    r"|交办|采用|使用|实施|做)|还?用得少|不多见|尚在酝酿|仍是空白"
    r"|(?:被|已)?(?:取消|推迟|延期|搁置|暂缓)|未能付诸|不能丢|不能少|没有派上|还没有派上))"
)
# 专题询问,是指…; 所谓“四不两直”,即…; 按照监督法规定,…可以…
DEFINING = re.compile(
    r"活动名称|项目名称|\?[”’]?$|？[”’]?$|是指|指的是|所谓"
    r"|是[^,。;]{2,16}(?:的平台|的桥梁|的纽带|的栏目|栏目的名称|检索栏目)"
    r"|作为一种|建立之前|办法很多|通常(?:设|由|分|采用|采取)|"
    + _each("方式 手段 形式", "(?:主要)?(?:包括|有)")
    + "|"
    + _each("监督法 代表法 组织法 立法法", "[^,。;]{0,8}规定[^。]{0,60}可以")
)
SLOGAN_ENDS = frozenset("!！”’」》»")
SLOGAN = re.compile(r"[^\d了已]+[!！][”’」》»]?$")  # 监督养老一盘棋,让笑脸成为最美的答卷!
LEADER = re.compile(
    r"(?:^|[^会题门])会议|主任(?!会)|书记|市长|县长|区长|同志|组长|主席|委员(?!会)"
    r"|^[\u4e00-\u9fff]{2,3}(?:还|并|同时|最后)?$"
)
LOWER = re.compile(r"要求(?:各|全市|全体|与会|大家|人大|县|区|乡|市、县|市县|检查组|调研组|代表)")
QUOTED = re.compile(r"“(?=[^“”\n]{0,600}[,。;!])[^“”\n]{25,600}(?:”|(?=\n)|$)")
CLEARLY_PAST = re.compile(r"(?<![为除])了(?![解然])|已|先后|截至|目前")
# 已经定下来的有两件: no plan, even below “下一步”
SETTLED = re.compile("目前|截至|已经(?![^,。]{0,8}的(?:问题|事项|单位|任务|机构))")
# 对代表联络站,主任会议提出…: what the speech is about
FRONTED_TOPIC = re.compile("(?:对|对于|关于|至于|针对)[^,:]+,$")
# 重点抓好以下工作。 提出三点要求:
ANNOUNCED = re.compile(r"(?::|(?:以下|如下|下列)[^,。;]{0,12}[。.]?)$")
ITEM = re.compile(
    r"[一二三四五六七八九十]{1,2}(?:是|要|、)|[(（]?[一二三四五六七八九十\d]{1,2}[)）.、]"
    r"|第[一二三四五六七八九十]|[要须]"
)
LATER_ITEM = re.compile("[二三四五六七八九十]是")
LONGEST_HEAD, FEWEST_HEADS = 18, 3  # characters, and how many of a text
NO_HEAD = re.compile(
    r"[,;:\d了已]|成立|召开|印发|制定|发放|听取|举办|建立|组建|出台|聘请|设立|约谈"
)
NEXT = re.compile(
    r"(?:工作|有关|相关|几点|具体|时间|任务|下步)(?:要求|安排|建议|打算|设想)$|实施步骤|方法步骤"
    r"|对策建议|下一步|下步|工作打算|今后|下一阶段|下阶段|工作计划|努力方向"
)
LIST_OPENS = re.compile(r"运用|采取|采用|通过|以|利用|打出|开展|结合|参与|借助|在")
LIST_CLOSES = re.compile(r"方式|形式|手段|方法|途径|渠道|环节|组合拳")
LIST_MARK = re.compile("[、+]")
LIST_REACH = 120  # characters to either side
