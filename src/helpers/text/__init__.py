"""Clean raw text, split it into sentences, and collect the results as documents and corpora."""

from .arguments import takes_corpus
from .cleaning import CleanText, clean
from .corpus import Corpus, Document, locate, make_document, read_corpus
from .levels import as_city, report_level
from .segment import Sentence, clause_ends, quotable, split_clauses, split_sentences, tokenize
