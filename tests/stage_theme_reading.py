"""What a careful reader says of the five briefings: with which service themes each stage deals.

A cell of 7 stages × 12 themes (all service themes but the regulation of providers) is yes if the
reader found a passage of the stage that is about the theme, with the quotation; every cell that is
not listed is no. This reference reading was made by the language model that wrote the windows,
before they were run: it is no independent check.
"""

_NAMED_DEFICITS = (
    "提出了养老服务要素投入保障不够充分、部分养老服务扶持政策落实不够到位、养老服务机构"
    "发展不够平衡、居家社区养老服务相对较弱等问题和改进建议"
)
_POLICY_IN_ALL_FORMS = (
    "重点围绕国家和省市相关文件规定和政策措施的落实落地情况,及省市重点民生实事项目落实方面,打出了"
    "“专题调研＋执法检查、听取专项工作报告＋专题询问、意见问题交办＋满意度测评”等监督“组合拳”"
)
_AFTER_THE_LIST = (
    "着力在完善养老服务政策措施、优化养老设施布局建设、推动养老服务规范发展、培养养老服务人才等方面"
    "下功夫"
)
_RULES_MADE = (
    "督促市政府就老年助餐服务、社区养老服务设施管理、加强村级养老、养老服务人才培养、经济困难失能"
    "老年人集中照护等方面出台制度性规定５项"
)
_ON_THE_SPOT = "检查组深入市、镇(街道)养老服务中心、养老机构、医养结合场所等进行实地检查"
_PARK = (
    "从项目建设中人民群众高度关注的康养、实训基地、配餐中心等热点问题着眼,组织人大代表和人民群众"
    "参与调研了解"
)
_KEY_SUGGESTION = (
    "重点建议的督办进一步促进了漯河养老服务信息化水平的提高,助浴、助洁、助急、助安等居家养老服务"
    "能力的提升"
)
_RETROFIT = "１项老旧小区适老化改造已完成７４４％"

# stage → theme → (document, quotation)
READING = {
    "mobilise": {
        "institution": (
            "001_sanmenxia",
            "市委书记范付中亲自督办新建三门峡市养老中心等有关养老服务建设项目",
        ),
        "home_community": ("001_sanmenxia", "全市加快居家社区养老服务体系建设工作现场会"),
        "facility": ("001_sanmenxia", "全市养老服务设施“五个一”建设推进会"),
        "funding_policy": (
            "001_sanmenxia",
            "了解掌握养老服务领域的工作部署、法律法规、政策措施等",
        ),
    },
    "investigate": {
        "meal_service": (
            "000_jiyuan",
            "聚焦养老设施建设、养老助餐、老年康养等方面内容,组织代表开展调研、视察",
        ),
        "home_community": ("000_jiyuan", "深入了解养老服务体系建设、机构社区居家养老服务发展"),
        "institution": ("000_jiyuan", _ON_THE_SPOT),
        "medical_integration": ("000_jiyuan", _ON_THE_SPOT),
        "rural": (
            "001_sanmenxia",
            "灵宝市按照乡镇敬老院、社会办养老机构、农村幸福院、医养结合机构四个类型分组进行专项"
            "调研检查",
        ),
        "facility": (
            "003_zhengzhou",
            "重点查看养老服务中心、日间照料中心、医养结合机构、养老服务设施等点位３２个",
        ),
        "workforce": ("002_luohe", _PARK),
        "industry_brand": ("002_luohe", _PARK),  # the project is a park of the care industry
        "funding_policy": ("004_jiaozuo", _POLICY_IN_ALL_FORMS),
        "smart": (
            "002_luohe",
            "结合调研中发现的“养老服务设施存在短板、智慧养老服务平台利用率不高”等方面的问题",
        ),
    },
    "deliberate": {
        "funding_policy": ("001_sanmenxia", _NAMED_DEFICITS),
        "institution": ("001_sanmenxia", _NAMED_DEFICITS),
        "home_community": ("001_sanmenxia", _NAMED_DEFICITS),
    },
    "assign": {
        "funding_policy": ("004_jiaozuo", _POLICY_IN_ALL_FORMS),
        "retrofit": ("001_sanmenxia", _RETROFIT),  # one of the problems that the province assigned
    },
    "rectify": {
        "retrofit": ("001_sanmenxia", _RETROFIT),
        "funding_policy": ("001_sanmenxia", _AFTER_THE_LIST),
        "facility": ("001_sanmenxia", _AFTER_THE_LIST),
        "workforce": ("001_sanmenxia", _AFTER_THE_LIST),
        "meal_service": (
            "002_luohe",
            "目前通过跟踪督办、节点推进,漯河市已选定老年助餐服务点位１５５个",
        ),
        "industry_brand": ("002_luohe", "加大联动监督“养老产业发展滞后问题”整改的监督"),
        "home_community": ("002_luohe", _KEY_SUGGESTION),
        "smart": ("002_luohe", _KEY_SUGGESTION),
    },
    "evaluate": {
        "funding_policy": ("004_jiaozuo", _POLICY_IN_ALL_FORMS),
        # the livelihood project of the sentence before is meals
        "meal_service": ("002_luohe", "并将通过满意度测评这一环节,确保监督一件、办好一件"),
    },
    "institutionalise": {
        "meal_service": ("002_luohe", "市人大常委会把积极开展老年助餐服务列入重点民生实事"),
        "home_community": ("002_luohe", "将«漯河市居家养老服务条例»列入２０２５年立法调研内容"),
        "institution": ("002_luohe", "发挥万安老年公寓等本土养老机构的示范引领作用"),
        "medical_integration": (
            "001_sanmenxia",
            "温泉疗养、森林康养、中医药康养等“颐养三门峡”健康养老品牌正在积极打造",
        ),
        "rural": ("003_zhengzhou", _RULES_MADE),
        "facility": ("003_zhengzhou", _RULES_MADE),
        "retrofit": ("003_zhengzhou", "已完成特殊困难老年人家庭适老化改造评估２６０５户"),
        "disabled_poor": ("003_zhengzhou", _RULES_MADE),
        "workforce": ("003_zhengzhou", _RULES_MADE),
        "funding_policy": ("003_zhengzhou", "修订完善财政、资金规划、体系标准建设等政策规定９项"),
        "industry_brand": ("002_luohe", "更好助力“漯颐养”本土品牌打造"),
        "smart": ("002_luohe", _KEY_SUGGESTION),
    },
}
