"""A corpus → a page to search and compare in."""

from .page import explore
from .server import serve
