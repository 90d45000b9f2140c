"""Find the numbers of a text with their units and offsets, and restore lost decimal points."""

from .decimals import judge_decimals, restore_decimals
from .quantities import NOT_METRIC, Quantity, find_quantities, is_as_printed
