# `make` alone lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# With their extras: otherwise pip, once a newer release is out, does not take `coverage[toml]` for the one that is pinned.
LOCK := $(BIN)/uv pip compile pyproject.toml --no-strip-extras --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo test check torture bench mutants format lint types lock texts image-steps clean

help: ## list what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

# The environment comes from the hashed files alone; a changed file makes it anew.
$(READY): requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Alongside needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## play one whole embedding against a Slack on this machine (ARGS="--http" for signed requests)
	@$(BIN)/alongside demo $(ARGS)

test: $(READY) ## run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: $(READY) lint types ## format, lint and types, then all tests, and whether they run through enough of the code
	rm -rf .coverage
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report= $(ARGS)
	@$(BIN)/python -m tests.house.covered

bench: $(READY) ## measure how fast and how large it is, into bench.json (30 minutes; ARGS="--only ack")
	@$(BIN)/python -m tests.bench $(ARGS)

torture: $(READY) ## kill processes at the worst moments and count what came of it (40 minutes; ARGS="--seeds 20")
	@$(BIN)/python -m tests.torture $(ARGS)

mutants: $(READY) ## change the rules one by one in copies: does a test notice? (20 minutes; ARGS="store/privacy.py")
	@$(BIN)/python -m tests.mutants $(ARGS)

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

format: $(READY) ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

texts: $(READY) ## collect the sentences for translators
	$(BIN)/python -m bot.texts.collect

lock: $(READY) ## renew the hashed requirements
	$(LOCK) --upgrade --output-file requirements.txt
	$(LOCK) --upgrade --extra dev --output-file requirements-dev.txt

image-steps: $(READY) ## follow the install steps of the Containerfile on this machine, in a temporary folder
	$(BIN)/python -m tests.packaging.containerfile

clean: ## remove the environment and what demos left
	rm -rf $(VENV) .demo .coverage
