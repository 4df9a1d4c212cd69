#!/bin/sh
# Lint, format, types, layers and declared dependencies; no test is run.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
ruff check .
ruff format --check .
mypy --strict src tests tools
lint-imports
deptry .
