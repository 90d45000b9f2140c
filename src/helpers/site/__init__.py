"""Turn notebooks, docs and tables into web pages, and fill current values into the docs."""

from .docs import update_documents
from .failures import Failure
from .notebooks import execute_notebooks
from .site import build_site
