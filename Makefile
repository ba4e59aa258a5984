# Every verb is one call of the `mailroom` command; `make install` makes it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
mailroom := .venv/bin/mailroom
up_options = $(if $(PACKAGED),--packaged)

.PHONY: help
help:  ## Show the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install:  ## Build the three environments from their locks (nothing happens when nothing changed)
	@scripts/install.sh

.PHONY: lock
lock:  ## Renew the locks
	@scripts/lock.sh

.PHONY: up
up: install  ## Start LocalStack and Postgres, deploy the topology (PACKAGED=1: from the zip)
	@$(mailroom) up $(up_options)

.PHONY: down
down: install  ## Stop what `up` started; the data stays
	@$(mailroom) down

.PHONY: status
status: install  ## Show what is up, and where
	@$(mailroom) status

.PHONY: reset
reset: install  ## Stop, and delete the data
	@$(mailroom) reset $(if $(YES),--yes)

.PHONY: logs
logs: install  ## Follow a log (LOG=localstack, postgres, publish, process or migrate)
	@$(mailroom) logs $(or $(LOG),localstack) --follow

.PHONY: demo
demo: install  ## Send 194 real messages through the workflow
	@$(mailroom) demo

.PHONY: test
test: install  ## Check types and style, run all tests
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/pytest

.PHONY: check
check: install  ## Find in the definitions what would fail in AWS
	@$(mailroom) check

.PHONY: bench
bench: install  ## Measure against what runs beside it
	@.venv/bin/python -m benchmarks
