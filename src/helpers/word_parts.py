"""Turn the archive that a Word file is into its parts: which there are, and the XML of each."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from helpers.numbering import W
from helpers.sources import Unreadable

# 'Strict Open XML' differs for us in its names only
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
        b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/",
        b"http://schemas.openxmlformats.org/drawingml/2006/",
    ),
)
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
LEFT_OUT = {
    W + name
    for name in (
        "del",
        "moveFrom",
        "delText",
        "instrText",
        "delInstrText",
        "rt",
        "pPr",
        "rPr",
        "sdtPr",
        "sdtEndPr",
        "sectPr",
        "tblPr",
        "trPr",
        "tcPr",
    )
}


def related(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """The parts that a part (the whole file: "") names: their kind and name. What is named but not
    there is passed over, as Word does."""
    from lxml import etree

    folder, name = posixpath.split(part)
    names = set(archive.namelist())
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    for item in etree.fromstring(archive.read(place), _parser()) if place in names else ():
        target = posixpath.normpath(posixpath.join("/", folder, item.get("Target", ""))).lstrip("/")
        if target in names and item.get("TargetMode") != "External":
            yield item.get("Type", "").rpartition("/")[2], target


def root_of(archive: zipfile.ZipFile, name: str, limit: int) -> Any:
    from lxml import etree

    if archive.getinfo(name).file_size > limit:
        raise Unreadable(
            "too_large", f"Unpacked, its '{name}' is over the limit of {limit:,} bytes."
        )
    data = archive.read(name)
    for strict, usual in _STRICT:
        data = data.replace(strict, usual)
    return etree.fromstring(data, _parser())


def _parser() -> Any:
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )


def branch(element: Any) -> Iterator[Any]:
    """The children of an element; of content that is there for newer and for older programs the
    newer."""
    for child in element.iterchildren("{*}*"):
        if child.tag == _MC + "AlternateContent":
            yield from next(child.iterchildren(_MC + "Choice", _MC + "Fallback"), ())
        else:
            yield child


def inside(element: Any, wanted: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also those in content controls and in what was
    inserted."""
    for child in branch(element):
        if child.tag == wanted:
            yield child
        elif child.tag not in LEFT_OUT:
            yield from inside(child, wanted)
