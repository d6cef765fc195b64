.PHONY: bench-pagination bench-protection

##@ Benchmarks

bench-pagination: setup ## Pages of a million rows by number and by cursor; ARGS="--rows 10000"
	@$(PYTHON) -m benchmarks.pagination $(ARGS)

bench-protection: setup ## What each protection costs a request; ARGS="--rounds 2"
	@$(PYTHON) -m benchmarks.protection $(ARGS)
