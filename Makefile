# FinRisk: `make help` says what each target does.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
DEV := .venv-dev/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export DOCUMENTS KEEP
# What thousands of processes import is compiled once, also where the shell says otherwise.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup venv-as-asked demo up down connection test test-fast test-long peers gateways searchers golden docs test-cluster lint lint-python lint-yaml
.PHONY: cluster-up cluster-demo cluster-connection cluster-down cluster-forget clean clean-all

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nexamples:\n'
	@printf '  %-42s %s\n' \
	  'make demo KEEP=1' 'the loop, left running to try' \
	  'make demo DOCUMENTS=DIR' 'with your own filings' \
	  'eval "$$(make -s connection FORMAT=shell)"' 'sets $$api_url, $$api_key and $$database_url' \
	  'make cluster-demo KEEP=1' 'the loop on Kubernetes: Linux, root, Debian or Ubuntu' \
	  'make setup PYTHON=/usr/bin/python3.12' 'with another Python'

setup: venv-as-asked .venv/.ready collections/.ready ## make .venv with what service and playbooks need

# What .venv has: the Python that PYTHON names, and our packages, which a move or a hand may have taken from it.
venv-as-asked:
	@test ! -x $(BIN)/python -o "$(origin PYTHON)" = file || [ "$$($(BIN)/python -V)" = "$$($(PYTHON) -V 2>&1)" ] || { \
	  echo "PYTHON names $$($(PYTHON) -V 2>&1), and .venv has $$($(BIN)/python -V): make clean first" >&2; exit 1; }
	@test ! -f .venv/.ready || $(BIN)/python -c 'import finrisk, finrisk_ops, finrisk_rules' 2>/dev/null || rm -f .venv/.ready

demo: setup ## the whole loop on this machine (DOCUMENTS=DIR: other documents; KEEP=1: leave it running)
	@$(BIN)/python -m sandbox.demo

up: setup ## start sandbox and service and index the sample documents; data is kept in var/local
	@$(BIN)/python -m sandbox.demo --up

down: ## stop what `make up` or `make demo KEEP=1` started; data is kept
	@test ! -x $(BIN)/python || $(BIN)/python -m sandbox.demo --down

connection: ## print URLs and key of what is up, as JSON (FORMAT=shell: as lines for eval)
	@$(BIN)/python -m sandbox connection $(if $(filter shell,$(FORMAT)),--shell)

test: .venv-dev/.ready .venv-peers/.ready collections/.ready ## lint, then every test tier that this machine can run
	@if [ "$${CI:-}" = true ]; then nice $(DEV)/python -m sandbox.kubernetes build & fi # the cluster's tests wait for it
	@$(MAKE) lint
	$(DEV)/python -m tests.tiers quick rest

test-fast: .venv-dev/.ready ## the inner loop, minutes: the quick tier
	$(DEV)/python -m tests.tiers quick

test-long: .venv-dev/.ready collections/.ready ## what takes too long for every change: a hundred runs of tune.yml, playbooks killed anywhere, other documents
	$(DEV)/python -m pytest tests -m long

peers: .venv-peers/.ready ## install the clients and servers of others that the contract tests run

gateways: .venv-gateways/.ready ## install the gateways that benchmarks/gateways.py asks beside ours

searchers: .venv-searchers/.ready ## install the search libraries that benchmarks/search.py asks beside ours

golden: .venv-dev/.ready ## render the objects of every environment into tests/golden, for review
	$(DEV)/python -m tests.grounds.rendering

docs: .venv-dev/.ready ## write docs/modules.md from the documentation of the modules, for review
	$(DEV)/python -m tests.grounds.modules_page

test-cluster: export FINRISK_TEST_CLUSTER ?= local
test-cluster: .venv-dev/.ready collections/.ready ## the tests on a real Kubernetes; builds one when KUBECONFIG names no disposable one
	$(DEV)/python -m sandbox.kubernetes build
	$(DEV)/python -m tests.tiers cluster

cluster-up: setup ## start a Kubernetes node on this machine and load our images; nothing when it runs
	@$(BIN)/python -m sandbox.kubernetes up

cluster-demo: setup ## the same loop on a Kubernetes node of this machine, which it starts (KEEP=1: leave it running)
	@$(BIN)/python -m sandbox.cluster demo

cluster-connection: ## print URL and key of what `make cluster-demo KEEP=1` left running (FORMAT=shell: for eval)
	@$(BIN)/python -m sandbox.cluster connection $(if $(filter shell,$(FORMAT)),--shell)

cluster-down: setup ## stop the node and remove everything of it, also after a crash
	@$(BIN)/python -m sandbox.kubernetes down

lint: .venv-dev/.ready collections/.ready ## ruff, mypy, yamllint, ansible-lint
	@$(MAKE) --no-print-directory -j 2 --output-sync=recurse lint-python lint-yaml

lint-python:
	$(DEV)/ruff check
	$(DEV)/ruff format --check
	$(DEV)/mypy

lint-yaml:
	$(DEV)/yamllint --strict .
	PATH="$(CURDIR)/$(DEV):$$PATH" ANSIBLE_HOME="$(CURDIR)/.ansible" $(DEV)/ansible-lint --offline -q

clean: down cluster-forget ## forget state, venvs and collections of this checkout; training_data stays
	rm -rf var collections .ansible .venv .venv-dev .venv-peers .venv-gateways .venv-searchers .uv tests/contract/peers/node_modules
	@test ! -d training_data || echo "kept: training_data ($$(ls training_data | tr '\n' ' ')): exports, datasets, job files; make clean-all deletes it too"

clean-all: ## the same and training_data of every environment; asks first (CONFIRM=yes: does not)
	@test ! -d training_data || { echo "training_data holds:" && find training_data -type f | cut -d/ -f2 | sort | uniq -c; }
	@if [ "$(CONFIRM)" != yes ]; then \
	  test -t 0 || { echo "make clean-all deletes training_data: without a terminal to ask at it needs CONFIRM=yes; nothing was deleted" >&2; exit 1; }; \
	  read -r -p "Delete all of it? Type yes: " answer; \
	  test "$$answer" = yes || { echo "nothing was deleted" >&2; exit 1; }; \
	fi
	@$(MAKE) clean
	rm -rf training_data

cluster-forget:
	@test ! -f var/cluster/sandbox.json -o ! -x $(BIN)/python || $(BIN)/python -m sandbox.cluster down

$(UV): requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "FinRisk needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) -V 2>&1); set PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .uv || { echo "python3-venv is missing: on Debian, apt-get install python3-venv" >&2; exit 1; }
	@.uv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt

.venv/.ready: $(UV) requirements/embedded.txt pyproject.toml
	@$(call install,.venv,requirements/embedded.txt)

.venv-dev/.ready: $(UV) requirements/dev.txt pyproject.toml
	@$(call install,.venv-dev,requirements/dev.txt)

PEERS := tests/contract/peers

.venv-peers/.ready: $(UV) requirements/peers.txt requirements/node.txt $(PEERS)/package-lock.json
	@[ -x .venv-peers/bin/python ] || $(UV) venv -q --python $(PYTHON) .venv-peers
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(+(a * 100 + +b < 2019))' 2>/dev/null && npm --version >/dev/null 2>&1 \
	  && node= || node=requirements/node.txt; \
	$(UV) pip sync -q --python .venv-peers --require-hashes requirements/peers.txt $$node
	@cd $(PEERS) && PATH="$(CURDIR)/.venv-peers/bin:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@
	@echo ".venv-peers  requirements/peers.txt, $$(du -sh .venv-peers | cut -f1); $(PEERS), $$(du -sh $(PEERS) | cut -f1)"

.venv-gateways/.ready: $(UV) requirements/gateways.txt
	@[ -x .venv-gateways/bin/python ] || $(UV) venv -q --python $(PYTHON) .venv-gateways
	$(UV) pip sync -q --python .venv-gateways --require-hashes requirements/gateways.txt
	@touch $@
	@echo ".venv-gateways  requirements/gateways.txt, $$(du -sh .venv-gateways | cut -f1)"

.venv-searchers/.ready: $(UV) requirements/searchers.txt
	@[ -x .venv-searchers/bin/python ] || $(UV) venv -q --python $(PYTHON) .venv-searchers
	$(UV) pip sync -q --python .venv-searchers --require-hashes requirements/searchers.txt
	@touch $@
	@echo ".venv-searchers  requirements/searchers.txt, $$(du -sh .venv-searchers | cut -f1)"

define install
	[ -x $(1)/bin/python ] || $(UV) venv -q --python $(PYTHON) $(1)
	$(UV) pip sync -q --python $(1) --require-hashes $(2)
	$(UV) pip install -q --python $(1) --no-build-isolation --no-deps -e .
	touch $(1)/.ready
	echo "$(1)  $(2), $$(du -sh $(1) | cut -f1)"
endef

collections/.ready: requirements.yml requirements/collections.txt | .venv/.ready
	@mkdir -p collections
	@ANSIBLE_HOME="$(CURDIR)/.ansible" $(BIN)/python requirements/collections.py .uv/bin/pip collections
	@touch collections/.ready
