"""Tables that a researcher edits → a checked `Codebook`; its terms → longest matches in a text."""

from . import checks
from .checks import CodebookError
from .codebook import DATA, Codebook, read_codebook, read_table, shipped_codebook
from .matching import (
    Matcher,
    first_characters,
    has_wildcard,
    last_characters,
    literal_piece,
    term_pattern,
)
