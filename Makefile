# Every command of the README. Each works from a clean checkout: what it needs, it makes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# uv takes a tenth of pip's time. PyTorch is left to pip, and all else where uv finds none of it, because only pip knows
# the places that this machine's own settings name.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
UV := UV_SYSTEM_CERTS=1 $(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt
# What the tests start copies of, where the machine has none: $(call programs,WHERE THEY ARE FOUND,THEIR PACKAGES)
programs = { $(1); } >/dev/null 2>&1 || { \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(2) >/dev/null; \
	else echo "$@ needs programs of the system: apt-get install $(2)" >&2; exit 1; fi; }
DOMAIN := audio data_docs delivery digest feeds insights operations pictures quality settings storage transcripts web
DEMO := $(CURDIR)/.demo
MODEL ?= base
MODULE ?= digest/score
SAMPLE ?= 50

.PHONY: install demo dev test lint coverage mutants bench servers services services-test \
	browser browser-programs browser-test pictures eval asr-check clean

install: $(VENV)/.installed  ## make the environment

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Making $(VENV). It takes some minutes; on Linux, PyTorch with CUDA is several gigabytes (README: without)."
	$(PYTHON) -m venv $(VENV)
	$(PIP) torch uv
	$(UV) -e '.[dev]' || $(PIP) -e '.[dev]'
	touch $@

demo: install  ## a week of digests from the bundled shows, through the real pipeline
	$(BIN)/podcast-insights demo --folder $(DEMO)

dev: install  ## the Dagster UI on the demo's data, at http://127.0.0.1:3000
	test -e $(DEMO)/data/site/index.html || $(BIN)/podcast-insights demo --folder $(DEMO)
	$(BIN)/podcast-insights demo --folder $(DEMO) --serve & server=$$!; trap "kill $$server" EXIT; \
	PYTHONWARNINGS='ignore:Function `dev_command` is superseded' \
		DAGSTER_HOME=$(DEMO)/dagster_home PODCAST_INSIGHTS_CONFIG=$(DEMO)/podcasts.yaml \
		$(BIN)/dagster dev -w workspace.yaml

test: install  ## the tests
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

lint: install  ## the linters and the type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_like_sql

coverage: install $(VENV)/.proof  ## how much of each domain package the tests run, lines and branches; 90 % at least
	COVERAGE_FILE=$(CURDIR)/.coverage $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder --cov --cov-report=
	@for package in $(DOMAIN); do printf '%-12s' $$package; \
		$(BIN)/coverage report --include="podcast_insights/$$package/*" --fail-under=90 | grep TOTAL || failed=1; \
	done; test -z "$$failed"

mutants: install $(VENV)/.proof  ## which planted faults the tests find: make mutants MODULE='digest/score storage/rows'
	$(BIN)/python -m benchmarks.planted_faults $(MODULE) --sample $(SAMPLE)

$(VENV)/.proof: $(VENV)/.installed
	$(UV) -e '.[proof]' || $(PIP) -e '.[proof]'
	touch $@

bench: install  ## the benchmarks: ratios measured in one run
	$(BIN)/python benchmarks/run.py

asr-check: install  ## how many words the Whisper model MODEL gets wrong, where it is on this machine
	$(BIN)/python -m benchmarks.asr_check --model $(MODEL)

servers:
	@$(call programs,{ ls /usr/lib/postgresql/*/bin/postgres || command -v postgres; } && command -v redis-server,\
		postgresql redis-server)

services: servers $(VENV)/.services

services-test: services  ## a deployment at work: PostgreSQL, Redis, an S3 server, Celery workers
	$(BIN)/pytest -m services podcast_insights_tests/services

$(VENV)/.services: $(VENV)/.installed
	$(UV) -e '.[services]' || $(PIP) -e '.[services]'
	touch $@

browser-programs:
	@$(call programs,{ command -v chromium || command -v chromium-browser || command -v google-chrome; } \
		&& command -v java && command -v npm,chromium default-jre-headless npm)

browser: install browser-programs .browser/.installed  # then make test has the tests in a browser, too

browser-test: browser  ## the pages and the mail in Chromium, with axe-core and the Nu HTML checker
	$(BIN)/pytest -m browser

.browser/.installed: $(VENV)/.installed  # Playwright for Python, and the checkers
	$(UV) -e '.[browser]' || $(PIP) -e '.[browser]'
	npm install --prefix .browser --no-fund --no-audit axe-core@4.14.1 vnu-jar@26.9.27
	touch $@

pictures: browser  ## the pictures of the README, from the demo
	test -e $(DEMO)/data/site/index.html || $(BIN)/podcast-insights demo --folder $(DEMO)
	$(BIN)/python docs/make_pictures.py --demo $(DEMO)

eval: install  ## how good the insights are, beside two baselines; needs $PODCAST_INSIGHTS_REAL_DATA
	$(BIN)/python -m evaluation.run

clean:  ## remove the demo's data
	rm -rf $(DEMO)
