"""Tables that a researcher edits → a checked `Codebook`; its terms → longest matches in a text."""

from . import checks
from .checks import CodebookError
from .codebook import DATA, Codebook, codebook_path, read_codebook, read_table, shared_codebook
from .matching import (
    Matcher,
    first_characters,
    has_wildcard,
    last_characters,
    literal_piece,
    term_pattern,
)
from .words import RoleWords
