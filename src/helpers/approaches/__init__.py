"""Corpus and codebook → tables that tell which instruments of supervision each document reports."""

from .actors import Mention
from .authorities import relations
from .coding import STATES, approach_evidence, code_approaches
from .comparison import approach_matrix
from .cycle import hard_forms, law_making, supervision_cycle
from .doers import Doers
from .recipients import routes
from .shared_passages import boilerplate, boilerplate_share
from .windows import stage_theme_counts, stage_theme_hits
