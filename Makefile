# What there is to do with sam. `make run` and `make test` are all that a
# newcomer needs; CI runs `make lint` and `make test`.

# Node.js versions that the tests run, beside those of the host. npm's package
# "node" carries the real binaries.
NODE_VERSIONS = 4.3.1 6.10.3 8.10.0 12.22.12 14.21.3 16.20.2 18.20.8 20.20.2 22.23.3 24.21.0 26.10.0
# Clients of AWS that the tests run, from PyPI.
AWS_CLIENTS   = awscli==1.45.11 boto3==1.43.11
# AWS's runtime clients that the benches run, from npm and PyPI.
NODE_CLIENT   = aws-lambda-ric@3.3.0
PYTHON_CLIENT = awslambdaric==4.2.2
# What is fuzzed, as package:target.
FUZZ          = template:FuzzRead template:FuzzRoutes apigw:FuzzEvent apigw:FuzzResponse apigw:FuzzRouter lambdaapi:FuzzResolve
STATICCHECK   = honnef.co/go/tools/cmd/staticcheck@v0.8.2
PARTS        ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sam-test-parts

export CGO_ENABLED = 0
export SAM_TEST_PARTS = $(PARTS)

.PHONY: build run test lint bench parts bench-parts generate docs

build:
	go build -trimpath -ldflags='-s -w' -o bin/sam ./cmd/sam

# Invokes a Node.js and a Python function and shows their results and logs.
run: build
	@for function in HelloNode HelloPython; do \
		echo "\$$ echo '{\"name\": \"Ada\"}' | bin/sam local invoke $$function"; \
		echo '{"name": "Ada"}' | bin/sam local invoke --template testdata/templates/hello.yaml $$function || exit 1; \
		echo; echo; \
	done

# The race detector needs cgo, the product does not.
test: parts
	CGO_ENABLED=1 go test -race -timeout 15m ./...
	@for target in $(FUZZ); do \
		go test ./emulator/$${target%:*} -run '^$$' -fuzz "^$${target#*:}$$" -fuzztime 5s -fuzzminimizetime 10x || exit 1; \
	done

lint:
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt would change: $$unformatted"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

# Prints ratios of medians, each pair measured in one run.
bench: build parts bench-parts
	go test -run '^$$' -bench . -benchtime 1x -timeout 30m ./cmd/sam ./emulator ./emulator/template

# Installs what the tests need and the host lacks; does nothing the second time.
parts:
	@for version in $(NODE_VERSIONS); do \
		dir=$(PARTS)/nodejs/$$version; \
		test -x $$dir/node_modules/node/bin/node || { \
			echo "installing node $$version"; \
			npm install --silent --no-save --no-audit --no-fund --prefix $$dir node@$$version || exit 1; \
		}; \
	done
	@test -x $(PARTS)/aws/bin/aws || { \
		echo "installing $(AWS_CLIENTS)"; \
		python3 -m venv --clear $(PARTS)/aws && $(PARTS)/aws/bin/python -m pip install --quiet --disable-pip-version-check $(AWS_CLIENTS); \
	}

# Installs AWS's own runtime clients, which only the benches run. That of Node.js
# is compiled: it needs cmake, autoconf, automake, libtool and a C++ compiler.
# What is missing, like wrk, is skipped by the benches.
bench-parts:
	@test -d $(PARTS)/clients/nodejs/node_modules/aws-lambda-ric || { \
		echo "compiling $(NODE_CLIENT)"; \
		npm install --silent --no-save --no-audit --no-fund --prefix $(PARTS)/clients/nodejs $(NODE_CLIENT) || echo "could not: its bench is skipped"; \
	}
	@test -d $(PARTS)/clients/python/awslambdaric || { \
		echo "installing $(PYTHON_CLIENT)"; \
		python3.11 -m pip install --quiet --disable-pip-version-check --target $(PARTS)/clients/python $(PYTHON_CLIENT) || echo "could not: its bench is skipped"; \
	}

# Rewrites what is generated from the code: docs/ and the scripts' expectations.
generate docs:
	go test ./cmd/sam ./emulator/environ -update
