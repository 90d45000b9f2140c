"""Sentences whose decimal points are known → the two tables of how official prose prints decimals.

    python tests/estimate_decimal_places.py decimals_dev.jsonl [folder]

Each line of the file is a sentence without its points (`lost`) with the truth (`gold`: start, end,
true). The folder defaults to data/reference. The sentences are not part of the project; only counts
and factors are.

decimal_places.csv counts the places by class and digits, as seen. decimal_cues.csv has the factors
that `weigh` multiplies: all features are fitted at once (logistic regression), so that two which
say the same do not count twice; each sentence is known to have lost a point, and the likelihood is
conditioned on that; the factors are drawn towards 1. Both strengths of that were chosen by
estimating on one source and testing on the other.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from helpers.characters import half_width
from helpers.codebook import shared_codebook
from helpers.numbers.decimals import within_bounds
from helpers.numbers.quantities import find_quantities
from helpers.numbers.readings import (
    MOST_PLACES,
    DecimalCandidates,
    DecimalContext,
    DecimalWords,
    class_group,
    decimal_candidates,
    features,
    neighbours,
    settled_neighbour,
)

PENALTY = 4.0
"""Strength of the pull of each logarithm towards 0 (L2)."""
SHRINKAGE = 0.8
"""A source never seen differs from those known: all logarithms are made smaller by this."""
PRIOR = 6.0
SMALLEST = 0.02
"""Factors that all lie closer to 1 say nothing and are left out."""


class Number(NamedTuple):
    """A number with several readings whose truth is known."""

    candidates: DecimalCandidates
    places: int
    features: list[tuple[str, str]]
    echoes: list[tuple[str, str]]
    sentence: int
    proven: bool


def read_sentences(path) -> list[dict]:
    """The sentences with their truth, in file order."""
    return [
        json.loads(line)
        for line in Path(path).read_text(encoding="utf8").splitlines()
        if line.strip()
    ]


def places_of(true: str) -> int:
    """How many digits stand after the point: 21.98 → 2."""
    return len(half_width(true).partition(".")[2])


def open_numbers(rows: list[dict]) -> list[Number]:
    """Every number with more than one possible reading; `proven` where another one of its sentence
    must have a point."""
    found = []
    words = shared_codebook().once(DecimalWords)
    for row_number, row in enumerate(rows):
        text = row["lost"]
        numbers = decimal_candidates(find_quantities(text), text)
        numbers = within_bounds(numbers, DecimalContext(text, words))
        proven = any(not one.is_undecided and one.decimal_places[0] for one in numbers)
        truth = {(g["start"], g["end"]): places_of(g["true"]) for g in row["gold"]}
        for i, one in enumerate(numbers):
            span = (one.quantity.start, one.quantity.end)
            if one.is_undecided and truth.get(span) in one.decimal_places:
                mates = neighbours(numbers, i)
                known = [
                    (
                        abs(other.quantity.start - one.quantity.start),
                        truth[other.quantity.start, other.quantity.end],
                    )
                    for other in mates
                    if other is not one
                    and class_group(other.kind) == class_group(one.kind)
                    and truth.get((other.quantity.start, other.quantity.end))
                ]
                echoes = [settled_neighbour(one, min(known)[1])] if known else []
                found.append(
                    Number(
                        one, truth[span], features(one, mates, words), echoes, row_number, proven
                    )
                )
    return found


def fit(numbers: list[Number]) -> dict[tuple[str, str], np.ndarray]:
    """The logarithm of each feature's factors, by penalised maximum likelihood."""
    names = {
        name: i for i, name in enumerate(sorted({f for number in numbers for f in number.features}))
    }
    rows, columns = zip(
        *((i, names[f]) for i, number in enumerate(numbers) for f in number.features), strict=True
    )
    design = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(numbers), len(names)))
    possible = np.array(
        [
            [
                k in {min(p, MOST_PLACES) for p in n.candidates.decimal_places}
                for k in range(MOST_PLACES + 1)
            ]
            for n in numbers
        ]
    )
    truth = np.eye(MOST_PLACES + 1)[[min(n.places, MOST_PLACES) for n in numbers]]
    sentence = np.array([n.sentence for n in numbers])
    unproven = np.ones(sentence.max() + 1)
    unproven[[n.sentence for n in numbers if n.proven or 0 not in n.candidates.decimal_places]] = 0

    def loss(flat):
        weights = flat.reshape(len(names), MOST_PLACES + 1)
        score = np.where(possible, design @ weights, -np.inf)
        score -= score.max(axis=1, keepdims=True)
        chance = np.exp(score)
        chance /= chance.sum(axis=1, keepdims=True)
        none = np.exp(np.bincount(sentence, np.log(np.maximum(chance[:, 0], 1e-12)))) * unproven
        # the chance that no number of the sentence had a point: known to be false
        none = np.minimum(none, 1 - 1e-9)
        likelihood = np.log((chance * truth).sum(axis=1)).sum() - np.log1p(-none).sum()
        whole = np.zeros_like(chance)
        whole[:, 0] = 1
        slope = truth - chance + (none / (1 - none))[sentence, None] * (whole - chance)
        gradient = design.T @ slope - PENALTY * weights
        return PENALTY / 2 * (weights**2).sum() - likelihood, -gradient.ravel()

    start = np.zeros(len(names) * (MOST_PLACES + 1))
    best = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "ftol": 1e-12, "gtol": 1e-6},
    )
    return dict(zip(names, SHRINKAGE * best.x.reshape(len(names), MOST_PLACES + 1), strict=True))


def estimate(rows: list[dict]) -> tuple[dict, dict]:
    """Count the places by (class, digits); fit the factors of the features, then of a neighbour
    that is settled."""
    numbers = open_numbers(rows)
    counts: dict = defaultdict(lambda: [0] * (MOST_PLACES + 1))
    for number in numbers:
        counts[number.candidates.kind, min(len(number.candidates.digits), 6)][
            min(number.places, MOST_PLACES)
        ] += 1
    logs = fit(numbers)
    cues = {feature: [round(float(np.exp(w)), 3) for w in row] for feature, row in logs.items()}
    seen: dict = defaultdict(lambda: [PRIOR] * (MOST_PLACES + 1))
    expected: dict = defaultdict(lambda: [PRIOR] * (MOST_PLACES + 1))
    for number in numbers:
        score = sum(logs[feature] for feature in number.features)
        chance = {k: np.exp(score[min(k, MOST_PLACES)]) for k in number.candidates.decimal_places}
        for echo in number.echoes:
            seen[echo][min(number.places, MOST_PLACES)] += 1
            for k, w in chance.items():
                expected[echo][min(k, MOST_PLACES)] += w / sum(chance.values())
    cues |= {
        echo: [round(float(s / e), 3) for s, e in zip(seen[echo], expected[echo], strict=True)]
        for echo in seen
    }
    return dict(counts), {
        f: row for f, row in cues.items() if max(abs(w - 1) for w in row) >= SMALLEST
    }


def main(path: str, folder: str | None = None) -> None:
    """Write decimal_places.csv and decimal_cues.csv."""
    counts, cues = estimate(read_sentences(path))
    target = Path(folder) if folder else Path(__file__).parents[1] / "data" / "reference"
    with open(target / "decimal_places.csv", "w", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["number_class", "digits", *(f"places_{k}" for k in range(MOST_PLACES + 1))]
        )
        writer.writerows([name, size, *row] for (name, size), row in sorted(counts.items()))
    with open(target / "decimal_cues.csv", "w", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "level", *(f"weight_{k}" for k in range(MOST_PLACES + 1))])
        writer.writerows([*feature, *row] for feature, row in sorted(cues.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
