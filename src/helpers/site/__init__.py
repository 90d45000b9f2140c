"""Executed notebooks, docs and tables → the reading copy, and the values that docs state."""

from .docs import update_documents
from .notebooks import execute_notebooks
from .site import build_site
