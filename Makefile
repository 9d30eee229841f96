# Needs only make and Python 3.11 or later; everything else is installed into .venv, from hash-locked requirements.
#
#   make demo     try the whole service on believable data, at http://127.0.0.1:8000 (PORT=… for another port)
#   make test     the whole suite; what needs PostgreSQL, Redis or Chromium runs where they are found
#   make lint     style, types, spelling, templates
#   make format   put right what of it a program can
#   make check    missing migrations, stale catalogues
#   make bench    how long the main pages take, and how that grows
#   make fuzz     look for messages that break the parser, for three minutes (ARGS=--seconds=…)
#   make messages write new sentences into the catalogues; make compile turns them into what Django reads
#   make lock     resolve pyproject.toml into the requirements files (needs uv; LOCK_ARGS=--upgrade for newer ones)

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format check bench fuzz messages compile lock clean

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))) python3)
PORT ?= 8000
WORKERS ?= 2
RUN := .venv/bin/python
MANAGE := $(RUN) manage.py
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)

help:
	@sed -n '3,12s/^#   //p' Makefile

# --- setting up -------------------------------------------------------------------------------------------------------

# Everything that working on the code needs. The demo takes the shorter list and the same environment.
setup:
	@$(PYTHON) .ci/setup.py requirements-dev.txt
	@$(MAKE) --no-print-directory compile

compile: var/.compiled

# Not with msgfmt: it is on no bare machine.
var/.compiled: $(CATALOGUES)
	@$(if $(CATALOGUES),$(MANAGE) compile_catalogues,:)
	@mkdir -p var && touch $@

# --- running ----------------------------------------------------------------------------------------------------------

demo:
	@$(PYTHON) .ci/setup.py requirements.txt
	@$(MAKE) --no-print-directory compile
	@PORT=$(PORT) exec $(MANAGE) demo

# --- holding the quality ----------------------------------------------------------------------------------------------

test: setup
	$(RUN) .ci/test.py -n $(WORKERS) $(ARGS)

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/djade --target-version 5.2 --check $$(git ls-files '*/templates/*.html')
	.venv/bin/djlint --lint --quiet portal tickets
	.venv/bin/codespell
	.venv/bin/mypy

# Puts right what lint complains of and a program can.
format: setup
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/djade --target-version 5.2 $$(git ls-files '*/templates/*.html')

check: setup
	$(MANAGE) makemigrations --check --dry-run
	$(RUN) .ci/check.py

bench: setup
	$(RUN) -m tests.benchmarks $(ARGS)

fuzz: setup
	$(RUN) -m tests.fuzz $(ARGS)

# --- words ------------------------------------------------------------------------------------------------------------

# All catalogues there are; LANGUAGES="de fr" begins new ones. No source lines: they would make every catalogue a
# conflict with every change of code. Needs GNU gettext, which only those who add sentences need.
messages: setup
	$(MANAGE) makemessages $(if $(LANGUAGES),$(addprefix --locale ,$(LANGUAGES)),--all) \
		--no-location --no-wrap --no-obsolete --ignore .venv --ignore var --ignore tests
	@$(MAKE) --no-print-directory compile

# --- locks ------------------------------------------------------------------------------------------------------------

# Each lock is resolved within the one before it, so that what is tested is what runs. No addresses in the files.
LOCK = uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header $(LOCK_ARGS)
lock:
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --all-extras pyproject.toml -c requirements.txt -o requirements-production.txt
	$(LOCK) --all-extras --group dev pyproject.toml -c requirements-production.txt -o requirements-dev.txt
	$(LOCK) --group setup -o requirements-setup.txt

# Also forgets what the demo has kept.
clean:
	rm -rf .venv var .mypy_cache .pytest_cache .ruff_cache test-results
