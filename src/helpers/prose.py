"""Turn tables into the sentences around them, in English and Chinese, so that no number in the prose can differ from its table."""

from __future__ import annotations

import pandas as pd

from helpers.corpus import Corpus

_STATES_ZH = {"done": "已开展", "planned": "已安排", "called_for": "仅提出要求", "not_mentioned": "未提及", "not_applicable": "不适用"}


def name_of(row: object) -> str:
    """`郑州 Zhengzhou`; the city's own name where no English one is known; the document's id where no city is."""
    zh, en = getattr(row, "city_zh", None), getattr(row, "city_en", None)
    names = [name for name in (zh, en) if isinstance(name, str) and name]
    return " ".join(names) or str(row.doc)


def names_of(corpus: Corpus) -> pd.Series:
    """Name of each document, by `doc`."""
    table = corpus.documents
    return pd.Series([name_of(row) for row in table.itertuples()], index=table["doc"], dtype="str")


def count(n: int, noun: str, plural: str | None = None) -> str:
    """`1 briefing`, `5 briefings`."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def quotation(corpus: Corpus, doc: str, start: int, end: int) -> str:
    """A quotation with its place: “…” (doc, characters start–end)."""
    return f"“{corpus[doc].quote(start, end)}” ({doc}, characters {start}–{end})"


def source_line(corpus: Corpus) -> str:
    """What the corpus is: documents, dates, characters."""
    table = corpus.documents
    dates = sorted(table["date"].dropna())
    when = f"dated {dates[0]} to {dates[-1]} where they say so ({len(dates)} of {len(table)})" if dates else "without dates"
    return (
        f"**Data.** {count(len(table), 'document')}: {', '.join(names_of(corpus))}; {table['n_chars'].sum():,} characters of body text in "
        f"{table['n_sentences'].sum():,} sentences; {when}."
    )


def corpus_abstract(corpus: Corpus, edits: pd.DataFrame) -> str:
    """The answer of 01: how large, how damaged, what every edit left behind."""
    table = corpus.documents
    bare = int(table["date"].isna().sum())
    lost = int((table["decimals"] == "lost").sum())
    return (
        f"**Answer.** The corpus holds {count(len(table), 'document')} with {table['n_chars'].sum():,} characters of body text. "
        f"{bare} of them {'does' if bare == 1 else 'do'} not say their date and {lost} {'proves' if lost == 1 else 'prove'} by their own numbers that decimal points were lost; all "
        f"{count(len(edits), 'edit')} of the cleaning stand in a ledger that leads back to the raw files.\n\n"
        f"**回答** 语料共{len(table)}篇，正文{table['n_chars'].sum():,}字。其中{bare}篇没有日期，{lost}篇的数字证明小数点已丢失；"
        f"清洗共作{len(edits):,}处改动，逐条记账，均可回到原文。"
    )


def approaches_abstract(matrix: pd.DataFrame) -> str:
    """The answer of 02: what all report, what only one reports, what is disputed."""
    reported = matrix[matrix["present"] == 1].groupby("code")["doc"].nunique()
    n, codes = matrix["doc"].nunique(), matrix.drop_duplicates("code").set_index("code")
    everywhere = codes.loc[[code for code in codes.index if reported.get(code, 0) == n]]
    single = codes.loc[[code for code in codes.index if reported.get(code, 0) == 1]]
    never = [code for code in codes.index if code not in reported.index]
    some = ", ".join(everywhere["en"].str.lower().head(4)) or "none"
    disputed = int(matrix["disagree"].sum()) if "disagree" in matrix else 0
    tail = f" In {count(disputed, 'cell')} the human reading and the rules disagree; these are marked." if disputed else ""
    return (
        f"**Answer.** Of {count(len(codes), 'instrument')}, {len(everywhere)} {'is' if len(everywhere) == 1 else 'are'} reported by "
        f"{'the one document' if n == 1 else f'all {n} documents'} ({some}{' …' if len(everywhere) > 4 else ''}), "
        f"{len(single)} by one only and {len(never)} by none.{tail} *Not mentioned* is not *not done*: the numbers rank nobody.\n\n"
        f"**回答** {len(codes)}种监督方式中，{n}篇都报告的有{len(everywhere)}种，只有一篇报告的有{len(single)}种，均未提及的有{len(never)}种"
        + (f"；人工编码与规则不一致的有{disputed}格，已标出" if disputed else "")
        + "。“未提及”不等于“未开展”，数量不构成排名。"
    )


def themes_abstract(rates: pd.DataFrame) -> str:
    """The answer of 03: the leading theme of each family, with hits and rates."""
    english, chinese = [], []
    for family, label_en, label_zh in (("process", "how they supervise", "监督过程"), ("service", "what services", "服务内容")):
        mine = rates[rates["family"] == family]
        if mine["n"].sum() == 0:
            continue
        totals = mine.groupby("theme", sort=False)["n"].sum().sort_values(ascending=False, kind="stable")
        top = mine[mine["theme"] == totals.index[0]].sort_values("per_1000_chars", ascending=False, kind="stable").iloc[0]
        english.append(
            f"of {label_en} most is said about *{top.get('en', top['theme'])}* ({totals.iloc[0]} hits; highest in {name_of(top)}, "
            f"{top['n']} hits, {top['per_1000_chars']:.1f} per 1,000 characters)"
        )
        chinese.append(
            f"{label_zh}主题中“{top.get('zh', top['theme'])}”最多（{totals.iloc[0]}次，最高为{top['city_zh'] if pd.notna(top['city_zh']) else top['doc']}，每千字{top['per_1000_chars']:.1f}次）"
        )
    if not english:
        return "**Answer.** No term of the codebook occurs in these documents.\n\n**回答** 这些文本中没有出现词表中的词。"
    return f"**Answer.** By keyword frequency, {'; '.join(english)}.\n\n**回答** 按词频，{'；'.join(chinese)}。"


def outcomes_abstract(outcomes: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The answer of 04: how many numbers, how many can be trusted as printed, how few can be compared."""
    n = len(outcomes)
    if n == 0:
        return "**Answer.** These documents state no magnitude.\n\n**回答** 这些文本没有可计量的数字。"
    status = outcomes["status"].value_counts()
    coder = int((outcomes["basis"] == "coder").sum())
    restored, ambiguous = int(status.get("restored", 0)), int(status.get("ambiguous", 0))
    may = int(pairs["comparable"].sum()) if len(pairs) else 0
    return (
        f"**Answer.** The documents state {count(n, 'magnitude')}: {int(status.get('as_printed', 0))} stand as printed, {restored} had a lost decimal "
        f"point put back ({coder} of them on a reader's judgement) and {ambiguous} {'stays' if ambiguous == 1 else 'stay'} open between several readings. "
        f"Of {count(len(pairs), 'pair')} of numbers from two documents that share an indicator, {may} may share an axis.\n\n"
        f"**回答** 文本共有{n}个数量，其中{int(status.get('as_printed', 0))}个与印出的一致，{restored}个补回了小数点（{coder}个凭人工判断），"
        f"{ambiguous}个仍有多种读法；指标相同的{len(pairs)}对跨文本数字中，可同轴比较的有{may}对。"
    )


def synthesis_abstract(table: pd.DataFrame, outcomes: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The answer of 05: how far instruments spread, and that little can be compared."""
    if table.empty:
        return "**Answer.** There is no document."
    low, high = table.loc[table["n_present"].idxmin()], table.loc[table["n_present"].idxmax()]
    may = int(pairs["comparable"].sum()) if len(pairs) else 0
    spread = (
        f"report between {low['n_present']} ({name_of(low)}) and {high['n_present']} ({name_of(high)}) instruments" if len(table) > 1 else
        f"reports {count(int(high['n_present']), 'instrument')}"
    )
    return (
        f"**Answer.** The {count(len(table), 'document')} {spread}; they state {count(len(outcomes), 'number')}, and {may} of {count(len(pairs), 'pair')} with the same indicator may be compared. "
        "Cities can be described side by side; ranking them would rank the documents.\n\n"
        f"**回答** {len(table)}篇报告的监督方式从{low['n_present']}种到{high['n_present']}种；共有{len(outcomes)}个数量，指标相同的{len(pairs)}对中可比的有{may}对。"
        "可以并列描述，不宜排名：排出来的是文本，不是城市。"
    )
