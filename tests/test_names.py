"""Whatever the package offers is used by a notebook, the explorer or a command, and has an example.

Here, and only here, the examples in the docstrings are run.
"""

import ast
import doctest
import importlib
import inspect
import json
import re
import warnings
from pathlib import Path

import pytest
from matplotlib import rc_context

import helpers
from helpers.figures import style

SOURCE = Path(helpers.__file__).parent
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
FILES = {
    path.relative_to(SOURCE).with_suffix("").as_posix(): path
    for path in sorted(SOURCE.rglob("*.py"))
}
CONSTANTS = {"NOT_METRIC"}  # they have no docstring
MODULES = [name.replace("/", ".") for name in FILES if not name.endswith(("__init__", "__main__"))]


def used_in(tree: ast.AST) -> set[str]:
    """Names that code reads or asks of an object; a definition and an import alone are no use."""
    names = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    names |= {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname in names
    }
    # a setting of another program names a class by its place, such as "helpers.explorer.Page"
    strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    names |= {s.rpartition(".")[2] for s in strings if str(s).startswith("helpers.")}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def offered(tree: ast.Module) -> set[str]:
    """Functions and classes of a module that anyone may call."""
    return {
        node.name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
    }


def notebook_code() -> str:
    cells = [
        cell
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
        for cell in json.loads(path.read_text(encoding="utf8"))["cells"]
    ]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return re.sub(r"^\s*[%!].*$", "", "\n".join(code), flags=re.MULTILINE)


def unused(modules: dict[str, str], notebooks: str) -> dict[str, str]:
    """Public functions and classes that no module and no notebook uses, with the module that
    defines each."""
    trees = {name: ast.parse(code) for name, code in modules.items()}
    used = set().union(used_in(ast.parse(notebooks)), *map(used_in, trees.values()))
    return {name: module for module, tree in trees.items() for name in sorted(offered(tree) - used)}


def package() -> dict[str, str]:
    return {name: path.read_text(encoding="utf8") for name, path in FILES.items()}


def test_an_unused_function_is_found():
    modules = {
        "a": "def one(): pass\ndef two(): one()\ndef _own(): pass\nclass Three: pass",
        "b": "from a import two\nfrom a import Three",
    }
    assert unused(modules, "") == {"two": "a", "Three": "a"}
    assert unused(modules, "import a\nfrom a import Three as T\na.two()\nx = T") == {}


def test_the_package_lists_its_public_names_and_an_unknown_name_shows_the_list():
    assert dir(helpers) == helpers.__all__ == sorted(helpers._ROOM)
    with pytest.raises(
        AttributeError, match="helpers has no 'read_corpse'. Public names: .*read_corpus"
    ):
        helpers.read_corpse  # noqa: B018


def test_every_public_function_is_used_by_a_module_or_a_notebook():
    assert unused(package(), notebook_code()) == {}, (
        "use it in a notebook, the explorer or a command, or take it out"
    )


def test_every_public_name_of_the_package_is_used_outside_its_own_module():
    trees = {name: ast.parse(code) for name, code in package().items()}
    trees["notebooks"] = ast.parse(notebook_code())
    used = {place: used_in(tree) - offered(tree) for place, tree in trees.items()}
    assert [
        name for name in helpers.__all__ if not any(name in names for names in used.values())
    ] == []


@pytest.mark.parametrize("name", [name for name in helpers.__all__ if name not in CONSTANTS])
def test_every_public_name_has_an_example_that_shows_its_output(name):
    value = getattr(helpers, name)
    section = re.search(r"(?ms)^Examples\n--------\n(.*)", inspect.getdoc(value))
    assert section, f"give {name} a section Examples"
    examples = doctest.DocTestParser().get_examples(section[1])
    calls = [example for example in examples if name in example.source]
    assert calls or inspect.isclass(value), f"call {name} in its example"
    assert any(example.want for example in examples), f"show the output of the example of {name}"
    assert not any(doctest.SKIP in example.options for example in examples)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_the_docstrings_hold(module, monkeypatch, tmp_path):
    # an example that sets the style sets it for no other test
    monkeypatch.setattr("helpers.figures.style._current", style._current)
    # files that an example writes go to a folder of its own; what it reads is the shipped data
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELPERS_OUT", str(tmp_path))
    for name in ("HELPERS_CORPUS", "HELPERS_CODEBOOK"):
        monkeypatch.delenv(name, raising=False)
    with rc_context(), warnings.catch_warnings():
        assert doctest.testmod(importlib.import_module(f"helpers.{module}")).failed == 0
