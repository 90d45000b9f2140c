"""Turn a corpus into a page in which readers search and compare."""

from .page import explore
from .server import serve
