"""Reads files of any supported format: their raw texts, the starts of pages, and any problems."""

from .decode import SIZE_LIMIT, Problems, Source
from .files import check_sums, find_files
from .formats import Entry, expand, no_documents, read_entries, read_sources
from .process import end_processes
