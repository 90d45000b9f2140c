"""Finds what each number measures, and tells which numbers may stand side by side."""

from .comparability import (
    CAVEATS,
    PROBLEMS,
    STAGES,
    caveat_quotations,
    comparable,
    comparison_word,
    in_order_of_stages,
)
from .outcomes import extract_outcomes
