# make run     the demo, on this machine: PORT (8000) and OPENIPT_HOME (./var) are honoured
# make test    the whole test suite
# make check   format, lint, types, layers
# make docs    the documentation as a folder to open: build/docs/index.html
# make docs-print     its printed pages anew, from content, rules, tables and the commands' help
# make docs-pictures  its pictures anew, by a browser, from the demo
# make bench   how fast it is, in one table, kept in docs/reference/speed.md: about half an hour
# make bench-quick  the same with little of everything, printed and not kept: about two minutes
# PYTHON=/path/to/python3.12 names another interpreter (3.11 to 3.13).

.PHONY: run test trial check docs docs-print docs-pictures bench bench-quick demo-reset lock

run:
	@scripts/environment serve
	@scripts/run

test:
	@scripts/environment test
	@scripts/test

check:
	@scripts/environment check
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

docs:
	@scripts/environment docs
	.venv/bin/python -m tests.documentation.printed --check
	.venv/bin/python -m sphinx -W --keep-going -q -E -a -b html -d build/docs-read docs build/docs
	.venv/bin/python -m tests.documentation.built build/docs
	@echo "Open build/docs/index.html"

docs-print:
	@scripts/environment check
	@.venv/bin/python -m tests.documentation.printed

docs-pictures:
	@scripts/environment test
	@.venv/bin/python -m tests.documentation.pictures

bench:
	@scripts/environment serve
	@.venv/bin/python benchmarks/bench.py

bench-quick:
	@scripts/environment serve
	@.venv/bin/python benchmarks/bench.py --quick

# The worked cases, typed whole by a browser: minutes each
trial:
	@scripts/environment test
	HYPOTHESIS_PROFILE=trial .venv/bin/python -m pytest -n 2 --dist loadfile -m trial

demo-reset:
	@scripts/environment serve
	@.venv/bin/openipt demo reset

lock:
	@scripts/lock
