"""Many files → the tables of their analysis, made by many processes and kept as Parquet files."""

from .analysis import analyse
from .results import open_results
