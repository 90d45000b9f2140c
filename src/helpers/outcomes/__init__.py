"""Numbers → what they measure, and which two may stand side by side."""

from .outcomes import comparable, extract_outcomes
