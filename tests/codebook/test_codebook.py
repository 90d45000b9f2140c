"""The shipped tables are sound, and every mistake in a researcher's table is named with its file,
row, value and remedy."""

import csv
import re
import shutil
from dataclasses import replace

import pytest

from helpers.characters import half_width
from helpers.codebook.checks import CodebookError, simplified_only, traditional_only
from helpers.codebook.codebook import DATA, read_codebook, read_table
from helpers.codebook.exclusions import terms_in

THEMES = {
    "process": "mobilising investigating deliberating assigning rectifying evaluating"
    " institutionalising",
    "frame": "ageing party_leadership people_livelihood rule_of_law deputy_role linkage"
    " communication",
    "service": "regulation meal_service home_community institution medical_integration rural"
    " facility retrofit disabled_poor workforce funding_policy industry_brand smart",
}


@pytest.fixture
def folder(tmp_path):
    """A private copy of the shipped tables."""
    return shutil.copytree(DATA / "codebook", tmp_path / "codebook")


def rewrite(folder, name, change, encoding="utf-8-sig"):
    """Change a table's cells as a spreadsheet would; `change` gets the list of rows, the header
    first."""
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return rows


def place(row, column, value):
    """Write one cell; rows as the spreadsheet numbers them (the header is row 1)."""
    return lambda rows: rows[row - 1].__setitem__(rows[0].index(column), value)


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        (
            "dated_events",
            "begin",
            "2024年7月15日",
            "begin '2024年7月15日' is no day. Write a day as",
        ),
        ("dated_events", "begin", "2099-01-01", "begin '2099-01-01' is after end"),
        ("dated_events", "end", "", "end is empty"),
        ("dated_events", "number", "十四", "number '十四' is no number"),
        ("dated_events", "words", "党的(二十大", "is not a pattern"),
        ("document_types", "place", "end", "place 'end' is not in"),
        ("document_types", "words", "", "words is empty"),
        ("document_words", "role", "soon", "role 'soon' is not in"),
    ],
)
def test_a_mistake_in_the_tables_of_documents_is_named(folder, table, column, value, message):
    rewrite(folder, table, place(3, column, value))
    with pytest.raises(CodebookError, match=re.escape(f"{table}.csv row 3: ")) as error:
        read_codebook(folder)
    assert message in str(error.value)


def test_the_shipped_codebook_has_twenty_seven_themes_in_three_families():
    themes = read_codebook().theme_table().groupby("family", sort=False)["theme"].agg(list)
    assert themes.to_dict() == {family: names.split() for family, names in THEMES.items()}


def test_the_themes_of_the_process_are_the_seven_stages_in_their_order():
    codebook = read_codebook()
    rules = codebook.theme_rules
    assert list(rules.loc[rules["family"] == "process", "stage"]) == list(codebook.names("stages"))
    assert (rules.loc[rules["family"] != "process", "stage"] == "").all()


def test_every_theme_has_terms_and_is_defined_in_both_languages_with_an_example_and_a_negative():
    codebook = read_codebook()
    assert codebook.themes.groupby("theme").size().ge(40).all()
    told = ["includes_zh", "excludes_zh", "includes", "excludes", "example", "negative"]
    assert (codebook.theme_rules[told] != "").all(axis=None)


THEME_RULES = read_codebook().theme_rules


@pytest.mark.parametrize("row", list(THEME_RULES.itertuples()), ids=lambda row: row.theme)
def test_the_example_of_a_theme_has_a_hit_of_it_and_the_negative_has_none(row):
    assert row.theme in themes_in(row.example)
    assert row.theme not in themes_in(row.negative)


def themes_in(text, codebook=None):
    """The themes that have a hit in a text, read in half width as texts are."""
    codebook = codebook or read_codebook()
    hits = codebook.matcher.find(half_width(text))
    terms = [codebook.matcher.terms[number] for number, _, _ in hits]
    return {theme for term in terms for theme in codebook.themes_of_term[term]}


EXCLUSIONS = read_codebook().theme_exclusions


@pytest.mark.parametrize("row", EXCLUSIONS.index)
def test_every_exclusion_takes_a_hit_out_of_its_example(row):
    """Without its row, the term (or a term in the name) is found in the example; with it, not."""
    codebook, text = read_codebook(), half_width(EXCLUSIONS.loc[row, "example"])
    without = replace(codebook, theme_exclusions=EXCLUSIONS.drop(index=row))
    found, all_found = (
        {book.matcher.terms[number] for number, _, _ in book.find(text, is_main=True)}
        for book in (codebook, without)
    )
    cell = EXCLUSIONS.loc[row, "term"]
    terms = set(terms_in(cell, codebook.matcher.terms)) if cell else all_found
    assert (all_found - found) & terms


def test_every_exclusion_says_in_both_languages_what_the_words_are_instead():
    assert (EXCLUSIONS[["instead_zh", "instead_en", "example"]] != "").all(axis=None)


def test_the_table_of_terms_has_the_columns_of_the_contract():
    assert list(read_codebook().themes.columns[:5]) == ["theme", "family", "term", "zh", "en"]
    columns = "code stage strand type zh en definition_zh definition example negative".split()
    assert list(read_codebook().approaches.columns[: len(columns)]) == columns


def test_every_instrument_names_its_legal_status_and_the_source_for_it():
    approaches = read_codebook().approaches
    assert len(approaches) == 46
    assert (approaches[["legal_standing", "legal_source"]] != "").all(axis=None)


def test_every_instrument_is_defined_in_both_languages_with_an_example_and_a_negative():
    told = ["definition_zh", "definition", "example", "negative", "done_by"]
    assert (read_codebook().approaches[told] != "").all(axis=None)


def test_hard_statutory_forms_stand_outside_every_stage():
    approaches = read_codebook().approaches
    hard = approaches[approaches["strand"] == "hard_form"]
    assert list(hard["code"]) == [
        "addressing_inquiries",
        "special_commission",
        "removal",
        "resolution",
    ]
    assert (hard["stage"] == "").all() and (approaches["stage"] == "").sum() == len(hard)


def test_the_eighteen_cities_of_henan_are_known_and_only_jiyuan_has_no_counties():
    cities = read_codebook().cities
    assert len(cities) == 18
    assert list(cities[cities["has_counties"] == "0"]["city_zh"]) == ["济源"]
    assert (cities["full_zh"] == cities["city_zh"] + "市").all()


def test_changing_a_copy_changes_nothing_for_the_next_reader():
    table = read_table("codebook/cities")
    table.loc[0, "city_zh"] = "changed"
    codebook = read_codebook()
    codebook.themes.loc[:, "term"] = "changed"
    assert read_table("codebook/cities").loc[0, "city_zh"] == "郑州"
    assert "changed" not in set(read_codebook().themes["term"])


def test_a_missing_table_is_named_with_the_tables_that_exist():
    with pytest.raises(
        FileNotFoundError, match=r"data/codebook/citys.csv does not exist.*codebook/cities"
    ):
        read_table("codebook/citys")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_saved_back_by_a_spreadsheet_loads_the_same(folder, encoding):
    rewrite(folder, "themes", lambda rows: None, encoding)
    assert read_codebook(folder).themes.equals(read_codebook().themes)


def test_tabs_semicolons_and_empty_rows_at_the_end_load_the_same(folder):
    rewrite(folder, "cities", lambda rows: rows.extend([[""] * 8] * 3))
    text = (folder / "stopwords.csv").read_text("utf-8-sig")
    (folder / "stopwords.csv").write_text(text.replace(",", ";"), "utf-8")
    text = (folder / "userdict.csv").read_text("utf-8-sig")
    (folder / "userdict.csv").write_text(text.replace(",", "\t"), "utf-8")
    read, shipped = read_codebook(folder), read_codebook()
    assert read.cities.equals(shipped.cities)
    assert read.stopwords.equals(shipped.stopwords)
    assert read.userdict.equals(shipped.userdict)


def test_bytes_in_an_unknown_encoding_are_refused(folder):
    (folder / "themes.csv").write_bytes(b"theme,term\n\xff\xff\xff,\x80\n")
    with pytest.raises(
        CodebookError, match=r"themes.csv: neither UTF-8 nor GB18030. Save the file again"
    ):
        read_codebook(folder)


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        (
            "themes",
            place(7, "theme", "medical_intergration"),
            (
                "themes.csv row 7: theme 'medical_intergration' is not in .*theme_rules.csv. Did"
                " you mean 'medical_integration'?"
            ),
        ),
        ("themes", place(7, "theme", ""), "themes.csv row 7: theme is empty"),
        ("themes", place(7, "term", ""), "themes.csv row 7: term is empty"),
        ("themes", place(7, "term", "*"), "themes.csv row 7: term '*' matches everything. Add"),
        ("themes", place(7, "term", "?*？"), "row 7: term '.*' matches everything"),
        (
            "themes",
            place(7, "term", "党\u200b委"),
            "row 7: term '.*' holds the invisible character U+200B",
        ),
        ("themes", place(7, "term", "党委\ufeff"), "holds the invisible character U+FEFF"),
        ("themes", place(7, "term", "党\u00a0委"), "holds the invisible character U+00A0"),
        (
            "themes",
            place(7, "term", " 党委会"),
            "row 7: term ' 党委会' begins or ends with a space. Write '党委会'",
        ),
        (
            "themes",
            place(7, "term", "醫养结合"),
            "row 7: term '醫养结合' mixes the traditional '醫'",
        ),
        (
            "themes",
            place(7, "term", "調研，整改"),
            "row 7: term '調研,整改' crosses the clause mark ','",
        ),
        (
            "themes",
            place(7, "term", "助餐"),
            (
                "term '助餐' is listed under 'mobilising' too (row 7). Remove one row, or write"
                " 'shared'"
            ),
        ),
        (
            "themes",
            place(8, "term", "动员部署"),
            "theme 'mobilising', term '动员部署' already stands in row",
        ),
        (
            "themes",
            place(7, "family", "service"),
            "row 7: family 'service' is not that of theme 'mobilising'. Write 'process'",
        ),
        ("themes", lambda rows: rows[0].__setitem__(2, "word"), "row 1: column 'term' is missing"),
        (
            "approaches",
            place(3, "stage", "mobilize"),
            "approaches.csv row 3: stage 'mobilize' is not in .*Did you mean 'mobilise'?",
        ),
        ("approaches", place(3, "type", "tool"), "row 3: type 'tool'"),
        (
            "approaches",
            place(3, "code", "annual_plan"),
            "code 'annual_plan' already stands in row 2",
        ),
        (
            "approach_rules",
            place(2, "code", "anual_plan"),
            "approach_rules.csv row 2: code 'anual_plan' is not in .*Did you mean 'annual_plan'?",
        ),
        ("approach_rules", place(2, "terms", ""), "approach_rules.csv row 2: terms is empty"),
        (
            "approach_rules",
            place(2, "terms", "监督|*"),
            "approach_rules.csv row 2: terms '*' matches everything",
        ),
        (
            "cities",
            place(3, "city_zh", "郑州"),
            "cities.csv row 3: city_zh '郑州' already stands in row 2",
        ),
        ("stopwords", place(3, "word", ""), "stopwords.csv row 3: word is empty"),
        ("glosses", place(3, "en", ""), "glosses.csv row 3: en is empty"),
        (
            "routes",
            place(3, "target", "parties"),
            "routes.csv row 3: target 'parties' is not in the places .*Did you mean 'party'?",
        ),
        ("routes", place(3, "results", "no"), "row 3: results 'no' is not in the values yes and"),
        ("routes", place(2, "code", "results_use"), "row 2: code 'results_use' is not known"),
        ("routes", place(3, "relation", "report_to"), "Did you mean 'reported_to'?"),
        (
            "routes",
            lambda rows: rows[3].__setitem__(slice(4, 9), [""] * 5),
            "row 4: route 'reporting_to_party' is found by nothing. Fill in relation, code",
        ),
        ("routes", place(2, "words", "(?:{party}"), "row 2: words .* is not a pattern"),
        (
            "theme_rules",
            lambda rows: rows.insert(2, rows[1]),
            "theme_rules.csv row 3: theme 'mobilising' already stands in row 2",
        ),
        (
            "theme_rules",
            place(3, "family", "frames"),
            "theme_rules.csv row 3: family 'frames' is not in .*Did you mean 'frame'?",
        ),
        (
            "theme_rules",
            place(3, "stage", "investigated"),
            "theme_rules.csv row 3: stage 'investigated' is not in .*Did you mean 'investigate'?",
        ),
        (
            "theme_exclusions",
            place(2, "term", "民升"),
            "theme_exclusions.csv row 2: term '民升' is not in themes.csv",
        ),
        (
            "theme_exclusions",
            place(2, "before", ""),
            "theme_exclusions.csv row 2: term '.*' has neither before nor after nor",
        ),
        (
            "theme_exclusions",
            place(2, "before", "主任[王"),
            "theme_exclusions.csv row 2: term '.*' has a bracket alone",
        ),
        (
            "theme_exclusions",
            place(2, "keeps", "laws"),
            "theme_exclusions.csv row 2: keeps 'laws' is not known",
        ),
        (
            "approach_rules",
            lambda rows: rows[0].__setitem__(1, "ule"),
            "approach_rules.csv row 1: column 'rule' is missing",
        ),
        (
            "approach_rules",
            lambda rows: rows[0].__setitem__(3, "require"),
            "approach_rules.csv row 1: column 'require' is not known. Did you mean 'requires'?",
        ),
        (
            "approach_rules",
            place(2, "terms", "监督||检查"),
            "approach_rules.csv row 2: terms holds an empty term. Remove the extra '|'",
        ),
        (
            "cities",
            lambda rows: rows[3].append("x"),
            (
                "cities.csv row 4: the row has 10 cells, the header 9. Put a cell with ',' in"
                " quotation marks"
            ),
        ),
        (
            "cities",
            lambda rows: rows[0].__setitem__(1, "city_zh"),
            "cities.csv row 1: column 'city_zh' occurs twice. Remove or rename one",
        ),
    ],
)
def test_a_mistake_is_named_with_file_row_value_and_remedy(folder, table, change, message):
    rewrite(folder, table, change)
    pattern = ".*".join(map(re.escape, message.split(".*")))
    with pytest.raises(CodebookError, match=pattern):
        read_codebook(folder)


def test_a_quotation_mark_that_is_not_closed_is_named_with_its_row(tmp_path):
    (tmp_path / "themes.csv").write_text(
        'theme,term\nrural,助餐\nrural,"农村\nrural,村医\n', "utf8"
    )
    with pytest.raises(
        CodebookError,
        match=(
            r"themes.csv row 3: this is not a row of a table \(unexpected end of data\). Look for"
            r" an odd quotation mark"
        ),
    ):
        read_codebook(tmp_path)


def test_a_rule_id_used_twice_is_named(folder):
    rows = rewrite(folder, "approach_rules", lambda rows: rows[2].__setitem__(1, rows[1][1]))
    with pytest.raises(
        CodebookError,
        match=rf"approach_rules.csv row 3: rule '{re.escape(rows[1][1])}' already stands in row 2",
    ):
        read_codebook(folder)


def test_a_term_may_be_shared_when_every_row_says_so():
    codebook = read_codebook()
    assert codebook.themes_of_term["乡镇敬老院"] == ("institution", "rural")
    row = codebook.matcher.terms.index("乡镇敬老院")
    assert codebook.term_theme_matrix[row].sum() == 2


def test_full_width_terms_become_half_width_like_clean_text(folder):
    rewrite(folder, "themes", place(7, "term", "１＋４＋Ｎ"))
    assert "1+4+N" in set(read_codebook(folder).themes["term"])


def test_a_researchers_own_table_may_define_new_themes(tmp_path):
    path = tmp_path / "themes.csv"
    path.write_text(
        "theme,family,term,zh,en\nwater,service,河长制,水环境,Water\nwater,service,水质,,\n",
        "utf-8",
    )
    codebook = read_codebook(path)
    assert codebook.theme_table().values.tolist() == [["water", "service", "水环境", "Water"]]
    assert codebook.themes["en"].tolist() == ["Water", "Water"]


def test_a_term_taken_out_of_a_copy_may_stay_in_the_copied_exclusions_but_not_in_new_ones(folder):
    rewrite(folder, "themes", lambda rows: rows.pop([row[2] for row in rows].index("民生")))
    assert "民生" not in set(read_codebook(folder).themes["term"])
    rewrite(folder, "theme_exclusions", place(2, "before", "[王李]"))
    with pytest.raises(CodebookError, match="theme_exclusions.csv row 2: term '民生' is not in"):
        read_codebook(folder)


def test_a_folder_without_any_table_is_refused(tmp_path):
    with pytest.raises(
        FileNotFoundError, match="no codebook here. Expected a folder with themes.csv"
    ):
        read_codebook(tmp_path)


def test_asking_for_an_unknown_theme_suggests_the_nearest():
    with pytest.raises(
        CodebookError,
        match=re.escape(
            "theme 'medical_intergration' is not in data/codebook/themes.csv. Did you mean"
            " 'medical_integration'?"
        ),
    ):
        read_codebook().check_theme("medical_intergration")


def test_without_a_term_the_shorter_term_inside_it_is_found():
    codebook = read_codebook()
    terms = codebook.matcher.terms
    assert [terms[n] for n, _, _ in codebook.matcher.find("区域性养老服务中心")] == [
        "区域性养老服务中心"
    ]
    less = codebook.without("区域性养老服务中心")
    assert [less.matcher.terms[n] for n, _, _ in less.matcher.find("区域性养老服务中心")] == [
        "养老服务中心"
    ]
    with pytest.raises(
        CodebookError,
        match="term '乡镇敬老楼' is not in .*themes.csv. Did you mean '乡镇敬老",
    ):
        codebook.without("乡镇敬老楼")
    assert codebook.check_theme("rural") == "rural"


def test_the_environment_variable_only_sets_the_default_codebook(folder, monkeypatch):
    rewrite(folder, "cities", place(2, "city_en", "Elsewhere"))
    monkeypatch.setenv("HELPERS_CODEBOOK", str(folder))
    assert read_codebook().cities.loc[0, "city_en"] == "Elsewhere"
    assert read_codebook().digest == read_codebook(folder).digest
    assert read_table("codebook/cities").loc[0, "city_en"] == "Zhengzhou"


def test_a_value_built_from_a_codebook_is_built_once_per_codebook(folder):
    rewrite(folder, "cities", place(2, "city_en", "Elsewhere"))
    shipped, own, calls = read_codebook(), read_codebook(folder), []

    def first_city(codebook):
        calls.append(codebook)
        return codebook.cities.loc[0, "city_en"]

    assert [shipped.once(first_city), own.once(first_city)] == ["Zhengzhou", "Elsewhere"]
    assert [shipped.once(first_city), own.once(first_city)] == ["Zhengzhou", "Elsewhere"]
    assert calls == [shipped, own]


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(folder):
    before = read_codebook(folder)
    assert read_codebook(folder).digest == before.digest
    rewrite(folder, "cities", place(2, "city_en", "Elsewhere"))
    assert read_codebook(folder).cities.loc[0, "city_en"] == "Elsewhere"
    assert read_codebook(folder).digest != before.digest


@pytest.mark.parametrize(
    ("char", "traditional", "simplified"),
    [
        ("養", True, False),
        ("养", False, True),
        ("老", False, False),
        ("堃", False, False),
        ("A", False, False),
    ],
)
def test_traditional_and_simplified_characters_are_told_apart(char, traditional, simplified):
    assert (traditional_only(char), simplified_only(char)) == (traditional, simplified)


def test_the_words_of_the_user_dictionary_are_cut_whole_in_a_sentence():
    from helpers.text.segment import tokenize

    words = read_codebook().words
    cut = tokenize([f"关于{word}的情况" for word in words], words=words)
    assert [word for word, tokens in zip(words, cut, strict=True) if word not in tokens] == []


@pytest.mark.parametrize(
    "word, message",
    [
        (
            "Edu Trust认证",
            "cuts every text at ' '. Write its parts in rows of their own: 'Edu', 'Trust认证'.",
        ),
        (
            "医养·结合",
            "cuts every text at '·'. Write its parts in rows of their own: '医养', '结合'.",
        ),
        (
            "居家/社区",
            "cuts every text at '/'. Write its parts in rows of their own: '居家', '社区'.",
        ),
        ("“一老一小”", "cuts every text at '“'. Write its parts in rows of their own: '一老一小'."),
        (
            "养老，服务",
            "cuts every text at ','. Write its parts in rows of their own: '养老', '服务'.",
        ),
        ("助\u200b餐点", "holds the invisible character U+200B. Type the term again."),
        ("助\u00ad餐", "holds the invisible character U+00AD. Type the term again."),
        (" 助餐", "begins or ends with a space. Write '助餐'."),
        ("、", "cuts every text at '、'. Delete the row."),
    ],
)
def test_a_word_that_no_segmenter_can_keep_is_refused(tmp_path, word, message):
    path = tmp_path / "userdict.csv"
    path.write_text(f"word,note\n养老驿站,\n\n{word},\n", "utf-8")
    with pytest.raises(CodebookError) as error:
        read_codebook(path)
    said = str(error.value)
    assert f"userdict.csv row 4: word '{half_width(word)}' " in said and said.endswith(message)


def test_full_width_letters_of_a_user_word_are_read_as_the_texts_are(tmp_path):
    path = tmp_path / "userdict.csv"
    path.write_text("word\n５Ｇ养老\nEduTrust认证\n12345热线\n", "utf-8")
    assert read_codebook(path).words == ("5G养老", "EduTrust认证", "12345热线")
