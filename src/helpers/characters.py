"""Conversions of characters (full to half width, radicals, superscripts) and of numerals.

The functions of this module accept any string.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FULL_RUN = re.compile("[\uff01-\uff5e\u3000]+")


def half_width(text: str) -> str:
    """Convert full-width ASCII and the ideographic space (U+FF01–FF5E, U+3000) to half width. The
    length of the text stays the same.

    >>> half_width("２１９８％，约５㎡")  # about 5 m²
    '2198%,约5㎡'
    """
    # Most clean text holds no full-width character. A search of the bytes finds full-width
    # characters much faster than the pattern, because in UTF-8 they begin with the bytes EF BC or
    # EF BD.
    coded = text.encode("utf8", "surrogatepass")
    if b"\xef\xbc" not in coded and b"\xef\xbd" not in coded and "\u3000" not in text:
        return text
    return _FULL_RUN.sub(lambda run: run.group().translate(FULL_WIDTH), text)


# PDFs printed by Chromium hold radicals (⼈⽼⺠⻓) in place of the characters they look like
# (人老民长). Unicode's normal form NFKC replaces radicals from U+2F00 on. `_LOOKALIKES` lists the
# radicals with lower codes.
RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_LOOKALIKES = (
    "⺁⺇⺋⺌⺍⺎⺐⺓⺕⺙⺜⺝⺟⺠⺡⺢⺣⺤⺥⺧⺩⺪⺫⺬⺭⺮⺯⺱⺲⺶⺸⺹⺺⺼⺽⻁⻂⻃⻄⻅"
    "⻆⻇⻈⻉⻋⻌⻍⻎⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "厂几㔾小⺍兀尢幺彐攵日月母民水水火爪爪牛王疋目示礻竹糹罒罒羊羊耂聿肉臼虎衤西西见"
    "角角讠贝车辶辶辶钅長镸长门阜阝雨青韦页风飞食飠饣飠首马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
RADICALS |= {ord(radical): char for radical, char in zip(*_LOOKALIKES, strict=True)}
_RADICAL = re.compile("[\u2e80-\u2eff\u2f00-\u2fd5]")


def unradical(text: str) -> str:
    """Replace radicals by the characters that they look like. The length of the text stays the
    same.

    >>> unradical("⼈⺠代表")  # people's deputies
    '人民代表'
    """
    return text.translate(RADICALS) if _RADICAL.search(text) else text


_LONE = re.compile("[\ud800-\udfff]")


def encodable(raw: str) -> str:
    r"""Replace half characters (lone surrogates) by U+FFFD. The length of the text stays the same.

    JSON and PDF files may contain half characters, but Python cannot write them to a file.

    >>> encodable("养\ud800老")
    '养\ufffd老'
    """
    return _LONE.sub("\ufffd", raw)


_SUPERSCRIPT = str.maketrans("0123456789０１２３４５６７８９", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)


def superscript(text: str) -> str:
    """Write digits as superscripts, so that 35 with a reference to footnote 1 does not read as
    351. A text with brackets, such as `[1]`, is returned unchanged.

    >>> superscript("1"), superscript("[1]")
    ('¹', '[1]')
    """
    return text if "[" in text or "〔" in text else text.translate(_SUPERSCRIPT)


# --- functions that read numerals

DIGITS = {c: v for v, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
MULTIPLIERS = SMALL | LARGE | {"万亿": 10**12}
MULTIPLIERS |= {small + large: SMALL[small] * LARGE[large] for small in SMALL for large in LARGE}
LONGEST = 15
"""The most digits a number may have. A float holds 15 digits exactly, and a longer run of digits is
taken for an identifier."""


def decimal_number(digits: str) -> Decimal:
    """Read half-width digits with thousands separators and a decimal point (``.`` or ``·``).

    >>> decimal_number("1,100"), decimal_number("21·98")
    (Decimal('1100'), Decimal('21.98'))
    """
    return Decimal(digits.replace(",", "").replace("·", "."))


def scaled(number: Decimal, multiplier: int = 1) -> float:
    """Multiply exactly and only then round to a float, so that 44.4万 (44.4 ten thousands) is
    444000.0 and not 443999.99….

    >>> scaled(Decimal("44.4"), 10_000)
    444000.0
    """
    return float(number * multiplier)


_ARABIC = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:[.·][0-9]+(?![.·]?[0-9]))?|[0-9]+(?:[.·][0-9]+)*"
)
_FULL_STOP = re.compile(
    r"\.(?:[12][0-9]{3}\s*年|(?:0?[1-9]|1[0-2])\s*月|[0-3][0-9]\s*日|[1-9][0-9]\s*(?:周岁|岁))"
)


def cut_run(half: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a run of digits and separators into numbers: ``1,100`` is one number, ``5,3`` is two. A
    run of more than 40 characters is a code and stays whole."""
    if not half[start].isascii() or half[start:end].isdigit():
        return [(start, end)]
    end = start + len(half[start:end].rstrip(",.·"))
    if end - start > 40:
        return [(start, end)]
    pieces = []
    for part in _ARABIC.finditer(half, start, end):
        first, last = part.span()
        stop = half.find(".", first, last)
        # Some texts print the full stop 。 as a dot. A dot before a date or an age is therefore the
        # end of a sentence: «共有180.2024年» is "180 in all. In 2024", not 180.2024.
        if stop > 0 and half.find(".", stop + 1, last) < 0 and _FULL_STOP.match(half, stop):
            pieces += [(first, stop), (stop + 1, last)]
        else:
            pieces.append((first, last))
    return pieces


def chinese_number(numeral: str) -> int | None:
    """Read a Chinese numeral, written as it is spoken (``一万二千``, 12,000) or digit by digit
    (``二〇二四``, 2024). Return None if the text is no number.

    >>> [chinese_number(numeral) for numeral in ("五十九", "二〇二四", "万二", "百")]
    [59, 2024, None, 100]
    """
    if not numeral or len(numeral) > 2 * LONGEST:
        return None
    if all(character in DIGITS for character in numeral):
        return int("".join(str(DIGITS[character]) for character in numeral))
    return _spoken_number(numeral)


_LARGE_UNIT = re.compile("([万亿])")


@lru_cache(maxsize=10_000)  # texts repeat the same few numerals again and again
def _spoken_number(numeral: str) -> int | None:
    """Return the value of a Chinese numeral written as it is spoken. The units 万 (10⁴) and 亿
    (10⁸) cut the numeral into sections, which are added up: 一亿二千万 is 1·10⁸ + 2,000·10⁴."""
    *sections, ending = _LARGE_UNIT.split(numeral)
    total = 0
    for text, unit in zip(sections[::2], sections[1::2], strict=True):
        section, size = _below_ten_thousand(text), LARGE[unit]
        if section is None:
            return None
        if section or numeral[0] == unit:  # 万 alone is 10,000
            total = _closed(total, section, size)
        elif total:
            total *= size  # one unit follows another: 万亿 is 10,000 times 亿
        else:
            return None
    if sections and ending in DIGITS and ending != "零":
        # A digit right after the last unit means tenths of this unit: 三万五 is 35,000, not 30,005.
        return None if numeral[0] in LARGE else total + DIGITS[ending] * (LARGE[sections[-1]] // 10)
    last = _below_ten_thousand(ending)
    return None if last is None else total + last


def _closed(total: int, section: int, size: int) -> int:
    """Return the value of a numeral up to and including its unit 万 or 亿 (`size`).

    In 二万三千亿 (23,000·10⁸), 亿 is larger than 二万, so 亿 multiplies the sum of 二万 and 三千.
    In 一亿二千万 (10⁸ + 2,000·10⁴), 万 is smaller than 一亿, so 万 multiplies only 二千.
    """
    return (total + (section or 1)) * size if size > total else total + section * size


def _below_ten_thousand(text: str) -> int | None:
    """Read a part of a numeral that has no 万 or 亿: 二千零五 is 2,005, and an empty text is 0."""
    total, digit, size = 0, None, 10_000
    for character in text:
        if character in DIGITS and not digit:  # nobody says two digits in a row (三五十)
            digit = DIGITS[character]
        elif character in SMALL and SMALL[character] < size:
            size = SMALL[character]
            total += size if digit is None else digit * size
            digit = None
        else:
            return None
    return total + (digit or 0)


# Two digits that differ by one mean a range, such as 七八 ("seven to eight"), and so does 三五
# ("three to five").
_NEIGHBOURS = {(n, n + 1) for n in range(1, 9)} | {(3, 5)}
_PAIR = re.compile(
    "|".join(a + b for a in DIGITS for b in DIGITS if (DIGITS[a], DIGITS[b]) in _NEIGHBOURS)
)


def chinese_range(numeral: str) -> tuple[int, int] | None:
    """Return the ends of the range that a numeral means, or None for an ordinary numeral.

    Two neighbouring digits mean "from one to the other", and 数 or 几 ("several") means 2 to 9.

    >>> chinese_range("三五"), chinese_range("七八十"), chinese_range("数百"), chinese_range("五十")
    ((3, 5), (70, 80), (200, 900), None)
    """
    if numeral[:1] in "数几" and len(numeral) > 1:
        low, high = chinese_number("二" + numeral[1:]), chinese_number("九" + numeral[1:])
    elif pair := _PAIR.search(numeral):
        head, tail = numeral[: pair.start()], numeral[pair.end() :]
        if head + tail and all(character in DIGITS for character in head + tail):
            return None  # 二〇二三 is the year 2023
        low, high = (chinese_number(head + digit + tail) for digit in pair[0])
    else:
        return None
    return None if low is None or high is None else (low, high)
