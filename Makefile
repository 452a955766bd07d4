# What is assumed: make, and a python3 of 3.10 or newer.
.DEFAULT_GOAL := help
.PHONY: help demo test lint parity bench clean

PYTHON ?= python3
BIN    := .venv/bin
TF_BIN := .venv-tf/bin
TF     := tensorflow-cpu==2.21.* tf-keras==2.21.* tf-slim==1.1.*

help:
	@echo "make demo    train examples/mnist_layers.py; its pictures go to out/"
	@echo "make test    the tests"
	@echo "make lint    ruff and mypy"
	@echo "make parity  remake the golden numbers with TensorFlow 2.21 and compare"
	@echo "make bench   time Undertow against TensorFlow 2.21 and eager PyTorch"
	@echo "make clean   remove both environments and every cache"

.venv/stamp: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Undertow needs Python 3.10 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

# TensorFlow lives in an environment of its own: it is an oracle, never a dependency.
.venv-tf/stamp: Makefile
	test -x $(TF_BIN)/python || $(PYTHON) -m venv .venv-tf
	$(TF_BIN)/python -m pip install --quiet $(TF)
	touch $@

demo: .venv/stamp
	$(BIN)/undertow run examples/mnist_layers.py --out out

test: .venv/stamp
	$(BIN)/python -m pytest

lint: .venv/stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Every tests/parity/make_*.py runs on TensorFlow and writes the golden files that the tests beside it read.
parity: .venv/stamp .venv-tf/stamp
	set -e; for maker in tests/parity/make_*.py; do echo "$$maker"; TF_USE_LEGACY_KERAS=1 TF_CPP_MIN_LOG_LEVEL=2 $(TF_BIN)/python "$$maker"; done
	TENSORFLOW_PYTHON=$(abspath $(TF_BIN))/python $(BIN)/python -m pytest tests/parity

bench: .venv/stamp .venv-tf/stamp
	TENSORFLOW_PYTHON=$(TF_BIN)/python $(BIN)/python benchmarks/run.py

clean:
	rm -rf .venv .venv-tf .pytest_cache .mypy_cache .ruff_cache .hypothesis build src/*.egg-info
