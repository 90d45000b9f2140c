"""A study → what fits on one page."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.codebook import checks
from helpers.labels import number_kind, number_words

from .findings import count, silent_documents
from .study import Study
from .synthesis import comparable_rows, leading_themes

COLUMNS = [
    "doc",
    "city_zh",
    "city_en",
    "part",
    "stage",
    "code",
    "theme",
    "indicator_zh",
    "zh",
    "en",
    "n",
    "present",
    "state",
    "sentence",
]
OUTPUTS = 3  # outputs told of one document; the others are counted
_REPORTED = ("done", "planned", "called_for")


@dataclass(frozen=True)
class Frame:
    """The words around the cities, in one language: title, base, findings, and notes on how to read
    and where to look."""

    title: str
    base: str
    findings: tuple[str, ...]
    notes: tuple[str, ...]


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
    parts = [_instruments(study), _themes(study), _numbers(study)]
    table = (
        pd.concat([part for part in parts if len(part)])
        if any(map(len, parts))
        else pd.DataFrame(columns=["doc"])
    )
    table = study.cities.merge(table, on="doc", validate="one_to_many").reindex(columns=COLUMNS)
    counts = {name: table[name].fillna(0).astype(int) for name in ("n", "present", "sentence")}
    words = {
        name: table[name].astype("object").fillna("").astype("str")
        for name in ("part", "stage", "code", "theme", "indicator_zh", "zh", "en", "state")
    }
    return table.assign(**counts, **words)


def _instruments(study: Study) -> pd.DataFrame:
    cells = study.matrix
    said = cells[cells["state"].isin(_REPORTED)]
    silent = cells[
        ~cells.set_index(["doc", "stage"]).index.isin(said.set_index(["doc", "stage"]).index)
    ].drop_duplicates(["doc", "stage"])
    rows = pd.concat(
        [said, silent.assign(code="", zh="", en="", state="not_mentioned", n_evidence=0, present=0)]
    )
    place = {stage: i for i, stage in enumerate(dict.fromkeys([*checks.STAGES, *cells["stage"]]))}
    rank = {state: i for i, state in enumerate((*_REPORTED, "not_mentioned"))}
    rows = rows.assign(
        part="instrument",
        n=rows["n_evidence"],
        _stage=rows["stage"].map(place),
        _state=rows["state"].map(rank),
    )
    rows = rows.sort_values(["_stage", "_state"], kind="stable")
    return rows[["doc", "part", "stage", "code", "zh", "en", "n", "present", "state"]]


def _themes(study: Study) -> pd.DataFrame:
    return leading_themes(study.rates, most=1)[["doc", "theme", "zh", "en", "n"]].assign(
        part="theme"
    )


def _numbers(study: Study) -> pd.DataFrame:
    rows = []
    for doc, own in study.outcomes[study.outcomes["group"].isin(["outcome", "output"])].groupby(
        "doc", sort=False
    ):
        told = {"result": [], "output": []}
        for row in own.to_dict("records"):
            part = "result" if row["group"] == "outcome" else "output"
            words = {
                lang: f"{row[f'indicator_{lang}']} {number_words(row, lang)}"
                for lang in ("zh", "en")
            }
            told[part].append(
                {
                    "doc": doc,
                    "part": part,
                    "indicator_zh": row["indicator_zh"],
                    **words,
                    "n": 1,
                    "state": number_kind(row),
                    "sentence": row["sentence"],
                }
            )
        outputs = list({row["zh"]: row for row in told["output"]}.values())
        rows += told["result"] + outputs[:OUTPUTS]
        if outputs[OUTPUTS:]:
            n = len(outputs) - OUTPUTS
            rows.append(
                {
                    "doc": doc,
                    "part": "more",
                    "zh": f"另有{n}个产出数字",
                    "en": f"{n} more output{'s' * (n > 1)}",
                    "n": n,
                }
            )
    return pd.DataFrame(rows)


def reported_words(rows: pd.DataFrame, lang: str) -> str:
    """Say how many instruments a document reports, and how many more it only has planned or calls
    for, from its rows of `summary_table`."""
    n, told = int(rows["present"].sum()), int((rows["code"] != "").sum())
    if lang == "zh":
        return f"报告 {n} 种监督方式" + (f"，另有 {told - n} 种只是安排或要求" if told > n else "")
    return f"reports {n} instrument{'s' * (n != 1)}" + (
        f", {told - n} more only planned or called for" if told > n else ""
    )


def summary_evidence(study: Study, evidence: pd.DataFrame) -> pd.DataFrame:
    """Return the quotations behind the page: of instruments (as given), themes and numbers, tied by
    `doc` and what each is of."""
    numbers = study.outcomes.assign(
        start=study.outcomes["quote_start"], end=study.outcomes["quote_end"]
    )
    numbers = numbers[numbers["group"].isin(["outcome", "output"])]
    keys = ["doc", "stage", "code", "theme", "indicator_zh"]
    whole = pd.concat([evidence, study.hits, numbers]).reindex(
        columns=[*keys, "start", "end", "quote"]
    )
    return whole.assign(
        **{key: whole[key].astype("object").fillna("") for key in keys}
    ).reset_index(drop=True)


def summary_frames(study: Study) -> dict[str, Frame]:
    """Write the words around the cities in both languages."""
    return {"zh": Frame(**_chinese(study)), "en": Frame(**_english(study))}


def _facts(study: Study) -> dict:
    documents, matrix = study.corpus.documents, study.matrix
    reported = matrix[matrix["present"] == 1].groupby("code", sort=False)["doc"].nunique()
    n, status = len(documents), study.outcomes["status"].value_counts()
    codes = matrix.drop_duplicates("code").set_index("code")
    rates = (
        study.rates.groupby(["family", "theme", "zh", "en"], sort=False)["n"].sum().reset_index()
    )
    return {
        "n": n,
        "chars": int(documents["n_chars"].sum()),
        "dates": sorted(documents["date"].dropna()),
        "codes": len(codes),
        "all": codes.loc[reported.index[reported == n]],
        "single": int((reported == 1).sum()),
        "themes": [
            rows.loc[rows["n"].idxmax()]
            for _, rows in rates.groupby("family", sort=False)
            if rows["n"].sum()
        ],
        "numbers": len(study.outcomes),
        "printed": int(status.get("as_printed", 0)),
        "restored": int(status.get("restored", 0)),
        "open": int(status.get("ambiguous", 0)),
        "pairs": len(study.pairs),
        "comparable": int(study.pairs["comparable"].sum()),
        "shared": len(comparable_rows(study.pairs)),
        "silent": int((matrix["state"] == "not_mentioned").sum()),
        "cells": len(matrix),
    }


def _chinese(study: Study) -> dict:
    f = _facts(study)
    dates = (
        f"；日期{'至'.join(dict.fromkeys([f['dates'][0], f['dates'][-1]]))}（{len(f['dates'])}篇写明）"
        if f["dates"]
        else "；均未写明日期"
    )
    some = "、".join(f["all"]["zh"].head(5)) + ("等" if len(f["all"]) > 5 else "")
    every = f"有{len(f['all'])}种（{some}）" if some else "没有"
    shared = (
        f"{f['n']}篇都报告的{every}，只有一篇报告的有{f['single']}种"
        if f["n"] > 1
        else f"报告了{len(f['all'])}种" + (f"（{some}）" if some else "")
    )
    without = silent_documents(study.matrix)[0].rstrip("。")
    themes = (
        "，".join(
            f"{'监督过程' if t['family'] == 'process' else '服务内容'}中“{t['zh']}”最多（{t['n']}次）"
            for t in f["themes"]
        )
        or "没有词表中的词"
    )
    numbers = f"共{f['numbers']}个数字：{f['printed']}个如原文，{f['restored']}个补回了丢失的小数点，{f['open']}个读法未定"
    pairs = (
        f"；指标相同的{f['pairs']}对跨文本数字中，可以比较的有{f['comparable']}对；此处不排名"
        if f["n"] > 1
        else ""
    )
    return {
        "title": "各地怎样监督、讲些什么、说到哪些成效？",
        "base": f"{f['n']}篇文本，正文{f['chars']:,}字{dates}",
        "findings": (
            (
                f"做了什么：{f['codes']}种监督方式中，{shared}{f'；{without}' if without and f['n'] > 1 else ''}。"
            ),
            f"讲些什么：{themes}。",
            f"说到哪些成效：{numbers}{pairs}。",
        ),
        "notes": (
            (
                f"没有提到不等于没有做：{f['cells']}格中有{f['silent']}格未提及，"
                "原因文本里看不出来。监督方式的多少不是名次。"
            ),
            "成效与产出是文本自己的说法，本页只核对数字怎样读，不核对事实。",
            (
                "出处：每个点和数字都能回到原文，见阅读版“逐格证据”“全文”两页；数字的读法与理由见"
                " 04_outcomes，各表见 data/derived。"
            ),
        ),
    }


def _are(n: int) -> str:
    return f"{n} {'is' if n == 1 else 'are'}"


def _english(study: Study) -> dict:
    f = _facts(study)
    documents = count(f["n"], "document")
    dates = (
        f"; dated {' to '.join(dict.fromkeys([f['dates'][0], f['dates'][-1]]))} ({len(f['dates'])}"
        f" of {f['n']} say so)"
        if f["dates"]
        else "; without dates"
    )
    some = ", ".join(f["all"]["en"].str.lower().head(5)) + (" …" if len(f["all"]) > 5 else "")
    every = (
        f"all {f['n']} report {len(f['all'])} ({some})"
        if some
        else f"none is reported by all {f['n']}"
    )
    shared = (
        f"{every}; {_are(f['single'])} reported by one only"
        if f["n"] > 1
        else f"{_are(len(f['all']))} reported" + (f" ({some})" if some else "")
    )
    without = silent_documents(study.matrix)[1].rstrip(".")
    themes = "; ".join(
        f"of {'how they supervise' if t['family'] == 'process' else 'what services'} most is said"
        f" about “{t['en']}” ({count(int(t['n']), 'hit')})"
        for t in f["themes"]
    )
    numbers = (
        f"{count(f['numbers'], 'number')}: {f['printed']} as printed, {f['restored']} with a lost"
        f" decimal point put back, {f['open']} open"
    )
    pairs = (
        f". Of {count(f['pairs'], 'pair')} of numbers of the same indicator {f['comparable']} may"
        " be compared; nothing is ranked here"
        if f["n"] > 1
        else ""
    )
    return {
        "title": "How do they supervise, what do they speak of, what results do they claim?",
        "base": f"{documents}, {f['chars']:,} characters of body text{dates}",
        "findings": (
            (
                f"What they did. Of {f['codes']} instruments"
                f" {shared}{f'; {without}' if without and f['n'] > 1 else ''}."
            ),
            (
                "What they speak of."
                f" {(themes[:1].upper() + themes[1:]) or 'No term of the codebook occurs'}."
            ),
            f"What they claim. {numbers}{pairs}.",
        ),
        "notes": (
            (
                f"Not mentioned is not the same as not done: {f['silent']} of {f['cells']} cells"
                " are silent, and the texts do not say why. More instruments are not a better"
                " rank."
            ),
            (
                "Results and outputs are what the documents themselves claim; this page checks how"
                " a number is read, not whether it is true."
            ),
            (
                "Where to look: every dot and number leads to its words, see “Evidence behind every"
                " cell” and “Full texts” of the reading copy; how each number is read and why:"
                " 04_outcomes; tables: data/derived."
            ),
        ),
    }
