"""Tables that a researcher edits → a checked `Codebook`, and searches for its terms in texts."""

from . import checks
from .checks import FAMILIES, HOW_FAR, CodebookError
from .codebook import DATA, Codebook, codebook_path, read_codebook, read_table, shared_codebook
from .matching import Matcher, has_wildcard, literal_piece, term_pattern
from .prefilter import first_characters, last_characters
from .words import RoleWords
