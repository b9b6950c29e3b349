PYTHON ?= python3
RECIPE ?= ntm_copy
bin := .venv/bin

.PHONY: train test reproduce docs clean

train: .venv/installed
	$(bin)/keras-memory train $(RECIPE)

# The figures of the model card: every seed and baseline of the recipe, and its preset.
reproduce: .venv/installed
	$(bin)/keras-memory reproduce $(RECIPE)

test: .venv/installed-test
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/python -m pytest -n 2 --dist loadfile
	KERAS_BACKEND=jax $(bin)/python -m pytest -n 2 --dist loadfile tests/layers tests/zoo

docs: .venv/installed-docs
	$(bin)/zensical build --clean --strict

clean:
	rm -rf .venv build dist site *.egg-info

.venv/bin/pip:
	$(PYTHON) -m venv .venv
	$(bin)/pip install --quiet --upgrade pip

.venv/installed: setup.py pyproject.toml | .venv/bin/pip
	$(bin)/pip install --quiet --editable .
	touch $@

.venv/installed-%: setup.py pyproject.toml | .venv/bin/pip
	$(bin)/pip install --quiet --editable ".[$*]"
	touch $@ .venv/installed

# For maintainers. `format` mends what ruff can; `types` checks the public signatures, as a
# user's program meets them; `dist` builds and checks sdist and wheel; `release` tags them.
.PHONY: format types dist release

format: .venv/installed-test
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

types: .venv/installed-test
	$(bin)/python -m pytest tests/house/test_types.py

dist: .venv/installed-release
	rm -rf build dist *.egg-info/SOURCES.txt
	$(bin)/python -m build
	$(bin)/twine check --strict dist/*

release: .venv/installed-release
	.ci/release
