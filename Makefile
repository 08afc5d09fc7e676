# `make` alone lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
export HEADWAY_HOME ?= .headway

.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

# Stamps say that an install is newer than what it was made from, so that the second run does not install again.
$(VENV)/installed: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing Headway and its pinned dependencies into $(VENV) (a few minutes the first time)"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

install: $(VENV)/installed ## make the virtual environment with Headway in it

demo: $(VENV)/installed ## run the main job on the sample that Headway ships
	@$(BIN)/headway demo

serve: $(VENV)/installed ## start the monitor on http://127.0.0.1:8321 with the demo's data
	@$(BIN)/headway serve --port 8321

test: $(VENV)/installed-dev ## run the whole test suite
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

check: $(VENV)/installed-dev ## lint, types, layers, licences, no secrets
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m evals.supply.licences --quiet
	@$(BIN)/python -m evals.supply.secrets

licences: $(VENV)/installed-dev ## licences of the run-time set, and the notes on those that need one
	@$(BIN)/python -m evals.supply.licences

audit: $(VENV)/installed-dev ## known vulnerabilities of the run-time set, where that can be asked
	@$(BIN)/python -m evals.supply.audit

sbom: $(VENV)/installed-dev ## CycloneDX bill of materials in sbom.cdx.json
	@$(BIN)/python -m evals.supply.sbom

lock: $(VENV)/installed-dev ## requirements.lock anew: the run-time set with hashes, versions of constraints.txt
	@$(BIN)/python -m evals.supply.lock

fuzz: $(VENV)/installed-dev ## hostile input for every reader
	@$(BIN)/headway bench fuzz

bench: $(VENV)/installed ## run the benchmarks
	@$(BIN)/headway bench tagger
	@$(BIN)/headway bench scale
	@$(BIN)/headway bench measures
	@$(BIN)/headway bench llm --if-installed

clean: ## remove the virtual environment and the demo's data
	rm -rf $(VENV) $(HEADWAY_HOME)

.PHONY: help install demo serve test check licences audit sbom lock fuzz bench clean
