# Every target does the set-up that it needs. `make` alone lists them.

SYSTEM_PATH := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
NODE := node_modules/.bin/node
STACK := $(NODE) --enable-source-maps infra/local/dist/cli/main.js

.DEFAULT_GOAL := help
.PHONY: help up down clean status logs env payments demo ledger checkouts test test-cluster test-stripe lint format pack bench build build-stack install

help: ## Lists the targets
	@echo 'Payment pipeline: make up, then make demo. make test checks everything.'
	@echo
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/\1|\2/' \
	  | while IFS='|' read -r name text; do printf '  %-14s%s\n' "$$name" "$$text"; done

up: build ## Starts Kafka, the registry, Postgres and its replica, Redis, the simulator and the services
	@$(STACK) up

down: build-stack ## Stops everything in order and keeps the data
	@$(STACK) down

clean: build-stack ## Stops everything and removes its data
	@$(STACK) clean

status: build-stack ## Shows each part's state, port, memory and age
	@$(STACK) status

logs: build-stack ## Follows the logs; PART=kafka for one part
	@$(STACK) logs

env: build-stack ## Prints addresses and secrets of the running stack: eval "$(make -s env)"
	@$(STACK) env

payments: build ## Operates the running stack: make payments ARGS='review ls'; ARGS='--help'
	@variables=$$($(STACK) env) && eval "$$variables" && $(NODE) services/cli/bin/payments.js $(ARGS)

demo: up ## Sends webhooks and commands through the running stack and shows what becomes of each
	@variables=$$($(STACK) env) && eval "$$variables" && $(NODE) --enable-source-maps e2e/dist/demo.js

ledger: build ## Sends a million webhooks and holds every row against the model; ARGS='--webhooks 20000 --seed 7'
	@npm run --silent ledger -w e2e -- $(ARGS)

checkouts: build ## Makes 1,000 payments at gateways that go wrong and compares both ledgers; ARGS='--payments 200 --seed 7'
	@npm run --silent checkouts -w e2e -- $(ARGS)

test: build ## Runs all tests; those that need Kafka, Postgres and so on start their own
	@npm test --silent -- --selectProjects pure int

test-cluster: build ## Runs the tests that want a cluster of three brokers
	@npm test --silent -- --selectProjects cluster

STRIPE_MOCK := $(CURDIR)/.local/stripe-mock

test-stripe: build ## Checks the requests to Stripe against its OpenAPI document, by stripe-mock (needs Go once)
	@test -x $(STRIPE_MOCK)/stripe-mock || { command -v go >/dev/null || { \
	  echo 'go is missing: stripe-mock is built with it, https://go.dev/dl' >&2; exit 1; }; \
	  echo 'building stripe-mock (about a minute)' >&2; \
	  GOBIN=$(STRIPE_MOCK) go install github.com/stripe/stripe-mock@v0.203.0; }
	@npm test --silent -- --selectProjects pure --testPathPatterns stripe/stripe-mock

lint: build ## Checks style, types and the boundaries between packages
	@npm run --silent lint

format: install ## Formats the code
	@npm run --silent format

bench: build ## Measures ingress, webhook worker, reads, commands and payments; WHAT=reads for one
	@npm run --silent bench -w bench -- $(WHAT)

CLIENT := client contracts domain messaging runtime

pack: build ## Packs the client and the packages that it needs, for npm install in another repository
	@mkdir -p .local/packs
	@npm pack --silent $(CLIENT:%=--workspace libs/%) --pack-destination .local/packs >/dev/null
	@ls .local/packs/*.tgz

build: install
	@test -d services/ingress/dist || echo 'building' >&2
	@tsc --build >&2 || { echo 'the build failed: see the errors above' >&2; exit 1; }

# What manages the stack works even while other packages do not compile.
build-stack: install
	@tsc --build infra/local >&2

# A fresh clone, or a package-lock.json that says something else than what is installed.
install:
	@for program in node npm; do command -v $$program >/dev/null || { \
	  echo "$$program is missing: Node.js 20 or newer is needed, https://nodejs.org or your package manager" >&2; \
	  exit 1; }; done
	@PATH='$(SYSTEM_PATH)' node infra/local/is-installed.cjs; case $$? in \
	  0) ;; \
	  1) echo 'installing packages (npm ci, about a minute)' >&2; \
	     PATH='$(SYSTEM_PATH)' npm ci --no-fund --no-audit --loglevel=error >&2 ;; \
	  *) exit 1 ;; esac
