"""The PDF of every chart is fit for a journal: TrueType fonts embedded and subset, the same words
in every viewer, small."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from figure_tables import CHARTS
from matplotlib.text import Text

from helpers.figures import export

STYLES = [("zh", "double"), ("en", "single")]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            (chart, *look),
            id="-".join((chart, *look)),
            marks=[pytest.mark.slow] * (look != STYLES[0]),
        )
        for chart in CHARTS
        for look in STYLES
    ],
)
def exported(request, tmp_path_factory):
    """One exported PDF, and the words that stand on the figure."""
    chart, lang, width = request.param
    fig = CHARTS[chart](5, lang=lang, width=width)
    path = tmp_path_factory.mktemp("pdf") / f"{chart}.pdf"
    path.write_bytes(export.render(fig, "pdf"))
    words = [
        line
        for text in fig.findobj(Text)
        if text.get_visible()
        for line in text.get_text().split("\n")
    ]
    on_sheet = [line for text in fig.axes[0].texts for line in text.get_text().split("\n")]
    return path, on_sheet or words


def tool(name):
    if shutil.which(name) is None:
        pytest.skip(
            f"{name} is not installed (Debian: apt-get install"
            f" {'mupdf-tools' if name == 'mutool' else 'poppler-utils'})"
        )
    return name


def squeezed(text):
    return re.sub(r"\s+", "", text)


def test_the_fonts_are_embedded_truetype_subsets_of_the_packaged_font(exported):
    path, _ = exported
    listed = subprocess.run(
        [tool("pdffonts"), path], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert listed
    for font in listed:
        assert re.match(
            r"[A-Z]{6}\+BriefingsSansSC\S*\s+CID TrueType\s+Identity-H\s+yes yes yes", font
        ), font


def test_the_file_names_no_type_3_font(exported):
    path, _ = exported
    assert b"/Type3" not in path.read_bytes()


def test_poppler_extracts_every_label(exported):
    path, words = exported
    text = subprocess.run(
        [tool("pdftotext"), "-raw", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert [word for word in words if squeezed(word) not in squeezed(text)] == []


def test_pdfium_extracts_every_label(exported):
    import pypdfium2

    path, words = exported
    with pypdfium2.PdfDocument(path) as pdf:
        # pdfium takes a hyphen away at the end of a line
        text = squeezed(pdf[0].get_textpage().get_text_range()) + "-"
    # pdfium joins what it takes for the columns of one line in its own order: every character has
    # to be there.
    assert [word for word in words if not set(squeezed(word)) <= set(text)] == []


def test_three_viewers_show_the_same_ink(exported, tmp_path):
    import pypdfium2
    from PIL import Image

    path, _ = exported
    with pypdfium2.PdfDocument(path) as pdf:
        ink = {"pdfium": np.asarray(pdf[0].render(scale=100 / 72).to_pil().convert("L"))}
    if shutil.which("pdftoppm"):
        subprocess.run(
            ["pdftoppm", "-r", "100", "-png", "-singlefile", path, tmp_path / "poppler"],
            check=True,
            capture_output=True,
        )
        ink["poppler"] = np.asarray(Image.open(tmp_path / "poppler.png").convert("L"))
    if shutil.which("mutool"):
        subprocess.run(
            ["mutool", "draw", "-q", "-r", "100", "-o", tmp_path / "mupdf.png", path],
            check=True,
            capture_output=True,
        )
        ink["mupdf"] = np.asarray(Image.open(tmp_path / "mupdf.png").convert("L"))
    shares = {viewer: float((255.0 - image).mean() / 255) for viewer, image in ink.items()}
    assert all(share > 0.005 for share in shares.values()), shares
    assert max(shares.values()) < 1.15 * min(shares.values()), shares


def test_a_pdf_is_below_200_kb(exported):
    path, _ = exported
    assert path.stat().st_size < 200_000


def test_a_font_that_mupdf_cannot_show_would_be_noticed(tmp_path):
    """The packaged OpenType (CFF) font as Type 42: MuPDF leaves the text out, so the comparison of
    viewers must fail on it."""
    import matplotlib
    from matplotlib.figure import Figure
    from PIL import Image
    from pylopdf_fonts_zh_cn import sans_path

    tool("mutool"), tool("pdftoppm")
    fig = Figure(figsize=(3, 1))
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        fig.text(0.1, 0.5, "养老服务监督", fontsize=20, font=sans_path())
        fig.savefig(tmp_path / "cff.pdf")
    subprocess.run(
        ["mutool", "draw", "-q", "-o", tmp_path / "m.png", tmp_path / "cff.pdf"],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", tmp_path / "cff.pdf", tmp_path / "p"],
        check=True,
        capture_output=True,
    )
    ink = [
        float((255.0 - np.asarray(Image.open(tmp_path / f).convert("L"))).mean())
        for f in ("m.png", "p.png")
    ]
    assert ink[0] < 0.5 * ink[1]
