"""Many files → tables of results, which several processes write as Parquet files."""

from .analysis import analyse
from .results import open_results
