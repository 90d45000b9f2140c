"""Draw charts from tables, save them as files, and list the quotations behind each dot or bar."""

from . import markup
from .approaches import instrument_matrix, sequence_and_close
from .catalogue import FIGURES, Chart, export_figure, publish, show_chart
from .evidence import evidence_html, evidence_pages, symbols_of, with_reference
from .export import FORMATS, render, save_figure, trace, versions
from .outcomes import outcome_chain, outcome_values
from .questions import numbers_by_question
from .routes import result_routes
from .samples import sample_documents, sample_pdf
from .style import LANGUAGES, MissingGlyph, use_style
from .themes import keyness_chart, theme_rates
from .tiles import number_tiles
from .words import theme_network, word_cloud
