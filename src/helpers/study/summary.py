"""A study → what fits on one page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from helpers.labels import STAGES, number_kind, number_words

from .findings import are, count, fullest, one, silent_documents, some_of, span
from .study import Study
from .synthesis import leading_themes

OUTPUTS = 3  # outputs told of one document; the others are counted
_COUNTS = ["n", "present", "sentence"]
_WORDS = ["part", "stage", "code", "theme", "indicator_zh", "zh", "en", "state"]
COLUMNS = (
    "doc city_zh city_en part stage code theme indicator_zh zh en n present state sentence"
).split()
_STATES = ("done", "planned", "called_for", "not_mentioned")


def summary_table(study: Study) -> pd.DataFrame:
    """List everything that the one page shows of each document, a row a mark or a word.

    Returns
    -------
    DataFrame
        `doc, city_zh, city_en, part, stage, code, theme, indicator_zh, zh, en, n, state`; documents
        as in the corpus, in each the parts `instrument` (a row an instrument told of, `present` as
        in the matrix, and one without code for a stage of which nothing is said), `theme` (the
        leading one of each family, `n` hits), `result` and `output` (a row a number, `state` as
        `number_kind` has it, the first three outputs, `sentence` where it stands) and `more` (`n`
        further outputs). What does not apply is an empty text.
    """
    parts = [part(study) for part in (_instruments, _themes, _numbers)]
    rows = [part for part in parts if len(part)] or [pd.DataFrame(columns=["doc"])]
    table = study.cities.merge(pd.concat(rows), on="doc", validate="one_to_many")
    table = table.reindex(columns=COLUMNS)
    counts = {name: table[name].fillna(0).astype(int) for name in _COUNTS}
    words = {name: table[name].astype("object").fillna("").astype("str") for name in _WORDS}
    return table.assign(**counts, **words)


def _instruments(study: Study) -> pd.DataFrame:
    """The instruments told of, by stage and state, and a row for each stage of which nothing is
    said."""
    cells = study.approach_matrix
    keys = ["doc", "stage"]
    said = cells[cells["state"].isin(_STATES[:3])]
    told = cells.set_index(keys).index.isin(said.set_index(keys).index)
    silent = cells[~told].drop_duplicates(keys)
    silent = silent.assign(code="", zh="", en="", state="not_mentioned", n_evidence=0, present=0)
    rows = pd.concat([said, silent]).rename(columns={"n_evidence": "n"}).assign(part="instrument")
    order = {
        "_stage": rows["stage"].map(list(dict.fromkeys([*STAGES, *cells["stage"]])).index),
        "_state": rows["state"].map(_STATES.index),
    }
    rows = rows.assign(**order).sort_values(list(order), kind="stable")
    return rows[["doc", "part", "stage", "code", "zh", "en", "n", "present", "state"]]


def _themes(study: Study) -> pd.DataFrame:
    leading = leading_themes(study.theme_rates, most=1)
    return leading[["doc", "theme", "zh", "en", "n"]].assign(part="theme")


def _numbers(study: Study) -> pd.DataFrame:
    """The results of each document, its first outputs, and how many more it has."""
    rows = []
    for doc, own in study.outcomes.groupby("doc", sort=False):
        results, outputs = (
            [_number(row, part) for row in own[own["group"] == group].to_dict("records")]
            for group, part in (("outcome", "result"), ("output", "output"))
        )
        outputs = list({row["zh"]: row for row in outputs}.values())
        rows += results + outputs[:OUTPUTS]
        n = len(outputs) - OUTPUTS
        if n > 0:
            zh, en = f"另有{n}个产出数字", f"{n} more {one(n, 'output', 'outputs')}"
            rows.append({"doc": doc, "part": "more", "zh": zh, "en": en, "n": n})
    return pd.DataFrame(rows)


def _number(row: dict, part: str) -> dict[str, object]:
    return {
        "doc": row["doc"],
        "part": part,
        "indicator_zh": row["indicator_zh"],
        "zh": f"{row['indicator_zh']} {number_words(row, 'zh')}",
        "en": f"{row['indicator_en']} {number_words(row, 'en')}",
        "n": 1,
        "state": number_kind(row),
        "sentence": row["sentence"],
    }


def reported_words(rows: pd.DataFrame, lang: str) -> str:
    """Say how many instruments a document reports, and how many more it only has planned or calls
    for, from its rows of `summary_table`."""
    n = int(rows["present"].sum())
    more = int((rows["code"] != "").sum()) - n
    if lang == "zh":
        return f"报告 {n} 种监督方式" + (f"，另有 {more} 种只是安排或要求" if more > 0 else "")
    told = f"reports {count(n, 'instrument')}"
    return told + (f", {more} more only planned or called for" if more > 0 else "")


def summary_evidence(study: Study, evidence: pd.DataFrame) -> pd.DataFrame:
    """Return the quotations behind the page: of instruments (as given), themes and numbers, tied by
    `doc` and what each is of."""
    numbers = study.outcomes[study.outcomes["group"].isin(["outcome", "output"])]
    numbers = numbers.assign(start=numbers["quote_start"], end=numbers["quote_end"])
    keys = ["doc", "stage", "code", "theme", "indicator_zh"]
    whole = pd.concat([evidence, study.theme_hits, numbers], ignore_index=True)
    whole = whole.reindex(columns=[*keys, "start", "end", "quote"])
    return whole.assign(**{key: whole[key].astype("object").fillna("") for key in keys})


@dataclass(frozen=True)
class Frame:
    """The words around the cities, in one language: title, base, findings, and notes on how to read
    and where to look."""

    title: str
    base: str
    findings: tuple[str, ...]
    notes: tuple[str, ...]


def summary_frames(study: Study) -> dict[str, Frame]:
    """Write the words around the cities in both languages."""
    base, did, speak, claim = (part(study) for part in (_base, _did, _spoken, _claimed))
    silent, cells = (
        (study.approach_matrix["state"] == "not_mentioned").sum(),
        len(study.approach_matrix),
    )
    chinese = Frame(
        "各地怎样监督、讲些什么、说到哪些成效？",
        base[0],
        (did[0], speak[0], claim[0]),
        (
            f"没有提到不等于没有做：{cells}格中有{silent}格未提及，原因文本里看不出来。"
            "监督方式的多少不是名次。",
            "成效与产出是文本自己的说法，本页只核对数字怎样读，不核对事实。",
            "出处：每个点和数字都能回到原文，见阅读版“逐格证据”“全文”两页；数字的读法与理由见"
            " 04_outcomes，各表见 data/derived。",
        ),
    )
    english = Frame(
        "How do they supervise, what do they speak of, what results do they claim?",
        base[1],
        (did[1], speak[1], claim[1]),
        (
            f"Not mentioned is not the same as not done: {silent} of {cells} cells are silent, and"
            " the texts do not say why. More instruments are not a better rank.",
            "Results and outputs are what the documents themselves claim; this page checks how a"
            " number is read, not whether it is true.",
            "Where to look: every dot and number leads to its words, see “Evidence behind every"
            " cell” and “Full texts” of the reading copy; how each number is read and why:"
            " 04_outcomes; tables: data/derived.",
        ),
    )
    return {"zh": chinese, "en": english}


def _base(study: Study) -> tuple[str, str]:
    """How many documents of what length and date, in Chinese and English."""
    documents = study.corpus.documents
    n, chars, dates = len(documents), documents["n_chars"].sum(), documents["date"].dropna()
    dated_zh, dated_en = "均未写明日期", "without dates"
    if len(dates):
        dated_zh = f"日期{span(dates, '至')}（{len(dates)}篇写明）"
        dated_en = f"dated {span(dates, ' to ')} ({len(dates)} of {n} say so)"
    return (
        f"{n}篇文本，正文{chars:,}字；{dated_zh}",
        f"{count(n, 'document')}, {chars:,} characters of body text; {dated_en}",
    )


def _did(study: Study) -> tuple[str, str]:
    """Which instruments all report, how many only one, and who reports none."""
    n, matrix = len(study.corpus), study.approach_matrix
    codes = matrix.drop_duplicates("code").set_index("code")
    times = matrix[matrix["present"] == 1].groupby("code", sort=False)["doc"].nunique()
    shared, single = codes.loc[times.index[times == n]], (times == 1).sum()
    some_zh = some_of(shared["zh"], 5, "、", "等")
    some_en = some_of(shared["en"].str.lower(), 5)
    some_zh, some_en = (f"（{some_zh}）", f" ({some_en})") if len(shared) else ("", "")
    if n > 1:
        every_zh = f"有{len(shared)}种{some_zh}" if len(shared) else "没有"
        every_en = f"all {n} report {len(shared)}{some_en}"
        if shared.empty:
            every_en = f"none is reported by all {n}"
        zh = f"{n}篇都报告的{every_zh}，只有一篇报告的有{single}种"
        en = f"{every_en}; {are(single)} reported by one only"
        without_zh, without_en = silent_documents(matrix)
        if without_en:
            zh += f"；{without_zh.rstrip('。')}"
            en += f"; {without_en.rstrip('.')}"
    else:
        zh = f"报告了{len(shared)}种{some_zh}"
        en = f"{are(len(shared))} reported{some_en}"
    return (
        f"做了什么：{len(codes)}种监督方式中，{zh}。",
        f"What they did. Of {len(codes)} instruments {en}.",
    )


def _spoken(study: Study) -> tuple[str, str]:
    """Which theme of each family has most hits."""
    hits = (
        study.theme_rates.groupby(["family", "theme", "zh", "en"], sort=False)["n"]
        .sum()
        .reset_index()
    )
    chinese, english = [], []
    for family, rows in hits[hits["n"] > 0].groupby("family", sort=False):
        top = fullest(rows, "n")
        what_zh, what_en = "服务内容", "what services"
        if family == "process":
            what_zh, what_en = "监督过程", "how they supervise"
        chinese.append(f"{what_zh}中“{top['zh']}”最多（{top['n']}次）")
        english.append(f"of {what_en} most is said about “{top['en']}” ({count(top['n'], 'hit')})")
    zh, en = "，".join(chinese), "; ".join(english)
    return (
        f"讲些什么：{zh or '没有词表中的词'}。",
        f"What they speak of. {(en[:1].upper() + en[1:]) or 'No term of the codebook occurs'}.",
    )


def _claimed(study: Study) -> tuple[str, str]:
    """How many numbers there are, how they stand, and how many may be compared."""
    n, status, pairs = len(study.outcomes), Counter(study.outcomes["status"]), study.pairs
    printed, restored, unread = (status[s] for s in ("as_printed", "restored", "ambiguous"))
    zh = f"共{n}个数字：{printed}个如原文，{restored}个补回了丢失的小数点，{unread}个读法未定"
    en = (
        f"{count(n, 'number')}: {printed} as printed, {restored} with a lost decimal point put"
        f" back, {unread} open"
    )
    if len(study.corpus) > 1:
        may = pairs["comparable"].sum()
        zh += f"；指标相同的{len(pairs)}对跨文本数字中，可以比较的有{may}对；此处不排名"
        en += (
            f". Of {count(len(pairs), 'pair')} of numbers of the same indicator {may} may be"
            " compared; nothing is ranked here"
        )
    return f"说到哪些成效：{zh}。", f"What they claim. {en}."
