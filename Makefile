# Two commands: `make run` starts the demonstration, `make test` runs every test.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PORT ?= 8080

.PHONY: help run test faults lint fmt unit schema release clean-maps

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: ## build and start the demonstration (PORT=8080)
	@scripts/need-packages run
	@scripts/maps
	@echo "Building. The first time takes five to eight minutes on two cores, later seconds."
	cargo build --locked --quiet
	cargo run --locked --quiet -- demo --port $(PORT)

test: ## every check and test, on SQLite and on PostgreSQL, in Chromium
	@scripts/need-packages test
	@scripts/maps
	$(MAKE) lint
	TOMOSHIBI_REQUIRE_POSTGRES=1 TOMOSHIBI_REQUIRE_BROWSER=1 scripts/with-postgres cargo test --locked

faults: ## 200 rounds of killed processes on each engine (TOMOSHIBI_FAULT_SEED=6, TOMOSHIBI_FAULT_ROUNDS=200)
	@scripts/need-packages test
	@scripts/maps
	TOMOSHIBI_FAULT_ROUNDS=$${TOMOSHIBI_FAULT_ROUNDS:-200} TOMOSHIBI_REQUIRE_POSTGRES=1 \
		scripts/with-postgres cargo test --locked --test suite -- mail_kills --nocapture

lint: ## formatting, and clippy with warnings denied
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings

fmt: ## format the code
	cargo fmt

unit: ## the quick tests: no PostgreSQL, no browser
	cargo test --locked --lib

schema: ## write docs/plan.schema.json anew
	cargo run --locked --quiet -- schema > docs/plan.schema.json

release: ## the program as it is installed: target/release/tomoshibi
	@scripts/need-packages run
	@scripts/maps
	cargo build --locked --release
	@! grep -q TOMOSHIBI_STOP_AT target/release/tomoshibi || { echo "the release holds what is for tests alone (src/faults.rs)" >&2; exit 1; }
