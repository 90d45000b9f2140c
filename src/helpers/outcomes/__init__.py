"""Finds what each number measures, and which two numbers may be compared."""

from .outcomes import comparable, extract_outcomes
