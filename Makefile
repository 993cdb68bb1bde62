# make run    build and start Berth on 127.0.0.1:5000        make test   install what tests need and run all of them
# make demo   watch the sharing story being played           make help   the rest
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

release := swift build -c release --static-swift-stdlib --product berth
sources := Sources Tests Package.swift Benchmarks/Micro/Package.swift Benchmarks/Micro/Benchmarks
# Sixteen tests at once: all of them at once starve each other on small machines until their clients give up.
swift_test := swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 16
# Their servers are processes of their own, several a test.
fault_test := swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 5 --filter FaultTests
sdk_venv := .build/sdk-venv
console_venv := .build/console-venv
bench_venv := .build/bench-venv
bench := PYTHONPATH=Benchmarks $(bench_venv)/bin/python -m bench .build/release/berth
FUZZ ?= 600

.PHONY: help run build test test-fast test-faults test-sdk test-console test-bench bench bench-quick bench-lists bench-micro fuzz soak demo lint format clean install-run-tools install-test-tools \
	install-bench-tools

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-20s %s\n", $$1, $$2}' Makefile

run: build ## build if needed and start the server; SERVE="--listen 0.0.0.0:5000" adds flags
	@exec .build/release/berth serve --listen 127.0.0.1:5000 --storage storage --certs certs $(SERVE)

build: install-run-tools ## the release build, .build/release/berth
	$(release)

test: install-test-tools ## install what the tests need and run all of them, real clients included
	swift build --build-tests
	$(swift_test) --skip ClientTests --skip FaultTests
	$(fault_test)
	$(swift_test) --filter ClientTests
	@$(MAKE) test-sdk test-console test-bench

test-fast: ## the tests without the real clients and the faults
	swift build --build-tests
	$(swift_test) --skip ClientTests --skip FaultTests

test-faults: install-test-tools ## the tests that kill servers and spoil disks; BERTH_FAULT_KILLS=2000 does more of it
	swift build --build-tests
	$(fault_test)

test-sdk: install-test-tools $(sdk_venv)/installed ## the tests of the management API with its SDK; PYTEST="-k share" picks some
	[[ -n "$${BERTH_EXECUTABLE:-}" ]] || swift build --product berth
	$(sdk_venv)/bin/pytest Tests/SDK $(PYTEST)

test-console: install-test-tools $(console_venv)/installed ## the tests of the console in a browser; PYTEST="-k share" picks some
	[[ -n "$${BERTH_EXECUTABLE:-}" ]] || swift build --product berth
	$(console_venv)/bin/pytest --numprocesses 2 --dist loadfile Tests/Console $(PYTEST)

test-bench: install-test-tools $(sdk_venv)/installed ## the tests of the benchmark's own figures, which need no server
	$(sdk_venv)/bin/pytest --quiet Benchmarks

$(sdk_venv)/installed: Tests/SDK/requirements.txt
	python3 -m venv --clear $(sdk_venv)
	$(sdk_venv)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

$(console_venv)/installed: Tests/Console/requirements.txt
	python3 -m venv --clear $(console_venv)
	$(console_venv)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

bench: install-bench-tools $(bench_venv)/installed ## measure the release build beside nginx and docker-registry; BENCH="--only manifest" picks rows
	$(release)
	$(bench) $(BENCH)

bench-quick: install-bench-tools $(bench_venv)/installed ## the same in about a minute
	$(release)
	$(bench) --quick $(BENCH)

$(bench_venv)/installed: Benchmarks/requirements.txt
	python3 -m venv --clear $(bench_venv)
	$(bench_venv)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

bench-lists: ## how long pages of an account with 100,000 repositories take, in a debug build
	swift build --build-tests
	BERTH_BENCH=1 $(swift_test) --filter ListBenchmarks

bench-micro: install-run-tools ## path parser, token check, decision and digesting by themselves; BENCH="--filter Token.*" picks some
	swift package --package-path Benchmarks/Micro --allow-writing-to-package-directory benchmark \
		--no-progress --grouping metric $(BENCH)

fuzz: ## hostile input for FUZZ=600 seconds; SEED=7 makes other input than the default does
	swift build --build-tests
	BERTH_FUZZ_SECONDS=$(FUZZ) $(if $(SEED),BERTH_FUZZ_SEED=$(SEED)) $(swift_test) --filter HardeningTests.FuzzTests

soak: install-test-tools ## thirty minutes of kills, spoiled disks, hostile input and load; docs/operations.md has what it showed
	swift build --build-tests
	$(release)
	BERTH_FAULT_KILLS=1000 BERTH_FAULT_CALLS=100 $(fault_test)
	@$(MAKE) fuzz FUZZ=480
	BERTH_BENCH_UPLOADS=200 PYTHONPATH=Benchmarks python3 -m bench .build/release/berth --alone --only memory

demo: install-test-tools ## play the sharing story against a server of its own
	$(release)
	@scripts/demo.sh

lint: ## check the style
	swift format lint --strict -r $(sources)

format: ## apply the style
	swift format format -i -r $(sources)

clean: ## remove what was built; storage/ and certs/ stay
	swift package clean
	swift package --package-path Benchmarks/Micro clean

install-run-tools: ## install what building and running need
	@scripts/install-tools.sh run

install-test-tools: ## install what the tests and the demo need
	@scripts/install-tools.sh test

install-bench-tools: ## install what the benchmarks need
	@scripts/install-tools.sh bench
