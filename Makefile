# Two commands are enough: `make run` to see it work, `make test` to check it. Both need python3.11+ and make alone.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test later quick check lint lock newest audit site dist bench load chaos pictures house commands api reference clean

help: ## liste les commandes
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Il faut Python 3.11 ou plus récent ; « $(PYTHON) » est en " + sys.version.split()[0] + ". Essayez : make PYTHON=python3.12 run" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# Libraries come from a lock, with their hashes, setuptools included: building Entremise fetches nothing more.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
install = @echo "Installation dans $(VENV), $(2)." && echo "1/2  les bibliothèques de $(1), chacune avec son empreinte…" && \
    $(PIP) install --require-hashes --requirement $(1) && echo "2/2  Entremise, de ce dossier…" && \
    $(PIP) install --no-deps --no-build-isolation --editable .

$(VENV)/installed: $(BIN)/python pyproject.toml requirements.lock
	$(call install,requirements.lock,480 Mo en une à trois minutes)
	@touch $@

$(VENV)/installed-test: $(BIN)/python pyproject.toml requirements-test.lock
	$(call install,requirements-test.lock,1 300 Mo en trois à dix minutes)
	@touch $@ $(VENV)/installed

run: $(VENV)/installed ## installe, charge les annuaires d'exemple, classe un lot et ouvre les pages
	$(BIN)/entremise demo

test: $(VENV)/installed-test ## installe les outils d'essai et lance tous les essais possibles ici
	$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder -p tests.release.clock_readers

# Postponed, a test that passes today only because a date is still to come fails. The clock that counts seconds stays: timeouts are real.
LATER := FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f +400d
TESTS ?= -m "not slow" --hypothesis-profile quick @build/clock_readers.txt
later: $(VENV)/installed-test ## dans quatre cents jours (faketime) : les essais qui ont lu l’horloge au dernier make test ; tous : TESTS=tests
	$(LATER) $(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder $(TESTS)

QUICK := -n auto --dist loadscope --no-loadscope-reorder -m "not slow" --hypothesis-profile quick
quick: $(VENV)/installed-test ## les essais d’avant un enregistrement : chaque pièce, sans ce qui est long
	$(BIN)/python -m pytest $(QUICK)

# Where a library of today breaks something, before anybody locks it.
newest: ## les mêmes essais dans build/newest, avec la version la plus récente de chaque bibliothèque que pyproject.toml admet (réseau)
	$(PYTHON) -m venv --clear build/newest
	build/newest/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	build/newest/bin/python -m pytest $(QUICK)

lint: $(VENV)/installed-test ## style, types, étages et fichiers de mise en service
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml
	$(BIN)/hadolint Dockerfile
	$(BIN)/pre-commit validate-config

# Pins that still fit are kept; make lock LOCK=--upgrade takes the newest of each.
LOCK ?=
BUILT_WITH = $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'
COMPILE = $(BUILT_WITH) | $(BIN)/uv pip compile pyproject.toml - --extra postgresql --universal --python-version 3.11 --generate-hashes \
    --no-annotate --custom-compile-command "make lock" --quiet $(LOCK)
# Each holds the pins of those before it.
lock: $(VENV)/installed-test ## écrit d’après pyproject.toml ce qui s’installe, avec versions et empreintes : requirements.lock, -batch (Parquet et Dask), -test et -site
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra parquet --extra cluster --constraint requirements.lock --output-file requirements-batch.lock
	$(COMPILE) --extra parquet --extra cluster --extra test --constraint requirements-batch.lock --output-file requirements-test.lock
	$(COMPILE) --extra site --constraint requirements-test.lock --output-file requirements-site.lock

audit: $(VENV)/installed-test ## cherche les failles connues de ce que requirements-batch.lock, et donc requirements.lock, installe (réseau)
	$(BIN)/python -m tests.release.audit

$(VENV)/installed-site: $(VENV)/installed-test requirements-site.lock
	$(call install,requirements-site.lock,de quoi construire le site)
	@touch $@

site: $(VENV)/installed-site ## construit build/site, la documentation, qui s’ouvre par build/site/index.html
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --nitpicky -c docs -d build/doctrees . build/site

check: lint site test ## tout ce qui doit être propre avant de livrer

dist: $(VENV)/installed-test ## construit dans dist/ l’archive, la roue, l’inventaire de ce qui s’installe (SBOM) et les notes de la version
	rm -rf dist build/locked
	$(BIN)/python -m build --no-isolation --outdir dist
	$(BIN)/python -m venv --without-pip build/locked
	$(PIP) --python build/locked/bin/python install --require-hashes --requirement requirements-batch.lock
	$(BIN)/cyclonedx-py environment build/locked --pyproject pyproject.toml --output-reproducible --output-file dist/sbom.cdx.json
	rm -rf build/locked
	$(BIN)/keepachangelog show "$$($(BIN)/python -c 'import importlib.metadata as m; print(m.version("entremise"))')" > dist/notes.md

# One alone: make bench BENCH=tests.bench.ranking; BENCH=tests.bench.million, which is not among them, takes half an hour.
BENCH ?= tests.bench tests.bench.ranking tests.bench.batch tests.bench.api tests.bench.reconcile tests.bench.servers tests.bench.club tests.bench.hostile
bench: $(VENV)/installed-test ## durée et mémoire de l’import, sur chaque base, du classement, de dix mille lots, de l’API, de deux serveurs, du planning et de fichiers hostiles, sur des données inventées (un million de fiches : BENCH=tests.bench.million)
	@set -e; for module in $(BENCH); do $(BIN)/python -m $$module; done

load: $(VENV)/installed-test ## vingt personnes à la fois sur les pages, une minute par base, une foule derrière nginx, puis deux cents téléphones le jour d’un Club, sur cette machine seulement
	$(BIN)/python -m tests.bench.load
	$(BIN)/python -m tests.bench.telephones

chaos: $(VENV)/installed-test ## tue serveurs, ouvriers et bases sous la charge, et compte ce qui est perdu ou fait deux fois
	$(BIN)/python -m tests.chaos

pictures: $(VENV)/installed-test ## refait les images de docs/images sur l’exemple (il faut chromium)
	$(BIN)/python -m tests.browser.pictures

house: $(VENV)/installed-test ## les comptes de la maison : dossiers, cercles, noms, phrases, raisons qui se contredisent
	$(BIN)/python -m tests.bench.house

commands: $(VENV)/installed-test ## réécrit docs/commands-reference.md d’après l’aide des commandes, docs/glossary.md, et la liste des README
	$(BIN)/python -m tests.commands
	$(BIN)/python -m tests.release.readme

api: $(VENV)/installed-test ## réécrit docs/api.md d’après la description de l’API
	$(BIN)/python -m tests.matcher.web.api.drawn_data
	$(BIN)/python -m tests.api_page

reference: $(VENV)/installed-test ## reconstruit data/reference et data/samples (réseau, npm)
	$(PIP) install --editable '.[reference]'
	$(BIN)/python -m data.build

clean: ## efface l'environnement et les caches
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
