# SPDX-License-Identifier: Apache-2.0
# The front door. `make run` for a demonstration office, `make check` for every test; meson and ninja do the work.
PORT    ?= 8080
SITE    ?= site
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
SECONDS ?= 600
SIZES   ?= 1000 10000 100000 1000000

OPTIONS  = --buildtype=release -Db_lto=true
RELEASE  = $(BUILD)/release
DAYLIGHT = $(RELEASE)/src/app/daylight

.DEFAULT_GOAL := help
.PHONY: help run build deps deps-test check bench bench-peers bench-scale fuzz tsan format manpage install clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "  settings:       PORT=$(PORT) SITE=$(SITE) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) SECONDS=$(SECONDS) (fuzz, each target)"

run: build ## a demonstration office in SITE (made where missing), served on http://127.0.0.1:PORT
	@test -e "$(SITE)/site.ini" || $(DAYLIGHT) init "$(SITE)" --demo --host "127.0.0.1:$(PORT)"
	@exec $(DAYLIGHT) serve "$(SITE)" --listen "127.0.0.1:$(PORT)"

build: deps ## the program: build/release/src/app/daylight
	@test -e $(RELEASE)/build.ninja || meson setup $(RELEASE) $(OPTIONS) --prefix="$(PREFIX)" -Dtests=false
	@ninja -C $(RELEASE)

deps: ## the Debian packages that building and running need, where missing
	@sh tools/deps.sh packages.txt

deps-test: ## … and those that only the tests need
	@sh tools/deps.sh packages.txt packages-test.txt

check: deps-test ## every test; the last line counts them
	@BUILD="$(BUILD)" bash tools/check.sh

bench: deps-test ## the measurements
	@test -e $(BUILD)/bench/build.ninja || meson setup $(BUILD)/bench $(OPTIONS) -Dtests=false -Dbench=true
	@ninja -C $(BUILD)/bench
	@meson test -C $(BUILD)/bench --no-rebuild --benchmark --verbose

bench-peers: ## … of WordPress beside Daylight: Debian's packages, private to the run
	@sh tools/deps.sh packages.txt packages-test.txt packages-bench.txt
	@test -e $(BUILD)/bench/build.ninja || meson setup $(BUILD)/bench $(OPTIONS) -Dtests=false -Dbench=true
	@ninja -C $(BUILD)/bench src/app/daylight bench/bench-floor
	@python3 bench/peers.py $(BUILD)/bench/src/app/daylight $(BUILD)/bench/bench/bench-floor

bench-scale: deps-test ## … of growth: offices of SIZES articles, kept in build/scale; POSTGRES=1 (only) for that as well (alone)
	@test -e $(BUILD)/bench/build.ninja || meson setup $(BUILD)/bench $(OPTIONS) -Dtests=false -Dbench=true
	@ninja -C $(BUILD)/bench src/app/daylight
	@python3 bench/scale.py $(BUILD)/bench/src/app/daylight --sizes "$(SIZES)" --cache $(BUILD)/scale --docs docs $(if $(POSTGRES),$(if $(filter only,$(POSTGRES)),--only-postgres,--postgres))

fuzz: deps-test ## every fuzz target for SECONDS each
	@BUILD="$(BUILD)" bash tools/fuzz.sh $(SECONDS)

tsan: deps-test ## everything at once under ThreadSanitizer, for SECONDS (120 unless said) on each engine
	@BUILD="$(BUILD)" bash tools/tsan.sh $(if $(filter command,$(firstword $(origin SECONDS))),$(SECONDS),120)

format: ## clang-format over every C file
	@git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format-14 -i

manpage: build ## writes man/daylight.1 anew from the command table
	@$(DAYLIGHT) manpage > man/daylight.1.new && mv man/daylight.1.new man/daylight.1

install: build ## into DESTDIR PREFIX
	@meson configure $(RELEASE) --prefix="$(PREFIX)" >/dev/null
	@DESTDIR="$(DESTDIR)" meson install -C $(RELEASE)

clean: ## removes what was built (never SITE)
	rm -rf "$(BUILD)"
