# Every target sets up what it needs: a machine with Python 3.11 or later and make is enough. A second call skips
# what is done. Extra arguments go through ARGS: make test ARGS="-k settings".

ARGS ?=
VENV := .venv
BIN := $(VENV)/bin

# Python compiles modules at their first import, which costs 2 s once; compiling all that is installed takes 5 to 14 s.
# It must be allowed to keep the result.
unexport PYTHONDONTWRITEBYTECODE

# What the environment was made from: it is made anew if a lock, pyproject.toml, the Python or the folder changes.
KEY := $(shell cat requirements*.txt pyproject.toml | cksum | tr ' ' -):$(shell readlink -f $(BIN)/python 2>/dev/null):$(CURDIR)
HAS = [ "$$(cat $(VENV)/$(1) 2>/dev/null)" = "$(KEY)" ] && [ -x $(BIN)/python ]

.DEFAULT_GOAL := help
.PHONY: help install install-test run ui test test-all lint bench bench-scale lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  Extra arguments go through ARGS, as in: make test ARGS="-k settings"'

install:  ## only the set-up, in .venv
	@{ $(call HAS,installed); } || { $(call SET_UP,installed,requirements.txt); }

install-test:
	@{ $(call HAS,installed-test); } || { $(call SET_UP,installed-test installed,requirements-test.txt requirements-data.txt); }

run: install  ## the whole job on what is in the landing folder (a simulated shop, in demo/, if it is empty)
	@$(BIN)/northstar run $(ARGS)

ui: install  ## Dagster's web page and daemon on this machine
	@exec $(BIN)/northstar ui $(ARGS)

# A process runs whole files, because the tests of a file share fixtures. One process more than processors, since some
# tests wait for other processes (the browser, killed runs); more than four need too much memory.
WORKERS = $(shell $(BIN)/python -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')
SPREAD = --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
# COVERAGE=1 measures what the quick loop executes, and holds the floors in pyproject.toml and tests/floor.py.
MEASURED = $(if $(COVERAGE),$(BIN)/coverage run -m pytest,$(BIN)/pytest)
test: install-test  ## the quick loop: every module, a night, a backfill, an erasure, a kill
	@$(if $(COVERAGE),$(BIN)/coverage erase)
	@$(MEASURED) $(SPREAD) -m 'not slow' $(ARGS)
	@$(if $(COVERAGE),$(BIN)/coverage combine --quiet && $(BIN)/coverage report && $(BIN)/python tests/floor.py)

test-all: install-test $(if $(ARGS),,test)  ## all tests: the quick loop, then the slow ones
	@$(BIN)/pytest $(SPREAD) $(if $(ARGS),$(ARGS),-m slow)

lint: install-test  ## style, format, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: install-test  ## how long things take, in tests/benchmarks
	@PYTHONPATH=tests/benchmarks $(BIN)/pytest $(if $(filter tests/%,$(ARGS)),,tests/benchmarks) -o python_files='bench_*.py' --timeout=0 -s $(ARGS)

bench-scale: install-test  ## the whole job at 0.1, 1 and 10 million orders, beside a floor and peers
	@PYTHONPATH=tests/benchmarks $(BIN)/python tests/benchmarks/bench_scale.py $(ARGS)

# Exact versions and hashes, no download addresses. hatchling and editables build the project's own editable install.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
lock: install-test  ## resolve the dependencies anew (ARGS=--upgrade: to the newest allowed)
	@echo uv | $(COMPILE) $(ARGS) - -o requirements-install.txt
	@printf '%s\n' hatchling editables | $(COMPILE) $(ARGS) pyproject.toml - --extra xlsx -o requirements.txt
	@printf '%s\n' hatchling editables | $(COMPILE) $(ARGS) pyproject.toml - --extra xlsx --extra test -c requirements.txt -o requirements-test.txt
	@echo 'lifetimes==0.11.3' | $(COMPILE) --no-deps - -o requirements-data.txt  # old: only for the CDNOW data in it
	@echo "Locked. The next make installs what changed."

clean:  ## remove the environment and the caches; the shop's data and the demo stay
	@rm -rf $(VENV) .coverage .coverage.* .pytest_cache .ruff_cache .mypy_cache .hypothesis build dist
	@find assets pipelines sql tests -name __pycache__ -type d -prune -exec rm -rf {} +

# $(1) the stamps to leave, $(2) the lock files. uv installs in a third of pip's time; it comes from the lock itself.
# pip does the work where uv cannot: on platforms without a build of uv, or with an index configured for pip, which uv
# would not read. The locks are complete, so neither resolves anything (--no-deps).
# Two makes at once: the second waits for the first, then finds its work done. (Not .venv/.lock: that is uv's own.)
define SET_UP
set -e; \
mkdir -p $(VENV); \
if command -v flock >/dev/null 2>&1; then exec 9>$(VENV)/.making; flock 9; fi; \
if { $(call HAS,$(firstword $(1))); }; then exit 0; fi; \
rm -f $(VENV)/installed $(VENV)/installed-test; \
if ! grep -qsxF '$(CURDIR)' $(VENV)/place || ! $(BIN)/python -c 'import pip' 2>/dev/null; then \
    python=; bare=; \
    for name in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
        $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
        if $$name -c 'import ensurepip, venv' 2>/dev/null; then python=$$name; break; fi; \
        bare=$${bare:-$$name}; \
    done; \
    if [ -z "$$python" ] && [ -n "$$bare" ]; then \
        echo "$$bare has no venv module. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
    fi; \
    if [ -z "$$python" ]; then \
        echo "Python 3.11 or later is needed, and none is on PATH. Name one with: make PYTHON=/path/to/python3" >&2; exit 1; \
    fi; \
    echo "Making $(VENV) with $$($$python -V)"; \
    find $(VENV) -mindepth 1 -maxdepth 1 ! -name .making -exec rm -rf {} +; \
    $$python -m venv $(VENV); \
    echo '$(CURDIR)' >$(VENV)/place; \
fi; \
echo "Installing $(2)"; \
pip="$(BIN)/python -m pip -qq --disable-pip-version-check install --no-deps --no-compile"; \
if $(BIN)/python -m pip config list 2>/dev/null | grep -qE '[.](index-url|no-index)=' \
    || ! $$pip --require-hashes -r requirements-install.txt 2>/dev/null \
    || ! $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes $(2); then \
    echo "Without uv, by pip alone: this takes longer"; \
    $$pip --require-hashes $(foreach file,$(2),-r $(file)); \
fi; \
$$pip --no-build-isolation --no-index -e .; \
echo "$$(cat requirements*.txt pyproject.toml | cksum | tr ' ' -):$$(readlink -f $(BIN)/python):$(CURDIR)" \
    | tee $(addprefix $(VENV)/,$(1)) >/dev/null
endef
