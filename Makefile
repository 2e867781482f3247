# `make` lists the targets. A fresh machine needs Python >= 3.11, Node >= 20.19 and make; nothing else.

VENV    := .venv
BIN     := $(VENV)/bin
PORT    ?= 8080
SOURCES ?= ../shared/data
STORE   ?= var/france
PYTHON  ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,\
	$(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))

LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# Notes how long a step took, where .ci/run asks for that.
TIMED := .ci/timed

# What the map page is made from.
PAGE := tileserver/web/page
PAGE_SOURCES := $(shell find $(PAGE)/src -type f 2>/dev/null) $(PAGE)/index.html $(PAGE)/icon.svg $(PAGE)/vite.config.mjs

# What the bytes of a store depend on: `make serve` builds the demo again when one of these is newer.
BUILDERS := $(shell find layers preprocess tileserver/store tileserver/kernel -name '*.py' -o -name '*.toml' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup page serve demo test lint types page-types contracts coverage kernels kernels-compiled kernels-checked kernels-interpreted unit france france-test bench lock clean
.DELETE_ON_ERROR:

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.stamp $(PAGE)/built/.stamp ## Install everything into .venv and node_modules, from the locks, and build the map page

$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "No Python >= 3.11 found: install one, or say make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# --no-deps, because the lock is complete: pip would otherwise look beyond it for a requirement with
# an extra (`coverage[toml]`), and fail on the day that a newer version is out.
$(VENV)/.stamp: locks/dev.txt pyproject.toml | $(BIN)/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r locks/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.stamp: package.json package-lock.json
	@node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(100 * major + minor >= 2019 ? 0 : 1)' \
		|| { echo "No Node >= 20.19 found: install one"; exit 1; }
	@test ! -L node_modules || { echo "node_modules is a link, and npm ci would empty what it leads to: install there, or remove the link"; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

page: $(PAGE)/built/.stamp ## Build the map page

$(PAGE)/built/.stamp: node_modules/.stamp $(PAGE_SOURCES)
	npm run --silent build
	@touch $@

serve: setup var/store/.stamp ## Build the demo country when needed, and serve it on http://127.0.0.1:$PORT (8080)
	$(BIN)/tileserver serve --store var/store --port $(PORT)

demo: setup var/store/.stamp ## Build the demo country into var/store

var/store/.stamp: $(VENV)/.stamp $(BUILDERS)
	$(BIN)/tileserver demo var/demo
	$(BIN)/tileserver build --sources var/demo --store var/store
	@touch $@

test: setup ## Everything that must pass: linters, types, import contracts, tests
	$(MAKE) --no-print-directory -j2 --output-sync=target \
		lint kernels-checked types kernels-compiled kernels-interpreted contracts page-types
	$(MAKE) --no-print-directory unit

lint:
	$(TIMED) "- lint" $(BIN)/ruff check .
	$(TIMED) "- format" $(BIN)/ruff format --check .

types: | $(VENV)/.stamp
	$(TIMED) "- types" $(BIN)/mypy

page-types: | node_modules/.stamp
	$(TIMED) "- types of the page" npm run --silent check

contracts:
	$(TIMED) "- import contracts" $(BIN)/lint-imports

# Compiled once here, so that the test processes find them and don't each compile their own.
kernels-compiled: | $(VENV)/.stamp
	$(TIMED) "- kernels, compiled" $(BIN)/python -c "from tileserver.tiles import render; from tileserver.tiles.filtering import spatial; render.warm(); spatial.warm()"

kernels: kernels-checked kernels-interpreted

# numba does not keep checked and unchecked code apart, so the checked one has a folder of its own.
kernels-checked: | $(VENV)/.stamp
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=var/kernels-checked $(TIMED) "- kernels, every index checked" $(BIN)/pytest -q tests/kernel

kernels-interpreted: | $(VENV)/.stamp
	NUMBA_DISABLE_JIT=1 $(TIMED) "- kernels, interpreted" $(BIN)/pytest -q tests/kernel

unit:
	$(TIMED) "- tests" $(BIN)/pytest --numprocesses=auto --dist=loadscope --no-loadscope-reorder $(PYTEST_ARGS)

coverage: setup ## Run the tests in one process, and tell which lines they reach
	$(BIN)/pytest --cov --cov-report=term $(PYTEST_ARGS)

france: setup ## Build the real France from SOURCES (../shared/data) into STORE (var/france)
	@test -d "$(SOURCES)" || { echo "No folder $(SOURCES): say make france SOURCES=/path/to/the/open/data"; exit 1; }
	$(BIN)/tileserver build --sources $(SOURCES) --store $(STORE)

france-test: setup ## Run the tests that want the store of the real France
	TERRITORY_SOURCES=$(SOURCES) TERRITORY_STORE=$(STORE) $(BIN)/pytest -m france --numprocesses=auto --dist=loadscope --no-loadscope-reorder $(PYTEST_ARGS)

bench: setup ## Measure against PostGIS, Martin, tipg and others (BENCH_ARGS); writes docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks $(BENCH_ARGS)

# Installs only where there is nothing yet: an environment that another checkout uses would lead here from then on.
$(BIN)/uv:
	$(MAKE) --no-print-directory $(VENV)/.stamp

lock: | $(BIN)/uv ## Resolve the dependencies again into locks/*.txt (UPGRADE=--upgrade for the newest)
	$(LOCK) $(UPGRADE) pyproject.toml --extra dev -o locks/dev.txt
	$(LOCK) pyproject.toml -c locks/dev.txt -o locks/runtime.txt
	$(LOCK) locks/build.in -c locks/dev.txt -o locks/build.txt

clean: ## Remove what the project made (not .venv, not node_modules)
	rm -rf var build dist htmlcov $(PAGE)/built .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -not -path './node_modules/*' -prune -exec rm -rf {} +
