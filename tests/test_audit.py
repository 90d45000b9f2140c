"""What takes too long for every day works: other Pythons, an office program, real files.

`make audit` runs these tests together with the long fuzzing and the slow tests. A test that can't
run here fails and says what is missing.
"""

import json
import os
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from helpers import read_corpus

pytestmark = pytest.mark.audit
ROOT = Path(__file__).resolve().parents[1]
OTHERS = ("3.12", "3.13")
TEXT = [
    "许昌市人大常委会关于养老服务联动监督的报告",
    "市人大常委会组织代表走访养老机构35家,发放问卷1200份,满意率为92.5%。",
    "对检查中发现的12个问题列出清单,交市政府办理,要求在9月底前整改到位。",
]
SLOWEST = 60  # seconds one real file may take


def interpreter(version: str) -> str:
    """The path of another Python: on the PATH, or one that pyenv holds."""
    versions = Path.home() / ".pyenv" / "versions"
    held = sorted(versions.glob(f"{version}.*/bin/python"))
    found = shutil.which(f"python{version}") or (str(held[-1]) if held else None)
    if found is None or subprocess.run([found, "-c", ""], capture_output=True).returncode:
        found = str(held[-1]) if held else None
    if found is None:
        pytest.fail(f"Python {version} is missing: install it, or put python{version} on the PATH.")
    return found


@pytest.fixture(scope="module", params=OTHERS)
def other(request, tmp_path_factory):
    """Another Python with the locked packages and this package: its version and its program."""
    home = tmp_path_factory.mktemp("other") / "venv"
    pip = [home / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([interpreter(request.param), "-m", "venv", home], check=True)
    lock = ROOT / "requirements-test.lock"
    subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", ROOT], check=True)
    return request.param, home / "bin/python"


def test_the_quick_suite_passes_under_another_python(other):
    version, python = other
    run = subprocess.run(
        [python, "-m", "pytest", "-m", "not slow and not audit", "-n", "2", "tests"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    print(f"Python {version}: {run.stdout.splitlines()[-1]}")
    assert run.returncode == 0, run.stdout[-4000:]


def test_another_python_writes_the_stored_tables_notebooks_and_docs(other, tmp_path):
    """Floats agree to 1e-9. Pictures may differ in their bytes, and the figures' JSON names other
    versions, but what a figure shows and quotes is the same."""
    _, python = other
    copy = tmp_path / "copy"
    beside = shutil.ignore_patterns(".venv", "build", ".git", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, copy, ignore=beside)
    run = subprocess.run(
        [python, "-m", "helpers", "reproduce"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    tables = [*(ROOT / "data/derived").glob("*.csv"), *(ROOT / "figures").rglob("*.csv")]
    for path in tables:
        stored, fresh = pd.read_csv(path), pd.read_csv(copy / path.relative_to(ROOT))
        pd.testing.assert_frame_equal(fresh, stored, rtol=0, atol=1e-9, obj=path.name)
    records = [*(ROOT / "figures").rglob("*.json")]
    for path in records:
        stored, fresh = (
            json.loads((root / path.relative_to(ROOT)).read_text("utf8")) for root in (ROOT, copy)
        )
        assert {**fresh, "versions": 0} == {**stored, "versions": 0}, path.name
    texts = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "notebooks").glob("*.ipynb"),
    ]
    for path in texts:
        assert (copy / path.relative_to(ROOT)).read_bytes() == path.read_bytes(), path.name
    assert len(tables) > 50 and len(records) > 20 and len(texts) > 10


@pytest.mark.parametrize("kind", ["docx", "pdf", "html", "odt"])
def test_what_an_office_program_writes_is_read_as_it_was_typed(kind, tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.fail("LibreOffice is missing: apt-get install libreoffice-writer-nogui.")
    source = tmp_path / "report.fodt"
    body = "".join(f"<text:p>{line}</text:p>" for line in TEXT)
    source.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><office:document'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"'
        ' office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document>",
        "utf8",
    )
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", kind, "--outdir", tmp_path, source]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    corpus = read_corpus(tmp_path / f"report.{kind}")
    if not len(corpus):  # a format that is not read is named, never lost in silence
        assert len(corpus.problems) == 1
        print(f"{kind}: {corpus.problems['problem'].iloc[0]}")
        return
    read = "".join(corpus.documents["title"].fillna("")) + "".join(d.text for d in corpus)
    assert all(line in "".join(read.split()) for line in TEXT)


def test_real_files_are_read_in_bounded_time_or_named():
    folder = os.environ.get("HELPERS_REAL_FILES")
    if not folder or not Path(folder).is_dir():
        pytest.fail("Real files are missing: HELPERS_REAL_FILES=folder make audit.")
    files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    problems: Counter[str] = Counter()
    documents, slow = 0, []
    for path in files:
        began = time.process_time()
        corpus = read_corpus(path)
        for document in corpus:
            assert document.quote(0, len(document.raw)) is not None
            documents += 1
        problems.update(corpus.problems["problem"])
        assert len(corpus) or len(corpus.problems), f"{path.name} is lost in silence"
        if time.process_time() - began > SLOWEST:
            slow.append(path.name)
    print(f"{len(files)} files, {documents} documents; problems: {dict(problems.most_common())}")
    assert slow == []
