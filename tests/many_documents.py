"""Invented briefings, and a comparison of the tables of `analyse` with those made in memory."""

import json
import random
from pathlib import Path

import pandas as pd

from helpers import read_corpus
from helpers.scale.parts import TABLES, load_builders
from helpers.scale.results import open_results

CITIES = "洛阳 开封 安阳 鹤壁 新乡 濮阳 许昌 南阳 商丘 信阳".split()
SENTENCES = (
    "市人大常委会成立养老服务联动监督领导小组,印发监督工作方案.",
    "随机暗访养老机构{n}家,发现问题{m}个,全部转交市政府研究处理.",
    "听取和审议市政府专项工作报告,开展专题询问.",
    "全市６０岁以上老年人口{n}万人,占总人口的{m}％.",
    "投入资金{n}万元,建成社区养老服务中心{m}个.",
    "对整改情况开展满意度测评,满意率{m}％.",
    "走访老年人{n}名,征求意见{m}条.",
)


def write_documents(folder: Path, n: int, *, seed: int = 0) -> Path:
    """Write invented briefings; every tenth repeats the one before, one file is damaged, and one is
    a table."""
    pick = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    previous = ""
    for number in range(n):
        body = "".join(
            pick.choice(SENTENCES).format(n=pick.randint(11, 999), m=pick.randint(11, 99))
            for _ in range(12)
        )
        # these documents prove that their points are lost; the others, undecided, follow them
        if number % 4 == 1:
            body += "老年人占总人口的２１９８％,投入资金１２３４万元."
        text = (
            f"{CITIES[number % 10]}: 打好监督组合拳\n\n一、注重实效,强化监督\n{body}\n二、"
            f"注重长效,健全机制\n{body[:200]}.\n"
        )
        (folder / f"{number:04d}.txt").write_text(
            previous if number and number % 10 == 0 else text, "utf8"
        )
        previous = text
    (folder / "bad.pdf").write_bytes(b"%PDF no")
    rows = [
        json.dumps(
            {"title": "成效", "text": SENTENCES[k % 7].format(n=35, m=12)}, ensure_ascii=False
        )
        for k in range(20)
    ]
    (folder / "pages.jsonl").write_text("\n".join(rows), "utf8")
    return folder


def rows(frame: pd.DataFrame) -> list[tuple]:
    """A table's rows as plain values; documents are sorted by id, their rows stay in order."""
    key = "doc" if "n_chars" in frame or "start" in frame else list(frame.columns)
    frame = frame.sort_values(key, kind="stable").astype(object)
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in frame.itertuples(index=False, name=None)
    ]


def in_memory(folder: Path) -> dict[str, list[tuple]]:
    corpus = read_corpus(folder)
    tables = {
        "documents": corpus.documents,
        "sentences": corpus.sentences,
        "problems": corpus.problems,
    }
    return {
        name: rows(table)
        for name, table in (
            tables | {name: build(corpus) for name, build in load_builders().items()}
        ).items()
    }


def on_disk(out: Path) -> dict[str, list[tuple]]:
    connection = open_results(out)
    return {name: rows(connection.table(name).df()) for name in TABLES}


def ask(connection, query: str) -> list[tuple]:
    return connection.execute(query).fetchall()


def equal(found: dict[str, list[tuple]], expected: dict[str, list[tuple]]) -> bool:
    for name, table in expected.items():
        assert table and found[name] == table, (
            f"{name}: {len(found[name])} rows, expected {len(table)}"
        )
    return True
