"""Data flows one way: a room uses only the rooms before it, through their faces, and only its own
outside libraries."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import helpers

SOURCE = Path(helpers.__file__).parent
ROOMS = """
codebook labels readers numbers text themes approaches outcomes study scale figures explorer site
""".split()
ORDER = ["characters", "escaping", "writing", *ROOMS, "__main__"]
OWNERS = {
    "jieba": {"text/segment"},
    "rjieba": {"text/segment"},
    "pypdfium2": {"readers/pdf"},
    "docx": set(),  # tests make Word files with it
    "mistune": {"readers/web"},
    "lxml": {"readers/word", "readers/web", "site/pages"},
    "pyarrow": {"readers/tables", "scale/parts"},
    "matplotlib": {f"figures/{path.stem}" for path in (SOURCE / "figures").glob("*.py")},
    "ipywidgets": {"explorer/page"},
    "voila": {"explorer/application"},
    "distributed": {"scale/executors"},
    "duckdb": {"scale/results"},
    "tqdm": {"scale/analysis"},
    "nbclient": {"site/notebooks"},
    "nbconvert": {"site/pages"},
    "jinja2": {"figures/markup"},
}
# the files that may touch the disk
DISK = set(
    "writing codebook/codebook readers/child readers/files readers/formats readers/tables"
    " text/corpus text/segment study/folders study/sheets scale/analysis scale/folder scale/parts"
    " scale/records scale/results figures/style figures/export figures/catalogue figures/samples"
    " figures/markup explorer/application"
    " site/datapackage site/docs site/pages site/site __main__".split()
)
OPENING = {
    *("read_text", "write_text", "read_bytes", "write_bytes"),
    *("read_csv", "to_csv", "to_parquet"),
}
FILES = sorted(path.relative_to(SOURCE).with_suffix("").as_posix() for path in SOURCE.rglob("*.py"))
FACES = [file for file in FILES if file.endswith("/__init__")]
CODE = [file for file in FILES if not file.endswith("__init__")]


def tree(file: str) -> ast.Module:
    return ast.parse((SOURCE / f"{file}.py").read_text(encoding="utf8"))


TESTS = Path(__file__).parent
READERS_OF_FACES = [tree(file) for file in CODE] + [
    ast.parse(path.read_text(encoding="utf8")) for path in sorted(TESTS.rglob("*.py"))
]


def room(file: str) -> str:
    return file.split("/")[0]


def imports(file: str):
    """Each import of a file by its whole name: `from .lines import` is `helpers.text.lines`."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            assert node.level == 1, f"{file}: a relative import stays in its room"
            yield ".".join(filter(None, ("helpers", room(file), node.module)))
        elif isinstance(node, ast.ImportFrom) and node.module == "helpers":
            yield from (f"helpers.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def others(file: str) -> set[str]:
    """What a file imports of the package outside its room, without the leading `helpers.`."""
    ours = {name.removeprefix("helpers.") for name in imports(file) if name.startswith("helpers.")}
    return {name for name in ours if name.split(".")[0] != room(file)}


@pytest.mark.parametrize("file", CODE)
def test_a_file_imports_only_from_rooms_before_its_own(file):
    before = ORDER[: ORDER.index(room(file))]
    assert {name for name in others(file) if name.split(".")[0] not in before} == set()


@pytest.mark.parametrize("file", CODE)
def test_other_rooms_are_imported_only_through_their_face(file):
    assert {name for name in others(file) if "." in name} == set()


@pytest.mark.parametrize("face", FACES)
def test_a_face_has_one_sentence_and_only_names_that_others_use(face):
    text = (SOURCE / f"{face}.py").read_text(encoding="utf8")
    offered = {alias.name for node in tree(face).body[1:] for alias in node.names}
    assert len(text.splitlines()) <= 15
    assert len(ast.get_docstring(tree(face)).splitlines()) == 1
    assert all(isinstance(node, ast.ImportFrom) and node.level == 1 for node in tree(face).body[1:])
    used = {name for code in READERS_OF_FACES for name in names_from(room(face), code)}
    assert offered <= used | set(helpers.__all__), "take out of the face what nobody uses"


def test_imports_inside_a_room_form_no_circle():
    arrows = {
        file: {
            f"{room(file)}/{name.split('.')[2]}" for name in imports(file) if is_inside(file, name)
        }
        for file in CODE
    }
    for file in CODE:
        reached, front = set(), arrows[file]
        while front - reached:
            reached |= front
            front = set().union(*(arrows.get(name, set()) for name in front))
        assert file not in reached


def names_from(room: str, code: ast.Module) -> set[str]:
    """Names that code takes from a room's face, imported or asked of the room itself."""
    nodes = list(ast.walk(code))
    taken = [n for n in nodes if isinstance(n, ast.ImportFrom) and n.module == f"helpers.{room}"]
    asked = [n for n in nodes if isinstance(n, ast.Attribute) and getattr(n.value, "id", 0) == room]
    return {alias.name for node in taken for alias in node.names} | {node.attr for node in asked}


def is_inside(file: str, name: str) -> bool:
    return name.startswith(f"helpers.{room(file)}.")


@pytest.mark.parametrize("file", CODE)
def test_an_outside_library_is_imported_only_by_its_owners(file):
    used = {name.split(".")[0] for name in imports(file)}
    assert {library for library in used & OWNERS.keys() if file not in OWNERS[library]} == set()


@pytest.mark.parametrize("file", [file for file in CODE if file not in DISK])
def test_only_the_listed_modules_read_or_write_files(file):
    calls = [node.func for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    assert "open" not in {call.id for call in calls if isinstance(call, ast.Name)}
    assert not OPENING & {call.attr for call in calls if isinstance(call, ast.Attribute)}


def test_no_file_has_the_name_of_a_public_function():
    assert {file.split("/")[-1] for file in FILES} & set(helpers.__all__) == set()
    for face in FACES:
        functions = {a.name for node in tree(face).body[1:] if node.module for a in node.names}
        assert not functions & {file.split("/")[-1] for file in CODE if room(file) == room(face)}


def test_importing_the_package_imports_no_heavy_library():
    script = (
        "import sys, helpers; print(sorted({'pandas', 'numpy', 'matplotlib', 'jieba'} &"
        " set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n" and run.stderr == ""


@pytest.mark.parametrize("name", helpers.__all__)
def test_every_public_name_can_be_imported(name):
    assert getattr(helpers, name) is not None
