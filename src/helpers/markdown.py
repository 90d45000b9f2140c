"""Turn Markdown into its text: signs of headings, lists, tables, emphasis and links are taken
off."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from helpers.decode import read_plain
from helpers.sources import Text, superscript

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?:\w[\w .-]{0,60}:(?:[ \t].*)?\n(?:(?:[ \t]+|[ \t]*-["
    r" \t]).*\n)*)+(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_DEFINITION = re.compile(
    r"^ {0,3}\[([^\[\]^\n]{1,200})\]:[ \t]*<?(?=[!-~]{0,2000}?[./#:])[!-~]++(?:[ \t]+[\"'(].*)?["
    r" \t]*$\n?",
    re.MULTILINE,
)
_REFERENCE = re.compile(r"(?<!!)\[([^\[\]\n]{1,500})\](?:\[([^\[\]\n]{0,200})\])?")
_TO = r"\((?:[^()\n]|\([^()\n]{0,200}\)){0,2000}\)"  # where a link leads; an address may hold (…)
_TAGS = "a|abbr|b|big|center|cite|code|del|div|em|font|h[1-6]|i|ins|kbd|li|mark|ol|p|s|small|span|strong|sub|sup|t[dhr]|table|tbody|tfoot|thead|caption|u|ul"
_MARKDOWN = (
    (
        re.compile(r"<sup>([^<>\n]{1,100})</sup>", re.IGNORECASE),
        lambda match: superscript(match[1]),
    ),
    (re.compile(r"</t[dh]\s*>\s*<t[dh](?:\s[^<>\n]{0,500})?>", re.IGNORECASE), "\t"),
    (
        re.compile(r"<br\s{0,9}/?>\n?|</(?:p|div|li|tr|h[1-6]|caption)\s{0,9}>\n?", re.IGNORECASE),
        "\n",
    ),
    (re.compile(rf"</?(?:{_TAGS})(?:\s[^<>\n]{{0,500}})?/?>", re.IGNORECASE), ""),
    (re.compile(r"<((?:https?|mailto):[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"^ {0,3}(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"(?<=[^\n]\n) {0,3}=+[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$", re.MULTILINE), ""),
    # `- 12 -` is a page mark
    (re.compile(r"^[ \t]*[-*+](?![ \t]*\d{1,4}[ \t]*-[ \t]*$)[ \t]+", re.MULTILINE), ""),
    (re.compile(rf"!\[[^\[\]\n]{{0,500}}\]{_TO}"), ""),
    (re.compile(rf"(?<!\\)\[([^\[\]\n]{{0,500}})\]{_TO}"), r"\1"),
    # a footnote, as in Word files: `[1] …`
    (re.compile(r"^(\[)\^([^\[\]\n]{1,50}\]):[ \t]*", re.MULTILINE), r"\1\2 "),
    (re.compile(r"\[\^([^\[\]\n]{1,50})\]"), r"[\1]"),
    (re.compile(r"(?<![\\~])~~(?=[^\s~])([^\n~]{1,1000}?)(?<=[^\s\\])~~(?!~)"), r"\1"),
    (re.compile(r"(?<!\\)(\*\*|__)(?=\S)([^\n*_]{1,1000}?)(?<=[^\s\\])\1"), r"\2"),
    (re.compile(r"(?<![\w*\\])\*(?=\S)([^\n*]{1,1000}?)(?<=[^\s\\])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\\)`([^`\n]{1,500})`"), r"\1"),
    (re.compile(r"&(?:#\d{1,6}|[a-z]{2,8});"), lambda match: html.unescape(match[0])),
)
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CELL_END = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_markdown(data: bytes, limit: int) -> Text:
    r"""Extract the text of a Markdown file: signs of headings, lists, emphasis and links are taken
    off.

    >>> read_markdown("# 一、成效\n走访**12家**机构。".encode(), 100).raw
    '一、成效\n走访12家机构。'
    """
    plain = read_plain(data)
    text = _FRONT_MATTER.sub("", _without_comments(plain.raw.replace("\r\n", "\n")))
    text = _without_references(text)
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    return Text(_ESCAPED.sub(r"\1", "\n".join(_rows(text.split("\n")))), notes=plain.notes)


def _without_comments(text: str) -> str:
    parts, place = [], 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[place:start])
        place = end + 3
    return "".join(parts) + text[place:]


def _without_references(text: str) -> str:
    """Take `[条例][1]` for 条例 where a line `[1]: http…` says what 1 is; 豫政[2023][5] stays."""
    names = {match[1].casefold() for match in _DEFINITION.finditer(text)}

    def shown(match: re.Match) -> str:
        return match[1] if (match[2] or match[1]).casefold() in names else match[0]

    return _REFERENCE.sub(shown, _DEFINITION.sub("", text)) if names else text


def _rows(lines: list[str]) -> Iterable[str]:
    """Divide the cells of tables by tabs: of lines that begin with a pipe, and of those around a
    line like `---|---`."""
    ruled = False  # whether a table without outer pipes goes on
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if _is_delimiter(line):
            ruled = True
            yield ""
        else:
            ruled = ruled and "|" in line
            header = "|" in line and _is_delimiter(after)
            yield _row(line) if ruled or header or line.lstrip().startswith("|") else line


def _is_delimiter(line: str) -> bool:
    return "|" in line and "-" in line and _DELIMITER.fullmatch(line) is not None


def _row(line: str) -> str:
    """``|  | 12 |``: an empty cell and 12; only the outer pipes are no cells."""
    inner = line.strip()
    inner = inner.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return "\t".join(cell.strip() for cell in _CELL_END.split(inner))
