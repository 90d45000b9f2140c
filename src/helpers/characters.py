"""Characters and numerals: widths, radicals, superscripts; digits and Chinese numerals → numbers.

The ground of every room: nothing here knows what a document is.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FULL_RUN = re.compile("[\uff01-\uff5e\u3000]+")


def half_width(text: str) -> str:
    """Map full-width ASCII and the ideographic space (U+FF01–FF5E, U+3000) to half width, one to
    one.

    >>> half_width("２１９８％，约５㎡")
    '2198%,约5㎡'
    """
    # most clean text holds none: seen at the speed of memory
    coded = text.encode("utf8", "surrogatepass")
    if b"\xef\xbc" not in coded and b"\xef\xbd" not in coded and "\u3000" not in text:
        return text
    return _FULL_RUN.sub(lambda run: run.group().translate(FULL_WIDTH), text)


# Chromium's PDFs carry radicals for the characters they look like (⼈⽼⺠⻓); NFKC knows those from
# U+2F00 on.
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
    """Map Kangxi and other radicals to the characters they stand for, one to one.

    >>> unradical("⼈⺠代表")
    '人民代表'
    """
    return text.translate(RADICALS) if _RADICAL.search(text) else text


_LONE = re.compile("[\ud800-\udfff]")


def encodable(raw: str) -> str:
    r"""Put U+FFFD for halves of characters, which JSON and PDF may bring and no file can hold; the
    length stays.

    >>> encodable("养\ud800老")
    '养\ufffd老'
    """
    return _LONE.sub("\ufffd", raw)


_SUPERSCRIPT = str.maketrans("0123456789０１２３４５６７８９", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)


def superscript(text: str) -> str:
    """Write digits as superscripts, so that 35 with the mark 1 never reads 351; `[1]` needs no such
    thing.

    >>> superscript("1"), superscript("[1]")
    ('¹', '[1]')
    """
    return text if "[" in text or "〔" in text else text.translate(_SUPERSCRIPT)


# --- numerals

DIGITS = {c: v for v, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
MULTIPLIERS = (
    SMALL
    | LARGE
    | {small + large: SMALL[small] * LARGE[large] for small in SMALL for large in LARGE}
    | {"万亿": 10**12}
)
LONGEST = 15
"""A float holds 15 digits exactly; a longer run of digits is an identifier, not a magnitude."""


def decimal_number(digits: str) -> Decimal:
    """Read half-width digits with thousands separators and a decimal point (``.`` or ``·``).

    >>> decimal_number("1,100"), decimal_number("21·98")
    (Decimal('1100'), Decimal('21.98'))
    """
    return Decimal(digits.replace(",", "").replace("·", "."))


def scaled(number: Decimal, multiplier: int = 1) -> float:
    """Multiply out exactly and only then round to a float: 44.4 万 is 444000.0, not 443999.99….

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
    """Cut a run of digits and separators into numbers: ``1,100`` is one, ``5,3`` are two, a long
    list is one code."""
    if not half[start].isascii() or half[start:end].isdigit():
        return [(start, end)]
    end = start + len(half[start:end].rstrip(",.·"))
    if end - start > 40:
        return [(start, end)]
    pieces = []
    for part in _ARABIC.finditer(half, start, end):
        first, last = part.span()
        stop = half.find(".", first, last)
        # these texts print 。 as a dot: before a date or an age it is one («共有180.2024年»)
        if stop > 0 and half.find(".", stop + 1, last) < 0 and _FULL_STOP.match(half, stop):
            pieces += [(first, stop), (stop + 1, last)]
        else:
            pieces.append((first, last))
    return pieces


def chinese_number(numeral: str) -> int | None:
    """Read a Chinese numeral, spoken (``一万二千``) or digit by digit (``二〇二四``); None where it
    is no number.

    >>> [chinese_number(numeral) for numeral in ("五十九", "二〇二四", "万二", "百")]
    [59, 2024, None, 100]
    """
    if len(numeral) > 2 * LONGEST:
        return None
    if all(c in DIGITS for c in numeral):
        return int("".join(str(DIGITS[c]) for c in numeral)) if numeral else None
    # 一亿二千万三百: `total` holds what 万/亿 closed, `section` what stands below them
    total = section = 0
    digit, last = None, 10**16
    for character in numeral:
        if character in DIGITS:
            if digit:  # 三五十 is no spoken number
                return None
            digit = DIGITS[character]
        elif character in SMALL:
            if SMALL[character] >= last:
                return None
            last = SMALL[character]
            section += (1 if digit is None else digit) * last
            digit = None
        elif character in LARGE:
            size, section = LARGE[character], section + (digit or 0)
            if section or numeral[0] == character:
                total = (total + (section or 1)) * size if size > total else total + section * size
            elif total:
                total *= size  # 万亿
            else:
                return None
            section, digit, last = 0, None, 10**16
        else:
            return None
    if digit is not None and numeral[-2:-1] in LARGE and numeral[-1] != "零":
        # 三万五 = 35,000
        return None if numeral[0] in LARGE else total + digit * (LARGE[numeral[-2]] // 10)
    return total + section + (digit or 0)


_PAIR = re.compile(
    "(一)(两|二)|(二|两)(三)|(三)(四)|(三)(五)|(四)(五)|(五)(六)|(六)(七)|(七)(八)|(八)(九)"
)


def chinese_range(numeral: str) -> tuple[int, int] | None:
    """Read two neighbouring numerals as the range people mean by them; None for an ordinary
    numeral.

    >>> chinese_range("三五"), chinese_range("七八十"), chinese_range("数百"), chinese_range("五十")
    ((3, 5), (70, 80), (200, 900), None)
    """
    if numeral[:1] in "数几" and len(numeral) > 1:
        low, high = chinese_number("二" + numeral[1:]), chinese_number("九" + numeral[1:])
    elif pair := _PAIR.search(numeral):
        first, second = (part for part in pair.groups() if part)
        head, tail = numeral[: pair.start()], numeral[pair.end() :]
        if all(c in DIGITS for c in head + tail) and head + tail:
            return None  # 二〇二三 is a year
        low, high = chinese_number(head + first + tail), chinese_number(head + second + tail)
    else:
        return None
    return None if low is None or high is None else (low, high)
