# Needs Python 3.13 and make; fetches the rest. `make` lists the targets.
SHELL := /bin/bash
V ?= default
UV := $(or $(shell command -v uv),$(CURDIR)/.tools/bin/uv)
PYTHON3 := $(shell for p in python3.13 "$$HOME/.pyenv/shims/python3.13" python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null && echo "$$p" && break; done)
RUN = $(UV) run --quiet --no-progress
# The bakes share one environment: they need the same libraries.
BAKES := UV_PROJECT_ENVIRONMENT="$(CURDIR)/build/env" PATH="$(dir $(UV)):$$PATH"
export UV_LINK_MODE ?= copy
unexport VIRTUAL_ENV

.PHONY: help bake demo test-fast test test-all lint format clean
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "%-10s %s\n", $$1, $$2}'

bake: $(UV) ## Render a variant into build/<V>: V=default|minimal|longest|hooks-refused
	@$(RUN) python -m scripts.bake $(V)

demo: $(UV) ## Render, start and leave a service running; CHECK=1 tries it and stops it
	@$(BAKES) $(RUN) python -m scripts.demo $(if $(filter 1 yes true,$(CHECK)),--check)

lint: $(UV) ## Check the template's own Python and the rendered trees
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(BAKES) $(RUN) pytest -q tests/test_tree.py

format: $(UV) ## Format the template's own Python and the service's
	$(RUN) ruff check --fix
	$(RUN) ruff format
	$(RUN) python -m scripts.format

test-fast: $(UV) ## Everything that needs no services
	$(BAKES) $(RUN) pytest -n 2 --dist loadgroup -m "not services and not long"

test: $(UV) ## Everything but the long tests, on real services
	$(BAKES) $(RUN) pytest -n 2 --dist loadgroup -m "not services and not long"
	$(BAKES) $(RUN) pytest -m "services and not long"

test-all: test ## The long tests too
	$(BAKES) $(RUN) pytest -m long

clean: ## Remove what was built
	@if [ -f build/demo/Makefile ]; then $(MAKE) -C build/demo down || true; fi
	rm -rf build .venv .tools .mypy_cache .pytest_cache .ruff_cache

$(CURDIR)/.tools/bin/uv:
	@test -n "$(PYTHON3)" || { echo "Python 3.13 is missing: install python3.13 or put uv on the PATH."; exit 1; }
	@echo "Fetching uv into .tools"
	@$(PYTHON3) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv
