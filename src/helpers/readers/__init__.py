"""Reads a file of any format: its raw text, its pages, and the problems found while reading."""

from .decode import SIZE_LIMIT, Problems, Source
from .files import check_sums, find_files
from .formats import Entry, expand, no_documents, read_entries, read_sources
