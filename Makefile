# Python 3.11 is all that a machine needs; tools/setup.sh fetches the rest.
PYTEST = .venv/bin/python -m tools.devservers -m pytest -n $(WORKERS) --dist worksteal
WORKERS ?= 3
# Databases of tests need no disk.
export PYTEST_DEBUG_TEMPROOT ?= $(shell test -w /dev/shm && echo /dev/shm || echo /tmp)
ARGS ?=

.PHONY: run test matrix check asvs bench bench-peers docs lock faults soak wheel-check

run:
	@tools/setup.sh base
	AUTH_ENV=development .venv/bin/keywright serve $(ARGS)

test: export CONTRACT_ROWS = .cache/rows
test:
	@tools/setup.sh test
	@rm -rf $(CONTRACT_ROWS)
	$(PYTEST) $(ARGS)
	$(if $(ARGS),,@.venv/bin/python -m tools.contract_rows $(CONTRACT_ROWS))

matrix: export MATRIX = all
matrix:
	@tools/setup.sh test
	$(PYTEST) tests/emitted --timeout=600 $(ARGS)

faults: export FAULT_ROUNDS ?= 100
faults:
	@tools/setup.sh test
	$(PYTEST) -m fault --timeout=0 $(ARGS)

check:
	@tools/setup.sh test
	tools/check.sh

asvs:
	@tools/setup.sh test
	@.venv/bin/python -m tools.asvs $(ARGS)

bench:
	@tools/setup.sh test
	@tools/setup.sh bench
	.venv/bin/python -m bench $(ARGS)

bench-peers:
	@tools/setup.sh test
	@tools/setup.sh bench
	.venv/bin/python -m tools.devservers --servers postgres -m bench.peers $(ARGS)

soak:
	@tools/setup.sh test
	.venv/bin/python -m tools.devservers -m bench soak --storage postgres $(ARGS)

docs:
	tools/docs.sh $(ARGS)

wheel-check:
	tools/wheel_check.sh

lock:
	tools/lock.sh $(ARGS)
