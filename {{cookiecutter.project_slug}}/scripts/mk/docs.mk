.PHONY: docs docs-serve release-notes

##@ Documents

docs: setup ## Build the site of the documents into site/
	@$(PYTHON) -m scripts.docs
	@$(BIN)/zensical build --clean --strict

docs-serve: setup ## Serve the documents while you write them; DOCS_PORT=8001
	@$(PYTHON) -m scripts.docs
	@$(BIN)/zensical serve --dev-addr localhost:$(or $(DOCS_PORT),8001)

# As they are, whatever marks they hold.
release-notes: override export TAG := $(value TAG)
release-notes: override export OUT := $(value OUT)
release-notes: setup ## Print what CHANGELOG.md says of a version; TAG=v1.2.0 OUT=file
	@test -n "$$TAG" || { echo 'error: no version; say make release-notes TAG=v1.2.0' >&2; exit 1; }
	@$(PYTHON) -m scripts.release_notes "$$TAG" $(if $(OUT),--out "$$OUT")
