"""Reports written for one kind of wording each: title, text, what the text proves.

The third field names the instruments that the text proves (present = 1). An instrument in brackets
may be found or not. `…` allows any others. `-code` must not be found, which matters beside `…`.
`code:state` asks for the state of the cell, `code@actor` for an actor among its evidence. A text
without a title of its own stands below `CITY`.
"""

CITY = "云州: 监督养老服务"
COUNTY = "云溪县人大常委会监督养老服务"
DISTRICT = "云溪区人大常委会监督养老服务"

# --- who acted: a report's own congress is not a lower one
OWN_LEVEL = [
    (
        "县人大常委会调研养老服务工作",
        "县人大常委会组成调研组,对我县养老服务情况进行调研。",
        "special_investigation",
    ),
    (
        "云县人大常委会检查养老服务",
        "云县人大常委会组织代表视察敬老院,召开座谈会2场。",
        "site_visit deputies symposium",
    ),
    ("", "常委会4名委员和2名市区人大代表参加检查。", "(deputies)"),
    (
        "云溪镇人大视察敬老院",
        "云溪镇人大组织代表视察敬老院。",
        "site_visit deputies",
    ),
    # variations
    (
        "加强监督 助力养老",
        "近日,区人大常委会组织部分代表视察我区养老服务工作,实地查看了3个日间照料中心。",
        "site_visit deputies (special_investigation)",
    ),
    (
        "旗人大常委会视察养老服务",
        "旗人大常委会组成检查组,对全旗养老服务条例贯彻实施情况进行执法检查,召开座谈会3次。",
        "law_inspection symposium",
    ),
    (
        "青峰乡人大开展养老服务视察活动",
        "青峰乡人大主席团组织县、乡人大代表走访敬老院,听取乡民政所工作汇报。",
        "site_visit deputies department_hearing",
    ),
    (
        "城关街道人大工委视察养老服务",
        "城关街道人大工委组织代表走访3个社区养老服务站,召开座谈会1场。",
        "site_visit deputies symposium",
    ),
    (
        "镇人大主席团监督养老服务",
        "镇人大主席团邀请5名县人大代表,对我镇敬老院改造情况进行现场察看。",
        "site_visit (deputies)",
    ),
    (
        "县人大常委会审议养老服务专项报告",
        "县十七届人大常委会第九次会议听取和审议了县政府关于养老服务体系建设情况的专项工作报告。",
        "special_report",
    ),
    (
        "云州市人大常委会监督养老服务",
        "市人大常委会组织省、市、县三级人大代表30名参加视察,走访养老机构5家。",
        "site_visit deputies",
    ),
    # a lower congress beside the report's own is a linkage
    (
        "县人大常委会监督养老服务",
        "县人大常委会对我县养老服务工作开展专题调研,各乡镇人大同步开展调研。",
        "special_investigation multilevel",
    ),
    (
        "云州市人大常委会监督养老服务",
        "云溪县人大常委会组织代表视察敬老院。",
        "site_visit deputies multilevel",
    ),
]

# --- who acted: a team acts for whoever was introduced
VISITORS = [
    (
        "",
        "省人大常委会副主任李四来云州调研养老服务。市人大常委会主任王五参加调研。"
        "调研组实地察看了云州老年公寓。",
        "",
    ),
    # variations
    (
        "",
        "5月8日,省人大常委会副主任赵刚率队来我市调研养老服务工作。市人大常委会副主任孙丽陪同。"
        "赵刚一行先后走访了3家敬老院,召开座谈会听取意见。",
        "",
    ),
    (
        "",
        "省人大社会委主任委员陈方带队到云州市检查养老服务条例实施情况。检查组查看了养老机构5家,"
        "随机抽查了2个社区食堂。市领导周强参加。",
        "",
    ),
    (
        "",
        "全国人大代表、省人大常委会委员钱进赴云州开展养老服务专题调研,市人大常委会主任王五陪同调研。"
        "一行人来到幸福社区日间照料中心,实地了解助餐情况。",
        "",
    ),
    (
        COUNTY,
        "市人大常委会副主任王五率执法检查组到我县检查养老服务条例实施情况,县人大常委会主任李明参加。"
        "检查组一行实地查看了4所敬老院,听取了县政府工作汇报。",
        "",
    ),
    (
        DISTRICT,
        "6月3日,市人大常委会调研组莅临我区视察居家养老服务工作。区人大常委会领导全程陪同。"
        "调研组走进日间照料中心,与老人座谈。",
        "",
    ),
    (
        "云溪镇人大监督养老服务",
        "县人大常委会副主任何平一行到云溪镇调研养老服务,镇人大主席陈涛陪同调研。"
        "调研组实地察看了敬老院,召开座谈会。",
        "",
    ),
    # the report's own team acts for the report's congress
    (
        "",
        "市人大常委会副主任孙丽率调研组赴云溪县调研养老服务工作。调研组走访了3家敬老院,"
        "召开了座谈会。县人大常委会主任参加。",
        "special_investigation site_visit symposium",
    ),
    (
        "",
        "市人大常委会主任王五带队开展养老服务视察。市政府副市长周强陪同。"
        "视察组一行实地察看了云州老年公寓。",
        "site_visit",
    ),
    # a later paragraph names the visitor as leader of the team again
    (
        "",
        "省人大常委会执法检查组来云州检查养老服务条例实施情况。\n\n"
        "市人大常委会主任王五、副市长周强陪同检查。\n\n"
        "检查组先后到4家养老机构实地查看。",
        "",
    ),
]

# --- who acted: what others do is not the congress's, whatever names stand around it
OTHERS = [
    (
        "",
        "对市民政局、市卫健委等部门的养老服务工作,市人大常委会听取了专题汇报。",
        "department_hearing",
    ),
    ("", "市民政局对市人大常委会提出的建议逐条研究,走访养老机构12家。", ""),
    (
        "",
        "依托基层人大代表联络站收集养老意见,市人大常委会召开座谈会3场。",
        "liaison_station symposium (deputies)",
    ),
    (
        "",
        "云溪县基层人大代表联络站接待群众30人次,收集养老建议12条。",
        "(liaison_station) (deputies)",
    ),
    (
        "",
        "市人大常委会主任带队,各级人大代表踊跃参与,基层人大积极配合,开展养老服务执法检查,"
        "召开常委会会议审议专项工作报告。",
        "law_inspection@city_congress special_report@city_congress (deputies) (multilevel)",
    ),
    ("", "记者跟随养老院院长走访了5户独居老人。", ""),
    ("", "云州日报记者近日走进社区食堂,实地探访老年助餐。", ""),
    ("", "夕阳红养老服务公司走访老人200户,发放调查问卷500份。", ""),
    ("", "市人大代表、孝心养老公司董事长刘某自费走访敬老院,看望老人。", ""),
    ("", "县人大代表赵六个人出资修缮村里的幸福院。", ""),
    ("", "市政协组织委员深入养老机构开展视察,召开座谈会。", ""),
    (
        "",
        "市人大常委会组织开展养老服务监督,市民政局全力配合,社区踊跃参与,"
        "先后走访养老机构15家,召开座谈会6场。",
        "site_visit@city_congress symposium@city_congress",
    ),
    ("", "分县区组织养老护理员技能比赛,市人大常委会派员观摩。", ""),
    (
        "",
        "在云州人大官网开设专栏,各区县人大同步宣传,公开征集养老意见。",
        "… publicity",
    ),
    (
        "",
        "在市人大常委会监督下,市民政局走访了全市养老机构,建立了机构安全台账。",
        "",
    ),
]

# --- whether it happened: a plan that is followed, the verb's own mark of completion
HAPPENED = [
    (
        COUNTY,
        "云溪县人大常委会按照执法检查方案要求,采取实地察看、暗访等方式,对条例实施情况进行了全面检查。",
        "law_inspection:done unannounced:done site_visit:done plan",
    ),
    (
        COUNTY,
        "云溪县人大常委会采取实地察看、暗访等方式,对条例实施情况进行了全面检查。",
        "law_inspection:done unannounced:done site_visit:done",
    ),
    (
        "",
        "市人大常委会社会委组织委员实地查看了10所养老院,分析了存在的问题,建议常委会作出决定。",
        "site_visit:done",
    ),
    # variations
    (
        "",
        "根据监督工作方案的安排,市人大常委会组织代表走访了12家养老机构,召开座谈会3场。",
        "site_visit:done symposium:done deputies:done (plan) (annual_plan)",
    ),
    (
        DISTRICT,
        "依据调研方案明确的重点,区人大常委会调研组实地查看了6个日间照料中心,听取了区民政局情况汇报。",
        "site_visit:done department_hearing:done … -multilevel",
    ),
    (
        "",
        "检查组对照检查方案规定,对全市养老机构进行了随机抽查。",
        "unannounced:done … ",
    ),
    (
        "",
        "围绕监督计划确定的内容,市人大常委会召开了座谈会,发放了调查问卷。",
        "symposium:done survey:done (annual_plan) (plan)",
    ),
    (
        "",
        "调研组深入8个乡镇敬老院进行了实地察看,并就下一步工作向市政府提出了建议。",
        "site_visit:done (special_investigation)",
    ),
    (
        "",
        "市人大常委会听取了市民政局关于下一步打算的汇报,走访了3家敬老院。",
        "department_hearing:done site_visit:done",
    ),
    (
        "",
        "针对代表希望加快适老化改造的呼声,市人大常委会召开了座谈会。",
        "symposium:done",
    ),
    (
        "",
        "对照应当公开的事项,检查组对12家养老机构进行了暗访。",
        "unannounced:done (site_visit)",
    ),
    (
        "云溪镇人大视察养老服务",
        "镇人大组织代表视察了敬老院,并要求镇政府加大投入。",
        "site_visit:done deputies:done",
    ),
    (
        "",
        "常委会组成人员在听取报告后对如何破解难题进行了专题询问,建议市政府尽快制定办法。",
        "special_inquiry:done (special_report)",
    ),
    # passive, 由, 对 … 进行, lists of objects
    (
        "",
        "养老服务条例实施情况被市人大常委会列为执法检查内容,6家养老机构被检查组暗访。",
        "unannounced … -plan",
    ),
    ("", "座谈会由市人大常委会副主任孙丽主持召开,调查问卷由市人大社会委发放。", "symposium survey"),
    ("", "由市人大常委会副主任孙丽带队,先后深入4个中心敬老院、9个乡镇敬老院。", "site_visit:done"),
    (
        "",
        "检查组先后来到城东日间照料中心、阳光老年公寓、白云敬老院,详细了解运营情况。",
        "site_visit:done",
    ),
    ("", "市人大常委会对市民政局等6个部门进行满意度测评。", "satisfaction"),
    # plans and wishes stay plans and wishes
    ("", "市人大常委会将按照方案要求,对养老服务条例实施情况进行执法检查。", "-law_inspection …"),
    ("", "方案要求,各检查组要走访养老机构,召开座谈会。", "-site_visit -symposium …"),
    ("", "会议建议市人大常委会适时开展专题询问。", ""),
    ("", "下一步,市人大常委会将听取市民政局汇报,走访养老机构。", ""),
    ("", "计划5月份走访养老机构,6月份召开座谈会。", "-site_visit -symposium …"),
]

# --- ordinary wordings of acts
WORDINGS = [
    (
        "",
        "座谈会上,调研组听取了市民政局的工作汇报。",
        "symposium department_hearing (special_investigation)",
    ),
    ("", "市人大常委会调研组参观了两家养老院。", "site_visit (special_investigation)"),
    ("", "主任会议听取了市政府关于养老服务代表建议办理情况的介绍。", "department_hearing …"),
    ("", "检查组听取市卫健委关于医养结合推进情况的介绍。", "department_hearing"),
    (
        "云溪县人大常委会检查环境保护",
        "县人大常委会检查组深入昊天化工、污水处理厂等地检查。",
        "site_visit …",
    ),
    (
        "城关街道人大工委监督养老服务",
        "街道人大工委组织部门召开座谈会。",
        "symposium",
    ),
    (
        "云溪镇人大监督养老服务",
        "镇人大将代表提出的养老意见汇报至镇党委。",
        "party_reporting",
    ),
    ("", "检查前,执法检查组进行了学习和动员。", "training (mobilisation) (law_inspection)"),
    (
        "",
        "召开《云南省云岭彝族自治州养老服务条例》立法工作会议。",
        "(legislation)",
    ),
    (
        "云溪县人大常委会督办代表建议",
        "县人大常委会对人大代表提出的10件重点建议进行了现场督办。",
        "key_suggestion …",
    ),
    # variations: meetings
    ("", "在随后举行的座谈会上,检查组与5家养老机构负责人深入交流。", "symposium"),
    ("", "市人大常委会社会委召集民政、卫健等部门座谈。", "symposium"),
    (
        COUNTY,
        "在县民政局召开的座谈会上,县人大常委会调研组认真听取意见。",
        "symposium (special_investigation)",
    ),
    ("", "市人大常委会副主任孙丽主持座谈,听取老年人心声。", "symposium"),
    # visits
    ("", "代表们参观了城北敬老院的厨房和活动室。", "site_visit (deputies)"),
    ("", "委员们到阳光颐养中心看设施、问服务。", "site_visit"),
    (COUNTY, "县人大常委会主任李明一行前往白云镇敬老院了解老人生活。", "site_visit"),
    ("", "检查组走进张奶奶家,察看适老化改造。", "site_visit"),
    (
        "云溪区人大常委会视察水污染防治",
        "区人大常委会组织代表赴清河闸口、东湖泵站等处视察。",
        "site_visit deputies …",
    ),
    (
        "云州市人大常委会监督学前教育",
        "检查组来到实验幼儿园、第三小学察看办学情况。",
        "site_visit …",
    ),
    (
        "云州市人大常委会视察交通建设",
        "视察组先后察看了高铁站、城北立交桥施工现场。",
        "site_visit …",
    ),
    # hearings
    ("", "市人大常委会主任会议听取市民政局养老服务进展情况的介绍。", "department_hearing"),
    (DISTRICT, "区人大社会委听取区民政局关于助餐工作的情况通报。", "department_hearing"),
    ("", "检查组听介绍、看现场,听取民政部门对床位补贴发放情况的说明。", "department_hearing …"),
    ("", "视察组听取了云溪街道关于社区养老建设情况的介绍。", "department_hearing"),
    # party, training, suggestions
    (COUNTY, "县人大常委会党组将监督情况上报县委。", "party_reporting"),
    ("云溪乡人大监督养老服务", "乡人大及时向乡党委汇报视察情况。", "party_reporting (site_visit)"),
    ("", "监督情况形成专报,报送至市委主要领导。", "party_reporting"),
    ("", "调研前,调研组成员集中学习了养老服务条例。", "training (special_investigation)"),
    ("", "检查组开展业务培训,学习有关法律法规。", "training"),
    (DISTRICT, "出发前,区人大社会委组织组员学习养老政策。", "training"),
    (
        "",
        "市人大常委会召开执法检查动员会,并组织了法律知识学习。",
        "mobilisation training (law_inspection)",
    ),
    (
        "云溪县人大常委会督办代表建议",
        "县人大常委会主任会议成员对8件重点建议办理情况开展跟踪督办。",
        "key_suggestion …",
    ),
    ("", "市人大常委会领导对“关于增设老年食堂”的重点建议进行实地督办。", "key_suggestion …"),
    ("", "召开《江南省养老服务条例》宣传贯彻会议,市人大常委会发放宣传册。", "publicity …"),
    (
        "云州市人大常委会推进养老立法",
        "市人大常委会召开《云岭省云州市居家养老服务条例》立法座谈会。",
        "… legislation symposium",
    ),
]

# --- false hits
FALSE_HITS = [
    ("", "云州日报记者张三报道:市人大常委会走访养老机构6家。", "site_visit"),
    ("", "市人大代表化身“攻坚先锋”,积极投身养老服务。", "-unannounced …"),
    ("", "市人大常委会督促民政部门引入连锁品牌,建设社区食堂。", "-brand …"),
    ("", "市人大常委会召开现场会,听取民政局汇报养老服务工作。", "-demonstration …"),
    ("", "社区卫生院举办老年保健知识讲座。", ""),
    ("", "代表联络站用好用活民意表达平台,倾听老人心声。", "-survey …"),
    # variations
    ("", "记者李四 通讯员王五 市人大常委会召开养老服务座谈会。", "symposium"),
    ("", "本报讯(记者 陈静)市人大常委会组织代表视察敬老院。", "site_visit deputies"),
    ("", "据云州电视台报道,昨日市人大常委会检查了养老机构。", "(site_visit)"),
    ("", "市融媒体中心记者全程跟踪采访了养老院。", ""),
    ("", "人大代表化身“宣传员”,宣讲养老服务条例。", "-unannounced …"),
    ("", "代表化身老人的“贴心人”,帮助解决就医难题。", "-unannounced …"),
    ("", "党员干部扮成“圣诞老人”,为老人送去礼物。", "-unannounced …"),
    ("", "市人大常委会推动引进知名养老品牌入驻。", "-brand …"),
    ("", "市民政局打造连锁化、品牌化养老机构。", "-brand …"),
    ("", "检查组召开现场办公会,督促解决养老用房移交问题。", "-demonstration …"),
    ("", "检查组在敬老院召开现场座谈会。", "symposium -demonstration …"),
    ("", "社区为老人开设防诈骗讲座,组织手机使用培训。", ""),
    ("", "调研组走访发现,养老院定期举办健康讲座。", "-training …"),
    ("", "市人大常委会畅通社情民意表达渠道,收集养老意见。", "-survey …"),
    ("", "民意表征询机制不断完善。", "-survey …"),
]

# --- the topic
CARE = "云溪区人大常委会: 爱老助老在行动"
OTHER_SENTENCES = "\n\n" + "全区上下积极行动。干部群众广泛参与。氛围越来越浓。工作扎实推进。" * 4
TOPIC = [
    (
        CARE,
        "区人大常委会开展爱老助老行动监督。\n\n检查组走访居民家庭30户。召开座谈会4场。发放调查问卷200份。\n\n"
        "全区养老事业发展良好。" + OTHER_SENTENCES,
        "site_visit symposium survey …",
    ),
    *(
        (
            f"云溪区人大常委会: {word}工作监督纪实",
            f"区人大常委会围绕{word}工作开展监督。\n\n检查组召开座谈会4场。发放调查问卷200份。\n\n"
            "养老事业不断进步。" + OTHER_SENTENCES,
            "symposium survey …",
        )
        for word in "为老 银龄 长者 孝老 幸福院 日间照料 长护险 失能 长寿 夕阳红".split()
    ),
    # no known word at all: kept, and said to be uncertain
    (
        "云州市人大常委会: 守护最美夕阳",
        "市人大常委会开展监督。\n\n检查组召开座谈会4场。发放调查问卷200份。\n\n养老事业不断进步。"
        + OTHER_SENTENCES,
        "symposium survey …",
    ),
    # several other subjects: only what is said of care counts
    (
        "云州市人大常委会工作报告",
        "市人大常委会听取审议环境保护情况,就环境保护召开座谈会12场。\n\n" * 6
        + "市人大常委会就义务教育发放问卷300份。\n\n" * 6
        + "市人大常委会走访养老机构9家。",
        "site_visit",
    ),
]

# --- a second round, written after the first rules and coded before they were asked
OWN_LEVEL += [
    (
        "固河县人大常委会视察养老服务工作",
        "6月12日,固河县人大常委会组织部分县人大代表,对全县养老服务体系建设情况进行视察。县人大常委会主任张华,副主任李强、王芳参加视察。代表们先后来到县社会福利中心、城关镇日间照料中心,详细了解了机构运营情况。",
        "site_visit deputies (special_investigation)",
    ),
    (
        "我区养老服务工作接受人大视察",
        "日前,区人大常委会主任刘伟带领视察组,视察我区养老服务工作。视察组先后实地察看了社区养老服务驿站,听取了区民政局有关工作情况汇报,并召开座谈会。",
        "site_visit department_hearing symposium (special_investigation)",
    ),
    (
        "呼和县人大专题询问养老服务",
        "县人大常委会召开联组会议,对县政府养老服务工作开展专题询问。县人大常委会委员轮流提问,县民政局等部门负责人现场作答。",
        "special_inquiry",
    ),
    (
        "白马乡人大主席团组织代表开展养老服务专题视察",
        "3月6日,白马乡人大主席团组织15名县、乡两级人大代表,对乡敬老院运营管理情况开展专题视察。代表们实地查看了厨房、宿舍,并与老人亲切交谈。",
        "site_visit deputies",
    ),
    (
        "新城街道人大工委开展代表视察活动",
        "4月20日,新城街道人大工委组织辖区内市、区人大代表视察居家养老服务中心。街道党工委副书记、人大工委主任赵敏参加活动。",
        "site_visit deputies",
    ),
    (
        "科右旗人大常委会调研养老服务",
        "旗人大常委会调研组深入5个苏木镇,走访互助养老幸福院8所,听取旗民政局工作汇报。",
        "special_investigation site_visit department_hearing",
    ),
    (
        "县人大常委会听取养老服务工作报告",
        "8月29日,县十八届人大常委会召开第二十次会议,听取和审议县人民政府关于养老服务工作情况的报告,并进行满意度测评。",
        "special_report satisfaction",
    ),
    ("", "市人大常委会邀请部分省、市、区人大代表参加执法检查。", "deputies law_inspection"),
    (
        "",
        "市区两级人大上下联动,各区人大常委会同步听取区政府专项报告。",
        "multilevel special_report",
    ),
    (
        "青河镇人大主席团:小切口监督养老食堂",
        "镇人大主席团将养老食堂运营列入年度监督计划,组建由镇人大主席任组长的监督小组,召开选民座谈会3场,向镇政府交办问题6个。",
        "annual_plan symposium handover (leading_group) (problem_list)",
    ),
]
VISITORS += [
    (
        "",
        "4月18日至19日,省人大常委会党组成员、副主任郑国强带队来云州市,就养老服务法治保障工作开展专题调研。市委书记陈锋陪同调研。郑国强一行先后深入金色年华养护院、滨河社区,实地了解养老服务供给情况,并主持召开座谈会。",
        "",
    ),
    (
        "东山区人大常委会监督养老服务",
        "7月2日,市人大常委会副主任吴琼率市人大社会委调研组到东山区调研养老服务工作。区人大常委会主任郭亮,副区长马丽陪同。调研组一行来到东山区综合养老服务中心,查看设施设备,询问收费情况。在座谈会上,调研组听取了区政府的工作汇报。",
        "",
    ),
    (
        "",
        "全国人大社会建设委员会来我市开展老年人权益保障法执法检查。检查组走访了3家养老机构,随机抽查了食堂。市人大常委会领导参加有关活动。",
        "",
    ),
    (
        "",
        "近日,邻省江北市人大常委会副主任徐明一行来我市考察养老服务立法工作。考察组参观了云州市康养中心,召开座谈会。市人大常委会秘书长何平参加座谈。",
        "",
    ),
    (
        "",
        "市人大常委会副主任孙丽率执法检查组赴东山区检查。东山区人大常委会主任郭亮陪同。检查组实地查看了4家养老机构,召开座谈会。",
        "law_inspection site_visit symposium (multilevel)",
    ),
    (
        "云溪县人大常委会监督养老服务",
        "县人大常委会主任李明率视察组到城关镇视察养老服务。视察组实地察看了城关敬老院。县政府副县长周强参加视察。",
        "site_visit",
    ),
    (
        "柳河镇人大监督养老服务",
        "区人大常委会主任高峰带领区人大代表到柳河镇视察,实地察看了镇敬老院。镇人大主席王琳陪同视察。",
        "",
    ),
    ("", "在省人大常委会执法检查组来云检查期间,检查组听取了市政府汇报,抽查了5家养老机构。", ""),
]
OTHERS += [
    ("", "市委宣传部组织媒体记者走进养老机构采访,刊发稿件20篇。", "-site_visit …"),
    ("", "市人大代表、福康养老院院长周梅自筹资金为老人改造房间,走访独居老人30户。", ""),
    ("", "通讯员从市民政局了解到,全市已走访老年人家庭1200户。", ""),
    ("", "某物业公司在小区召开业主座谈会,商议加装电梯。", ""),
    (
        "",
        "区县人大积极响应,市人大常委会对条例实施情况进行检查,走访养老机构18家。",
        "law_inspection@city_congress site_visit@city_congress (multilevel)",
    ),
    (
        "",
        "邀请县区人大负责同志列席会议,市人大常委会听取和审议了专项工作报告。",
        "special_report@city_congress (multilevel)",
    ),
    ("", "在基层人大代表联络站,市人大代表接待群众,收集养老建议20条。", "liaison_station deputies"),
    (
        "",
        "对市卫健委医养结合工作,市人大社会委组织开展了专题调研,召开座谈会2场。",
        "special_investigation symposium",
    ),
    ("", "市人大常委会对市政府落实审议意见情况进行跟踪督办。", "follow_up deliberation_opinion"),
    ("", "市民政局向市人大常委会报告养老工作,并走访养老机构。", "-site_visit …"),
    ("", "市妇联、团市委组织志愿者走访慰问独居老人。", ""),
    ("", "社区网格员发放调查问卷300份,了解老人需求。", ""),
]
HAPPENED += [
    (
        "",
        "按照市人大常委会2024年监督工作计划安排,社会委牵头对全市养老服务情况进行了专题调研。",
        "special_investigation:done annual_plan:done",
    ),
    (
        "云溪县人大常委会检查养老服务",
        "根据执法检查工作方案,检查组采取听取汇报、查阅资料、随机抽查等方式开展检查,实地查看养老机构12家。",
        "plan site_visit:done unannounced:done …",
    ),
    (
        "",
        "检查组严格按照方案要求,突出检查重点,先后深入城东、城西等8个街道,实地查看了社区食堂。",
        "site_visit:done …",
    ),
    (
        "",
        "与会人员围绕如何补齐短板、应当怎样保障用地等问题展开讨论,常委会组成人员开展了专题询问。",
        "special_inquiry:done",
    ),
    (
        "",
        "委员们走访了8家养老院,与老人座谈,建议政府尽快出台扶持政策,希望加大投入。",
        "site_visit:done symposium:done",
    ),
    (
        "",
        "常委会听取了专项工作报告,要求市政府研究提出整改措施,形成了审议意见。",
        "special_report:done deliberation_opinion:done",
    ),
    ("", "调查问卷由社会委统一发放,共收回2800份。", "survey:done"),
    ("", "养老机构负责人座谈会由常委会副主任孙丽主持。", "symposium:done"),
    ("", "先后走进福寿、安康、怡乐3家养老机构和5个社区,摸清底数。", "site_visit:done"),
    ("", "26个问题被一次性交办给市政府。", "handover:done (problem_list)"),
    (
        "",
        "由市人大社会委牵头组织的专题调研在5月展开,对12个县区进行全覆盖走访。",
        "special_investigation:done …",
    ),
    ("", "会议要求,执法检查组要深入基层,多召开座谈会,多走访养老机构。", "-site_visit -symposium …"),
    ("", "市人大常委会拟于下半年开展专题询问,届时将组织满意度测评。", "special_inquiry:planned …"),
    ("", "建议市人大常委会组织代表视察养老机构,开展执法检查。", ""),
    ("", "为了摸清情况,市人大常委会计划发放问卷并召开座谈会。", "-survey -symposium …"),
    ("", "方案明确,9月对养老服务条例实施情况开展执法检查。", "-law_inspection …"),
]
WORDINGS += [
    ("", "主任会议成员分别带队到联系县区察看养老设施。", "site_visit"),
    ("", "调研组与市直部门、养老机构代表进行了座谈交流。", "symposium (special_investigation)"),
    (
        "",
        "视察结束后,代表们召开了座谈会,听取了区政府关于农村养老工作情况的介绍。",
        "symposium department_hearing …",
    ),
    ("", "检查组每到一处都认真听取介绍、仔细察看设施、详细询问老人生活。", "site_visit …"),
    ("", "委员们在市福利院仔细看食谱、查台账、问收费。", "site_visit …"),
    ("", "市人大常委会主任会议听取了民政部门有关工作开展情况的通报。", "department_hearing"),
    (
        "云溪县人大常委会视察重点项目",
        "县人大常委会组织代表先后到县污水处理厂扩建项目、北环路改造工程现场进行视察,听取了县住建局关于项目建设情况的介绍。",
        "site_visit deputies department_hearing",
    ),
    (
        "云州市人大常委会检查安全生产法",
        "执法检查组深入恒力化工、东风机械等企业车间,查看消防设施,抽查安全台账。",
        "site_visit unannounced law_inspection …",
    ),
    (
        "云溪区人大常委会督办代表建议",
        "区人大常委会副主任带队对代表提出的“关于改造老旧小区”重点建议进行督办,实地查看改造现场。",
        "key_suggestion site_visit …",
    ),
    (
        "云溪区人大常委会督办代表建议",
        "区人大常委会组织召开重点建议督办会,听取承办单位办理情况汇报。",
        "key_suggestion department_hearing …",
    ),
    (
        "石桥镇人大监督养老服务",
        "镇人大及时将视察情况报告镇党委,并将问题清单交镇政府办理。",
        "party_reporting handover problem_list …",
    ),
    ("", "调研情况专题报告市委,市委主要领导作出批示。", "party_reporting …"),
    ("", "执法检查启动前,检查组全体成员对条例进行了集中学习。", "training …"),
    ("", "市人大常委会邀请专家为检查组成员解读养老服务条例。", "training …"),
    ("", "召开执法检查动员培训会,对检查人员进行业务培训。", "mobilisation training …"),
    (
        "",
        "市人大法工委赴3个县区开展《云州市养老服务促进条例》立法调研,召开论证会。",
        "legislation …",
    ),
    ("", "向社会公开征求意见,在政府网站发布调查问卷。", "survey"),
    ("", "组织部分委员和代表明察暗访了16家机构。", "unannounced deputies …"),
    (
        "",
        "市人大常委会将梳理出的18条问题反馈市政府,要求限期整改。",
        "handover (problem_list) deadline_ledger …",
    ),
]
FALSE_HITS += [
    ("", "(云州日报记者 张三 通讯员 李四)", ""),
    ("", "本报记者 王伟 摄影报道", ""),
    ("", "据新华社报道,全国养老服务工作会议召开。", ""),
    ("", "代表们化身老人的“代言人”,提出养老建议30件。", "-unannounced …"),
    ("", "志愿者变身“理发师”,为老人服务。", ""),
    ("", "推动引入“颐家”连锁服务品牌运营社区食堂。", "-brand …"),
    ("", "市人大常委会召开现场推进会,督促整改。", "-demonstration …"),
    ("", "社区开展保健知识讲座和健康义诊。", ""),
    ("", "市人大常委会不断丰富民意表达形式,拓宽渠道。", "-survey …"),
    ("", "搭建民意收集平台,听取老人意见。", "-survey …"),
    ("", "护理员参加急救知识讲座。", ""),
    ("", "新闻媒体对养老院火灾进行了报道。", "-publicity …"),
    ("", "县里召开养老项目现场观摩会议,县长出席。", "-demonstration …"),
]
TOPIC += [
    (
        "云溪区人大常委会: 守护最美的幸福",
        "区人大常委会组织代表对辖区为老服务设施进行视察。\n\n代表们查看了食堂3处,召开座谈会。\n\n区人大常委会向区政府交办问题5个。\n\n干部群众反响热烈。大家都说好。工作稳步推进。形成良好局面。\n\n干部群众反响热烈。大家都说好。工作稳步推进。形成良好局面。\n\n干部群众反响热烈。大家都说好。工作稳步推进。形成良好局面。\n\n干部群众反响热烈。大家都说好。工作稳步推进。形成良好局面。",
        "site_visit deputies symposium handover …",
    ),
    (
        "云州市人大常委会: 监督在一线",
        "市人大常委会围绕敬老月开展监督。\n\n检查组走访居民40户,召开座谈会3场。\n\n发放调查问卷100份。\n\n干部群众反响热烈。大家都说好。工作稳步推进。形成良好局面。\n\n干部群众反响热烈。大家都说好。工作稳步推进。形成良好局面。\n\n干部群众反响热烈。大家都说好。工作稳步推进。形成良好局面。\n\n干部群众反响热烈。大家都说好。工作稳步推进。形成良好局面。",
        "symposium survey …",
    ),
    (
        "云州市人大常委会2024年工作综述",
        "围绕生态环境开展监督,召开座谈会5场。\n\n围绕就业工作,发放问卷100份。\n\n审议预算报告,检查食品安全。\n\n围绕交通治理开展暗访。\n\n围绕义务教育开展调研。\n\n对乡村振兴开展专题询问。\n\n围绕垃圾分类开展视察。\n\n走访养老机构3家。\n\n工作有序。推进有力。成效明显。群众满意。再接再厉。",
        "site_visit",
    ),
]

KINDS = {
    "own_level": OWN_LEVEL,
    "visitors": VISITORS,
    "others": OTHERS,
    "happened": HAPPENED,
    "wordings": WORDINGS,
    "false_hits": FALSE_HITS,
    "topic": TOPIC,
}
CASES = [
    (kind, number, title or CITY, text, proves)
    for kind, cases in KINDS.items()
    for number, (title, text, proves) in enumerate(cases)
]
