"""Compute all tables of results for a corpus, compare codings, and put results into words."""

from .coders import agreement, codable_units, measures, number_agreement
from .exercise import coding_exercise, coding_report
from .folders import new_codebook, new_corpus
from .headings import readable
from .notes import message, note
from .reported import finding_headlines
from .sheets import compare_coders, read_coding_sheet, write_coding_sheet
from .study import MIN_HITS, MIN_PARAGRAPHS, Study, study_of
from .summary import SummaryText, reported_words, summary_table, summary_texts
from .wording import Bilingual, count
