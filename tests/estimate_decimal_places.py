"""Sentences whose decimal points are known → the two tables of how official prose prints decimals.

    python tests/estimate_decimal_places.py decimals_dev.jsonl [folder]

Each line of the file is a sentence without its points (`lost`) with the truth (`gold`: start, end, true). The folder
defaults to data/reference. The sentences are not part of the project; only the counts are.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

from helpers.decimals import _apply_bounds
from helpers.layout import half_width
from helpers.quantities import find_quantities
from helpers.readings import (
    MOST_PLACES,
    Slot,
    base_weights,
    class_group,
    features,
    neighbours,
    settled_neighbour,
    slots,
)

ORDER = ("neighbour", "round neighbour", "first digit", "last digit 5", "qualifier", "settled neighbour")


def read_sentences(path) -> list[dict]:
    """The sentences with their truth, in file order."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf8").splitlines() if line.strip()]


def places_of(true: str) -> int:
    """How many digits stand after the point: 21.98 → 2."""
    return len(half_width(true).partition(".")[2])


def open_numbers(rows: list[dict]) -> list[tuple[Slot, int, list[tuple[str, str]]]]:
    """Every number with more than one possible reading: its slot, its true places, its features."""
    found = []
    for row in rows:
        text = row["lost"]
        numbers = slots(find_quantities(text), text)
        _apply_bounds(numbers, text, {})
        truth = {(g["start"], g["end"]): places_of(g["true"]) for g in row["gold"]}
        for i, slot in enumerate(numbers):
            span = (slot.quantity.start, slot.quantity.end)
            if slot.open and truth.get(span) in slot.places:
                mates = neighbours(numbers, i)
                known = [
                    (abs(other.quantity.start - slot.quantity.start), truth[other.quantity.start, other.quantity.end])
                    for other in mates
                    if other is not slot
                    and class_group(other.kind) == class_group(slot.kind)
                    and truth.get((other.quantity.start, other.quantity.end))
                ]
                echoes = [settled_neighbour(slot, min(known)[1])] if known else []
                found.append((slot, truth[span], features(slot, mates) + echoes))
    return found


def estimate(rows: list[dict], *, prior: float = 6.0) -> tuple[dict, dict]:
    """Count the places by (class, digits), then weigh each feature by what the counts leave unexplained."""
    numbers = open_numbers(rows)
    counts: dict = defaultdict(lambda: [0] * (MOST_PLACES + 1))
    wide: dict = defaultdict(lambda: dict.fromkeys(range(MOST_PLACES + 1), 0))
    for slot, places, _ in numbers:
        size = min(len(slot.digits), 6)
        counts[slot.kind, size][min(places, MOST_PLACES)] += 1
        for key in {("all", size), (class_group(slot.kind), size), (slot.kind, size)}:
            wide[key][min(places, MOST_PLACES)] += 1
    current = [base_weights(slot, wide) for slot, _, _ in numbers]
    cues: dict = {}
    for name in ORDER:
        seen: dict = defaultdict(lambda: [prior] * (MOST_PLACES + 1))
        expected: dict = defaultdict(lambda: [prior] * (MOST_PLACES + 1))
        for (_, places, found), weights in zip(numbers, current, strict=True):
            for feature in (f for f in found if f[0] == name):
                seen[feature][min(places, MOST_PLACES)] += 1
                for k, w in weights.items():
                    expected[feature][min(k, MOST_PLACES)] += w
        for feature in seen:
            cues[feature] = [round(s / e, 3) for s, e in zip(seen[feature], expected[feature], strict=True)]
        for i, (_, _, found) in enumerate(numbers):
            for feature in (f for f in found if f[0] == name):
                raised = {k: w * cues[feature][min(k, MOST_PLACES)] for k, w in current[i].items()}
                total = sum(raised.values())
                current[i] = {k: w / total for k, w in raised.items()}
    return dict(counts), cues


def as_tables(counts: dict, cues: dict) -> tuple[dict, dict]:
    """The tables in the shape in which `readings.weigh` takes them."""
    wide: dict = {}
    for (name, size), row in counts.items():
        for key in {("all", size), (class_group(name), size), (name, size)}:
            cell = wide.setdefault(key, dict.fromkeys(range(MOST_PLACES + 1), 0))
            for k, n in enumerate(row):
                cell[k] += n
    return wide, cues


def main(path: str, folder: str | None = None) -> None:
    """Write decimal_places.csv and decimal_cues.csv."""
    counts, cues = estimate(read_sentences(path))
    target = Path(folder) if folder else Path(__file__).parents[1] / "data" / "reference"
    with open(target / "decimal_places.csv", "w", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["number_class", "digits", *(f"places_{k}" for k in range(MOST_PLACES + 1))])
        writer.writerows([name, size, *row] for (name, size), row in sorted(counts.items()))
    with open(target / "decimal_cues.csv", "w", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "level", *(f"weight_{k}" for k in range(MOST_PLACES + 1))])
        writer.writerows([*feature, *row] for feature, row in sorted(cues.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
