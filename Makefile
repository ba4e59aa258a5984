# Every verb is one call of the `mailroom` command; `make install` makes it.
.DEFAULT_GOAL := help
SHELL := /bin/sh
mailroom := MAILROOM_CALLED_BY=make .venv/bin/mailroom
up_options = $(if $(PACKAGED),--packaged) $(if $(COMPOSE),--compose)
yes = $(if $(YES),--yes)
# The shell outlives Ctrl-C, so that it is no error when the command ends with 130.
interruptible := trap : INT;
# Neither is a question that was answered with no, on a terminal.
declined = code=$$?; [ $$code -eq 130 ] || { [ -t 0 ] && [ $$code -eq 2 ]; }

.PHONY: help
help:  ## Show the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install:  ## Build the four environments from their locks, where these have changed (BUNDLE=folder: without network)
	@BUNDLE="$(BUNDLE)" scripts/install.sh

.PHONY: bundle
bundle:  ## Write a folder from which `make install` needs no network (BUNDLE=folder)
	@scripts/bundle.sh "$(or $(BUNDLE),$(error name a folder: make bundle BUNDLE=wheels))"

.PHONY: lock
lock:  ## Add to the locks what the *.in files ask for (UPGRADE=1: take the newest versions)
	@scripts/lock.sh $(if $(UPGRADE),--upgrade)

.PHONY: up
up: install  ## Start LocalStack and Postgres, deploy the topology (PACKAGED=1: the zip, COMPOSE=1: in containers)
	@$(mailroom) up $(up_options)

.PHONY: down
down: install  ## Stop what `up` started; the data stays
	@$(mailroom) down $(yes)

.PHONY: status
status: install  ## Show what is up, and where
	@$(mailroom) status

.PHONY: reset
reset: install  ## Stop, and delete the data
	@$(interruptible) $(mailroom) reset $(if $(YES),--yes) || { $(declined); }

.PHONY: logs
logs: install  ## Follow the functions' logs (LOG=publish, process, migrate, localstack or postgres)
	@$(interruptible) $(mailroom) logs $(LOG) --follow || [ $$? -eq 130 ]

.PHONY: demo
demo: install  ## Send 194 real messages through the workflow
	@$(mailroom) demo

.PHONY: console
console: install  ## Start the console, web pages that show the environment, and print its address
	@$(mailroom) console

.PHONY: lint
lint: install  ## Check types, style, scripts, Dockerfiles, workflows and packages
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/mypy --config-file emulator/plugin/pyproject.toml
	@scripts/install.sh lint
	@scripts/lint.sh

.PHONY: test
test: lint  ## Lint, and run the tests (REPORTS=folder: JUnit and coverage, too)
	@scripts/install.sh functions
	@.envs/functions/bin/python -m pytest --quiet -p no:cacheprovider $(if $(REPORTS),--junitxml=$(REPORTS)/functions.xml) tests/unit/functions
	@.venv/bin/pytest --numprocesses logical --maxprocesses 4 --dist loadgroup --no-loadscope-reorder \
		$(if $(REPORTS),--junitxml=$(REPORTS)/tests.xml --cov --cov-report=xml:$(REPORTS)/coverage.xml)

.PHONY: check
check: install  ## Find in the definitions what would fail in AWS
	@$(mailroom) check

.PHONY: package
package: install  ## Package the functions as they go to AWS (ARCHITECTURE=arm64)
	@$(mailroom) package $(if $(ARCHITECTURE),--architecture $(ARCHITECTURE))

.PHONY: setup
setup: need-env install  ## Create an environment's artifact bucket (ENV=dev, DATABASE=1: its database)
	@$(mailroom) setup --env $(ENV) $(if $(DATABASE),--database) $(yes)

.PHONY: deploy
deploy: need-env install  ## Deploy to an environment, after showing the changes (ENV=dev, PLAN=1)
	@$(mailroom) deploy --env $(ENV) $(if $(PLAN),--plan) $(yes)

.PHONY: verify
verify: need-env install  ## Run an environment's tests against the package, on this machine (ENV=dev)
	@$(mailroom) verify --env $(ENV)

.PHONY: promote
promote: need-env verify  ## Test, check, deploy, migrate and smoke-test; roll back on failure (ENV=dev)
	@$(mailroom) promote --env $(ENV) $(yes)

.PHONY: rollback
rollback: need-env install  ## Deploy an earlier release again (ENV=dev, TO=release)
	@$(mailroom) rollback --env $(ENV) $(if $(TO),--to $(TO)) $(yes)

.PHONY: publish
publish: need-env install  ## Publish to the AWS Serverless Application Repository (ENV=dev)
	@$(mailroom) publish --env $(ENV) $(yes)

.PHONY: delete
delete: need-env install  ## Delete an environment's stack (ENV=dev, BUCKET=1: its bucket too)
	@$(mailroom) delete --env $(ENV) $(if $(BUCKET),--bucket) $(yes)

.PHONY: rehearse
rehearse: install  ## Run every command for an AWS account against an emulated account (ENGINE=ministack)
	@$(mailroom) rehearse $(if $(ENGINE),--engine $(ENGINE))

.PHONY: doctor
doctor: install  ## Check whether this machine has what the commands need
	@$(mailroom) doctor

.PHONY: release
release: install  ## Make a release: changelog, versions, packages, SBOM, checksums, tag; nothing is published (VERSION=1.2.3)
	@scripts/install.sh lint
	@scripts/release.sh "$(or $(VERSION),$(error name a version: make release VERSION=1.2.3))"

.PHONY: need-env
need-env:
	@test -n "$(ENV)" || { echo "name an environment: make $(MAKECMDGOALS) ENV=dev" >&2; exit 2; }

.PHONY: faults
faults: install  ## Inject faults under load, and account for every event
	@.venv/bin/pytest tests/faults

.PHONY: parity
parity: install  ## Test on every engine the behaviour of AWS that the project relies on, and write the table (AWS=1: on AWS too)
	@.venv/bin/python -m tests.parity $(if $(AWS),--aws)

.PHONY: bench
bench: install  ## Run the benchmarks, each beside its reference
	@.venv/bin/python -m benchmarks

.PHONY: load
load: install  ## Send generated messages, measure the environment that is up, check every row (N=10000)
	@$(mailroom) load $(or $(N),10000)

.PHONY: soak
soak: install  ## Run a steady load with random faults, and account for every event (MINUTES=10)
	@.venv/bin/python -m tests.faults.soak --minutes $(or $(MINUTES),10)
