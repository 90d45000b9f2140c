"""Finds what each number measures, and tells which numbers may be compared with each other."""

from .outcomes import comparable, extract_outcomes
