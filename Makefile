# Every target works on a fresh clone: it makes .venv and installs what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
NOTEBOOKS := $(RUN) -m tools.notebooks
# One process per core. tests/conftest.py says which tests stay together.
PYTEST := $(RUN) -m pytest -n auto
FIRST := notebooks/01-sequence-data/01-sequence-data.ipynb

# NB=05 limits run and variants to one notebook; without it they take all.
NB ?=
# `lab` serves the whole repository, which Formgrader needs, and opens the first notebook. nbgrader
# calls its commands by name, so the environment is on the PATH.
# HEADLESS=1 starts JupyterLab without opening a browser; PORT and LAB_FLAGS go to it too.
HEADLESS ?=
PORT ?= 8888
LAB_FLAGS ?=

# The course works offline: JupyterLab's news and its search for updates are off.
OFFLINE := --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate
# Jupyter refuses to run as root unless told to. In a container, root is the only user.
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)

# What `make grade` passes on, as in GRADE="01-sequence-data --jobs 4".
GRADE ?=

.PHONY: help setup lab format lint release check test-fast test proof run variants demo grade \
	student-zip constraints clean

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit(f"This course needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is {v[0]}.{v[1]}. Install one and run: make PYTHON=python3.12 setup")'
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.student: $(VENV)/.python requirements.txt constraints.txt pyproject.toml
	$(RUN) -m pip install --quiet -r requirements.txt
	@touch $@

$(VENV)/.author: $(VENV)/.student requirements-cluster.txt requirements-dev.txt
	$(RUN) -m pip install --quiet -r requirements-dev.txt
	@git config diff.nb.textconv "$(RUN) -m tools.notebooks text" 2>/dev/null || true
	@touch $@

setup: $(VENV)/.author  ## make .venv with all that authors and CI need

lab: $(VENV)/.student  ## open JupyterLab on notebook 01 (HEADLESS=1: without a browser; PORT=8888)
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/jupyter lab --ServerApp.root_dir=. --port $(PORT) \
		--LabApp.default_url=/lab/tree/$(FIRST) $(if $(HEADLESS),--no-browser) \
		$(OFFLINE) $(ROOT_FLAG) $(LAB_FLAGS)

format: setup  ## format Python files and bring solution notebooks into canonical form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .
	$(NOTEBOOKS) normalise

lint: setup  ## check style, canonical form and the structure rules of notebooks
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(NOTEBOOKS) normalise --check
	$(NOTEBOOKS) lint

release: setup  ## rebuild notebooks/ from solutions/
	$(NOTEBOOKS) release

check: setup  ## prove that notebooks/ is what solutions/ generates
	$(NOTEBOOKS) check

test-fast: setup  ## the tests that take under a minute
	$(PYTEST) -m "not slow"

test: setup  ## lint, check and all tests
	@$(MAKE) --no-print-directory lint check
	$(PYTEST) --durations=15

proof: setup  ## slow proofs: attacks on stock nbgrader and on ours, kill rounds, benchmarks, variants
	$(RUN) -m tests.submissions.table --stock
	$(RUN) -m tests.classes.kills
	$(RUN) -m tests.benchmarks.bench_grading
	$(RUN) -m tests.benchmarks.bench_class_run
	$(RUN) tests/benchmarks/bench_create_sequences.py
	$(RUN) -m tests.variants.harness

run: setup  ## run solution notebooks and print seconds per cell (NB=05: one)
	$(NOTEBOOKS) run $(NB)

variants: setup  ## grade wrong and alternative answers and print a table (NB=05: one)
	$(RUN) -m tests.variants.harness $(NB)

demo: $(VENV)/.student  ## grade a small made-up class end to end and print its gradebook
	$(RUN) -m grading demo

grade: $(VENV)/.student  ## grade what was handed in and is not graded yet (GRADE="01-sequence-data --jobs 4")
	$(RUN) -m grading run $(GRADE)

student-zip: setup  ## pack what students need, and nothing that gives an answer away
	$(NOTEBOOKS) student-zip

# uv resolves one list for Python 3.11 to 3.13; pip then installs from it.
constraints: setup  ## resolve constraints.txt anew from the requirements files
	grep -hv -e "^-" requirements*.txt | $(BIN)/uv pip compile --quiet \
		--universal --python-version 3.11 --no-annotate --upgrade \
		--custom-compile-command "make constraints" - --output-file constraints.txt

clean:  ## remove what can be made again, and keep gradebook and submissions
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
	find . -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf
