.PHONY: lint format ruff-check typecheck layers docstrings spelling \
	bandit-scan skjold-scan dead-code-scan outdated-pkgs-scan \
	hooks pre-commit commit-message

##@ Quality

lint: ruff-check typecheck layers ## Style, types and layers

format: setup ## Put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

ruff-check: setup ## Style: ruff's rules and its format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

typecheck: setup ## mypy --strict
	@$(BIN)/mypy $(CODE)

layers: setup ## Who may import whom
	@$(BIN)/lint-imports

docstrings: setup ## At least 80% of what is public has a docstring
	@$(BIN)/interrogate --quiet {{cookiecutter.module_name}} || { $(BIN)/interrogate -vv --omit-covered-files {{cookiecutter.module_name}}; exit 1; }

spelling: setup ## Look for typing errors in all files
	@$(BIN)/typos

bandit-scan: setup ## Look for unsafe code
	@$(BIN)/bandit --quiet --recursive -c pyproject.toml $(filter-out tests benchmarks,$(CODE))

skjold-scan: setup ## Look for dependencies with known vulnerabilities; needs network
	@$(PYTHON) -m scripts.dependency_audit

dead-code-scan: setup ## Look for code that nothing uses
	@$(PYTHON) -m scripts.dead_code

outdated-pkgs-scan: setup ## List dependencies that have newer versions; needs network
	@UV='$(UV)' $(PYTHON) -m scripts.outdated

hooks: setup ## Let git run the checks at each commit
	@$(call in_git)
	@$(BIN)/pre-commit install

pre-commit: setup ## All that git runs at a commit, on all files; HOOK=mypy runs one, STAGE=manual the audit
	@$(call in_git)
	@$(BIN)/pre-commit run --all-files $(if $(STAGE),--hook-stage '$(STAGE)') $(HOOK)

commit-message: setup ## Is a message a conventional commit? FILE=.git/COMMIT_EDITMSG
	@test -f '$(or $(FILE),.git/COMMIT_EDITMSG)' || { echo 'error: no message; say make commit-message FILE=path' >&2; exit 1; }
	@$(BIN)/conventional-pre-commit --no-color build chore ci docs feat fix perf refactor revert style test '$(or $(FILE),.git/COMMIT_EDITMSG)'

in_git = git rev-parse --git-dir >/dev/null 2>&1 || { echo 'error: no git repository here; say git init first' >&2; exit 1; }
