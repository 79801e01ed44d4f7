# Every word works alone on a fresh machine that has Python 3.11 or newer and make; a second run starts at once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The first Python that is new enough: `make PYTHON=python3.13 run` chooses another.
is_new = $(shell $(1) -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null)
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(if $(filter True,$(call is_new,$(name))),$(name))) python3.11)

venv := .venv/bin/python
setup := $(PYTHON) main.py setup
workers ?= 3
# Where it is set, each process that a test starts would compile all modules of ours anew.
unexport PYTHONDONTWRITEBYTECODE
# Not those that choose their database themselves, nor what is about SQLite's disk.
on_postgres := tests/api tests/doors tests/sessions $(filter-out %/test_backup_killed.py %/test_disk_full.py \
  %/test_power_cut.py %/test_stream_order.py %/test_database_gone.py,$(wildcard tests/faults/test_*.py))
COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

.PHONY: help run test test-postgres soak lint fix page pictures bench clean lock set-up set-up-dev set-up-tests

help: ## say what each word does
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: set-up ## set up if needed, then serve on http://localhost:5000 (settings: STUDIOLO_PORT=8000 make run)
	$(venv) main.py web

test: set-up-tests ## set up if needed, then all tests, of Python and of the page
	$(venv) -m pytest -n $(workers)
	$(setup) --npm run test

test-postgres: export STUDIOLO_TEST_STORE = postgres
test-postgres: set-up-tests ## the tests that start servers once more, on PostgreSQL
	$(venv) -m pytest -n $(workers) $(on_postgres)

soak: export STUDIOLO_TEST_SCALE = full
soak: set-up-tests ## the same tests with the full counts of the fault, load and fuzz tests
	$(venv) -m pytest -n $(workers) --timeout 3600 --junit-xml=build/soak.xml || code=$$?; \
	$(venv) -m bench.soak build/soak.xml; exit $${code:-0}

lint: set-up-dev ## what must be clean: style, types, generated files
	$(venv) -m ruff check .
	$(venv) -m ruff format --check .
	$(venv) -m mypy
	$(venv) main.py types --check
	$(setup) --npm run lint
	$(setup) --npm run typecheck

fix: set-up-dev ## put right what can be put right without thinking
	$(venv) -m ruff check --fix .
	$(venv) -m ruff format .
	$(venv) main.py types
	$(setup) --npm run fix

page: set-up ## build the page from page/ into static/app/
	$(setup) --npm run build

pictures: set-up-tests ## make the docs' pictures from the running page
	$(venv) -m tests.browser.pictures

bench: set-up-tests ## measure, print the tables, keep them in docs/benchmarks.md
	$(venv) -m bench

clean: ## remove everything that was made, but not data/
	rm -rf .venv page/node_modules static/app .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +

lock: set-up-dev ## pin the newest versions that requirements*.in allow
	$(COMPILE) --upgrade -o requirements.txt requirements.in
	$(COMPILE) --upgrade -o requirements-dev.txt requirements-dev.in
	$(COMPILE) --upgrade -o requirements-desktop.txt requirements-desktop.in
	for name in uv node model; do $(COMPILE) --upgrade --no-deps -o requirements-$$name.txt requirements-$$name.in; done

set-up:
	@$(setup)

set-up-dev:
	@$(setup) --dev

set-up-tests:
	@$(setup) --dev --system
