"""Corpus and rules → who did what, whether it happened → city × instrument table."""

from .coding import STATES, approach_evidence, code_approaches
from .comparison import (
    SIMILARITY_FROM,
    approach_matrix,
    boilerplate,
    boilerplate_share,
    stage_theme_counts,
)
