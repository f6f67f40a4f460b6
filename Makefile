# make chat   sets everything up and opens the chat on the bundled articles
# make test   sets everything up and runs every check
# make faults runs the fault battery at its full size, for hours
PYTHON ?= python3
BIN := .venv/bin

.PHONY: chat test check format faults wheel-test lock clean

chat: .venv/byline
	$(BIN)/byline chat --bundled

test: .venv/tools check
	$(BIN)/pytest --numprocesses 2 --dist loadfile

check: .venv/tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: .venv/tools
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The fault battery at its full size: hours.
faults: .venv/tools
	$(BIN)/pytest tests/faults --faults large

# The wheel, in an environment that has nothing of the checkout, answers outside of it.
wheel-test:
	PYTHON="$(PYTHON)" tests/wheel.sh

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Byline needs Python 3.11 or later: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/byline: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/tools: .venv/byline requirements-dev.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --requirement requirements-dev.txt
	touch $@

# Pins every package, of a fresh environment with the newest that pyproject.toml allows.
lock:
	PYTHON="$(PYTHON)" tests/lock.sh > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
