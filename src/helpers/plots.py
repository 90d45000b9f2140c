"""Table → matplotlib `Figure`: every chart of the project under one name; no function here reads a
file."""

from __future__ import annotations

from helpers.canvas import Chart, embed_fonts
from helpers.plots_chain import outcome_chain
from helpers.plots_cities import synthesis_table
from helpers.plots_cycle import stage_theme, supervision_chain
from helpers.plots_matrix import instrument_matrix
from helpers.plots_outcomes import outcome_values
from helpers.plots_summary import summary
from helpers.plots_themes import keyness_lollipop, theme_rates
from helpers.plots_words import coword_network, word_cloud
from helpers.style import Style, city_look, use_style
from helpers.typeface import MissingGlyph

__all__ = [
    "Chart",
    "MissingGlyph",
    "Style",
    "city_look",
    "coword_network",
    "embed_fonts",
    "instrument_matrix",
    "keyness_lollipop",
    "outcome_chain",
    "outcome_values",
    "stage_theme",
    "summary",
    "supervision_chain",
    "synthesis_table",
    "theme_rates",
    "use_style",
    "word_cloud",
]
