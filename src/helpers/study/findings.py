"""Tables → the sentences around them, in English and Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from helpers.labels import NUMBER_KINDS, city_names, document_labels, number_kind, number_words
from helpers.text import Corpus

from .study import Study, study_of
from .synthesis import leading_themes

_DOING = {
    "mobilise": "mobilising",
    "investigate": "investigating",
    "deliberate": "deliberating",
    "assign": "assigning",
    "rectify": "rectifying",
    "evaluate": "evaluating",
    "institutionalise": "institutionalising",
}


def source_line(corpus: Corpus) -> str:
    """What the corpus is: documents, dates, characters."""
    table = corpus.documents
    n, dates, when = len(table), table["date"].dropna(), "without dates"
    if len(dates):
        when = f"dated {span(dates, ' to ')} where they say so ({len(dates)} of {n})"
    return (
        f"**Data.** {count(n, 'document')}: {', '.join(study_of(corpus).document_names)};"
        f" {table['n_chars'].sum():,} characters of body text in {table['n_sentences'].sum():,}"
        f" sentences; {when}."
    )


def whose_documents(corpus: Corpus) -> str:
    """How many documents each city has: the base on which cities, and not only texts, could be
    spoken of."""
    table = corpus.documents
    cities = table["city_zh"].fillna(table["doc"]).value_counts()
    n, several, named = len(table), (cities > 1).sum(), count(len(cities), "city", "cities")
    if n == 0:
        return "**Base.** No document. 没有文本。"
    if n == 1:
        return "**Base.** One document: there is nothing to compare it with. 只有一篇，无从比较。"
    if not several:
        return f"**Base.** One document a city, {named}. {n}个城市，一城一篇。"
    return (
        f"**Base.** {count(n, 'document')} of {named}, {several} of them with more than one."
        f" {n}篇文本，{len(cities)}个城市，其中{several}个不止一篇。"
    )


def corpus_abstract(corpus: Corpus, edits: pd.DataFrame) -> str:
    """The answer of 01: how large, how damaged, what every edit left behind."""
    table = corpus.documents
    n, chars = len(table), f"{table['n_chars'].sum():,}"
    bare, lost = table["date"].isna().sum(), (table["decimals"] == "lost").sum()
    if n == 1:
        en = (
            f"It {'does not say' if bare else 'says'} its date and"
            f" {'proves' if lost else 'does not prove'} by its own numbers"
        )
        zh = f"它{'没有' if bare else '写明'}日期，数字{'证明' if lost else '未能证明'}小数点已丢失"
    else:
        en = (
            f"{bare} of them {one(bare, 'does not say its', 'do not say their')} date and"
            f" {lost} {one(lost, 'proves by its own', 'prove by their own')} numbers"
        )
        zh = f"其中{bare}篇没有日期，{lost}篇的数字证明小数点已丢失"
    return _answer(
        f"The corpus holds {count(n, 'document')} with {chars} characters of body text."
        f" {en} that decimal points were lost; all {count(len(edits), 'edit')} of the cleaning"
        " stand in a ledger that leads back to the raw files.",
        f"语料共{n}篇，正文{chars}字。{zh}；清洗共作{len(edits):,}处改动，逐条记账，均可回到原文。",
    )


def approaches_abstract(matrix: pd.DataFrame) -> str:
    """The answer of 02: what all report, what only one reports, what is disputed."""
    n, codes = matrix["doc"].nunique(), matrix.drop_duplicates("code").set_index("code")
    times = matrix[matrix["present"] == 1].groupby("code")["doc"].nunique()
    times = times.reindex(codes.index, fill_value=0)
    every, single, never = (int((times == k).sum()) for k in (n, 1, 0))
    some = f" ({some_of(codes.loc[times == n, 'en'].str.lower(), 4)})" if every else ""
    if n == 1:
        en = f"{are(every)} reported by the one document{some} and {are(never)} not."
        zh = f"这篇文本报告了{every}种，没有报告的有{never}种"
    else:
        en = (
            f"{are(every) if every else 'none is'} reported by all {n} documents{some},"
            f" {single} by one only and {never} by none."
        )
        zh = (
            f"{n}篇都报告的{f'有{every}种' if every else '没有'}，"
            f"只有一篇报告的有{single}种，均未提及的有{never}种"
        )
    disputed = matrix["disagree"].sum() if "disagree" in matrix else 0
    if disputed:
        cells = count(disputed, "cell")
        en += f" In {cells} the human reading and the rules disagree; these are marked."
        zh += f"；人工编码与规则不一致的有{disputed}格，已标出"
    without_zh, without_en = silent_documents(matrix)
    if n > 1 and without_en:
        en += f" {without_en}"
        zh += f"；{without_zh.rstrip('。')}"
    return _answer(
        f"Of {count(len(codes), 'instrument')}, {en} *Not mentioned* is not *not done*:"
        " the numbers rank nobody.",
        f"{len(codes)}种监督方式中，{zh}。“未提及”不等于“未开展”，数量不构成排名。",
    )


def silent_documents(matrix: pd.DataFrame, *, most: int = 6) -> tuple[str, str]:
    """Say in Chinese and English which documents report no instrument at all; two empty texts where
    each reports one."""
    names = document_labels(matrix).map(city_names)
    names = names[~names.index.isin(matrix.loc[matrix["present"] == 1, "doc"])]
    n = len(names)
    if not n:
        return "", ""
    return (
        f"一种也没有报告的有{n}篇：{some_of(names, most, '、', '等')}。",
        f"{count(n, 'document')} {one(n, 'reports', 'report')} none: {some_of(names, most)}.",
    )


def themes_abstract(rates: pd.DataFrame) -> str:
    """The answer of 03: the leading theme of each family, with hits and rates."""
    english, chinese, alone = [], [], rates["doc"].nunique() == 1
    for family, label_en, label_zh in (
        ("process", "how they supervise", "监督过程"),
        ("service", "what services", "服务内容"),
    ):
        mine = rates[rates["family"] == family]
        totals = mine.groupby("theme", sort=False)["n"].sum()
        if totals.sum() == 0:
            continue
        n, where_en, where_zh = totals.max(), "", ""
        top = fullest(mine[mine["theme"] == totals.idxmax()], "per_1000_chars")
        if not alone:
            where_en = f"; highest in {name_of(top)}, {count(top['n'], 'hit')}"
            where_zh = f"最高为{top['city_zh'] if pd.notna(top['city_zh']) else top['doc']}，"
        rate = f"{top['per_1000_chars']:.1f}"
        english.append(
            f"of {label_en} most is said about *{top['en']}* ({count(n, 'hit')}{where_en},"
            f" {rate} per 1,000 characters)"
        )
        chinese.append(f"{label_zh}主题中“{top['zh']}”最多（{n}次，{where_zh}每千字{rate}次）")
    if not english:
        return _answer(
            "No term of the codebook occurs in these documents.", "这些文本中没有出现词表中的词。"
        )
    return _answer(
        f"By keyword frequency, {'; '.join(english)}.", f"按词频，{'；'.join(chinese)}。"
    )


def outcomes_abstract(outcomes: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The answer of 04: how many numbers, how many can be trusted as printed, how few can be
    compared."""
    n, stating = len(outcomes), outcomes["doc"].nunique()
    if n == 0:
        return _answer("These documents state no magnitude.", "这些文本没有可计量的数字。")
    status, coder = Counter(outcomes["status"]), (outcomes["basis"] == "coder").sum()
    printed, restored, ambiguous = (status[s] for s in ("as_printed", "restored", "ambiguous"))
    if stating == 1:
        told_en = "They stand in one document, so no number can be held against another document's."
        told_zh = "数字只出现在一篇文本里，无从跨文本比较"
    elif pairs.empty:
        told_en = "No two documents share an indicator, so no pair may share an axis."
        told_zh = "没有指标相同的跨文本数字，无从同轴比较"
    else:
        may = pairs["comparable"].sum()
        told_en = (
            f"Of {count(len(pairs), 'pair')} of numbers from two documents that share an"
            f" indicator, {may} may share an axis."
        )
        told_zh = f"指标相同的{len(pairs)}对跨文本数字中，可同轴比较的有{may}对"
    return _answer(
        f"{one(stating, 'One document states', 'The documents state')} {count(n, 'magnitude')}:"
        f" {printed} {one(printed, 'stands', 'stand')} as printed, {restored} had a lost decimal"
        f" point put back ({coder} of them on a reader's judgement) and {ambiguous}"
        f" {one(ambiguous, 'stays', 'stay')} open between several readings. {told_en}",
        f"文本共有{n}个数量，其中{printed}个与印出的一致，{restored}个补回了小数点"
        f"（{coder}个凭人工判断），{ambiguous}个仍有多种读法；{told_zh}。",
    )


def synthesis_abstract(table: pd.DataFrame, outcomes: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """The answer of 05: how far instruments spread, and that little can be compared."""
    if table.empty:
        return "**Answer.** There is no document."
    low, high = (table.loc[at] for at in (table["n_present"].idxmin(), table["n_present"].idxmax()))
    n, fewest, most = len(table), low["n_present"], high["n_present"]
    numbers, may = count(len(outcomes), "number"), pairs["comparable"].sum()
    if n == 1:
        return _answer(
            f"The one document reports {count(most, 'instrument')} and states {numbers}; there is"
            " no other to compare it with.",
            f"这一篇报告了{most}种监督方式，有{len(outcomes)}个数量；没有别的文本可以比较。",
        )
    if fewest == most:
        spread_en = f"each report {count(most, 'instrument')}"
        spread_zh = f"{n}篇各报告{most}种监督方式"
    else:
        spread_en = (
            f"report between {fewest} ({name_of(low)}) and {most} ({name_of(high)}) instruments"
        )
        spread_zh = f"{n}篇报告的监督方式从{fewest}种到{most}种"
    return _answer(
        f"The {count(n, 'document')} {spread_en}; they state {numbers}, and {may} of"
        f" {count(len(pairs), 'pair')} with the same indicator may be compared. Cities can be"
        " described side by side; ranking them would rank the documents.",
        f"{spread_zh}；共有{len(outcomes)}个数量，指标相同的{len(pairs)}对中可比的有{may}对。"
        "可以并列描述，不宜排名：排出来的是文本，不是城市。",
    )


def portraits(study: Study) -> str:
    """Three sentences a document, each backed by a quotation: its fullest stage, what it alone
    reports, where it stops."""
    cells = study.approach_matrix
    present = cells[cells["present"] == 1]
    alone, parts = _reported_alone(study), []
    for doc, own in present.groupby("doc", sort=False):
        stages = own.groupby("stage", sort=False).size()
        stage, n = stages.idxmax(), len(own)
        text = [
            f"**{study.document_names[doc]}** reports {count(n, 'instrument')}"
            f"{one(n, ', ', ' and most of them ')}in {_DOING.get(stage, stage)}"
            f"{one(n, '', f' ({stages.max()})')}: “{fullest(own[own['stage'] == stage])['quote']}”."
        ]
        if len(study.corpus) > 1:
            own_alone = _told_alone(alone[alone["doc"] == doc])
            text.append(own_alone or "Nothing it reports is reported by no other.")
        silence = _silence(stage for stage in cells["stage"].unique() if stage not in stages)
        last = own.iloc[-1]["quote"]
        text.append(silence or f"It has something to report at every stage, up to “{last}”.")
        parts.append(" ".join(text))
    if not parts:
        return "No instrument is reported in these documents."
    without_zh, without_en = silent_documents(cells, most=len(cells))
    if without_en:
        parts.append(
            f"{without_en} {without_zh} That is silence about the instruments of the codebook,"
            " not proof that none was used."
        )
    return "\n\n".join(parts)


def city_paragraphs(study: Study) -> str:
    """A paragraph a document: instruments, what it alone reports, leading service, results,
    silence, each with a quotation."""
    present, alone = (
        study.approach_matrix[study.approach_matrix["present"] == 1],
        _reported_alone(study),
    )
    parts = []
    for row in study.synthesis_table.itertuples():
        cells = study.approach_matrix[study.approach_matrix["doc"] == row.doc]
        by_stage = f" ({row.instruments_en})" if row.n_present else ""
        text = [
            f"**{study.document_names[row.doc]}** reports"
            f" {count(row.n_present, 'instrument')}{by_stage}."
        ]
        if row.n_present:
            best = fullest(present[present["doc"] == row.doc])
            text.append(f"Best documented is *{best['en']}*: “{best['quote']}”.")
        told = set(cells.loc[cells["state"] != "not_mentioned", "stage"])
        text += [
            _told_alone(alone[alone["doc"] == row.doc]),
            _leading_service(study, row.doc),
            _results(study, row.doc),
            _silence(stage for stage in cells["stage"].unique() if stage not in told),
        ]
        parts.append(" ".join(filter(None, text)))
    # two spaces inside a quotation are set as one
    return "\n\n".join(part.replace("  ", " ") for part in parts)


def _reported_alone(study: Study) -> pd.DataFrame:
    """The cells of instruments that one document of several alone reports."""
    present = study.approach_matrix[study.approach_matrix["present"] == 1]
    if len(study.corpus) < 2:
        return present.head(0)
    return present[present.groupby("code")["doc"].transform("nunique") == 1]


def _told_alone(mine: pd.DataFrame) -> str:
    if mine.empty:
        return ""
    names, quote = ", ".join(mine["en"].str.lower()), mine.iloc[0]["quote"]
    return f"It alone reports {names}: “{quote}”."


def _leading_service(study: Study, doc: str) -> str:
    """The service theme with most hits, with the sentence that says most about it."""
    rates, hits, sentences = (
        table[table["doc"] == doc]
        for table in (study.theme_rates, study.theme_hits, study.corpus.sentences)
    )
    leading = leading_themes(rates[rates["family"] == "service"], most=1)
    if leading.empty:
        return "Of services it uses no word of the codebook."
    theme = leading.iloc[0]
    told = f"Of services it speaks most of *{theme['en']}* ({count(theme['n'], 'hit')})"
    times = hits[hits["theme"] == theme["theme"]].groupby("sentence").size()
    own = sentences[(sentences["kind"] == "sentence") & sentences["sentence"].isin(times.index)]
    if own.empty:
        return f"{told}, in headings only."
    # a sentence over 120 characters is quoted only where no shorter one names the theme
    length = own["text"].str.len()
    order = {"_long": length > 120, "_hits": -own["sentence"].map(times), "_length": length}
    first = own.assign(**order).sort_values(list(order), kind="stable").iloc[0]
    return f"{told}, as in {quotation(study.corpus, doc, first['start'], first['end'])}."


def _results(study: Study, doc: str) -> str:
    """The first result that is claimed, else the first output, with how sure its number is."""
    numbers = study.outcomes[study.outcomes["doc"] == doc]
    if numbers.empty:
        return "It states no number."
    told = f"It states {count(len(numbers), 'number')}"
    now = numbers[(numbers["timing"] != "before") & (numbers["flow"] != "planned")]
    for group, verb in (
        ("outcome", "claims as a result"),
        ("output", "claims no result in numbers, but as an output"),
    ):
        for row in now[now["group"] == group].head(1).to_dict("records"):
            place = quotation(study.corpus, doc, row["quote_start"], row["quote_end"])
            return (
                f"{told} and {verb} *{row['indicator_en']}* {number_words(row, 'en')}"
                f" ({NUMBER_KINDS[number_kind(row)][1]}): {place}."
            )
    return f"{told}, none of them of an output or a result."


def _silence(stages: Iterable[str]) -> str:
    """Of which stages a document says nothing."""
    words = [_DOING.get(stage, stage) for stage in stages]
    if not words:
        return ""
    listed = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    return f"Of {listed} it says nothing; that is silence, not absence."


def _answer(en: str, zh: str) -> str:
    return f"**Answer.** {en}\n\n**回答** {zh}"


# --- words that sentences are made of


def count(n: int, noun: str, plural: str | None = None) -> str:
    """`1 briefing`, `5 briefings`."""
    return f"{n:,} {one(n, noun, plural or noun + 's')}"


def one(n: int, singular: str, plural: str) -> str:
    """The form of a verb or noun that goes with so many."""
    return singular if n == 1 else plural


def are(n: int) -> str:
    """`1 is`, `2 are`."""
    return f"{n} {one(n, 'is', 'are')}"


def some_of(names: Sequence[str], most: int, comma: str = ", ", more: str = " …") -> str:
    """The first names of a list, and a sign that there are more."""
    return comma.join(names[:most]) + (more if len(names) > most else "")


def span(dates: Sequence[str], to: str) -> str:
    """The first and the last date; one where they are the same."""
    return to.join(dict.fromkeys([min(dates), max(dates)]))


def fullest(rows: pd.DataFrame, column: str = "n_evidence") -> pd.Series:
    """The row with the highest number; the first of several."""
    return rows.loc[rows[column].idxmax()]


def name_of(row: object) -> str:
    """`郑州 Zhengzhou`; the city's own name where no English one is known; the document's id where
    no city is."""
    zh, en = getattr(row, "city_zh", None), getattr(row, "city_en", None)
    names = [name for name in (zh, en) if isinstance(name, str) and name]
    return " ".join(names) or str(row.doc)


def quotation(corpus: Corpus, doc: str, start: int, end: int) -> str:
    """A quotation with its place: “…” (doc, characters start–end)."""
    return f"“{corpus[doc].quote(start, end)}” ({doc}, characters {start}–{end})"
