"""The rules of supervision instruments tell who acted and whether it happened."""

import pytest
from instrument_cases import CASES, VIDEO_MEETING

from helpers.clean import clean
from helpers.rules import read_rules


def proved(text):
    return {e.code for e in read_rules().find(clean(text).text) if e.counts}


@pytest.mark.parametrize(("text", "codes"), CASES)
def test_a_sentence_proves_these_instruments_and_no_others(text, codes):
    sure = {code for code in codes.split() if "(" not in code and ")" not in code}
    open_ = {code.strip("()") for code in codes.split()} - sure
    found = proved(text)
    assert sure <= found, f"missed {sure - found}"
    assert found <= sure | open_, f"too much: {found - sure - open_}"


def test_a_city_that_only_attended_the_provinces_video_meeting_did_nothing_yet():
    assert proved(VIDEO_MEETING) == set()
