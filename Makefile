PYTHON ?= python3
BIND ?= 127.0.0.1:8000

.PHONY: run test lint bench lock translations pictures

run: ## Install what is missing, then serve the site with its demonstration council until Ctrl-C
	@$(PYTHON) scripts/setup.py run
	@exec .venv/bin/wardmote serve --prepare --with-worker --bind $(BIND)

test: ## Install what is missing, then run every check and test
	@$(PYTHON) scripts/setup.py test
	@$(MAKE) --no-print-directory lint
	.venv/bin/python -m pytest -m "not browser"
	.venv/bin/python -m pytest -m browser tests/browser
	node_env="$$PWD/.venv/bin:$$PATH"; PATH="$$node_env" node --test tests/js/

lint: ## Style, types and the house's two import pictures
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy

bench: ## Measure room fan-out, tone reading, imports and the dashboard; prints and rewrites benchmarks/results/
	@$(PYTHON) scripts/setup.py test
	@for each in benchmarks/*.py; do echo "== $$each"; .venv/bin/python $$each || exit 1; done

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
