"""Small invented tables with the columns of the real ones, for the tests of figures: no number here
is of a real city."""

import functools

import numpy as np
import pandas as pd

from helpers import figures, read_table
from helpers.study.summary import COLUMNS as SUMMARY
from helpers.study.summary import SummaryText

CITIES = [
    ("郑州", "Zhengzhou"),
    ("开封", "Kaifeng"),
    ("洛阳", "Luoyang"),
    ("平顶山", "Pingdingshan"),
    ("安阳", "Anyang"),
    ("鹤壁", "Hebi"),
    ("新乡", "Xinxiang"),
    ("焦作", "Jiaozuo"),
    ("濮阳", "Puyang"),
    ("许昌", "Xuchang"),
    ("漯河", "Luohe"),
    ("三门峡", "Sanmenxia"),
    ("南阳", "Nanyang"),
    ("商丘", "Shangqiu"),
    ("信阳", "Xinyang"),
    ("周口", "Zhoukou"),
    ("驻马店", "Zhumadian"),
    ("济源", "Jiyuan"),
]
CODES = [
    ("leader_action", "mobilise", "党政领导督办", "Party and government leaders' own action"),
    ("plan", "mobilise", "监督方案", "Supervision scheme"),
    ("survey", "investigate", "问卷调查", "Questionnaire survey"),
    ("unannounced", "investigate", "暗访抽查", "Unannounced checks"),
    ("special_inquiry", "deliberate", "专题询问", "Special inquiry"),
    ("handover", "assign", "交办", "Formal assignment"),
    ("close_out", "rectify", "销号", "Close-out of items"),
    ("satisfaction", "evaluate", "满意度测评", "Satisfaction evaluation"),
    ("legislation", "institutionalise", "立法", "Legislation"),
]
THEMES = [
    ("party_leadership", "process", "党的领导", "Party leadership"),
    ("regulation", "process", "综合监管", "Regulation and oversight of providers"),
    ("meal_service", "service", "助餐", "Meal services"),
    ("disabled_poor", "service", "失能与困难老人", "Disabled and disadvantaged elderly"),
    ("smart", "service", "智慧养老", "Smart care"),
]
WORDS = [
    "养老服务",
    "人大常委会",
    "老年人",
    "监督",
    "问题",
    "整改",
    "社区",
    "助餐",
    "医养结合",
    "代表",
    "满意度测评",
    "长期护理保险",
    "销号",
]
STATES = ["done", "planned", "called_for", "not_mentioned", "not_applicable"]


LINKS = [
    ("link", "research", "专题调研", "Research"),
    ("link", "assignment", "交办", "Assignment"),
    ("closing", "close_out", "逐项销号", "Close-out"),
]


def documents(n):
    return [
        {"doc": f"{i:03d}_{en.lower()}", "city_zh": zh, "city_en": en}
        for i, (zh, en) in enumerate(CITIES[i % 18] for i in range(n))
    ]


def instruments(n=5):
    random = np.random.default_rng(1)
    rows = []
    for document in documents(n):
        for code, stage, zh, en in CODES:
            state = str(random.choice(STATES, p=[0.45, 0.15, 0.1, 0.25, 0.05]))
            said = state in STATES[:3]
            marks = {"done": ["dated", "anchored", "told", "arranged", "listed"]}
            marks |= {"planned": ["scheduled", "arranged"]}
            rows.append(
                {
                    **document,
                    "code": code,
                    "stage": stage,
                    "type": "form",
                    "zh": zh,
                    "en": en,
                    "state": state,
                    "mark": str(random.choice(marks[state])) if state in marks else "",
                    "n_evidence": int(random.integers(1, 13)) if said else 0,
                    "disagree": bool(random.random() < 0.1),
                }
            )
    return pd.DataFrame(rows)


def cycle(n=5):
    random = np.random.default_rng(7)
    rows = []
    for i, document in enumerate(documents(n)):
        written = {"date_from": f"2024-0{5 + i % 4}-02", "date_to": f"2024-1{i % 3}-28"}
        for kind, link, zh, en in LINKS:
            state = str(random.choice(["done", "planned", "not_mentioned"]))
            mark = str(random.choice(["dated", "told", "listed"])) if state == "done" else ""
            mark = "scheduled" if state == "planned" else mark
            date = {"dated": "2024-10-31", "scheduled": "2024-12"}.get(mark)
            names = {"kind": kind, "link": link, "zh": zh, "en": en}
            told = {"state": state, "mark": mark, "date_iso": date}
            rows.append({**document, **names, **told, **written})
    return pd.DataFrame(rows)


def routes(n=5):
    """Maps with about half of all routes, and a last document without any if there are several."""
    random = np.random.default_rng(8)
    table = read_table("codebook/routes").rename(columns={"zh": "verb_zh", "en": "verb_en"})
    columns = "route source target results verb_zh verb_en".split()
    silent = dict.fromkeys(columns, "")
    rows = []
    for i, document in enumerate(documents(n)):
        if n > 1 and i == n - 1:
            rows.append({**document, **silent})
            continue
        for route in table[columns].to_dict("records"):
            if random.random() < 0.5:
                flags = random.integers(0, 2, 2)
                marks = {"anchored": int(flags[0]), "own_clause": 1, "below": int(flags[1])}
                rows.append({**document, **route, **marks})
    return pd.DataFrame(rows).astype(dict.fromkeys(["anchored", "own_clause", "below"], "Int64"))


def themes(n=5):
    random = np.random.default_rng(2)
    rows = [
        {
            **document,
            "theme": theme,
            "family": family,
            "n": (hits := int(random.poisson(9))),
            "per_1000_chars": hits / 2.9,
            "low": hits / 2.9 * 0.6,
            "high": hits / 2.9 * 1.5,
            "zh": zh,
            "en": en,
        }
        for document in documents(n)
        for theme, family, zh, en in THEMES
    ]
    return pd.DataFrame(rows)


def keyness(n=5):
    random = np.random.default_rng(3)
    rows = []
    for document in documents(n):
        for word in WORDS:
            here, elsewhere = int(random.integers(5, 40)), int(random.integers(0, 20))
            ratio = float(np.log2((here + 0.5) / (elsewhere + 0.5)))
            rows.append(
                {
                    **document,
                    "feature": word,
                    "n_target": here,
                    "n_reference": elsewhere,
                    "docfreq": 2,
                    "log_ratio": ratio,
                    "log_ratio_low": ratio - 1,
                    "log_ratio_high": ratio + 1,
                    "lrc": max(0.0, ratio - 1.5),
                    "g2": here * ratio,
                }
            )
    return pd.DataFrame(rows)


def outcomes(n=5):
    kinds = [
        ("as_printed", "printed"),
        ("restored", "bound"),
        ("restored", "coder"),
        ("ambiguous", None),
    ]
    rows = []
    for i, document in enumerate(documents(n)):
        for j, (zh, en) in enumerate(
            [
                ("整改完成率", "Rectification rate"),
                ("社区养老服务设施覆盖率", "Coverage of community elderly-care facilities"),
            ]
        ):
            status, basis = kinds[(i + j) % 4]
            value = 60.5 + (7 * i + 3 * j) % 39
            rows.append(
                {
                    **document,
                    "section": 1,
                    "sentence": 2,
                    "printed": f"{value:.1f}".replace(".", ""),
                    "low": value / 10 if status == "ambiguous" else value,
                    "high": value,
                    "value": float("nan") if status == "ambiguous" else value,
                    "unit": "%",
                    "qualifier": "at_least" if i % 3 == 2 else "exact",
                    "direction": "",
                    "group": ["outcome", "output"][j],
                    "indicator": ["rectified_share", "coverage"][j],
                    "level": ["city", "county", "several", "province", ""][(i + j) % 5],
                    "timing": ["during", "before"][(i + j) % 2],
                    "indicator_zh": zh,
                    "indicator_en": en,
                    "status": status,
                    "basis": basis,
                    "start": 10 + i,
                    "end": 13 + i,
                    "quote_start": 5,
                    "quote_end": 20,
                    "quote": "整改完成率达到",
                }
            )
    return pd.DataFrame(rows)


def repaired(n=5):
    """The numbers of `outcomes` with what their digits say without a decimal point."""
    table = outcomes(n)
    reasons = {"bound": "a share is at most 100 %: 60.5 ≤ 100 < 605", "coder": "A likely share."}
    naive = table["high"].where(table["status"] != "restored", table["high"] * 10)
    return table.assign(naive=naive.round(), reason=table["basis"].map(reasons).fillna(""))


def problem_chain(n=5):
    rows = []
    for i, document in enumerate(documents(n)):
        for j, step in enumerate(["found", "assigned", "rectified", "evaluated"]):
            if (i + j) % 4 == 3:
                continue
            ambiguous = (i + j) % 5 == 4
            value = 200.0 - 9 * i - 20 * j
            rows.append(
                {
                    **document,
                    "step": step,
                    "printed": f"{value:.0f}",
                    "value": float("nan") if ambiguous else value,
                    "low": value / 10,
                    "high": value,
                    "unit": "条",
                    "qualifier": "at_least" if j == 0 else "exact",
                    "level": ["city", "several", "province", ""][(i + j) % 4],
                    "status": "ambiguous" if ambiguous else "as_printed",
                }
            )
    return pd.DataFrame(rows)


QUESTIONS = [  # question, verdict, caveats
    ("省交办了多少问题？", "How many problems did the province assign?", "same_axis", ""),
    (
        "共交办多少问题，不论由谁交办？",
        "How many problems were assigned, whoever assigned them?",
        "side_by_side",
        "date;merged",
    ),
    (
        "有多少助餐场所（市级；不论处于哪个阶段）？",
        "How many meal sites (city level; at whatever stage)?",
        "side_by_side",
        "state",
    ),
]


def questions(n=5):
    rows = [
        {
            **document,
            "panel": panel,
            "verdict": verdict,
            "question_zh": zh,
            "question_en": en,
            "indicator": ["problem_list", "problem_list", "dining_sites"][panel],
            "caveats": caveats,
            "value": 12.0 + 7 * i + panel,
            "low": 12.0 + 7 * i + panel,
            "high": 12.0 + 7 * i + panel,
            "unit": "个",
            "qualifier": "at_least" if i % 2 else "exact",
            "direction": "",
            "level": ["province", "city", "several"][i % 3] if panel else "province",
            "state": ["chosen", "sited_and_built", "in_use"][min(2, 3 * i // n)],
            "timing": ["during", "planned", ""][i % 3],
            "as_of_from": "2024" if i % 2 else "",
            "as_of_to": "2024" if i % 2 else "",
            "status": "as_printed",
            "basis": "printed",
        }
        for panel, (zh, en, verdict, caveats) in enumerate(QUESTIONS)
        for i, document in enumerate(documents(n))
    ]
    return pd.DataFrame(rows)


def words():
    return pd.DataFrame({"word": WORDS, "n": [100, 81, 64, 49, 49, 36, 30, 25, 20, 16, 12, 9, 6]})


def theme_nodes():
    names = [
        ("助餐", "Meals"),
        ("整改", "Rectification"),
        ("老龄化形势", "The challenge of ageing"),
    ]
    families = ["service", "process", "frame"]
    return pd.DataFrame(
        [
            {"theme": f"t{i}", "family": families[i], "zh": zh, "en": en, "n": 9 - 3 * i}
            for i, (zh, en) in enumerate(names)
        ]
    )


def theme_edges():
    return pd.DataFrame(
        {"source": ["t0", "t1"], "target": ["t1", "t2"], "n_both": [6, 4], "weight": [0.5, 0.3]}
    )


TABLES = {
    "instrument_matrix": instruments,
    "sequence_and_close": cycle,
    "result_routes": routes,
    "theme_rates": themes,
    "keyness_chart": keyness,
    "number_tiles": outcomes,
    "outcome_values": repaired,
    "outcome_chain": problem_chain,
    "numbers_by_question": questions,
}


def drawn(chart, n, **style):
    return getattr(figures, chart)(TABLES[chart](n), **style)


CHARTS = {
    **{chart: functools.partial(drawn, chart) for chart in TABLES},
    "theme_network": lambda n, **style: figures.theme_network(
        theme_nodes(), theme_edges(), **style
    ),
    "word_cloud": lambda n, **style: figures.word_cloud(words(), **style),
}


def summary(n=5):
    said = instruments(n)
    said = said[said["state"].isin(STATES[:3])].assign(
        part="instrument", n=1, present=lambda t: (t["state"] == "done").astype(int)
    )
    silent = pd.DataFrame(
        [
            {**d, "part": "instrument", "stage": "reflect", "state": "not_mentioned", "n": 0}
            for d in documents(n)
        ]
    )
    named = (
        themes(n)
        .sort_values("n", ascending=False, kind="stable")
        .drop_duplicates(["doc", "family"])
        .assign(part="theme")
    )
    numbers = [
        {
            **d,
            "part": part,
            "indicator_zh": "整改完成率",
            "zh": "整改完成率 60.5%",
            "en": "Rectification rate 60.5%",
            "n": 1,
            "state": state,
        }
        for d in documents(n)
        for part, state in (("result", "as_printed"), ("result", "ambiguous"), ("output", "coder"))
    ]
    more = [
        {**d, "part": "more", "zh": "另有3个产出数字", "en": "3 more outputs", "n": 3}
        for d in documents(n)
    ]
    whole = pd.concat([said, silent, named, pd.DataFrame(numbers), pd.DataFrame(more)]).reindex(
        columns=SUMMARY
    )
    whole = whole.fillna(
        dict.fromkeys(["stage", "code", "theme", "indicator_zh", "zh", "en", "state"], "")
    ).fillna({"present": 0, "sentence": 1})
    order = {d["doc"]: i for i, d in enumerate(documents(n))}
    return whole.astype({"n": int, "present": int, "sentence": int}).sort_values(
        "doc", key=lambda c: c.map(order), kind="stable", ignore_index=True
    )


SUMMARY_TEXTS = {
    "zh": SummaryText(
        "各地怎样监督？",
        "5篇文本",
        (("", "做了什么：九种监督方式。"), ("services", "讲些什么：助餐。")),
        ("没有提到不等于没有做。",),
    ),
    "en": SummaryText(
        "How do they supervise?",
        "5 documents",
        (("", "What they did. Nine instruments."), ("services", "What they speak of. Meals.")),
        ("Not mentioned is not the same as not done.",),
    ),
}
