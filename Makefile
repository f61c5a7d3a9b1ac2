# Everything from a bare machine: Python 3.11 or later, make and a network to the package index.
#   make demo       the alliance case, its deal before and after
#   make test       the tests without the minutes-long ones
#   make test-long  the minutes-long ones
#   make test-spark those of Spark alone; without Java 17 or a network they skip and say why
#   make check      format, lint, types, imports
#   make bench      the benchmarks
#   make score-stories   how well stories are read, beside baselines

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DELETE_ON_ERROR:
.PHONY: demo test test-long test-spark check bench score-stories clean

demo: $(VENV)/.plain
	@rm -rf build/demo && mkdir -p build
	@$(BIN)/crosstie demo build/demo

test: $(VENV)/.test
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not long"

test-long: $(VENV)/.spark
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m long

test-spark: $(VENV)/.spark
	$(BIN)/python -m pytest -q -m spark

check: $(VENV)/.check
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

score-stories: $(VENV)/.bench
	@$(BIN)/python benchmarks/stories.py $(DATA)

bench: $(VENV)/.bench
	@for each in $$(grep -l __main__ benchmarks/*.py); do \
	  echo "== $$each"; $(BIN)/python $$each || exit 1; done

# Stamps: each set-up runs once, and again when pyproject.toml changes.
$(VENV)/.pip:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "Crosstie needs Python 3.11 or later; this is %d.%d: make PYTHON=python3.12 ..." % v[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade "pip>=25.1"
	@touch $@

$(VENV)/.plain: pyproject.toml | $(VENV)/.pip
	@echo "Installing Crosstie into $(VENV) ..."
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/.pip
	@echo "Installing Crosstie and its tests into $(VENV) ..."
	@$(PIP) install --editable ".[registers,reports,stories,llm]" --group test
	@sh .ci/chromium
	@touch $(VENV)/.plain $@

# without a network its tests are skipped, and the next run tries again
$(VENV)/.spark: pyproject.toml | $(VENV)/.test
	@echo "Installing PySpark and its Java ..."
	@sh .ci/java
	@if $(PIP) install --group spark; then touch $@; \
	  else echo "PySpark could not be installed; the tests of Spark will be skipped."; fi

$(VENV)/.check: pyproject.toml | $(VENV)/.test
	@$(PIP) install --group check
	@touch $@

$(VENV)/.bench: pyproject.toml | $(VENV)/.test
	@$(PIP) install --group bench
	@touch $@

clean:
	rm -rf $(VENV) build dist .cache
