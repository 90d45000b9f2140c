"""Tables → the sentences around them, in English and Chinese."""

from __future__ import annotations

import pandas as pd

from helpers.labels import NUMBER_KINDS, city_names, document_labels, number_kind, number_words
from helpers.text import Corpus

from .study import Study
from .synthesis import leading_themes

_STATES_ZH = {
    "done": "已开展",
    "planned": "已安排",
    "called_for": "仅提出要求",
    "not_mentioned": "未提及",
    "not_applicable": "不适用",
}


def name_of(row: object) -> str:
    """`郑州 Zhengzhou`; the city's own name where no English one is known; the document's id where
    no city is."""
    zh, en = getattr(row, "city_zh", None), getattr(row, "city_en", None)
    names = [name for name in (zh, en) if isinstance(name, str) and name]
    return " ".join(names) or str(row.doc)


def names_of(corpus: Corpus) -> pd.Series:
    """Name of each document, by `doc`; its id beside it where two share a city."""
    return document_labels(corpus.documents).map(city_names).astype("str")


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
    when = (
        f"dated {' to '.join(dict.fromkeys([dates[0], dates[-1]]))} where they say so ({len(dates)}"
        f" of {len(table)})"
        if dates
        else "without dates"
    )
    return (
        f"**Data.** {count(len(table), 'document')}: {', '.join(names_of(corpus))};"
        f" {table['n_chars'].sum():,} characters of body text in {table['n_sentences'].sum():,}"
        f" sentences; {when}."
    )


def whose_documents(corpus: Corpus) -> str:
    """How many documents each city has: the base on which cities, and not only texts, could be
    spoken of."""
    cities = corpus.documents["city_zh"].fillna(corpus.documents["doc"]).value_counts()
    n, several = len(corpus), int((cities > 1).sum())
    if n < 2:
        return (
            "**Base.** One document: there is nothing to compare it with. 只有一篇，无从比较。"
            if n
            else "**Base.** No document. 没有文本。"
        )
    if not several:
        return (
            f"**Base.** One document a city, {count(len(cities), 'city', 'cities')}."
            f" {len(cities)}个城市，一城一篇。"
        )
    return (
        f"**Base.** {count(n, 'document')} of {count(len(cities), 'city', 'cities')}, {several} of"
        f" them with more than one. {n}篇文本，{len(cities)}个城市，其中{several}个不止一篇。"
    )


def corpus_abstract(corpus: Corpus, edits: pd.DataFrame) -> str:
    """The answer of 01: how large, how damaged, what every edit left behind."""
    table = corpus.documents
    bare = int(table["date"].isna().sum())
    lost = int((table["decimals"] == "lost").sum())
    if len(table) == 1:
        state_en = (
            f"It {'does not say its date' if bare else 'says its date'} and"
            f" {'proves' if lost else 'does not prove'} by its own numbers that decimal points were"
            " lost"
        )
        state_zh = (
            f"它{'没有' if bare else '写明'}日期，数字{'证明' if lost else '未能证明'}小数点已丢失"
        )
    else:
        state_en = (
            f"{bare} of them {'does not say its' if bare == 1 else 'do not say their'} date and"
            f" {lost} {'proves by its own' if lost == 1 else 'prove by their own'} numbers that"
            " decimal points were lost"
        )
        state_zh = f"其中{bare}篇没有日期，{lost}篇的数字证明小数点已丢失"
    return (
        f"**Answer.** The corpus holds {count(len(table), 'document')} with"
        f" {table['n_chars'].sum():,} characters of body text. {state_en}; all"
        f" {count(len(edits), 'edit')} of the cleaning stand in a ledger that leads back to the raw"
        f" files.\n\n**回答** 语料共{len(table)}篇，"
        f"正文{table['n_chars'].sum():,}字。{state_zh}；清洗共作{len(edits):,}处改动，逐条记账，"
        "均可回到原文。"
    )


def approaches_abstract(matrix: pd.DataFrame) -> str:
    """The answer of 02: what all report, what only one reports, what is disputed."""
    reported = matrix[matrix["present"] == 1].groupby("code")["doc"].nunique()
    n, codes = matrix["doc"].nunique(), matrix.drop_duplicates("code").set_index("code")
    everywhere = codes.loc[[code for code in codes.index if reported.get(code, 0) == n]]
    single = codes.loc[[code for code in codes.index if reported.get(code, 0) == 1]]
    never = [code for code in codes.index if code not in reported.index]
    some = ", ".join(everywhere["en"].str.lower().head(4)) + (" …" if len(everywhere) > 4 else "")
    some = f" ({some})" if some else ""
    disputed = int(matrix["disagree"].sum()) if "disagree" in matrix else 0
    tail = (
        f" In {count(disputed, 'cell')} the human reading and the rules disagree; these are marked."
        if disputed
        else ""
    )
    if n == 1:
        spread_en = (
            f"{len(everywhere)} {'is' if len(everywhere) == 1 else 'are'} reported by the one"
            f" document{some} and {len(never)} {'is' if len(never) == 1 else 'are'} not."
        )
        spread_zh = f"这篇文本报告了{len(everywhere)}种，没有报告的有{len(never)}种"
    else:
        spread_en = (
            f"{len(everywhere) or 'none'} {'are' if len(everywhere) > 1 else 'is'} reported by all"
            f" {n} documents{some}, {len(single)} by one only and {len(never)} by none."
        )
        spread_zh = (
            f"{n}篇都报告的{f'有{len(everywhere)}种' if len(everywhere) else '没有'}，"
            f"只有一篇报告的有{len(single)}种，均未提及的有{len(never)}种"
        )
    without = silent_documents(matrix)
    return (
        f"**Answer.** Of {count(len(codes), 'instrument')},"
        f" {spread_en}{tail}{f' {without[1]}' if n > 1 and without[1] else ''} *Not mentioned* is"
        " not *not done*: the numbers rank nobody.\n\n**回答**"
        f" {len(codes)}种监督方式中，{spread_zh}"
        + (f"；人工编码与规则不一致的有{disputed}格，已标出" if disputed else "")
        + (f"；{without[0].rstrip('。')}" if n > 1 and without[0] else "")
        + "。“未提及”不等于“未开展”，数量不构成排名。"
    )


def silent_documents(matrix: pd.DataFrame, *, most: int = 6) -> tuple[str, str]:
    """Say in Chinese and English which documents report no instrument at all; two empty texts where
    each reports one."""
    reported = set(matrix.loc[matrix["present"] == 1, "doc"])
    labels = document_labels(matrix).map(city_names)
    names = [name for doc, name in labels.items() if doc not in reported]
    if not names:
        return "", ""
    shown, more = names[:most], len(names) > most
    zh = f"一种也没有报告的有{len(names)}篇：{'、'.join(shown)}{'等' if more else ''}。"
    return (
        zh,
        (
            f"{count(len(names), 'document')} {'reports' if len(names) == 1 else 'report'} none:"
            f" {', '.join(shown)}{' …' if more else ''}."
        ),
    )


def themes_abstract(rates: pd.DataFrame) -> str:
    """The answer of 03: the leading theme of each family, with hits and rates."""
    english, chinese, alone = [], [], rates["doc"].nunique() == 1
    for family, label_en, label_zh in (
        ("process", "how they supervise", "监督过程"),
        ("service", "what services", "服务内容"),
    ):
        mine = rates[rates["family"] == family]
        if mine["n"].sum() == 0:
            continue
        totals = (
            mine.groupby("theme", sort=False)["n"].sum().sort_values(ascending=False, kind="stable")
        )
        top = (
            mine[mine["theme"] == totals.index[0]]
            .sort_values("per_1000_chars", ascending=False, kind="stable")
            .iloc[0]
        )
        where_en = "" if alone else f"; highest in {name_of(top)}, {count(int(top['n']), 'hit')}"
        where_zh = (
            "" if alone else f"最高为{top['city_zh'] if pd.notna(top['city_zh']) else top['doc']}，"
        )
        english.append(
            f"of {label_en} most is said about *{top.get('en', top['theme'])}*"
            f" ({count(int(totals.iloc[0]), 'hit')}{where_en}, {top['per_1000_chars']:.1f} per"
            " 1,000 characters)"
        )
        chinese.append(
            f"{label_zh}主题中“{top.get('zh', top['theme'])}”最多（{totals.iloc[0]}次，{where_zh}每千字{top['per_1000_chars']:.1f}次）"
        )
    if not english:
        return (
            "**Answer.** No term of the codebook occurs in these documents.\n\n**回答**"
            " 这些文本中没有出现词表中的词。"
        )
    return (
        f"**Answer.** By keyword frequency, {'; '.join(english)}.\n\n**回答**"
        f" 按词频，{'；'.join(chinese)}。"
    )


def outcomes_abstract(outcomes: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The answer of 04: how many numbers, how many can be trusted as printed, how few can be
    compared."""
    n = len(outcomes)
    if n == 0:
        return (
            "**Answer.** These documents state no magnitude.\n\n**回答** 这些文本没有可计量的数字。"
        )
    status = outcomes["status"].value_counts()
    coder = int((outcomes["basis"] == "coder").sum())
    restored, ambiguous = int(status.get("restored", 0)), int(status.get("ambiguous", 0))
    may, printed = (
        int(pairs["comparable"].sum()) if len(pairs) else 0,
        int(status.get("as_printed", 0)),
    )
    stating = outcomes["doc"].nunique()
    told_en = (
        f"Of {count(len(pairs), 'pair')} of numbers from two documents that share an indicator,"
        f" {may} may share an axis."
    )
    told_zh = f"指标相同的{len(pairs)}对跨文本数字中，可同轴比较的有{may}对"
    if stating == 1:
        told_en, told_zh = (
            "They stand in one document, so no number can be held against another document's.",
            "数字只出现在一篇文本里，无从跨文本比较",
        )
    elif not len(pairs):
        told_en, told_zh = (
            "No two documents share an indicator, so no pair may share an axis.",
            "没有指标相同的跨文本数字，无从同轴比较",
        )
    return (
        f"**Answer.** {'One document states' if stating == 1 else 'The documents state'}"
        f" {count(n, 'magnitude')}: {printed} {'stands' if printed == 1 else 'stand'} as printed,"
        f" {restored} had a lost decimal "
        f"point put back ({coder} of them on a reader's judgement) and {ambiguous}"
        f" {'stays' if ambiguous == 1 else 'stay'} open between several readings. "
        f"{told_en}\n\n"
        f"**回答** 文本共有{n}个数量，"
        f"其中{printed}个与印出的一致，{restored}个补回了小数点（{coder}个凭人工判断），"
        f"{ambiguous}个仍有多种读法；{told_zh}。"
    )


def synthesis_abstract(table: pd.DataFrame, outcomes: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The answer of 05: how far instruments spread, and that little can be compared."""
    if table.empty:
        return "**Answer.** There is no document."
    low, high = table.loc[table["n_present"].idxmin()], table.loc[table["n_present"].idxmax()]
    may = int(pairs["comparable"].sum()) if len(pairs) else 0
    if len(table) == 1:
        return (
            f"**Answer.** The one document reports {count(int(high['n_present']), 'instrument')}"
            f" and states {count(len(outcomes), 'number')}; there is no other to compare it"
            f" with.\n\n**回答** 这一篇报告了{high['n_present']}种监督方式，"
            f"有{len(outcomes)}个数量；没有别的文本可以比较。"
        )
    same = low["n_present"] == high["n_present"]
    spread_en = (
        f"each report {count(int(low['n_present']), 'instrument')}"
        if same
        else (
            f"report between {low['n_present']} ({name_of(low)}) and {high['n_present']}"
            f" ({name_of(high)}) instruments"
        )
    )
    spread_zh = (
        f"{len(table)}篇各报告{low['n_present']}种监督方式"
        if same
        else f"{len(table)}篇报告的监督方式从{low['n_present']}种到{high['n_present']}种"
    )
    return (
        f"**Answer.** The {count(len(table), 'document')} {spread_en}; they state"
        f" {count(len(outcomes), 'number')}, and {may} of {count(len(pairs), 'pair')} with the same"
        " indicator may be compared. Cities can be described side by side; ranking them would rank"
        f" the documents.\n\n**回答** {spread_zh}；共有{len(outcomes)}个数量，"
        f"指标相同的{len(pairs)}对中可比的有{may}对。可以并列描述，不宜排名：排出来的是文本，"
        "不是城市。"
    )


_STAGES = {
    "mobilise": "mobilising",
    "investigate": "investigating",
    "deliberate": "deliberating",
    "assign": "assigning",
    "rectify": "rectifying",
    "evaluate": "evaluating",
    "institutionalise": "institutionalising",
}


def portraits(study: Study) -> str:
    """Three sentences a document, each backed by a quotation: its fullest stage, what it alone
    reports, where it stops."""
    cells = study.matrix
    present = cells[cells["present"] == 1]
    alone = present.groupby("code")["doc"].transform("nunique") == 1
    parts = []
    for doc, own in present.groupby("doc", sort=False):
        stages = own.groupby("stage", sort=False).size().sort_values(ascending=False, kind="stable")
        best = (
            own[own["stage"] == stages.index[0]]
            .sort_values("n_evidence", ascending=False, kind="stable")
            .iloc[0]
        )
        text = [
            f"**{study.names[doc]}** reports"
            f" {count(len(own), 'instrument')}{', ' if len(own) == 1 else ' and most of them '}in"
            f" {_STAGES.get(stages.index[0], stages.index[0])}{'' if len(own) == 1 else f' ({stages.iloc[0]})'}:"
            f" “{best['quote']}”."
        ]
        mine = own[alone.loc[own.index]]
        if len(mine) and len(study.corpus) > 1:
            text.append(
                f"It alone reports {', '.join(mine['en'].str.lower())}: “{mine.iloc[0]['quote']}”."
            )
        elif len(study.corpus) > 1:
            text.append("Nothing it reports is reported by no other.")
        silent = [stage for stage in cells["stage"].unique() if stage not in set(stages.index)]
        if silent:
            text.append(f"Of {_listed(silent)} it says nothing; that is silence, not absence.")
        else:
            last = own.iloc[-1]
            text.append(f"It has something to report at every stage, up to “{last['quote']}”.")
        parts.append(" ".join(text))
    if not parts:
        return "No instrument is reported in these documents."
    silent = silent_documents(cells, most=len(cells))
    return "\n\n".join(
        [
            *parts,
            *(
                [
                    f"{silent[1]} {silent[0]} That is silence about the instruments of the"
                    " codebook, not proof that none was used."
                ]
                if silent[1]
                else []
            ),
        ]
    )


def city_paragraphs(study: Study) -> str:
    """A paragraph a document: instruments, what it alone reports, leading service, results,
    silence, each with a quotation."""
    present = study.matrix[study.matrix["present"] == 1]
    alone = (
        present[present.groupby("code")["doc"].transform("nunique") == 1]
        if len(study.corpus) > 1
        else present.head(0)
    )
    parts = []
    for row in study.synthesis.itertuples():
        cells = present[present["doc"] == row.doc]
        text = [
            f"**{study.names[row.doc]}** reports {count(int(row.n_present), 'instrument')}"
            + (f" ({row.instruments_en})." if row.n_present else ".")
        ]
        if len(cells):
            best = cells.sort_values("n_evidence", ascending=False, kind="stable").iloc[0]
            text.append(f"Best documented is *{best['en']}*: “{best['quote']}”.")
        mine = alone[alone["doc"] == row.doc]
        if len(mine):
            text.append(
                f"It alone reports {', '.join(mine['en'].str.lower())}: “{mine.iloc[0]['quote']}”."
            )
        parts.append(
            " ".join(
                [
                    *text,
                    _leading_service(study, row.doc),
                    _results(study, row.doc),
                    _silence(study.matrix, row.doc),
                ]
            )
        )
    return "\n\n".join(part.replace("  ", " ").strip() for part in parts)


def _leading_service(study: Study, doc: str) -> str:
    """The service theme with most hits, with the sentence that says most about it."""
    leading = leading_themes(
        study.rates[(study.rates["doc"] == doc) & (study.rates["family"] == "service")], most=1
    )
    if leading.empty:
        return "Of services it uses no word of the codebook."
    theme, sentences = leading.iloc[0], study.corpus.sentences
    hits = (
        study.hits[(study.hits["doc"] == doc) & (study.hits["theme"] == theme["theme"])]
        .groupby("sentence")
        .size()
    )
    own = sentences[
        (sentences["doc"] == doc)
        & (sentences["kind"] == "sentence")
        & sentences["sentence"].isin(hits.index)
    ]
    if own.empty:
        return (
            f"Of services it speaks most of *{theme['en']}* ({count(int(theme['n']), 'hit')}), in"
            " headings only."
        )
    # a sentence over 120 characters is quoted only where no shorter one names the theme
    length = own["text"].str.len()
    first = (
        own.assign(_long=length > 120, _hits=-own["sentence"].map(hits), _length=length)
        .sort_values(["_long", "_hits", "_length"], kind="stable")
        .iloc[0]
    )
    return (
        f"Of services it speaks most of *{theme['en']}* ({count(int(theme['n']), 'hit')}), as in"
        f" {quotation(study.corpus, doc, first['start'], first['end'])}."
    )


def _results(study: Study, doc: str) -> str:
    """The first result that is claimed, else the first output, with how sure its number is."""
    numbers = study.outcomes[study.outcomes["doc"] == doc]
    if numbers.empty:
        return "It states no number."
    for group, verb in (
        ("outcome", "claims as a result"),
        ("output", "claims no result in numbers, but as an output"),
    ):
        rows = numbers[
            (numbers["group"] == group)
            & (numbers["timing"] != "before")
            & (numbers["flow"] != "planned")
        ]
        if len(rows):
            row = rows.iloc[0].to_dict()
            words = (
                f"*{row['indicator_en']}* {number_words(row, 'en')}"
                f" ({NUMBER_KINDS[number_kind(row)][1]})"
            )
            return (
                f"It states {count(len(numbers), 'number')} and {verb} {words}:"
                f" {quotation(study.corpus, doc, row['quote_start'], row['quote_end'])}."
            )
    return f"It states {count(len(numbers), 'number')}, none of them of an output or a result."


def _silence(matrix: pd.DataFrame, doc: str) -> str:
    cells = matrix[matrix["doc"] == doc]
    told = set(cells.loc[cells["state"] != "not_mentioned", "stage"])
    silent = [stage for stage in cells["stage"].unique() if stage not in told]
    return f"Of {_listed(silent)} it says nothing; that is silence, not absence." if silent else ""


def _listed(stages: list[str]) -> str:
    words = [_STAGES.get(stage, stage) for stage in stages]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
