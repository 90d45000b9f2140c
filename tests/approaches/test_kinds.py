"""Wordings that real reports use: who acted, whether it happened, what an act is called."""

import warnings

import pytest
from kind_cases import CASES

from helpers import read_corpus
from helpers.approaches.coding import approach_evidence, code_approaches

PADDING = "人大工作有序推进,取得积极成效。"


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    """Cells and evidence of all cases, each a document of its own."""
    folder = tmp_path_factory.mktemp("kinds")
    for kind, number, title, text, _ in CASES:
        (folder / f"{kind}_{number:02}.txt").write_text(
            f"{title}\n\n{text}\n\n{PADDING}\n", encoding="utf8"
        )
    corpus = read_corpus(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cells, evidence = code_approaches(corpus), approach_evidence(corpus)
    return dict(list(cells.groupby("doc"))), dict(list(evidence.groupby("doc")))


def faults(proves, cells, evidence):
    """What differs between a case and its reading, in words."""
    tokens = proves.split()
    cells = cells.set_index("code")
    found = set(cells.index[cells["present"] == 1])
    plain = {token.split(":")[0].split("@")[0] for token in tokens if token[0] not in "(-…"}
    allowed = plain | {token.strip("()") for token in tokens if token[0] == "("}
    barred = {token[1:] for token in tokens if token[0] == "-"}
    extra = found & barred if "…" in tokens else found - allowed
    wrong = [f"missed {code}" for code in sorted(plain - found)]
    wrong += [f"too much: {code}" for code in sorted(extra | (found & barred))]
    for code, state in (token.split(":") for token in tokens if ":" in token):
        if cells.loc[code, "state"] != state:
            wrong.append(f"{code} is {cells.loc[code, 'state']}")
    for code, actor in (token.split("@") for token in tokens if "@" in token):
        actors = (
            set(evidence.loc[evidence["code"] == code, "actor"]) if evidence is not None else {}
        )
        if actors != {actor}:
            wrong.append(f"{code} by {sorted(actors)}")
    return wrong


@pytest.mark.parametrize(
    ("kind", "number", "text", "proves"),
    [(kind, number, text, proves) for kind, number, _, text, proves in CASES],
    ids=[f"{kind}_{number}" for kind, number, *_ in CASES],
)
def test_a_report_proves_what_its_wording_says(coded, kind, number, text, proves):
    doc = next(doc for doc in coded[0] if doc.startswith(f"{kind}_{number:02}"))
    assert faults(proves, coded[0][doc], coded[1].get(doc)) == []
