PYTHON ?= python3
BIND ?= 127.0.0.1:8000

.PHONY: run test test-browser test-services test-meetings test-rest test-library lint bench faults lock translations pictures

run: ## Install what is missing, then serve the site with its demonstration council until Ctrl-C
	@$(PYTHON) scripts/setup.py run
	@WARDMOTE_BASE_URL="$${WARDMOTE_BASE_URL:-http://$(BIND)}" exec .venv/bin/wardmote serve --prepare --with-worker --bind $(BIND)

test: ## Install what is missing, then run every check and test
	@$(PYTHON) scripts/setup.py test
	@echo "wardmote: six parts run side by side; each prints what it has to say when it is done"
	@$(MAKE) --no-print-directory --jobs=6 --output-sync=target test-browser test-services test-meetings test-rest test-library lint

# The browser's part is the longest and the only one with time limits on a page: the others give way to it.
# What fails is tried once more by itself: a machine that stands still for seconds looks like a page that does, and what
# is broken fails twice.
test-browser:
	.venv/bin/python -m pytest -m browser --durations=10 tests/browser \
		|| .venv/bin/python -m pytest -m browser --last-failed --last-failed-no-failures=none tests/browser

test-services: ## What reads and writes rows, on PostgreSQL and Redis
	nice .venv/bin/python -m pytest tests/services

test-meetings:
	nice .venv/bin/python -m pytest --durations=10 tests/meetings

test-library: ## Reading what people say, which knows no database
	nice .venv/bin/python -m pytest --durations=10 tests/sentiment/nlp

test-rest:
	nice .venv/bin/python -m pytest --durations=10 --ignore tests/browser --ignore tests/services --ignore tests/meetings --ignore tests/sentiment/nlp
	node_env="$$PWD/.venv/bin:$$PATH"; PATH="$$node_env" nice node --test tests/js/

lint: ## Style, types and the house's two import pictures
	nice .venv/bin/ruff check .
	nice .venv/bin/ruff format --check .
	nice .venv/bin/lint-imports
	nice .venv/bin/mypy

bench: ## Measure the live room, tone, imports, answers and dashboards, targets beside; --write keeps what one measured
	@$(PYTHON) scripts/setup.py test
	@for each in benchmarks/*.py; do echo "== $$each"; .venv/bin/python $$each || exit 1; done

faults: ## Kill servers, Redis, worker and browser while people answer and ask; rewrites benchmarks/results/*kills.md
	@$(PYTHON) scripts/setup.py test
	.venv/bin/python benchmarks/faults/kills.py --rounds 100 --write
	.venv/bin/python benchmarks/faults/rooms.py --write

lock: ## Resolve both registries' lock files anew
	@$(PYTHON) scripts/setup.py test
	.venv/bin/python scripts/lock.py

translations: ## Collect the strings to translate and compile the catalogues (needs GNU gettext)
	.venv/bin/wardmote makemessages -l cy --no-wrap --no-obsolete --add-location file \
		-i node_modules -i var -i .venv -i tests -i benchmarks -i docs -i requirements
	.venv/bin/wardmote compilemessages -l cy -i node_modules -i .venv

pictures: ## Take README's pictures from the running demonstration (needs Chromium)
	@$(PYTHON) scripts/setup.py test
	.venv/bin/python scripts/take_pictures.py
