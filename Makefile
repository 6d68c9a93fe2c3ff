# Every target that a person calls has a line of explanation behind `##`;
# `make` alone prints them.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench soak clean
MAKEFLAGS += --no-print-directory

help: ## list the targets
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | \
	while IFS='|' read -r target text; do printf '%-10s %s\n' "$$target" "$$text"; done

demo: $(VENV)/.demo-ready ## run the example shop under gunicorn, send it traffic, show the answers
	@$(BIN)/python examples/demo.py

# The processes that tests start run in folders of their own.
test: export COVERAGE_FILE := $(CURDIR)/.coverage
test: lint ## run everything that CI runs: lint, then all tests with their coverage
	@rm -f .coverage .coverage.*
	@# Most of the time goes by in processes that a test has started and waits for.
	$(BIN)/coverage run -m pytest -n 3 --dist loadfile
	@# What a process leaves that is killed while it writes can't be read.
	@$(BIN)/coverage combine -q 2>/dev/null; rm -f .coverage.*
	$(BIN)/coverage report

lint: $(VENV)/.dev-ready ## check format, style, types and the import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev-ready ## put the code into the house format, and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev-ready ## run the benchmarks (about 10 minutes) and write docs/benchmarks.md
	@$(BIN)/python benchmarks/bench.py

soak: $(VENV)/.dev-ready ## harm a server for ten minutes, and see whether the books balance
	@$(BIN)/python -m tests.soak $(SOAK)

clean: ## delete what the other targets made, the virtual environment too
	rm -rf $(VENV) build dist *.egg-info .coverage .coverage.* .hypothesis .pytest_cache
	rm -rf .mypy_cache .ruff_cache .import_linter_cache examples/shop/flask_profiler.sql*
	rm -rf benchmarks/.venvs
	find . -name __pycache__ -prune -exec rm -rf {} +

# An environment is made once, and filled again when the requirements change.

$(VENV)/.demo-ready: setup.cfg pyproject.toml | $(BIN)/pip
	@echo "Installing flask-profiler and what the demo needs into $(VENV) ..."
	@$(BIN)/pip install -q --disable-pip-version-check -e '.[demo]'
	@touch $@

$(VENV)/.dev-ready: setup.cfg pyproject.toml | $(BIN)/pip
	@echo "Installing flask-profiler and what its tests need into $(VENV) ..."
	@$(BIN)/pip install -q --disable-pip-version-check -e '.[dev]'
	@touch $@

# Debian's python3 comes without ensurepip, which is in the package python3-venv.

APT_GET := apt-get -qq -o DPkg::Lock::Timeout=300
VENV_PACKAGE := apt-get install -y python3-venv

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or later is needed. If you have one, name it:" >&2; \
	  echo "  make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" != 0 ]; then \
	    echo "Python can't make virtual environments here. This mends it:" >&2; \
	    echo "  sudo $(VENV_PACKAGE)" >&2; exit 1; fi; \
	  echo "Installing python3-venv ..."; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  $(APT_GET) update && $(APT_GET) install -y python3-venv >/dev/null; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
