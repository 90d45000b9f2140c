"""Check that a function gets a corpus, and say what to do if it gets anything else.

Use `takes_corpus` for public functions, because users often pass a path instead of a corpus.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from .corpus import Corpus, Document

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def takes_corpus(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Wrap a function whose first parameter is `corpus`. If the caller gives a path, a document or
    anything else instead of a corpus, the function raises a TypeError that says what to do.

    Examples
    --------
    >>> from helpers import count_themes
    >>> count_themes("data/raw")
    Traceback (most recent call last):
    TypeError: count_themes: corpus is the str 'data/raw', not a Corpus. Read the documents \
first: count_themes(read_corpus('data/raw')). 先读入文件：count_themes(read_corpus('data/raw'))。
    """

    @functools.wraps(function)
    def checked(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        given = args[0] if args else kwargs.get("corpus")
        # If no corpus is given, Python itself raises an error.
        if given is not None and not isinstance(given, Corpus):
            raise TypeError(_told(function.__name__, given))
        return function(*args, **kwargs)

    return checked


def _told(name: str, given: Any) -> str:
    """Return an error message: what the caller gave instead of a corpus, and what to do."""
    kind = type(given).__name__
    if isinstance(given, (str, Path)):
        call = f"{name}(read_corpus({str(given)!r}))"
        found = f"corpus is the {kind} {str(given)!r}, not a Corpus."
        return f"{name}: {found} Read the documents first: {call}. 先读入文件：{call}。"
    if isinstance(given, Document):
        call = f"{name}(Corpus((document,)))"
        found = f"corpus is one Document ({given.doc}), not a Corpus."
        return f"{name}: {found} Make a corpus of it: {call}. 先组成语料：{call}。"
    call = f"{name}(read_corpus('folder'))"
    found = f"corpus is of the type {kind}, not a Corpus."
    return f"{name}: {found} Give what read_corpus returns: {call}. 请用其返回值：{call}。"
