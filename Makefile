PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Python compiles each module when it is first imported; many are never.
INSTALL := $(PIP) install --no-compile --constraint constraints.txt
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help chat test suite fast check lint types format pictures recording docs docs-serve hooks faults cluster-test wheel-test lock clean

help:        ## List these commands
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

chat: .venv/accurate        ## Set up and open the chat on the bundled articles
	$(BIN)/byline chat --bundled

test: .venv/tools lint        ## Set up and run every check and every test
	$(MAKE) --no-print-directory --jobs=2 types suite

suite: .venv/tools
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

fast: .venv/tools        ## Run the checks and tests for the loop while writing (under a minute)
	$(BIN)/ruff check .
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m "not slow"

check: lint types        ## Check format, lint, spelling, import contracts and types

lint: .venv/tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell
	$(BIN)/lint-imports

types: .venv/tools
	$(BIN)/mypy

format: .venv/tools        ## Format the code and apply safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

pictures: .venv/tools        ## Accept changed pictures of the chat; look at each before you commit
	$(BIN)/pytest tests/tui/chat/test_pictures.py --snapshot-update

recording: .venv/accurate .venv/tools        ## Record the chat for the README; watch it before you commit
	$(BIN)/python -m tests.recording

docs: .venv/docs        ## Build the documentation into site/
	$(BIN)/mkdocs build --strict

docs-serve: .venv/docs        ## Show the documentation in a browser while you write it
	$(BIN)/mkdocs serve

hooks: .venv/tools        ## Run the checks of each commit by pre-commit
	$(BIN)/pre-commit install

faults: .venv/tools        ## Run the fault battery at its full size (hours)
	$(BIN)/pytest tests/faults --faults large

cluster-test: .venv/cluster        ## Build and ask an index in shards on a small Ray cluster, and kill parts of it
	$(BIN)/pytest tests/cluster

wheel-test: .venv/byline        ## Build the wheel and use it in an environment without the checkout
	tests/wheel.sh

lock:        ## Pin every package at the newest version that pyproject.toml allows
	PYTHON="$(PYTHON)" tests/lock.sh > constraints.new
	mv constraints.new constraints.txt

clean:        ## Delete what these commands made
	rm -rf .venv dist build site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Byline needs Python 3.11 or later: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/byline: .venv/bin/python pyproject.toml constraints.txt
	$(INSTALL) torch
	$(INSTALL) --editable '.[eval,formats,mcp,serve,web]'
	touch $@

# The encoder of the accurate reader: 400 MB that no test needs.
.venv/accurate: .venv/byline
	$(INSTALL) --editable '.[accurate]'
	touch $@

.venv/tools: .venv/byline requirements-dev.txt
	$(INSTALL) --requirement requirements-dev.txt
	touch $@

# Ray: 80 MB that only these tests need.
.venv/cluster: .venv/tools
	$(INSTALL) --editable '.[cluster]'
	touch $@

.venv/docs: .venv/byline requirements-docs.txt
	$(INSTALL) --requirement requirements-docs.txt
	touch $@
