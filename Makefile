# Two environments: .venv-run (small: run and demo) and .venv (everything for tests and checks).
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check --no-input
DEV = .venv/bin
# Where tests keep their databases: in memory where that is a folder, since they wait for the disk else.
SCRATCH = $(shell test -w /dev/shm && echo /dev/shm || echo /tmp)
RUN = .venv-run/bin
LOCK = $(DEV)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header

.PHONY: demo test check faults guards lint types build validate lock clean

demo: .venv-run/.ready  ## show the main job end to end on this machine; KEEP=1 leaves it running
	@$(RUN)/orderwarden demo $(if $(KEEP),--keep)

test: .venv/.ready  ## run every test, with branch coverage of everything shipped
	@scratch=$$(mktemp -d "$(SCRATCH)/orderwarden-tests.XXXXXX") && trap 'rm -rf "$$scratch"' EXIT && \
	$(DEV)/python -m pytest -n 4 --dist loadgroup --basetemp="$$scratch/pytest" \
		--cov --cov-report=term $(ARGS)

check: lint types test  ## lint, types and tests

faults: .venv/.ready  ## search for broken promises: RUNS=500, SEED=7, SINGLES=1 or PAIRS=1
ifneq ($(SINGLES)$(PAIRS),)
	@$(DEV)/python tests/faults/exhaust.py $(if $(PAIRS),--pairs)
else
	@$(DEV)/python tests/faults/search.py $(if $(SEED),--seed $(SEED)) $(if $(RUNS),--runs $(RUNS))
endif

guards: .venv/.ready  ## remove one guard after another and show which test notices
	$(DEV)/python tests/faults/guards.py $(ARGS)

lint: .venv/.ready
	$(DEV)/ruff check .
	$(DEV)/ruff format --check .

types: .venv/.ready
	$(DEV)/mypy

.venv-run/.ready: requirements/run.txt pyproject.toml
	@echo "Setting up .venv-run (once; $$($(PYTHON) --version)) ..."
	@$(PYTHON) -m venv .venv-run
	@$(RUN)/python $(PIP_INSTALL) --require-hashes -r requirements/run.txt
	@$(RUN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.ready: requirements/dev.txt pyproject.toml
	@echo "Setting up .venv (once; $$($(PYTHON) --version)) ..."
	@$(PYTHON) -m venv .venv
	@$(DEV)/python $(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@$(DEV)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

lock:  ## renew the locked requirements; hashes, no download addresses
	cd requirements && ../$(LOCK) --output-file run.txt run.in
	cd requirements && ../$(LOCK) --output-file dev.txt dev.in
	cd requirements && ../$(LOCK) --output-file sam.txt sam.in
	cd layers/dependencies && ../../$(LOCK) --output-file requirements.txt requirements.in

SAM = AWS_DEFAULT_REGION=$${AWS_DEFAULT_REGION:-us-east-1} SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam

build: .venv-sam/.ready  ## what `sam deploy` uploads, in .aws-sam; ORDERWARDEN_BYTECODE=1 compiles it
	@find functions -name __pycache__ -prune -exec rm -rf {} +
	@$(SAM) build

validate: .venv-sam/.ready  ## lint the template, as SAM and as CloudFormation see it
	@$(SAM) validate --lint

.venv-sam/.ready: requirements/sam.txt
	@echo "Setting up .venv-sam (once; $$($(PYTHON) --version)) ..."
	@$(PYTHON) -m venv .venv-sam
	@.venv-sam/bin/python $(PIP_INSTALL) --no-deps --require-hashes -r requirements/sam.txt
	@touch $@

clean:
	rm -rf .aws-sam .venv .venv-run .venv-sam var dist .mypy_cache .ruff_cache .pytest_cache .coverage*
