"""Public names of the package; each is imported from its module only when it is first used."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

PUBLIC = {
    "clean": ("clean", "CleanText"),
    "segment": ("split_sentences", "split_clauses", "tokenize"),
    "codebook": ("read_codebook", "read_table", "Codebook", "CodebookError"),
    "quantities": ("find_quantities", "Quantity"),
    "decimals": ("restore_decimals",),
    "corpus": ("read_corpus", "Corpus", "Document", "locate"),
    "kwic": ("keyword_in_context",),
    "measures": ("keyness", "dispersion"),
    "frequency": ("count_themes", "theme_hits", "document_feature_matrix"),
    "robustness": ("count_disagreements",),
    "network": ("collocates", "coword_network"),
    "approaches": ("code_approaches", "approach_evidence"),
    "matrix": ("approach_matrix",),
    "outcomes": ("extract_outcomes", "comparable"),
    "agreement": ("agreement",),
    "plots": ("use_style",),
    "export": ("write_table", "write_graph", "save_figure", "trace"),
    "provenance": ("versions",),
    "scale": ("analyse",),
    "results": ("open_results",),
    "samples": ("sample_documents", "sample_pdf"),
    "study": ("Study", "study_of"),
    "figures": ("publish",),
    "explore": ("explore",),
}
_HOME = {name: module for module, names in PUBLIC.items() for name in names}
__all__ = sorted(_HOME)


class _Package(ModuleType):
    """Keeps `helpers.clean` the function, although the import system would put the module of that
    name in its place."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"helpers has no '{name}'. Public names: {', '.join(__all__)}.")
    value = getattr(import_module(f"helpers.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


sys.modules[__name__].__class__ = _Package
