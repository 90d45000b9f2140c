"""Turn a corpus into a web page on which readers search its documents and compare them."""

from .lab import open_lab
from .page import explore
from .server import serve
