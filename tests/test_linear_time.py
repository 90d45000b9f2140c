"""The time of every public function grows with the length of a text, and its memory too, whatever
the text repeats."""

import contextlib
import gc
import inspect
import math
import subprocess
import sys
import time
import warnings

import pytest
from repeated_texts import library, repeated, texts

import helpers
from helpers import (
    PUBLIC,
    Corpus,
    approach_evidence,
    clean,
    code_approaches,
    collocates,
    count_disagreements,
    count_themes,
    coword_network,
    dispersion,
    document_feature_matrix,
    extract_outcomes,
    find_quantities,
    keyness,
    keyword_in_context,
    locate,
    restore_decimals,
    split_clauses,
    split_sentences,
    theme_hits,
    tokenize,
)
from helpers.approaches import approach_matrix
from helpers.codebook import shared_codebook
from helpers.readers import Problems, Source
from helpers.text import make_document
from helpers.themes import theme_network

STEEPEST = 1.15  # the largest exponent of the time as a power of the length
SLACK = 1.6  # a busy machine's measures differ by so much
FLOOR = 0.03  # seconds; a shorter time is not judged
TRIES = 6  # so often is what looks steep measured again
# what the attacks of the past repeated
KNOWN = [
    *(
        "要求",
        "调研和",
        "视察、暗访、",
        "从1提高到2,",
        "2198%,",
        "占2198%,",
        "服务12家",
        "服务12家、",
    ),
    *("12.5|", "派工单", "养老服务", "市人大常委会开展调研,", "3家,其中", "“", "《省", "1", "一"),
    *("2024年6月", "6月1日,将", "将于6月《", "党的二十届二中、", "现将", "——2024年6月1日在"),
]


def _located(document, piece: str) -> None:
    try:
        locate(document, piece)
    except ValueError:  # the piece stands there many times
        pass


def _keyness(corpus: Corpus) -> None:
    """Compare the words of a corpus with those of one more document."""
    other = make_document(Source("b.txt", "推进养老服务。", "1", "b"), Problems(), corpus.codebook)
    words = document_feature_matrix(Corpus((*corpus, other), codebook=corpus.codebook))
    if words.loc["a"].any():  # punctuation alone holds no word to compare
        keyness(words, "b")


# Each public function that takes a text or a corpus → a call with a corpus of one document, the
# text of the document, and the piece that it repeats.
MEASURED = {
    "clean": lambda corpus, text, piece: clean(text),
    "split_sentences": lambda corpus, text, piece: split_sentences(text),
    "split_clauses": lambda corpus, text, piece: split_clauses(text),
    "find_quantities": lambda corpus, text, piece: find_quantities(text),
    "restore_decimals": lambda corpus, text, piece: restore_decimals(
        corpus.items[0].quantities, corpus.items[0].text, decimals="lost"
    ),
    "read_corpus": lambda corpus, text, piece: (corpus.documents, corpus.sentences),
    "extract_outcomes": lambda corpus, text, piece: extract_outcomes(corpus),
    "approach_evidence": lambda corpus, text, piece: approach_evidence(corpus),
    "theme_hits": lambda corpus, text, piece: theme_hits(corpus),
    "locate": lambda corpus, text, piece: _located(corpus.items[0], piece),
    "code_approaches": lambda corpus, text, piece: code_approaches(corpus),
    "approach_matrix": lambda corpus, text, piece: approach_matrix(corpus),
    "count_themes": lambda corpus, text, piece: count_themes(corpus),
    "keyword_in_context": lambda corpus, text, piece: keyword_in_context(corpus, piece),
    "tokenize": lambda corpus, text, piece: tokenize(text),
    "collocates": lambda corpus, text, piece: collocates(corpus, piece),
    "coword_network": lambda corpus, text, piece: coword_network(corpus, min_docs=1),
    "theme_network": lambda corpus, text, piece: theme_network(corpus, min_both=1),
    "count_disagreements": lambda corpus, text, piece: count_disagreements(corpus),
    "document_feature_matrix": lambda corpus, text, piece: dispersion(
        document_feature_matrix(corpus)
    ),
    "keyness": lambda corpus, text, piece: _keyness(corpus),
}
# These call the segmenter or repeat another function, so fewer texts are enough.
CORE = list(MEASURED)[: list(MEASURED).index("code_approaches")]
SEARCHES = ("locate", "keyword_in_context", "collocates")  # they need a term to search for
# These only open a page, keep what the functions above compute, or write example files.
NOT_MEASURED = {"study_of", "explore", "sample_documents", "sample_pdf"}


def times(piece: str, text: str, names) -> dict[str, float]:
    """The processor time of each function, with a fresh document, of which nothing is known yet."""
    with without_collector():
        return _times(piece, text, names)


@contextlib.contextmanager
def without_collector():
    """Keep the garbage collector out of a measure: its passes take the longer, the more the process
    already holds, whatever is measured."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _times(piece: str, text: str, names) -> dict[str, float]:
    codebook, taken = shared_codebook(), {}
    began = time.process_time()
    document = make_document(Source("a.txt", text, "0", "a"), Problems(), codebook)
    corpus = Corpus((document,), codebook=codebook)
    MEASURED["read_corpus"](corpus, text, piece)
    taken["read_corpus"] = time.process_time() - began
    for name in names:
        if name != "read_corpus" and (name not in SEARCHES or piece.strip("*?＊？ \u3000\n\r\t\f")):
            began = time.process_time()
            MEASURED[name](corpus, text, piece)
            taken[name] = time.process_time() - began
    return taken


def steep_ones(cases, names, floor: float = FLOOR) -> list[str]:
    """Name each function and piece for which the time grows more steeply than the text.

    A measure can be long by chance but not short, so the shortest of several is judged, and what
    looks steep is measured again, a quarter of the text and the whole in turn, before it counts.
    """
    steep = []
    for piece, text in cases:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            taken = times(piece, text, names)
            whole = {name: seconds for name, seconds in taken.items() if seconds > floor}
            share = dict.fromkeys(whole, math.inf)
            for _ in range(TRIES):
                _keep_shortest(share, times(piece, text[: len(text) // 4], whole))
                whole = {n: s for n, s in whole.items() if s > SLACK * share[n] * 4**STEEPEST}
                if not whole:
                    break
                _keep_shortest(whole, times(piece, text, whole))
        for name, seconds in whole.items():
            if seconds > SLACK * share[name] * 4**STEEPEST:
                exponent = math.log(seconds / share[name], 4)
                steep.append(f"{name} of {piece!r}: {seconds:.2f} s, n^{exponent:.2f}")
    return steep


def _keep_shortest(shortest: dict[str, float], measured: dict[str, float]) -> None:
    for name in shortest:
        shortest[name] = min(shortest[name], measured.get(name, math.inf))


@pytest.fixture(scope="module")
def pieces() -> list[str]:
    # so that every pattern is compiled and every table is read
    times("养老", "养老服务占2198%,市人大常委会开展调研。", CORE)
    return library(shared_codebook())


def test_every_public_function_of_texts_is_measured():
    subjects = {"text", "raw", "corpus", "document", "quantities"}
    of_texts = set()
    for room in PUBLIC.values():
        for name in room:
            value = getattr(helpers, name)
            if callable(value) and name[0].islower():
                if next(iter(inspect.signature(value).parameters), "") in subjects:
                    of_texts.add(name)
    assert of_texts - NOT_MEASURED <= MEASURED.keys()


def test_the_library_holds_pieces_of_every_table_and_pattern(pieces):
    assert len(pieces) > 10_000 and len(set(pieces)) == len(pieces)
    codebook = shared_codebook()
    assert {codebook.themes["term"].iloc[0], codebook.userdict["word"].iloc[-1]} <= set(pieces)


def test_what_attacked_the_time_once_takes_time_in_proportion(pieces):
    cases = [(piece, repeated(piece, 16_000)) for piece in KNOWN[:7]]
    assert steep_ones(cases, CORE) == []


def test_a_sample_of_repeated_rules_takes_time_in_proportion(pieces):
    assert steep_ones(texts(pieces, 12_000, step=len(pieces) // 60), CORE, floor=0.1) == []


@pytest.mark.audit
def test_many_repeated_rules_take_time_in_proportion(pieces):
    sample = list(texts(pieces, 16_000, step=len(pieces) // 400))
    assert steep_ones(sample, CORE, floor=0.2) == []
    assert steep_ones(sample[::10], MEASURED, floor=0.4) == []


@pytest.mark.audit
@pytest.mark.parametrize("piece", KNOWN)
def test_long_attacks_take_time_in_proportion(piece, pieces):
    assert steep_ones([(piece, repeated(piece, 256_000))], MEASURED, floor=0.6) == []


@pytest.mark.audit
def test_every_repeated_rule_takes_time_in_proportion(pieces):
    assert steep_ones(texts(pieces, 16_000), MEASURED, floor=0.4) == []


MEMORY = """
import sys
from helpers import read_corpus
from helpers.scale.parts import load_builders
def peak():
    status = open("/proc/self/status").read()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
def tabulate(path):
    corpus = read_corpus(path)
    corpus.documents, corpus.sentences
    for build in load_builders().values():
        build(corpus)
tabulate(sys.argv[1])
before = peak()
tabulate(sys.argv[2])
print(peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read from /proc")
@pytest.mark.parametrize(
    "unit, times",
    [
        *(("服务12家", 8_000), ("服务12家、", 8_000), ("服务12|", 6_000), ("服务12家", 90_000)),
        *(("12.5|", 200_000), ("3% ", 150_000), ("占2198%,", 40_000)),
    ],
)
def test_numbers_without_punctuation_take_little_memory(unit, times, tmp_path):
    plain, attack = tmp_path / "plain.txt", tmp_path / "attack.txt"
    plain.write_text("市人大常委会走访养老机构12家,占21.9%。", "utf8")
    attack.write_text(unit * times, "utf8")
    command = [sys.executable, "-c", MEMORY, str(plain), str(attack)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert float(run.stdout) <= 50 + 40 * attack.stat().st_size / 2**20
