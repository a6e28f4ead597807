# The commands of this project. `make` alone lists them.

CARGO ?= cargo

.PHONY: help test lint bench corpus

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

test: ## every test
	$(CARGO) test

lint: ## formatting and warnings, as .ci/run does
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings

bench: ## throughput, start, found of planted; UNSPILL_CORPUS=DIR adds real notebooks
	$(CARGO) bench

corpus: ## the laws over your own files: make corpus DIR=~/project
	@test -n "$(DIR)" || { echo "say which folder: make corpus DIR=~/project" >&2; exit 2; }
	UNSPILL_CORPUS="$(abspath $(DIR))" $(CARGO) test --profile quick --test corpus -- --nocapture
