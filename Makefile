# Needs Python 3.11+ and make. Everything else is put into .venv from the lock file.
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
ARGS ?=
PAIR ?= hubspot-stripe

# Where it is set, as in many containers, every process compiles all its modules anew: 3.4 s instead of 1.5 s
# until a worker runs, and the suite starts over a hundred processes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test test-production quick sabotage test-vendors soak bench lint docs reference wheel test-wheel sbom clean purge

help:
	@echo 'make install   put everything into .venv; then: . .venv/bin/activate, raccord init'
	@echo 'make demo      try everything without any account (ARGS="--exit --json FILE", PAIR=pipedrive-pennylane)'
	@echo 'make test      the whole suite; make quick: what to run before each commit'
	@echo 'make test-production   on a Temporal server of production and PostgreSQL'
	@echo 'make lint      style, types, who imports whom'
	@echo 'make docs      the documentation as a site, in site/; make reference: its generated pages anew'
	@echo 'make wheel     the wheel, and make sbom what is in it, both in dist/; make test-wheel: in every Python at hand'
	@echo 'make soak, make bench, make sabotage: long runs, by hand'
	@echo 'make clean     remove what was installed; make purge: your data too, asks first'

install: .venv/.synced
	@echo 'Raccord is installed. Next:  . .venv/bin/activate  then  raccord init   (or make demo, without any account)'

demo: .venv/.synced
	$(BIN)/raccord demo --pair $(PAIR) $(ARGS)

test: .venv/.synced
	$(BIN)/pytest $(ARGS)

# Temporal's production server, mTLS and PostgreSQL instead of the development server and SQLite. The first time it
# builds the server, which takes two processors ten minutes; what is missing is said.
test-production: .venv/.synced
	$(BIN)/python -m tests.production.built || true
	$(BIN)/pytest -n0 tests/production $(ARGS)

# What a developer runs before each commit: all but what is slow and the whole system, of which a printed seed
# chooses a part. The same part again: make quick ARGS="--seed 123".
quick: .venv/.synced
	$(BIN)/pytest --quick $(ARGS)

# Whether the suite notices what it is there for: each way to break the code in a copy. By hand; half an hour.
sabotage: .venv/.synced
	$(BIN)/python -m tests.sabotage $(ARGS)

# The connectors on real test accounts, whose keys are in the environment (docs/rehearsal.md); each that is not is a
# stated skip, and a live key is refused. It prints which open facts about the vendors each answer settles.
test-vendors: .venv/.synced
	$(BIN)/pytest -s -rs -n 0 tests/accounts/real.py $(ARGS)

# What is too long for every change: two hundred deals through an outage, and paid in a storm.
soak: .venv/.synced
	RACCORD_TEST_DEALS=200 $(BIN)/pytest -s tests/front_door/test_outage.py tests/front_door/test_payments_storm.py $(ARGS)

# What a deal costs beside bare flows on the same server; only a free machine gives figures worth keeping.
bench: .venv/.synced
	$(BIN)/python -m bench $(ARGS)

lint: .venv/.synced
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# The site, into site/, with every link of ours checked. Its tools have an environment of their own.
docs: $(UV)
	UV_PROJECT_ENVIRONMENT=.venv-docs $(UV) run --quiet --locked --only-group docs --no-default-groups mkdocs build --strict

# The pages that are written from the code: commands, messages. A test says when one is out of date.
reference: .venv/.synced
	$(BIN)/python -m tools.reference

wheel: $(UV)
	$(UV) build --wheel --out-dir dist

# Every component of the wheel with its hash, as CycloneDX: docs/releasing.md.
sbom: $(UV)
	@mkdir -p dist
	$(UV) export --quiet --locked --no-dev --extra embedded --format cyclonedx1.5 --output-file dist/raccord.cdx.json
	@echo 'dist/raccord.cdx.json'

# The wheel in an empty environment of each Python at hand, where it plays the demo; minutes each. One alone, and one scenario:
# make test-wheel ARGS="--python 3.13 --only ordinary".
test-wheel: .venv/.synced
	$(BIN)/python -m tools.wheel --uv $(UV) $(ARGS)

# What was installed. Your data, in .raccord, stays: make install, and everything goes on.
clean:
	rm -rf .venv .venv-docs .tools

# Your data too: key, audit, flows. Asks first; without a terminal only as: make purge YES=yes
purge:
	@$(PYTHON) -m starters.embedded.purge .raccord $(YES)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit("Raccord needs Python 3.11 or newer, found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo 'Fetching uv, which installs the rest…'
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet uv==$(UV_VERSION)

.venv/.synced: pyproject.toml uv.lock $(UV)
	@echo 'Installing into .venv, about 1 GB; the first time takes some minutes…'
	$(UV) sync --locked --extra embedded --python $(PYTHON)
	@touch $@
