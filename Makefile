# Everything is set up on first use: the two virtual environments, then the work itself.
# `make run` starts the system, `make test` tests it; `make` lists the rest.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready .venv-emulator/ready

.DEFAULT_GOAL := help
.PHONY: help run test whole check lint types openapi drift template counts bench smoke package campaign verify-audit clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

run: $(READY) ## the whole system on this machine, until Ctrl-C; the data stays in var/local
	@$(BIN)/python -m infra.local

test: $(READY) ## every test but the campaigns, long or short
	$(BIN)/pytest -n 2 -m "not campaign and not check"

whole: $(READY)
	$(BIN)/pytest -n 2 -m "not campaign"

check: lint types whole drift template counts ## what a change must pass: lint, types, tests, drift

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

openapi: .venv/ready ## write docs/openapi.json anew
	$(BIN)/python -m infra.openapi --write

drift: .venv/ready
	$(BIN)/python -m infra.openapi --check

template: .venv/ready
	$(BIN)/python -m infra.package --template

counts: $(READY)
	$(BIN)/python -m tests.benchmarks --counts

bench: $(READY) ## round trips, units and times against their limits
	$(BIN)/python -m tests.benchmarks

smoke: $(READY) ## a visit from sign-up to paid claim over HTTP, on free ports
	$(BIN)/python -m infra.local.smoke

package: .venv/ready ## build/package: the template and the code to deploy (docs/operations.md)
	$(BIN)/python -m infra.package

verify-audit: .venv/ready ## whether a practice's audit is as it was written: PRACTICE=prc_… or all
	$(BIN)/python -m infra.ops verify-audit $(PRACTICE)

campaign: $(READY) ## the long seeded campaigns
	$(BIN)/pytest -n 2 -m campaign

clean: ## remove what was built and cached; keeps var/ (data) and the virtual environments
	rm -rf build .chalice/deployments .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

.venv/ready: requirements.txt requirements-dev.txt
	@infra/venv.sh $(PYTHON) .venv requirements-dev.txt
	@touch $@

.venv-emulator/ready: requirements-emulator.txt
	@infra/venv.sh $(PYTHON) .venv-emulator requirements-emulator.txt
	@touch $@
