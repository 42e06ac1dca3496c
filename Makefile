# Works with GNU make 3.81. `make help` lists what there is.
#
# Each target sets up .venv itself: .venv/run.stamp stands for what the product needs,
# .venv/dev.stamp for what tests and checks need. Both depend on the locks and on pyproject.toml
# only, so a second run installs nothing and needs no network.

SHELL = /bin/sh
.DEFAULT_GOAL = help
.DELETE_ON_ERROR:

VENV = .venv
BIN = $(VENV)/bin
SETUP = sh scripts/setup
SOURCES = pyproject.toml hatch_build.py requirements/build.txt
PO = $(wildcard src/parley/language/locale/*/LC_MESSAGES/parley.po)
MO = $(PO:.po=.mo)

# Where Python may not keep byte code, each of some thousand processes compiles all modules anew.
export PYTHONDONTWRITEBYTECODE =

# Further arguments, for instance: make demo DEMO_FLAGS='--language ru --exit'
DEMO_FLAGS =
TEST_FLAGS =
BENCH_FLAGS =
CAMPAIGN_FLAGS =
# How often desks are killed at random moments by `make campaign`.
CRASHES = 20000

.PHONY: help demo test check fix bench bench-full campaign catalogues reasons pictures lock clean

help:
	@echo "make demo        two desks replay the inquiry of the story and prove it to a third"
	@echo "make test        run the tests"
	@echo "make check       style, types, architecture, catalogues, freshness of docs"
	@echo "make fix         format and mend what can be mended without thought"
	@echo "make bench       measure against bare loops, in some minutes"
	@echo "make bench-full  the same at full size"
	@echo "make campaign    long runs of the tests with many seeds"
	@echo "make catalogues  take new texts into the catalogues and compile them"
	@echo "make reasons     write docs/reasons.md again"
	@echo "make pictures    take the pictures of the web desk in docs/ again (needs Chromium)"
	@echo "make lock        write the locks in requirements/ again (needs uv)"
	@echo "make clean       remove .venv and everything that was made"

demo: $(VENV)/run.stamp $(MO)
	@$(BIN)/parley demo $(DEMO_FLAGS)

test: $(VENV)/dev.stamp $(MO)
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(TEST_FLAGS)

check: $(VENV)/dev.stamp $(MO)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src scripts hatch_build.py
	$(BIN)/lint-imports
	$(BIN)/python scripts/catalogues.py check
	$(BIN)/python scripts/reasons.py check

fix: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/run.stamp $(MO)
	@$(BIN)/parley bench $(BENCH_FLAGS)

bench-full: $(VENV)/run.stamp $(MO)
	@$(BIN)/parley bench --full $(BENCH_FLAGS)

campaign: $(VENV)/dev.stamp $(VENV)/fuzz.stamp $(MO)
	@PARLEY_CRASH_RUNS=$(CRASHES) $(BIN)/python -m pytest -m campaign $(CAMPAIGN_FLAGS)

catalogues: $(VENV)/dev.stamp
	@$(BIN)/python scripts/catalogues.py update
	@$(BIN)/python scripts/catalogues.py compile

reasons: $(VENV)/run.stamp
	@$(BIN)/python scripts/reasons.py write

pictures: $(VENV)/dev.stamp $(MO)
	@$(BIN)/python -m tests.web.pictures

lock:
	@UPGRADE='$(UPGRADE)' sh scripts/lock

clean:
	rm -rf $(VENV) dist .crash-campaign .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src -name '*.mo' -exec rm -f {} +
	find src scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/run.stamp: requirements/run.txt $(SOURCES)
	@$(SETUP) run

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@$(SETUP) dev

$(VENV)/fuzz.stamp: $(VENV)/dev.stamp requirements/fuzz.txt
	@$(SETUP) fuzz

%.mo: %.po | $(VENV)/run.stamp
	@$(BIN)/python scripts/catalogues.py compile
	@touch $(MO)
