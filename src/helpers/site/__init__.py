"""Turn executed notebooks, docs and tables into the reading copy, and values into docs."""

from .docs import update_documents
from .notebooks import execute_notebooks
from .site import build_site
