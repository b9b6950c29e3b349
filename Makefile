PYTHON ?= python3
RECIPE ?= ntm_copy
bin := .venv/bin

.PHONY: train check test long torch several mutants promises serving browser reproduce page
.PHONY: docs gallery site clean

train: .venv/installed
	$(bin)/keras-memory train $(RECIPE)

# The figures of the model card: every seed and baseline of the recipe, and its preset.
reproduce: .venv/installed
	$(bin)/keras-memory reproduce $(RECIPE)

# What XLA compiles in tests runs once or twice: better compiled fast than fast code. And what
# was compiled once need not be compiled again; JAX knows it from other versions and machines, so
# that it is of all checkouts.
cache := $(CURDIR)/.venv/cache
unoptimised := --xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true
check test long mutants: export XLA_FLAGS = $(unoptimised)
check test long mutants: export TF_XLA_FLAGS = --tf_xla_persistent_cache_directory=$(cache)/tensorflow
check test long mutants: export JAX_COMPILATION_CACHE_DIR = $(HOME)/.cache/keras_memory/jax
check test long mutants: export JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS = 0
check test long mutants: export JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES = -1
# A core for each of the two processes that run the tests.
check test long mutants: export TF_NUM_INTRAOP_THREADS = 1
pytest := $(bin)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
elsewhere := tests/layers tests/zoo tests/testing
goldens := tests/conformance/test_goldens.py
share = $(if $(SHARE),--share $(SHARE))

# Before each commit: lint, layers, and the promises that need no process of their own, but
# for that of XLA, which takes minutes and is left to `make long`.
check: lint
	$(pytest) -m "not child and not slow" tests/layers tests/testing tests/conformance

# Before each merge: all but the files that take longest, of which on JAX those of layers and of
# the zoo are; and on PyTorch what has no TensorFlow in it.
test: lint .venv/installed-torch
	$(pytest) -m "not several and not long"
	KERAS_BACKEND=jax $(pytest) -m "not slow and not long" $(elsewhere) $(goldens)
	$(MAKE) torch

# Those files; with SHARE=2/6, the second of six parts of them: `.ci/run` takes one of them,
# another after most commits.
long: lint
	$(pytest) -m "long and not several" $(share)
	KERAS_BACKEND=jax $(pytest) -m "long and not slow" $(share) $(elsewhere)

# The last part of `make test` alone.
torch: export OMP_NUM_THREADS = 1
torch: export TF_NUM_INTRAOP_THREADS = 1
torch: lint .venv/installed-torch
	KERAS_BACKEND=torch $(pytest) -m "not slow" $(elsewhere) tests/conformance

.PHONY: lint
lint: .venv/installed-test
	@mkdir -p $(cache)/tensorflow
	$(bin)/ruff check .
	$(bin)/ruff format --check .

# What several processes of this machine do together: training, on after kills; tuning; studies.
# With SHARE=2/3, the second of three parts of these files.
several: export XLA_FLAGS = $(unoptimised)
several: .venv/installed-test
	$(bin)/python -m pytest -m several -s $(share) tests/recipes

# Thirteen faults, put into a copy one by one: which test catches each.
mutants: lint
	$(bin)/python tests/mutants/run.py

# To how many layers and models each promise applies, and which need not keep it.
promises: .venv/installed-test
	$(bin)/python tests/conformance/promises.py

# Exported models behind a model server, in an environment without keras_memory. TensorFlow is
# the one that exports, but for CPUs alone: a SavedModel of a later one need not load.
serving: .venv/installed-test .venv-serving/installed
	$(bin)/python -m pytest -m several tests/serving

.venv-serving/installed: Makefile
	$(PYTHON) -m venv .venv-serving
	.venv-serving/bin/pip install --quiet "kserve>=0.21" "tensorflow-cpu>=2.18"
	touch $@

# Models at work in a browser, a folder that any server of files can serve: needs npm.
page: .venv/installed-page
	$(bin)/keras-memory page --out build/page

# Each tab of it in headless Chromium; beside Chromium, it needs npm.
browser: .venv/installed-test .venv/installed-browser-test
	$(bin)/python -m pytest -m browser tests/page

docs: gallery
	$(bin)/python docs/cards.py
	$(bin)/zensical build --clean --strict

# Notebooks that run from beginning to end, and their pages.
gallery: .venv/installed-docs
	$(bin)/python docs/gallery.py

# The site with the page in it, as live/.
site: docs page
	rm -rf site/live
	cp -r build/page site/live

clean:
	rm -rf .venv .venv-serving build dist site *.egg-info

.venv/bin/pip:
	$(PYTHON) -m venv .venv
	$(bin)/pip install --quiet --upgrade pip

.venv/installed: setup.py pyproject.toml | .venv/bin/pip
	$(bin)/pip install --quiet --editable .
	touch $@

.venv/installed-%: setup.py pyproject.toml | .venv/bin/pip
	$(bin)/pip install --quiet --editable ".[$*]"
	touch $@ .venv/installed

# One version, named: of it, pip takes a wheel without CUDA (200 MB) where it is shown one, by
# PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL. Else it is that of PyPI, with CUDA on Linux: 3 GB.
TORCH ?= torch==2.13.0
.venv/installed-torch: setup.py pyproject.toml | .venv/bin/pip
	$(bin)/pip install --quiet --editable ".[torch]" "$(TORCH)"
	touch $@ .venv/installed

# For maintainers. `format` mends what ruff can; `types` checks the public signatures, as a
# user's program meets them; `dist` builds and checks sdist and wheel; `release` tags them.
.PHONY: format tables types dist release

format: .venv/installed-test
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

# And references: what README.md and docs/ have of docstrings, names and results.
tables: .venv/installed-test
	$(bin)/python docs/generate.py

types: .venv/installed-test
	$(bin)/python -m pytest tests/house/test_types.py

dist: .venv/installed-release
	rm -rf build dist *.egg-info/SOURCES.txt
	$(bin)/python -m build
	$(bin)/twine check --strict dist/*

release: .venv/installed-release
	.ci/release
