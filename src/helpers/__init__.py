"""The public names of the package. The first use of a name imports the subpackage that holds it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

PUBLIC = {
    "escaping": ("MarkdownText", "show"),
    "writing": ("write_graph", "write_table"),
    "codebook": ("Codebook", "CodebookError", "read_codebook", "read_table"),
    "numbers": ("NOT_METRIC", "Quantity", "find_quantities", "restore_decimals"),
    "text": (
        *("CleanText", "Corpus", "Document", "clean", "locate", "read_corpus"),
        *("split_clauses", "split_sentences", "tokenize"),
    ),
    "themes": (
        *("collocates", "count_disagreements", "count_themes", "coword_network", "dispersion"),
        *("document_feature_matrix", "keyness", "keyword_in_context", "theme_hits"),
    ),
    "approaches": ("approach_evidence", "approach_matrix", "code_approaches"),
    "outcomes": ("comparable", "extract_outcomes"),
    "study": ("Study", "agreement", "note", "readable", "study_of"),
    "scale": ("analyse", "open_results"),
    "figures": (
        *("instrument_matrix", "keyness_chart", "number_tiles", "numbers_by_question"),
        *("outcome_chain", "outcome_values", "publish", "result_routes", "sample_documents"),
        *("sample_pdf", "save_figure", "sequence_and_close", "show_chart", "theme_network"),
        *("theme_rates", "trace", "use_style", "versions", "word_cloud"),
    ),
    "explorer": ("explore",),
}
_ROOM = {name: room for room, names in PUBLIC.items() for name in names}
__all__ = sorted(_ROOM)


def __getattr__(name: str) -> Any:
    if name not in _ROOM:
        raise AttributeError(f"helpers has no '{name}'. Public names: {', '.join(__all__)}.")
    value = getattr(import_module(f"helpers.{_ROOM[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
