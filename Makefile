# What a developer types: `make up` to see it run, `make test` before pushing. Most other targets are parts of these two; `make` lists all.

TOOL := $(abspath .build/macros/debug/TroupeMacros-tool)
# A release build loads the macro plugin that was built in debug: swift-syntax takes 70 s instead of 400 s.
WITH_TOOL := TROUPE_MACROS_TOOL=$(TOOL)
# One build serves `up` and `test`, so it is made testable; benches have a build of their own.
RELEASE := -c release --traits Shop -Xswiftc -enable-testing
SOURCES := Package.swift Sources Tests bench
NODES ?= 3

.DEFAULT_GOAL := help
.PHONY: help deps test-deps macros build up test test-macros test-release test-threads test-addresses test-sabotage test-quickstart fuzz bench format lint \
  clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## installs the system packages that are missing; quick when none is
	@scripts/install-dependencies

test-deps: ## the same, with what only tests need
	@scripts/install-dependencies tests

macros: deps ## builds the macro plugin, and drops what an older one expanded
	@scripts/build-macro-tool $(TOOL)

build: macros ## builds everything in release
	$(WITH_TOOL) swift build $(RELEASE)

up: build ## builds, then runs a cluster of NODES=3 nodes and a gateway; Ctrl-C drains and stops it
	.build/release/shopstream up --nodes $(NODES)

test: lint test-macros test-release test-addresses test-quickstart ## everything that must hold

test-macros: macros ## expansions, golden and refused
	env -u TROUPE_MACROS_TOOL TROUPE_PART=macros swift test --scratch-path .build/macros

test-release: test-deps macros ## all tests of Troupe and Shopstream, real processes included
	$(WITH_TOOL) swift build $(RELEASE) --build-tests
	$(WITH_TOOL) scripts/tell-failures swift test $(RELEASE) --skip-build $(STORES:%=--skip %) --skip $(KILLER) $(SEEDS:%=--skip %)
	$(WITH_TOOL) scripts/tell-failures swift test $(RELEASE) --skip-build $(STORES:%=--filter %)
	$(WITH_TOOL) scripts/tell-failures swift test $(RELEASE) --skip-build --filter $(KILLER)
	$(WITH_TOOL) scripts/tell-failures swift test $(RELEASE) --skip-build $(SEEDS:%=--filter %)

# Stores on servers of their own: their time limits are real, so their tests run when the others have ended.
STORES := TroupePostgresTests TroupeDynamoDBTests TroupeAWSTests

# Two dozen nodes at once with leases to keep, and emulators and a server of their own: beside them the stores' tests run out of their time.
KILLER := KillerTests

# Simulated clusters by the hundred, or for a long time, each of which keeps its thread for as long as it runs: others would find half a minute gone.
SEEDS := SeedTests QuarantineSimulationTests BalanceSimulationTests

# Where bytes of others and unsafe pointers are; the rest has neither.
BYTES := --filter TroupeNetTests --filter TroupeWireTests --filter TroupeTransportTests --filter TroupeJSONTests --filter TroupeTests --filter FuzzTests
# Whole clusters, hundreds of times over: a quarter of an hour under the sanitizer, and no byte that the others do not touch.
BYTES += --skip KillTests --skip SagaTests --skip TopicTests --skip ReminderTests --skip CheckpointTests --skip BadNetworkTests --skip RollTests --skip ArchiveTests --skip QuarantineSimulationTests --skip BalanceSimulationTests

# Not part of `test`: the sanitizer does not see the lock inside Swift's Mutex (a futex), and reports a program of seven lines that
# does nothing but lock one. What it says must be read by a person.
test-threads: macros ## Troupe's own tests under the thread sanitizer
	$(WITH_TOOL) TROUPE_PART=core swift test --sanitize=thread --scratch-path .build/threads

# One after the other: beside each other they keep loops from answering for so long that links are taken for dead.
test-addresses: macros ## Troupe's own tests under the address sanitizer
	$(WITH_TOOL) TROUPE_PART=core swift build --build-tests --sanitize=address --scratch-path .build/addresses
	$(WITH_TOOL) TROUPE_PART=core ASAN_OPTIONS=detect_leaks=0 scripts/tell-failures swift test --skip-build --no-parallel --sanitize=address --scratch-path .build/addresses $(BYTES)

# Not part of `test`: another build of the whole runtime. Promises are broken on purpose, and the simulator has to find it.
test-sabotage: macros ## promises broken on purpose, which the simulator must find within 200 seeds each
	$(WITH_TOOL) TROUPE_PART=sabotage swift test -c release -Xswiftc -enable-testing --scratch-path .build/sabotage

test-quickstart: deps ## the README's ten lines, built and run as a newcomer does
	@Tests/Examples/quickstart/run

# Not part of `test`, which replays what the fuzzers have kept.
SECONDS ?= 60
fuzz: macros ## runs a fuzzer: NAME=frames, handshake, wire, lz4 or tls; SECONDS=60; SECONDS=merge keeps what it learnt
	$(WITH_TOOL) scripts/fuzz $(NAME) $(SECONDS)

bench: macros ## runs the benches; NAME=calls runs one; results in bench/results
	$(WITH_TOOL) bench/run $(NAME)

format: ## formats all Swift sources in place
	swift format --in-place --parallel --recursive $(SOURCES)

lint: ## formatting that differs from .swift-format
	swift format lint --strict --parallel --recursive $(SOURCES)

clean: ## removes what was built; data under .shopstream stays
	rm -rf .build bench/*/.build bench/peers/*/.build bench/.work Tests/Examples/*/.build
