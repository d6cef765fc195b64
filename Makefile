# Needs Python 3.13 and make; fetches the rest. `make` lists the targets.
SHELL := /bin/bash
V ?= default
UV := $(or $(shell command -v uv),$(CURDIR)/.tools/bin/uv)
PYTHON3 := $(shell for p in python3.13 "$$HOME/.pyenv/shims/python3.13" python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null && echo "$$p" && break; done)
RUN = $(UV) run --quiet --no-progress
export PATH := $(patsubst %/,%,$(dir $(UV))):$(PATH)

.PHONY: help bake demo test-fast test-services test test-all lint format clean
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "%-10s %s\n", $$1, $$2}'

bake: $(UV) ## Render a variant into build/<V>: V=default|minimal|longest|without-audit|audit-alone|hooks-refused
	@$(RUN) python -m scripts.bake $(V)

demo: $(UV) ## Render, start and leave a service running; CHECK=1 tries it and stops it
	@$(RUN) python -m scripts.demo $(if $(filter 1 yes true,$(CHECK)),--check)

lint: $(UV) ## Check the template's own Python and the rendered trees
	$(RUN) ruff check hooks scripts tests
	$(RUN) ruff format --check hooks scripts tests
	$(RUN) mypy
	$(RUN) pytest -q tests/test_tree.py

format: $(UV) ## Format the template's own Python and the service's
	$(RUN) ruff check --fix hooks scripts tests
	$(RUN) ruff format hooks scripts tests
	$(RUN) python -m scripts.format

test-fast: $(UV) ## Everything that needs no services
	$(RUN) pytest -n 2 --dist loadgroup -m "not services and not long"

test-services: $(UV) ## What needs services: the suites of all bakes
	$(RUN) pytest -m "services and not long" --durations=20

test: test-fast test-services ## Everything but the long tests

test-all: test ## The long tests too
	$(RUN) pytest -m long

clean: ## Remove what was built
	@if [ -f build/demo/Makefile ]; then $(MAKE) -C build/demo down || true; fi
	rm -rf build .venv .tools .mypy_cache .pytest_cache .ruff_cache

$(CURDIR)/.tools/bin/uv:
	@test -n "$(PYTHON3)" || { echo "Python 3.13 is missing: install python3.13 or put uv on the PATH."; exit 1; }
	@echo "Fetching uv into .tools"
	@$(PYTHON3) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv

.PHONY: screenshots
screenshots: $(UV) ## Pictures of /docs in a browser, in build/screenshots
	$(RUN) pytest tests/test_browser.py
	@ls build/screenshots/*.png
