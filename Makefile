# The commands a person needs: `make demo` to see the product, `make test` to trust it.
#
# `install` brings what is missing on Debian 12 (as root, or through sudo) and costs about a
# second when nothing is. Tests and demo start real domain controllers on loopback addresses,
# port 389, so their processes run as root; everything is built as the person who calls.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CARGO  ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
ROOT   := infra/install/as-root.sh

# The runtime of programs stands outside of the workspace, because it is built for wasm32 as well.
GUEST  := --manifest-path rules-sdk/guest/Cargo.toml --target-dir $(TARGET)/guest

# Built in these groups: in one invocation Cargo would unite their features and link the compiler
# into the runner and both TLS providers into the agent. What may share its features is one group, so
# that it is compiled once.
RELEASE_GROUPS := syncline-agent syncline-rules-compile,syncline-rules-cli syncline-runner,syncline-host,syncline-api
comma := ,

.PHONY: help install release demo demo-check test test-rust test-idp test-frontend fmt check

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

install: ## Install what is missing: packages, the wasm32 target, npm modules
	@infra/install/install.sh

release: install
	@$(foreach group,$(RELEASE_GROUPS),$(CARGO) build --release $(addprefix -p ,$(subst $(comma), ,$(group)));)
	@$(CARGO) build --release -p xtask -p syncline-graph-sim --no-default-features
	@if [ -f frontend/package.json ]; then infra/install/frontend.sh; fi

demo: release ## Run the whole main job and leave it running until Ctrl-C (KEEP=1: continue; ENTRA=0: one target only)
	@exec $(ROOT) $(TARGET)/release/xtask demo $(if $(KEEP),--keep) $(if $(filter 0,$(ENTRA)),--no-entra)

demo-check: release ## Run the whole main job, check the result, stop everything
	@exec $(ROOT) $(TARGET)/release/xtask demo --check $(if $(filter 0,$(ENTRA)),--no-entra)

test: install test-rust test-idp test-frontend ## Every test

test-rust:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) clippy $(GUEST) --all-targets -- -D warnings
	$(CARGO) test $(GUEST)
	$(CARGO) check -p syncline-rules --target wasm32-unknown-unknown
	@if [ -f deny.toml ] && command -v cargo-deny >/dev/null; then $(CARGO) deny --offline check bans licenses sources; fi
	$(CARGO) build --workspace --bins
	SYNCLINE_BIN_DIR="$(abspath $(TARGET))/debug" \
	CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="$(CURDIR)/$(ROOT)" $(CARGO) test --workspace

test-idp:
	cd infra/dev-idp && npm test

test-frontend:
	@if [ -f frontend/package.json ]; then cd frontend; for script in typecheck lint test; do npm run --if-present "$$script"; done; fi

fmt: ## Format the Rust sources
	$(CARGO) fmt --all

check: ## What to run before a commit: format and lints
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) clippy $(GUEST) --all-targets -- -D warnings
