"""Many files → the same tables as Parquet, on the processes of this machine or a cluster."""

from .analysis import analyse
from .results import open_results
