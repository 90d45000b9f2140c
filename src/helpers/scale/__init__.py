"""Many files → the same tables as Parquet, on this machine's processes or a cluster."""

from .analysis import analyse
from .results import open_results
