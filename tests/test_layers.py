"""Data flows one way: a module imports only from those above it, and only its own outside
libraries."""

import ast
from pathlib import Path

import pytest

import helpers

SOURCE = Path(helpers.__file__).parent
ORDER = """
front layout furniture clean
edges rows
checks validate matching codebook segment
numerals number_rules quantity number_forms quantities readings likelihood relations decimals
sources decode glyphs pdf numbering word_parts word web markdown table_lines records row_facts tables archives listing formats places masthead document corpus
kwic measures resampling frequency network robustness
levels cues clauses actors modes rule_table rules approaches matrix comparison agreement sheets
number_words indicator_table surroundings nouns ages indicators circumstances outcomes number_agreement
labels ledger synthesis study prose notes portraits summary
cells provenance typeface style lettering canvas plots_matrix plots_cycle plots_themes plots_words plots_outcomes plots_chain plots_cities plots_parts plots_summary plots
export gallery figures datapackage stated codebook_page trail front_page workspace samples
parts executors results scale bench
markup evidence_table explore_tables explore_views explore_kept explore_answers explore
execute pages api summary_page site serve __main__
""".split()
OWNERS = {
    "jieba": {"segment", "bench"},
    "pypdfium2": {"pdf", "glyphs"},
    "docx": set(),  # tests make Word files with it
    "lxml": {"word_parts", "web", "pages"},
    "pyarrow": {"tables", "parts"},
    "rjieba": {"segment"},
    "matplotlib": {
        "typeface",
        "style",
        "lettering",
        "canvas",
        "plots",
        "plots_matrix",
        "plots_cycle",
        "plots_themes",
        "plots_words",
        "plots_outcomes",
        "plots_chain",
        "plots_cities",
        "plots_parts",
        "plots_summary",
        "export",
    },
    "ipywidgets": {"explore"},
    "distributed": {"executors"},
    "duckdb": {"results"},
    "tqdm": {"scale"},
    "nbclient": {"execute"},
    "nbconvert": {"pages"},
}
READERS = {
    "codebook",
    "listing",
    "formats",
    "archives",
    "tables",
    "corpus",
    "parts",
    "results",
    "scale",
    "typeface",
    "workspace",
    "samples",
    "explore_views",
    "datapackage",
}
WRITERS = {"export", "gallery", "front_page", "bench", "execute", "pages", "site", "__main__"}
MODULES = sorted(path.stem for path in SOURCE.glob("*.py") if path.stem != "__init__")


def imports(module):
    tree = ast.parse((SOURCE / f"{module}.py").read_text(encoding="utf8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "helpers":
            yield from (f"helpers.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def own(module):
    return {name.split(".")[1] for name in imports(module) if name.startswith("helpers.")}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_those_above_it(module):
    assert module in ORDER, (
        f"{module} has no place in the order of modules: say in tests/test_layers.py where the data"
        " passes it"
    )
    above = set(ORDER[: ORDER.index(module)])
    assert own(module) <= above


@pytest.mark.parametrize("module", MODULES)
def test_each_outside_library_has_its_owners(module):
    used = {name.split(".")[0] for name in imports(module)}
    wrong = {library for library in used & OWNERS.keys() if module not in OWNERS[library]}
    assert not wrong


@pytest.mark.parametrize(
    "module", [module for module in MODULES if module not in READERS | WRITERS]
)
def test_files_are_read_and_written_in_their_own_modules(module):
    tree = ast.parse((SOURCE / f"{module}.py").read_text(encoding="utf8"))
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    methods = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert "open" not in calls
    assert not methods & {
        "read_text",
        "write_text",
        "read_bytes",
        "write_bytes",
        "read_csv",
        "to_csv",
        "to_parquet",
    }


def test_importing_the_package_pulls_in_no_heavy_library():
    import subprocess
    import sys

    script = (
        "import sys, helpers; print(sorted({'pandas', 'numpy', 'matplotlib', 'jieba'} &"
        " set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n" and run.stderr == ""


@pytest.mark.parametrize("name", helpers.__all__)
def test_every_public_name_can_be_imported(name):
    assert getattr(helpers, name) is not None
