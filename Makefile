# Every verb of the project. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
# Tests and checks on two cores.
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test fuzz volume bench bench-sandbox chaos check format lint types contracts migrations lock clean

help: ## What can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/runtime ## Set up and start everything: web, workers, beat, sandbox, PostgreSQL, Redis
	@$(BIN)/python -m flexsync.local run

test: .venv/development ## Set up and run the tests against real servers (T=path or T="-k words" for some of them)
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m flexsync.local servers -- $(BIN)/python -m pytest -n $(JOBS) $(T)

fuzz: .venv/development ## Try to break the API by its own contract: EXAMPLES=500 for each call, other ones each time
	@FLEXSYNC_FUZZ_EXAMPLES=$(or $(EXAMPLES),500) $(BIN)/python -m flexsync.local servers -- \
		$(BIN)/python -m pytest -n $(JOBS) tests/ledger/test_api_fuzz.py

volume: .venv/development ## Many real charges into the books, tied out to the cent; lists at 200 and 52,000 rows (VOLUME_FILE=…csv)
	@$(BIN)/python -m flexsync.local servers -- \
		$(BIN)/python -m pytest -q -s --show-capture=no tests/integrations/volume.py tests/web/volume.py

bench-sandbox: .venv/development ## Rates, ratios and memory of the QuickBooks sandbox (REQUESTS=1000000 TRANSACTIONS=200000)
	@$(BIN)/python -m tests.providers.quickbooks_sandbox.bench \
		--requests $(or $(REQUESTS),1000000) --transactions $(or $(TRANSACTIONS),200000)

bench: .venv/development ## What the engine reaches, in one table, kept in docs/bench.md (T="-k words" for some, BENCH_SCALE=0.1)
	@$(BIN)/python -m flexsync.local servers --durable -- \
		$(BIN)/python -m pytest -q -s --show-capture=no --log-level=ERROR tests/bench/bench.py $(T)

chaos: .venv/development ## The engine broken on purpose, in one table, kept in docs/chaos.md (SEED=… repeats, T="-k words", CHAOS_SCALE=0.1)
	@$(BIN)/python -m flexsync.local servers --durable -- \
		$(BIN)/python -m pytest -q -s --show-capture=no --log-level=ERROR tests/chaos/chaos.py $(T)

check: lint types contracts migrations test ## Format, lint, types, import contracts, missing migrations, tests

format: .venv/development ## Write the code in the one format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: .venv/development
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: .venv/development
	@$(BIN)/python -m flexsync.local servers -- $(BIN)/mypy

contracts: .venv/development
	@$(BIN)/lint-imports

migrations: .venv/development
	@$(BIN)/python -m flexsync.local servers -- $(BIN)/python manage.py makemigrations --check --dry-run

lock: .venv/development ## Pin the requirements anew
	@$(BIN)/pip-compile -q --upgrade --strip-extras --no-header --annotation-style=line \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --unsafe-package=pip \
		-o requirements.txt pyproject.toml
	@$(BIN)/pip-compile -q --upgrade --strip-extras --no-header --annotation-style=line \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --unsafe-package=pip \
		-o requirements-dev.txt requirements-dev.in

clean: ## Remove what was set up; the demo's data too
	@! [ -e .flexsync/lock ] || flock -n .flexsync/lock true || { echo "FlexSync is running here. Stop it first."; exit 1; }
	rm -rf .venv .flexsync staticfiles

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Name another one: make PYTHON=python3.11 …"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python cannot make virtual environments here. On Debian: apt-get install python3-venv"; exit 1; }

.venv/runtime: requirements.txt | .venv/bin/python
	@echo "Setting up Python packages, once …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/development: requirements-dev.txt tests/providers/quickbooks_sandbox/node/package-lock.json .venv/runtime
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@$(BIN)/python -m tests.providers.quickbooks_sandbox.javascript
	@touch $@
