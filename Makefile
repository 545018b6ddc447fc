# Every task of the project. A fresh machine needs Python 3.11 or newer and GNU make, nothing else.
#
# Packages come from the locks in requirements/, checked by hash, from whatever index pip is set up
# to use on this machine. Builds run without isolation, because an isolated build would fetch its
# tools outside the locks. The set-up is redone only when a lock changes or the checkout moves.

.DEFAULT_GOAL := help
.NOTPARALLEL:

VENV := .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin

# The interpreter that makes the environment; empty means: look for one.
PYTHON ?=
# Processes that pytest uses, 0 for none. Each starts a PostgreSQL of its own. Three keep two cores
# busy: some tests wait for servers to come back.
WORKERS ?= 3
# Passed on: make test PYTEST_ARGS='-k expiry', make demo ARGS='--port 0', make bench ARGS='--help'.
PYTEST_ARGS ?=
ARGS ?=
# make lock UPGRADE=1 moves every pin to the newest version that pyproject.toml allows.
UPGRADE ?=

# The tool that writes the locks. Pinned, so that its output changes only when we change it.
UV := uv==0.13.8

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# The environment is private to the checkout, so installing as root into it is harmless, and an
# install "for the user" would miss it.
export PIP_ROOT_USER_ACTION := ignore
export PIP_USER := 0

# Twice quiet: errors only.
INSTALL = $(PY) -m pip install --quiet --quiet
BUILD_HERE = --no-build-isolation --use-pep517

# --- set-up ---------------------------------------------------------------------------------------

# A stamp's name holds a checksum of what it was made from, so that neither the times of files after
# a git checkout nor a copied directory can mislead it.
key = $(shell { pwd; echo '$(PYTHON)'; cat $(1); } 2>/dev/null | cksum | cut -d' ' -f1)
STAMPS := $(VENV)/.stamps
LOCKS := requirements/build.txt requirements/base.txt
BASE := $(STAMPS)/base-$(call key,$(LOCKS))
PROJECT := $(STAMPS)/project-$(call key,$(LOCKS) pyproject.toml)
DEV := $(STAMPS)/dev-$(call key,$(LOCKS) requirements/dev.txt)
BENCH := $(STAMPS)/bench-$(call key,$(LOCKS) requirements/bench.txt)
DATA := $(STAMPS)/data-$(call key,$(LOCKS) requirements/data.txt)

# Sets the shell variable python to an interpreter that can make environments, or ends with advice.
# The released versions we test come first; a newer one is a last resort.
define find_python
found=; python=; \
for p in $(if $(PYTHON),'$(PYTHON)',python3 python3.14 python3.13 python3.12 python3.11 python); do \
  "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
  found="$${found:-$$p}"; \
  "$$p" -c 'import ensurepip, venv' 2>/dev/null || continue; \
  python="$${python:-$$p}"; \
  "$$p" -c 'import sys; sys.exit(sys.version_info >= (3, 15))' || continue; \
  python="$$p"; break; \
done; \
if [ -z "$$found" ]; then \
  echo 'Firmhold needs Python 3.11 or newer, and none was found$(if $(PYTHON), as "$(PYTHON)").' >&2; \
  echo 'Install one, or name it: make PYTHON=/path/to/python3.12 ...' >&2; exit 1; \
elif [ -z "$$python" ]; then \
  echo "$$found has no venv module (with ensurepip), which the set-up needs." >&2; \
  echo 'On Debian and Ubuntu: apt-get install python3-venv' >&2; exit 1; \
fi
endef

$(BASE): $(if $(shell $(PY) -c 'print(1)' 2>/dev/null),,no-environment)
	@$(find_python); \
	echo "Setting up $(VENV) with $$("$$python" -V)." >&2; \
	"$$python" -m venv --clear $(VENV)
	@$(INSTALL) --require-hashes -r requirements/build.txt
	@$(INSTALL) --require-hashes -r requirements/base.txt
	@mkdir -p $(STAMPS) && touch $@

$(PROJECT): $(BASE)
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@out=$$($(PY) -m pip check 2>&1) || { printf '%s\nThe locks are out of date: run make lock.\n' "$$out" >&2; exit 1; }
	@touch $@

$(DEV): $(BASE)
	@echo 'Installing the development tools.' >&2
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

$(BENCH): $(BASE)
	@echo 'Installing what the benchmarks need.' >&2
	@$(INSTALL) --require-hashes -r requirements/bench.txt
	@touch $@

$(DATA): $(BASE)
	@echo 'Installing the sample data sets.' >&2
	@$(INSTALL) $(BUILD_HERE) --require-hashes -r requirements/data.txt
	@touch $@

.PHONY: no-environment
no-environment:

# --- tasks ----------------------------------------------------------------------------------------

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: $(PROJECT) ## Start a server with demonstration data; prints its address.
	@$(PY) web/build.py build --if-possible
	@exec $(BIN)/firmhold serve --demo $(ARGS)

.PHONY: setup
setup: $(PROJECT) $(DEV) $(BENCH) ## Make the environment in .venv with all development tools.
	@:

.PHONY: test
test: setup check ## Everything that must hold before a change lands: linters, types, tests.

# The tests come last: their summary line is the last thing seen.
.PHONY: check
check: lint types imports web-check tests

.PHONY: lint
lint: $(DEV) ## Check style and format.
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo 'Not formatted (run make format):' >&2; \
	  $(BIN)/ruff format --check . >&2; exit 1; }

# The benchmarks are typed as strictly as the package, so their libraries are installed first.
.PHONY: types
types: $(PROJECT) $(DEV) $(BENCH) ## Check types, strictly.
	@$(BIN)/mypy --no-error-summary src $(if $(wildcard bench/*.py),bench)

# The linter of imports shows a table in any case; here it is shown only when a contract is broken.
.PHONY: imports
imports: $(PROJECT) $(DEV) ## Check the direction of imports between the layers.
	@out=$$($(BIN)/lint-imports 2>&1) || { printf '%s\n' "$$out" >&2; exit 1; }

# Node.js 20 or newer; where there is none, the one that comes with the development tools.
.PHONY: web
web: $(PROJECT) $(DEV) ## Build the pages for people, unless they are as their sources say.
	@$(PY) web/build.py build

.PHONY: web-check
web-check: $(PROJECT) $(DEV) ## Check, test and build the pages; the tests try them in a browser.
	@$(PY) web/build.py check

.PHONY: tests
tests: $(PROJECT) $(DEV) $(BENCH) ## Run the tests alone.
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

.PHONY: format
format: $(DEV) ## Format the code and apply the safe fixes.
	@$(BIN)/ruff check --quiet --fix --exit-zero .
	@$(BIN)/ruff format --quiet .

.PHONY: bench
bench: $(PROJECT) $(DEV) $(BENCH) ## Measure against the usual ways; see bench/README.md.
	@$(PY) -m bench.run $(ARGS)

.PHONY: growth
growth: $(PROJECT) $(DEV) $(BENCH) ## Measure how rate and cost change as things grow.
	@$(PY) -m bench.growth $(ARGS)

.PHONY: plantings
plantings: setup ## Plant known defects one by one; the tests must notice each.
	@$(PY) -m tests.plantings.plant $(ARGS)

.PHONY: simulation
simulation: setup ## Run the engine through schedules and faults for five minutes, simulated.
	@$(PY) -m tests.simulation.run $(or $(ARGS),--schedules 1000000 --seconds 300)

.PHONY: mutation
mutation: setup ## Change the rules in small ways; the tests must notice nine in ten.
	@$(PY) -m tests.mutation.run $(ARGS)

.PHONY: workload
workload: setup ## Random work by four processes for five minutes, held against a model.
	@$(PY) -m tests.faults.workload $(ARGS)

# What it takes: --minutes, --steps; see make soak ARGS=--help.
.PHONY: soak
soak: setup ## Everything that takes long: faults, failpoints, endurance; writes soak.json.
	@$(PY) -m tests.faults.everything $(ARGS)

.PHONY: histories
histories: setup ## Short histories of what happened at once, each searched for an explanation.
	@$(PY) -m tests.linearizability.run $(ARGS)

.PHONY: data
data: $(PROJECT) $(DATA) ## Install the sample data sets.
	@:

# Each lock is held to the versions of the ones before it, so that all fit in one environment.
.PHONY: lock
lock: ## Write requirements/*.txt anew from pyproject.toml.
	@$(find_python); set -e; \
	tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	"$$python" -m venv "$$tmp"; \
	"$$tmp/bin/python" -m pip install --quiet --quiet '$(UV)'; \
	compile() { \
	  lock="requirements/$$1.txt"; shift; \
	  "$$tmp/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) \
	    --output-file "$$lock" "$$@" >/dev/null; \
	  echo "$$lock"; \
	}; \
	compile build requirements/build.in; \
	compile base pyproject.toml -c requirements/build.txt; \
	compile dev pyproject.toml --group dev -c requirements/build.txt -c requirements/base.txt; \
	compile bench pyproject.toml --group bench -c requirements/build.txt -c requirements/dev.txt; \
	compile data --group pyproject.toml:data -c requirements/dev.txt -c requirements/bench.txt

# For scripts, and to see which interpreter a set-up would take.
.PHONY: python
python:
	@$(find_python); echo "$$python"

.PHONY: clean
clean: ## Remove the environment and every cache; data directories are left alone.
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	@find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
