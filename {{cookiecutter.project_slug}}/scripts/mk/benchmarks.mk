.PHONY: bench-pagination

##@ Benchmarks

bench-pagination: setup ## Pages of a million rows by number and by cursor; ARGS="--rows 10000"
	@$(PYTHON) -m benchmarks.pagination $(ARGS)
