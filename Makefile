# Every target works on a machine that has only Go and Debian's packages.
SHELL := /bin/bash
.DEFAULT_GOAL := help

STACK   ?= dev
CONTEXT ?=
REGISTRY ?=
RECORDS ?= keep
BROKERS ?=
CONTROLLERS ?=
ONLY    ?=
FAIL_ON ?=
OUTPUT  ?= -
WATCH   ?= false
NODES   ?= 1
NODE    ?= 0
DO      ?=
CASES   ?=
PAIRS   ?= 0
ROUNDS  ?= 1
SEED    ?= 0

# One setting for every Go command, so that tools, program and tests share what
# they compile; it also means that no C compiler is needed.
export CGO_ENABLED := 0
LOCAL := go run -C local .
GOLANGCI := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: help
help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo '  STACK=dev        which stack: dev (the tutorial) or your own'
	@echo '  CONTEXT=minikube use the cluster behind that context of your kubeconfig, not the local one'
	@echo '  REGISTRY=host/x  with CONTEXT: push the image there (default: it stays in the docker engine)'
	@echo '  RECORDS=delete   with down: delete the records, too: claims, record, and an empty namespace (default: keep)'
	@echo '  BROKERS=4        with scale: how many brokers there shall be; CONTROLLERS=5 likewise'
	@echo '  ONLY=brokers     with restart: these nodes of a separated cluster; or controllers'
	@echo '  FAIL_ON=delete   with preview: fail if it would delete (or replace, create, update: a list with commas)'
	@echo '  OUTPUT=review.md with preview: write there (default: to standard output)'
	@echo '  NODES=1          nodes of the local cluster'
	@echo '  CASES=start,pod  with bench: only these of start, memory, size, rebuild, throughput, pod, stack, preview, wide, drain'
	@echo '                   with faults: only these tests, by name (tests/faults)'
	@echo '  PAIRS=3          with bench: how many times each side is measured'
	@echo '  ROUNDS=5         with faults: how many times each case runs'
	@echo '  SEED=7           with faults: what is left to chance goes as in the run that named this seed'

.PHONY: up
up: ## tools, cluster, pulumi up and a first record: ends in a running Kafka
	@$(LOCAL) up -stack '$(STACK)' -context '$(CONTEXT)' -registry '$(REGISTRY)' -nodes '$(NODES)'

.PHONY: preview
preview: ## show what up would change, as Markdown; fails if it breaks a rule
	@$(LOCAL) preview -stack '$(STACK)' -context '$(CONTEXT)' -registry '$(REGISTRY)' -nodes '$(NODES)' -fail-on '$(FAIL_ON)' -output '$(OUTPUT)'

.PHONY: scale
scale: ## other numbers of members: BROKERS=4, CONTROLLERS=5, or both; what is refused is not kept
	@$(LOCAL) scale -stack '$(STACK)' -context '$(CONTEXT)' -registry '$(REGISTRY)' -nodes '$(NODES)' -brokers '$(BROKERS)' -controllers '$(CONTROLLERS)'

.PHONY: restart
restart: ## restart all nodes one at a time, or ONLY=brokers, ONLY=controllers
	@$(LOCAL) restart -stack '$(STACK)' -context '$(CONTEXT)' -registry '$(REGISTRY)' -nodes '$(NODES)' -only '$(ONLY)'

.PHONY: down
down: ## destroy the stack; its records stay
	@$(LOCAL) down -stack '$(STACK)' -context '$(CONTEXT)' -records '$(RECORDS)'

.PHONY: env
env: ## print the environment for your shell: eval "$(make -s env)"
	@$(LOCAL) env -context '$(CONTEXT)'

.PHONY: drift
drift: ## what in the cluster is not as the last up left it; changes nothing
	@$(LOCAL) drift -stack '$(STACK)' -context '$(CONTEXT)'

.PHONY: status
status: ## what runs, where things are, and how the stack is; WATCH=true looks again and again
	@$(LOCAL) status -stack '$(STACK)' -context '$(CONTEXT)' -watch='$(WATCH)'

.PHONY: toolchain
toolchain: ## only find, download or build the tools
	@$(LOCAL) toolchain

.PHONY: cluster-up
cluster-up: ## tools and the local Kubernetes, without Kafka
	@$(LOCAL) cluster-up -nodes '$(NODES)'

.PHONY: cluster-down
cluster-down: ## stop the local Kubernetes; it goes on where it was with cluster-up
	@$(LOCAL) cluster-down

.PHONY: node
node: ## break a node and mend it: NODE=2 DO=stop|kill|start, or DO=cut|join for its cable
	@$(LOCAL) node -node '$(NODE)' -do '$(DO)'

.PHONY: purge
purge: ## remove the local Kubernetes and all that it made; asks for YES=1 since records go too
	@$(LOCAL) purge -yes '$(YES)'

.PHONY: test
test: ## every test, on the local cluster
	@$(LOCAL) test

.PHONY: test-short
test-short: ## the tests that need no cluster, no root and no tools
	@$(LOCAL) test -short

.PHONY: faults
faults: ## the long tests of faults, on the local cluster: all, or CASES=name,name; writes docs/proof.md
	@$(LOCAL) faults -cases '$(CASES)' -rounds '$(ROUNDS)' -seed '$(SEED)'

.PHONY: bench
bench: ## measure this project next to others, in one run; writes bench/RESULTS.md
	@$(LOCAL) bench -cases '$(CASES)' -pairs '$(PAIRS)' -nodes '$(NODES)'

.PHONY: sbom
sbom: ## print the image's bill of materials (CycloneDX JSON)
	@eval "$$($(LOCAL) env -context '$(CONTEXT)')"; image=$$(docker build --quiet image) && \
	docker run --rm --network none --entrypoint cat "$$image" /opt/kafka/sbom.cdx.json

.PHONY: docs
docs: ## write README's tables and pictures, the schema in Pulumi.yaml and the golden files anew
	go test -p=1 ./stacks ./stacks/config ./monitoring ./bench ./tests/internal/proof -update

.PHONY: lint
lint: ## gofmt, go vet and golangci-lint
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	@for module in . tests/manifests tests/monitoring local; do \
	  (cd $$module && echo "$$module: go vet, golangci-lint" && go vet ./... && $(GOLANGCI) run) || exit 1; \
	done
