"""Text → numbers with unit and offsets, and where a lost decimal point can have stood."""

from .decimals import judge_decimals, restore_decimals
from .quantities import NOT_METRIC, Quantity, find_quantities
