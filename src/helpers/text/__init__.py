"""Raw text → clean text with a map back → sentences → `Document` → `Corpus`."""

from .cleaning import CleanText, clean
from .corpus import Corpus, Document, locate, make_document, read_corpus
from .levels import as_city, report_level
from .segment import Sentence, clause_ends, split_clauses, split_sentences, tokenize
