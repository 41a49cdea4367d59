# make demo and make test are all a newcomer needs; each makes its own virtual environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check format bench fuzz evaluate train docs lock clean

demo: $(VENV)/run
	$(BIN)/monitor demo

test: check

check: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python tools/store_docs.py --check
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist loadfile
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

format: $(VENV)/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev
	$(BIN)/python benchmarks/run.py

FUZZ_SECONDS ?= 600
fuzz: $(VENV)/dev
	for target in feeds pages config claims opml; do \
	  $(BIN)/python -m benchmarks.fuzz $$target --seconds $(FUZZ_SECONDS) || exit 1; done

evaluate: $(VENV)/dev
	$(BIN)/python benchmarks/run.py evaluate.py

train: $(VENV)/training
	$(BIN)/python -m training.make

docs: $(VENV)/dev
	$(BIN)/python tools/store_docs.py

lock:
	uv pip compile -q pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" -o requirements.lock
	uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" -o requirements-dev.lock

	uv pip compile -q pyproject.toml --group training --universal --python-version 3.11 --no-emit-index-url \
	  --no-annotate -c requirements.lock --custom-compile-command "make lock" -o requirements-training.lock

clean:
	rm -rf $(VENV) demo build *.egg-info .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "monitor needs Python 3.11 or newer: make PYTHON=python3.12 demo")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/dev: $(VENV)/run requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	touch $@

# No hashes here: PyTorch's file for a machine depends on its processor and graphics card.
$(VENV)/training: $(VENV)/run requirements-training.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-training.lock
	touch $@
