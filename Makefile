# `make demo` sets everything up and opens a working demo; `make test` sets up and passes the tests.
# YES=1 answers every question of the set-up with yes.

BIN := .venv/bin
export YES

.PHONY: demo test test-slow test-agents test-others check fix bench docs clean setup-run setup-dev

demo: setup-run
	@$(BIN)/hive demo

test: setup-dev
	@$(BIN)/python -m pytest -n 2

test-slow: setup-dev
	@$(BIN)/python -m pytest -m slow

test-agents: setup-dev
	@$(BIN)/python -m pytest -m real

test-others: setup-dev
	@$(BIN)/python -m pytest -m others

check: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/codespell
	@$(BIN)/python scripts/docs.py --check

fix: setup-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup-run
	@$(BIN)/python -m hiveui.bench

docs: setup-dev
	@$(BIN)/python scripts/docs.py
	@$(BIN)/python scripts/picture.py

setup-run setup-dev: setup-%:
	@sh scripts/setup.sh .venv $*

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
