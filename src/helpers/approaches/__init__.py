"""Corpus and codebook → who did what and whether it took place → documents × instruments."""

from .coding import STATES, approach_evidence, code_approaches
from .comparison import (
    SIMILARITY_FROM,
    approach_matrix,
    boilerplate,
    boilerplate_share,
    stage_theme_counts,
)
