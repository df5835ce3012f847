# `make demo` sets everything up and opens a working demo; `make test` sets up and passes the tests.
# YES=1 answers every question of the set-up with yes.

VENV := .venv
PY := $(VENV)/bin/python
export YES

.PHONY: demo test test-slow test-real check fix bench docs clean

demo: $(VENV)/.ready
	@$(VENV)/bin/hive demo

test: $(VENV)/.ready-dev
	@$(PY) -m pytest -n 2

test-slow: $(VENV)/.ready-dev
	@$(PY) -m pytest -m slow

test-real: $(VENV)/.ready-dev
	@$(PY) -m pytest -m real

check: $(VENV)/.ready-dev
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/codespell
	@$(PY) scripts/docs.py --check

fix: $(VENV)/.ready-dev
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

bench: $(VENV)/.ready
	@$(PY) -m hiveui.bench

docs: $(VENV)/.ready-dev
	@$(PY) scripts/docs.py
	@$(PY) scripts/picture.py

$(VENV)/.ready: pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh $(VENV)

$(VENV)/.ready-dev: $(VENV)/.ready
	@sh scripts/setup.sh $(VENV) dev

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
