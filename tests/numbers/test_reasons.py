"""What the reason of a number computes is literally true, and uses the values that were settled."""

import math
import random
import re

import pytest

from helpers import extract_outcomes, find_quantities, read_corpus, restore_decimals
from helpers.codebook import read_table

NUMBER = r"-?[0-9][0-9,]*(?:\.[0-9]+)?"
TERM = rf"\(?{NUMBER}(?: [−+] {NUMBER})*\)?(?: ÷ {NUMBER})?"
CALCULATION = re.compile(rf"({TERM}) ([=≈]) ({NUMBER})( %)?")
COMPARISON = re.compile(rf"{NUMBER}(?: [<≤] {NUMBER})+")


def computed(term: str) -> float:
    """Compute a term such as (25.1 − 22.8) ÷ 25.1."""
    head, _, divisor = term.replace(",", "").partition(" ÷ ")
    parts = re.findall(r"([−+]?) ?([0-9.]+)", head)
    value = sum(float(number) * (-1 if sign == "−" else 1) for sign, number in parts)
    return value / float(divisor) if divisor else value


def check(reason: str) -> int:
    """Check every calculation and comparison of a reason, and return how many there are."""
    n = 0
    for term, sign, stated, percent in CALCULATION.findall(reason):
        value = computed(term) * (100 if percent and "÷" in term else 1)
        decimals = len(stated.partition(".")[2])
        slack = 0.5001 * 10**-decimals if sign == "=" else max(1, 0.05 * abs(value))
        assert math.isclose(value, float(stated.replace(",", "")), abs_tol=slack), (reason, value)
        n += 1
    for comparison in COMPARISON.findall(reason):
        tokens = comparison.replace(",", "").split()
        for i in range(1, len(tokens), 2):
            a, sign, b = float(tokens[i - 1]), tokens[i], float(tokens[i + 1])
            assert a < b or (sign == "≤" and a == b), reason
        n += 1
    return n


@pytest.mark.parametrize(
    "text, printed, reason",
    [
        (
            "三门峡市常住人口２０２万,其中:６０岁以上人口４４４万人,占总人口的２１９８％",
            "２１９８",
            "a share of a whole is at most 100 %: 21.98 ≤ 100 < 219.8; 44.4 ÷ 202 = 21.98 %",
        ),
        ("占０５％", "０５", "a leading zero stands only before a point: 05 is 0.5"),
        (
            "郑州市户籍人口达９２９２４万人",
            "９２９２４",
            "the city has 7,560,000 to 20,161,000 people:"
            " 929,240 < 7,560,000 ≤ 9,292,400 ≤ 20,161,000 < 92,924,000",
        ),
        (
            "耗煤从２５１３７吨降低到１２８４９吨,下降４８８８％",
            "４８８８",
            "nothing falls by more than 100 %: 48.88 ≤ 100 < 488.8;"
            " (25,137 − 12,849) ÷ 25,137 = 48.88 % (other points fit the calculation, too)",
        ),
        (
            "总投入２亿元,其中市级１２亿元、县级０８亿元",
            "１２",
            "a part is not larger than its whole: 1.2 ≤ 2 < 12",
        ),
        (
            "全国老年人口２９７亿人",
            "２９７",
            "China has at most 1,600,000,000 people: 297,000,000 ≤ 1,600,000,000 < 2,970,000,000",
        ),
        ("预期寿命７８５岁", "７８５", "nobody lives longer than 130 years: 78.5 ≤ 130 < 785"),
    ],
)
def test_a_reason_says_what_was_computed_with_the_values_left(text, printed, reason):
    (q,) = (
        q
        for q in restore_decimals(find_quantities(text), text, decimals="lost")
        if q.printed == printed
    )
    assert q.reason == reason


def test_a_gap_on_the_page_names_the_value_that_it_gives():
    text = "全长6344公里"
    (q,) = restore_decimals(find_quantities(text), text, gaps=[5])
    assert (q.value, q.basis) == (634.4, "layout")
    assert q.reason == "the page has a gap for the point of 634.4"


def test_the_calculation_in_every_reason_of_the_shipped_briefings_is_true():
    outcomes = extract_outcomes(read_corpus())
    deduced = outcomes[(outcomes["status"] == "restored") & (outcomes["basis"] != "coder")]
    for row in deduced.itertuples():
        assert check(row.reason), row.reason
    assert "44.4 ÷ 202 = 21.98 %" in deduced["reason"].iloc[0]
    assert "166.89 ÷ 929.24 = 17.96 %" in "\n".join(deduced["reason"])
    for row in outcomes.itertuples():
        check(row.reason)
        assert "…" not in row.reason.replace("已完成 …", "")  # three words of a quotation


def test_calculations_of_made_up_texts_are_true_and_name_the_settled_value():
    rng, n = random.Random(5), 0
    for _ in range(400):
        whole, part = rng.randint(2000, 9999) / 10, rng.randint(200, 1999) / 10
        share, growth = 100 * part / whole, 100 * part / whole
        text = rng.choice(
            [
                f"郑州某区老人{whole:g}万人,其中失能{part:g}万人,占{share:.2f}%",
                f"郑州某区老人{whole:g}万人,其中失能{part * 1e4:.0f}人,占{share:.2f}%",
                f"投资从{whole:g}亿元提高到{whole + part:g}亿元,增长{growth:.2f}%",
                f"覆盖率从{share / 2:.2f}%提高到{share:.2f}%,提高{share / 2:.2f}个百分点",
                f"总投入{whole + part:g}亿元,其中市级{whole:g}亿元、县级{part:g}亿元",
            ]
        )
        damaged = re.sub(r"(?<=\d)\.(?=\d)", "", text)
        for q in restore_decimals(find_quantities(damaged), damaged, decimals="lost"):
            n += check(q.reason)
            if q.basis == "arithmetic":
                stated = {float(x.replace(",", "")) for x in re.findall(NUMBER, q.reason)}
                value = {q.value, q.value / q.multiplier}
                assert any(math.isclose(a, b) for a in stated for b in value), (text, q)
    assert n > 300


# What a reason of the reference reading computes: words of the reason → value, to how many figures
COMPUTED = {
    "41,000 yuan a place": (7_440_000 / 180, 2),
    "4,100 yuan a place": (744_000 / 180, 2),
    "only 410": (74_400 / 180, 2),
    "9.6 % of the city's 166.89 万": (100 * 16 / 166.89, 2),
    "1.6 万 would be 1 %": (100 * 1.6 / 166.89, 1),
    "down to 7.18 % (2022)": (21.98 - 14.8, 3),
    "from 19.40 % (2021)": (21.98 - 2.58, 4),
}


def test_what_the_reference_reading_computed_is_true():
    reasons = "\n".join(read_table("coded/readings")["reason"])
    for words, (value, figures) in COMPUTED.items():
        assert words in reasons
        rounded = float(f"{value:.{figures}g}")
        assert rounded in [float(x.replace(",", "")) for x in re.findall(NUMBER, words)], words


def test_a_wrong_calculation_would_be_noticed():
    for wrong in ("444 ÷ 202 = 21.98 %", "1 ≤ 5 < 4", "(25.1 − 22.8) ÷ 25.1 = 92 %"):
        with pytest.raises(AssertionError):
            check(wrong)
