# Commands of the project, each a thin wrapper of `python -m helpers …` or `pytest`; `make` lists them.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/ready
TESTING := $(VENV)/testing
RESOLVE := uv pip compile --quiet --universal --python-version 3.11 --prerelease disallow pyproject.toml
HASHED := --generate-hashes --no-strip-extras --no-annotate --no-header
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check

.PHONY: help reproduce test test-slow audit coverage lab new-codebook new-corpus explore figures bench lock clean
.DEFAULT_GOAL := help

help:  ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14
	@echo; echo "Your own documents: make reproduce CORPUS=folder OUT=folder"
	@echo "Your own words: make new-codebook OUT=my_codebook, edit, make reproduce ONLY=03_themes CODEBOOK=my_codebook OUT=my_results"

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@# Python 3.11 and 3.12 read a .pth file as ASCII under LC_ALL=C: a relative path holds no Chinese folder name.
	@$(RUN) -c 'import os, site; place = site.getsitepackages()[0]; open(os.path.join(place, "_editable_impl_city_briefings.pth"), "w").write(os.path.relpath("src", place))'
	@touch $(READY)

$(TESTING): requirements-test.lock $(READY)
	$(PIP) --require-hashes -r requirements-test.lock
	@touch $(TESTING)

reproduce: $(READY)  ## execute all notebooks, or ONLY=03,05; write tables, figures and the reading copy (CORPUS=folder CODEBOOK=folder OUT=folder for yours)
	$(RUN) -m helpers reproduce $(if $(ONLY),--only "$(ONLY)") $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(OUT),--out "$(OUT)") $(if $(CODEBOOK),--codebook "$(CODEBOOK)")

test: $(TESTING)  ## everything quick: units, data, layers, notebooks against their stored outputs
	$(RUN) -m pytest -m "not slow and not audit" -n 2 tests
	HELPERS_OUT="$(CURDIR)/build/nbval" $(RUN) -m pytest --nbval --nbval-current-env --nbval-sanitize-with tests/sanitize.cfg -n 2 --dist loadfile notebooks

test-slow: $(TESTING)  ## what takes longer: kills, cluster, browser, large corpora
	$(RUN) -m pytest -m "slow and not audit" -n 2 --dist loadfile tests

audit: $(TESTING)  ## everything long, once an issue: ten minutes of fuzzing, kills, other Pythons, an office program, real files (HELPERS_REAL_FILES=folder)
	bash .ci/packages chromium:chromium pdffonts:poppler-utils mutool:mupdf-tools soffice:libreoffice-writer-nogui
	HELPERS_FUZZ_MINUTES=$(or $(MINUTES),10) $(RUN) -m pytest -rP tests/test_fuzz.py
	$(RUN) -m pytest -rP -m "slow or audit" tests

coverage: export COVERAGE_FILE = $(CURDIR)/build/coverage/lines
coverage: $(TESTING)  ## which lines of the package the tests and the notebooks run (half an hour; slower, so tests of speed may fail)
	rm -rf build/coverage && mkdir -p build/coverage
	-$(RUN) -m coverage run -m pytest -m "not audit" tests
	$(RUN) -m coverage run -m helpers reproduce --corpus data/raw --out build/coverage/results
	$(RUN) -m coverage combine --quiet
	$(RUN) -m coverage report

lab: $(READY)  ## open JupyterLab on the index notebook; its results go to build/lab (OUT=folder, CORPUS=folder for your documents, CODEBOOK=folder for your tables)
	$(RUN) -m helpers lab $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(CODEBOOK),--codebook "$(CODEBOOK)") $(if $(OUT),--out "$(OUT)")

new-codebook: $(READY)  ## copy the codebook tables to OUT=my_codebook, to edit the copies
	$(RUN) -m helpers new-codebook "$(OUT)"

new-corpus: $(READY)  ## set up a folder for your documents, OUT=my_study (BRIEFINGS=1 puts copies of the five into it)
	$(RUN) -m helpers new-corpus "$(OUT)" $(if $(BRIEFINGS),--briefings)

explore: $(READY)  ## search and compare in a web page on this machine, no code (CORPUS=folder for your documents, CODEBOOK=folder for your tables)
	$(RUN) -m helpers explore $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(CODEBOOK),--codebook "$(CODEBOOK)")

figures: $(READY)  ## export figures without a notebook (FIGLANG=en WIDTH=single ONLY=themes OUT=folder CORPUS=folder CODEBOOK=folder)
	$(RUN) -m helpers figures $(if $(FIGLANG),--lang $(FIGLANG)) $(if $(WIDTH),--width $(WIDTH)) $(if $(ONLY),--only "$(ONLY)") $(if $(OUT),--out "$(OUT)") $(if $(CORPUS),--corpus "$(CORPUS)") $(if $(CODEBOOK),--codebook "$(CODEBOOK)")

bench: $(TESTING)  ## time our functions against what one would write by hand
	$(RUN) benchmarks/bench.py

lock: $(READY)  ## resolve the dependencies of pyproject.toml into both locks again, and describe them for docs/reproduce.md (needs uv)
	$(RESOLVE) $(HASHED) --all-extras -o requirements-test.lock
	$(RESOLVE) $(HASHED) --extra explore --extra scale --extra build --constraints requirements-test.lock -o requirements.lock
	mkdir -p build
	$(RESOLVE) --all-extras --constraints requirements-test.lock --format pylock.toml -o build/pylock.toml
	$(MAKE) $(TESTING)
	$(RUN) tests/describe_dependencies.py build/pylock.toml
	$(RUN) -m helpers docs

clean:  ## remove the environment and everything built
	rm -rf $(VENV) build
