"""Count themes and words, compare documents by these counts, and find words that occur together."""

from .counts import MIN_BLOCKS, count_themes, document_feature_matrix, stability, theme_hits
from .network import Network, collocates, coword_network, theme_network, theme_pairs
from .robustness import (
    ALL_DOCUMENTS,
    cloud_words,
    compare_counts,
    count_disagreements,
    hidden_hits,
    leading_themes,
    sensitivity,
)
from .validity import POOLED, theme_validity
from .words import dispersion, keyness, keyword_in_context
