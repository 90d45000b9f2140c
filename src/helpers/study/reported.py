"""Write the findings on the shipped texts in Chinese and English, for the notebooks.

Use `reported_findings` at the head of a notebook. The findings were written by hand after reading
the shipped texts, so a notebook on other documents does not show them.
"""

from __future__ import annotations

from helpers.codebook import read_table
from helpers.escaping import MarkdownText
from helpers.text import Corpus, takes_corpus

from .wording import LINE, markdown


@takes_corpus
def reported_findings(
    corpus: Corpus, notebook: str = "", *, limits: bool = True
) -> list[MarkdownText]:
    """Return the findings that belong to a notebook. By default, a limit after each finding says
    what the finding does not show.

    Parameters
    ----------
    corpus : Corpus
    notebook : str
        The number of the notebook, such as "02". By default, the findings of all notebooks are
        returned.
    limits : bool
        Whether each finding is followed by its limit.

    Returns
    -------
    list of MarkdownText
        A text in English and one in Chinese. The list is empty if the corpus is not the corpus of
        the shipped texts, or if no finding belongs to the notebook.

    Examples
    --------
    >>> from helpers import read_corpus
    >>> english, chinese = reported_findings(read_corpus(), "03")
    >>> english.splitlines()[2][:32]
    '- **Jiyuan’s text dwells on meal'
    """
    findings = read_table("coded/findings")
    if notebook:
        findings = findings[findings["notebook"].astype(int) == int(notebook)]
    if not corpus.is_shipped or findings.empty:
        return []
    return [
        LINE.join(
            [
                markdown("reported.head", lang),
                MarkdownText(""),
                *(
                    markdown(
                        "reported.finding" if limits else "reported.headline",
                        lang,
                        headline=row[f"headline_{lang}"],
                        limit=row[f"limit_{lang}"],
                        finding=row["finding"],
                    )
                    for _, row in findings.iterrows()
                ),
            ]
        ).in_language(lang)
        for lang in ("en", "zh")
    ]


def finding_headlines(lang: str) -> tuple[tuple[str, str], ...]:
    """Return the id of each finding on the shipped texts, and its headline in one language."""
    findings = read_table("coded/findings")
    return tuple(zip(findings["finding"], findings[f"headline_{lang}"], strict=True))
