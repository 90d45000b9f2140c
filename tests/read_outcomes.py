"""The numbers of the reference reading as a table with the columns of `extract_outcomes`, for tests
of what is made from such tables. The reading has no ids: they are given here."""

import pandas as pd

from helpers.codebook import read_table

# English name in the reading → id of the thing counted
INDICATORS = {
    "joint survey and law-inspection teams": "teams",
    "city-level survey and law-inspection teams": "teams",
    "supervision groups of county-level congresses": "teams",
    "elderly-care problems found in survey and inspection": "problems_found",
    "problems raised on site, all levels": "problems_found",
    "problems assigned by provincial standing committee": "problem_list",
    "problems assigned by city standing committee": "problem_list",
    "problems assigned, merged provincial-city list": "problem_list",
    "items on provincial-city list of problems": "problem_list",
    "problems assigned by province and city congresses": "problem_list",
    "province-assigned problems fully rectified": "problems_rectified",
    "province-assigned problems still being rectified": "problems_open",
    "share of city- and county-assigned problems rectified": "rectified_share",
    "departments evaluated on rectification": "departments_evaluated",
    "meal sites built and in use": "dining_sites",
    "meal-service sites chosen": "dining_sites",
    "meal sites sited and built": "dining_sites",
    "supply-cooperative canteens in operation": "canteens",
    "supply-cooperative canteens being fitted out": "canteens",
    "supply-cooperative canteens under negotiation": "canteens",
    "residents over 60": "aged_60_plus",
    "registered people aged 60 and over": "aged_60_plus",
    "share of residents over 60": "share_of_elderly",
    "share of registered population 60 and over": "share_of_elderly",
    "deputy participations in survey and inspection": "deputies",
    "city deputies visiting elderly apartment": "deputies",
    "deputy participations invited by the city": "deputies",
    "Jiefang District deputy participations in visits": "deputies",
    "online questionnaires answered": "questionnaires",
    "questionnaires handed out in Jiefang District": "questionnaires",
    "discussion meetings by congresses, all levels": "symposia",
    "discussion meetings held by Jiefang District congress": "symposia",
    "opinions and suggestions by deputies": "recommendations",
    "improvement suggestions by congresses, all levels": "recommendations",
    "opinions and suggestions made in Jiefang District": "recommendations",
    "national and provincial media reports on supervision": "media_reports",
    "supervision news items on congress website": "website_items",
    "investment in older people's meal-service project": "funds",
    "rise in over-60 share since 2021": "change_of_share",
    "rise in over-60 share since 2022": "change_of_share",
}
_NUMBERS = {"value": "float64", "low": "float64", "high": "float64"}
_NUMBERS |= dict.fromkeys("section sentence start end quote_start quote_end".split(), "int64")


def read_outcomes() -> pd.DataFrame:
    """Return the numbers of the five briefings as the reference reading has them."""
    table = read_table("coded/outcomes")
    cities = read_table("derived/documents")[["doc", "city_zh", "city_en"]]
    table = table.merge(cities, on="doc", validate="many_to_one")
    names = {"name_zh": "indicator_zh", "name_en": "indicator_en"}
    table = table.rename(columns=names)
    numbers = {
        column: pd.to_numeric(table[column]).astype(kind) for column, kind in _NUMBERS.items()
    }
    # the reading leaves low and high out where they equal the value
    for bound in ("low", "high"):
        numbers[bound] = numbers[bound].fillna(numbers["value"])
    ids = table["indicator_en"].map(INDICATORS).fillna("")
    assert set(INDICATORS) == set(table["indicator_en"][ids != ""])
    return table.assign(**numbers, indicator=ids)
