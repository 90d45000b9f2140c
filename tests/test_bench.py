"""The benchmark runs on a text so small that only its results are compared, not its times."""

import pandas as pd
import pytest
from bench import bench_corpus, run_bench, write_bench


@pytest.fixture(scope="module")
def table():
    return run_bench(sizes=(0.02,), repeats=1)


def test_every_task_is_timed_with_our_code_and_with_code_written_by_hand(table):
    assert list(table.columns) == [
        "task",
        "size_mb",
        "contender",
        "seconds",
        "mb_per_s",
        "times_slower",
        "found",
        "peak_mb",
    ]
    assert (table["seconds"] > 0).all() and (table["mb_per_s"] > 0).all()
    ours = table[table["contender"] == "ours"]
    assert (
        ours["task"].is_unique
        and set(ours["task"]) == set(table["task"])
        and (ours["times_slower"] == 1).all()
    )
    assert table["task"].nunique() < len(table)


def test_our_faster_code_finds_no_less(table):
    found = table.pivot(index="task", columns="contender", values="found")
    # names and other words that hold a term are counted by hand and not by us
    by_term = found.index.isin(["count themes", "count themes, 999 resamples"])
    assert (found.max(axis=1) == found["ours"])[~by_term].all()
    assert (found["ours"] >= 0.9 * found["re alternation"])["count themes"]
    assert found.loc["words", "jieba"] == found.loc["words", "ours"]
    # the segmenter cuts the terms
    assert found.loc["count themes", "CountVectorizer(jieba)"] < found.loc["count themes", "ours"]


def test_the_table_is_written_as_a_spreadsheet_reads_it(tmp_path):
    written = write_bench(tmp_path / "derived" / "bench.csv", sizes=(0.01,), repeats=1, tasks=[])
    assert written.empty and (tmp_path / "derived" / "bench.csv").read_bytes().startswith(
        b"\xef\xbb\xbftask,size_mb"
    )
    assert pd.read_csv(tmp_path / "derived" / "bench.csv").empty


def test_the_documents_of_the_benchmark_are_distinct_and_always_the_same():
    texts = [document.text for document in bench_corpus(0.05)]
    assert len(set(texts)) == len(texts) > 3 and texts == [
        document.text for document in bench_corpus(0.05)
    ]
