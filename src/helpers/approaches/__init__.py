"""Corpus and codebook → tables that tell which instruments of supervision each document reports."""

from .coding import STATES, approach_evidence, code_approaches
from .comparison import (
    SIMILARITY_FROM,
    approach_matrix,
    boilerplate,
    boilerplate_share,
    stage_theme_counts,
)
from .cycle import hard_forms, law_making, supervision_cycle, who_acts
from .relations import relations
