"""A corpus → all its tables, the reference reading beside them, and the sentences around them."""

from .coders import agreement, codable_units, number_agreement
from .findings import approaches_abstract, count, outcomes_abstract, themes_abstract
from .notes import without_interval
from .sheets import new_corpus, read_coding_sheets, write_coding_sheet
from .study import MIN_HITS, MIN_PARAGRAPHS, Study, study_of
from .summary import Frame, reported_words, summary_evidence, summary_frames, summary_table
from .synthesis import COLUMNS
