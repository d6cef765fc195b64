.PHONY: migrate migration rollback migration-history migration-current \
	migration-stamp migration-sql test-migrations

##@ Database

migrate: setup ## Bring the database to the newest revision
	@$(PYTHON) -m scripts.within scripts.migrate upgrade

migration: override export MESSAGE := $(value msg)
migration: setup ## Write a revision from the models; msg="what changes"
	@$(PYTHON) -m scripts.within scripts.migrate revision -m "$$MESSAGE"

rollback: setup ## Take the newest revision back; steps=1
	@$(PYTHON) -m scripts.within scripts.migrate rollback '$(steps)'

migration-history: setup ## List all revisions
	@$(PYTHON) -m scripts.within scripts.migrate history

migration-current: setup ## Show where the database is
	@$(PYTHON) -m scripts.within scripts.migrate current

migration-stamp: setup ## Note a revision without running it; rev=head
	@$(PYTHON) -m scripts.within scripts.migrate stamp '$(or $(rev),head)'

migration-sql: setup ## Print the revisions as SQL, without a database; from=<revision>
	@$(PYTHON) -m scripts.migrate sql '$(or $(from),base)'

test-migrations: setup ## Up, down, up, drift, locks: all revisions, on a PostgreSQL of their own
	@$(PYTHON) -m scripts.test_migrations
