# Makefile -- builds the module (nonrel.so), the command-line program (nonrel) and everything that tests them. `make help` lists the targets.
#
# Each variant of the build (compiler, sanitizers) has its own directory, build/<variant>. What is missing, packages and the source of the
# installed Redis, is fetched first by deps/; once it is there nothing needs the network.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
SHELL := /bin/bash
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

ifeq ($(origin CC),default)
CC := gcc
endif
VARIANT ?= $(notdir $(lastword $(CC)))
SANITIZE ?=
CFLAGS ?= -O2 -g
export REDIS_SRC ?=

B := build/$(VARIANT)
MODULE ?= nonrel.so

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Werror
SANITIZERS := $(if $(SANITIZE),-DNR_SANITIZED -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
COMPILE := $(CC) -std=c11 -D_GNU_SOURCE $(CFLAGS) $(WARNINGS) $(SANITIZERS) -fPIC -fvisibility=hidden -MMD -MP -Isrc
MODULE_LDFLAGS := -shared -Wl,-Bsymbolic -Wl,--exclude-libs,ALL -Wl,-z,defs -Wl,-z,text -Wl,-z,relro -Wl,-z,now -Wl,--wrap=stdin
# jansson is linked in: its allocator is a global that must not be shared with other modules of the server. See deps/no_stdin.c.
# PCRE2 is linked in too, so that a server needs no further library.
MODULE_LIBS := -l:libjansson.a -l:libpcre2-8.a -lroaring -lm
TOOL_LIBS := -Wl,--as-needed -lhiredis -ljansson -l:libpcre2-8.a -lroaring -lm

objects = $(patsubst %.c,$(B)/obj/%.o,$(1))

ENGINE_OBJ := $(call objects,$(sort $(filter-out src/cli/%,$(wildcard src/*/*.c))))
CLI_OBJ := $(call objects,$(sort $(wildcard src/cli/*.c)))
MODULE_OBJ := $(call objects,$(sort $(wildcard module/*.c)))
NO_STDIN_OBJ := $(call objects,deps/no_stdin.c)
TEST_OBJ := $(call objects,$(sort $(wildcard tests/t_*.c)))
FUZZ_OBJ := $(call objects,$(sort $(wildcard tests/fuzz_*.c)))
BENCH_OBJ := $(call objects,$(sort $(wildcard tests/bench/*.c)))
BENCH_MAIN := $(call objects,$(sort $(wildcard tests/bench/bench_*.c)))
SUPPORT_OBJ := $(filter-out $(TEST_OBJ) $(FUZZ_OBJ) $(BENCH_OBJ),$(call objects,$(sort $(wildcard tests/*.c))))
REFERENCE_OBJ := $(call objects,$(wildcard tools/reference.c))
OBJ := $(ENGINE_OBJ) $(CLI_OBJ) $(MODULE_OBJ) $(NO_STDIN_OBJ) $(TEST_OBJ) $(FUZZ_OBJ) $(SUPPORT_OBJ) $(REFERENCE_OBJ) $(BENCH_OBJ)

ENGINE := $(B)/libnonrel.a
CLI := $(B)/libcli.a
SUPPORT := $(B)/libtests.a
TESTS := $(patsubst tests/%.c,$(B)/test/%,$(wildcard tests/t_*.c))
FUZZERS := $(patsubst tests/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz_*.c))
BENCHES := $(patsubst $(B)/obj/tests/%.o,$(B)/%,$(BENCH_MAIN))

# --- what is not ours -------------------------------------------------------------------------------------------------------------------

LOCKED := mkdir -p build && flock build/.lock

.PHONY: FORCE packages packages-test packages-tools packages-bench
FORCE:

packages:
	@$(LOCKED) deps/install.sh build

packages-test: packages
	@$(LOCKED) deps/install.sh test

packages-tools: packages
	@$(LOCKED) deps/install.sh tools

packages-bench: packages
	@$(LOCKED) deps/install.sh bench

build/include/redismodule.h: FORCE | packages
	@$(LOCKED) deps/redis.sh

# --- compiling and linking --------------------------------------------------------------------------------------------------------------

# A stamp changes only when the text in it does: other flags, another compiler, or a source file that is gone rebuild what depends on it.
define stamp
@mkdir -p $(@D)
@text='$(1)'; cmp -s <(echo "$$text") $@ || echo "$$text" >$@
endef

$(B)/compile.stamp: FORCE | packages
	$(call stamp,$(COMPILE) '"$$($(CC) --version | head -n 1)"')

$(B)/link.stamp: FORCE
	$(call stamp,$(B) $(MODULE_LDFLAGS) $(MODULE_LIBS) $(TOOL_LIBS) $(OBJ))

$(B)/obj/%.o: %.c $(B)/compile.stamp | packages
	@mkdir -p $(@D)
	@echo "  CC    $(VARIANT)/$<"
	@$(COMPILE) $(OPTIMIZE) $(INCLUDES) -c -o $@ $<

$(B)/obj/src/table/scan.o $(B)/obj/src/table/tally.o $(B)/obj/src/exec/reference.o: OPTIMIZE := $(if $(SANITIZE),,-O3)
$(MODULE_OBJ) $(REFERENCE_OBJ): build/include/redismodule.h
$(MODULE_OBJ): INCLUDES := -Imodule -isystem build/include
$(REFERENCE_OBJ): INCLUDES := -I. -Imodule -isystem build/include
$(TEST_OBJ) $(FUZZ_OBJ) $(BENCH_OBJ) $(SUPPORT_OBJ): INCLUDES := -Itests
$(TEST_OBJ) $(FUZZ_OBJ) $(BENCH_OBJ) $(SUPPORT_OBJ): | packages-test

$(ENGINE): $(ENGINE_OBJ) $(B)/link.stamp
	@rm -f $@
	@ar rcs $@ $(ENGINE_OBJ)

$(CLI): $(CLI_OBJ) $(B)/link.stamp
	@rm -f $@
	@ar rcs $@ $(CLI_OBJ)

$(SUPPORT): $(SUPPORT_OBJ) $(B)/link.stamp
	@rm -f $@
	@ar rcs $@ $(SUPPORT_OBJ)

# Both are put in place by a rename: a server that runs keeps the module that it has mapped.
$(MODULE): $(ENGINE_OBJ) $(MODULE_OBJ) $(NO_STDIN_OBJ) $(B)/link.stamp
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $(SANITIZERS) $(MODULE_LDFLAGS) -o $(B)/$(@F).new $(filter %.o,$^) $(MODULE_LIBS)
	@mv -f $(B)/$(@F).new $@

nonrel: $(CLI_OBJ) $(ENGINE) $(B)/link.stamp
	@echo "  LINK  $@"
	@$(CC) $(CFLAGS) $(SANITIZERS) -o $(B)/$@ $(CLI_OBJ) $(ENGINE) $(TOOL_LIBS)
	@mv -f $(B)/$@ $@

$(TESTS): $(B)/test/%: $(B)/obj/tests/%.o $(SUPPORT) $(CLI) $(ENGINE)
	@mkdir -p $(@D)
	@echo "  LINK  $(VARIANT)/$(@F)"
	@$(CC) $(CFLAGS) $(SANITIZERS) -o $@ $^ -lcmocka $(TOOL_LIBS)

$(FUZZERS): $(B)/fuzz/%: $(B)/obj/tests/%.o $(SUPPORT) $(ENGINE)
	@mkdir -p $(@D)
	@echo "  LINK  $(VARIANT)/$(@F)"
	@$(CC) $(CFLAGS) $(SANITIZERS) -fsanitize=fuzzer -o $@ $^ $(TOOL_LIBS)

$(BENCHES): $(B)/%: $(B)/obj/tests/%.o $(filter-out $(BENCH_MAIN),$(BENCH_OBJ)) $(ENGINE)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -o $@ $^ $(TOOL_LIBS)

$(B)/reference: $(REFERENCE_OBJ) $(MODULE_OBJ) $(ENGINE)
	@$(CC) $(CFLAGS) $(SANITIZERS) -o $@ $^ $(TOOL_LIBS)

-include $(OBJ:.o=.d)

# --- targets ----------------------------------------------------------------------------------------------------------------------------

.PHONY: all run stop help objects tests fuzzers benches test check lint analyze format asan valgrind fuzz oracle crash bench bench-growth bench-latency bench-builds \
        docs docs-check unicode tcl tcl-asan page-walk clean distclean

ASAN := VARIANT=asan CC=clang SANITIZE=address,undefined
ASAN_MODULE := build/asan-module/nonrel.so
FUZZ := VARIANT=fuzz CC=clang SANITIZE=address,undefined,fuzzer-no-link
F ?= args
SECONDS ?= 60

all: $(MODULE) nonrel                   ## build nonrel.so and nonrel (the default)

run: all                                ## start a server with the module and real data, show a few queries; leave it running
	@tools/run.sh

stop:                                   ## stop the server of `make run`
	@tools/stop.sh

test: packages-test                     ## everything that CI runs
	@MAKE='$(MAKE)' CC='$(CC)' tests/run.sh test

check: packages-test                    ## the quick part of it: lint, and the C tests
	@MAKE='$(MAKE)' CC='$(CC)' tests/run.sh check

objects: $(OBJ)
tests: $(TESTS)
fuzzers: $(FUZZERS)
benches: $(BENCHES)

lint:                                   ## the layer lint
	@tests/lint.sh

TIDY := $(patsubst %.c,build/tidy/%.ok,$(wildcard src/*/*.c module/*.c))

analyze: $(TIDY)                        ## clang-tidy over src and module

$(TIDY): build/tidy/%.ok: %.c .clang-tidy build/include/redismodule.h $(wildcard src/*/*.h module/*.h) | packages-tools
	@mkdir -p $(@D)
	@echo "  TIDY  $<"
	@clang-tidy --quiet --warnings-as-errors='*' $< -- -std=c11 -D_GNU_SOURCE -Isrc -Imodule -isystem build/include 2>/dev/null
	@touch $@

format: packages-tools                  ## clang-format the functions of all sources in place; FILES='...' picks some
	@tools/format.sh $(FILES)

tcl: all packages-test                  ## the TCL suites alone; SUITES='save query' picks some
	@tcl-tests/run.sh $(SUITES)

page-walk: all packages-test            ## pages over 1,000,000 rows while another client writes: ROWS=50000 STORE=memory
	@ROWS=$(or $(ROWS),1000000) TEST_TIMEOUT=7200 tcl-tests/run.sh page_walk

tcl-asan: all packages-test             ## the TCL suites over both stores, on a redis-server built with AddressSanitizer; SUITES and STORE pick some
	@$(LOCKED) deps/redis_asan.sh
	@$(MAKE) VARIANT=asan-module SANITIZE=address,undefined MODULE=$(ASAN_MODULE) $(ASAN_MODULE)
	@MODULE=$(ASAN_MODULE) tcl-tests/asan.sh $(SUITES)

asan: packages-test                     ## the C tests under clang's address and undefined-behaviour sanitizers
	@$(MAKE) $(ASAN) objects tests
	@tests/ctest.sh build/asan/test

valgrind: packages-tools packages-test  ## the C tests under valgrind, over both stores
	@MAKE='$(MAKE)' CC='$(CC)' tests/run.sh valgrind

fuzz: packages-test                     ## fuzz tests/fuzz_$F.c for SECONDS seconds: make fuzz F=args SECONDS=600
	@$(MAKE) $(FUZZ) build/fuzz/fuzz/fuzz_$(F)
	@mkdir -p build/corpus/$(F) tests/corpus/$(F)
	@build/fuzz/fuzz/fuzz_$(F) -max_total_time=$(SECONDS) -print_final_stats=1 -artifact_prefix=build/corpus/ build/corpus/$(F) tests/corpus/$(F)

oracle: $(B)/test/t_oracle              ## N random queries against the naive oracle: make oracle N=1000000
	@N=$(or $(N),1000000) $(B)/test/t_oracle

crash: all packages-test                ## kill -9 a server under load N times, and check every index after each
	@tests/crash.sh $(or $(N),10)

bench: all benches packages-bench       ## workloads over both stores and their peers, into docs/benchmarks.md; N=20000 POSTS=50000 is a try
	@CC='$(CC)' VARIANT='$(VARIANT)' tests/bench/run.sh people

bench-growth: all benches               ## 50,000, 500,000 and 5,000,000 people, into docs/benchmarks-growth.md; N='1000 10000' is a try
	@CC='$(CC)' VARIANT='$(VARIANT)' tests/bench/run.sh growth

bench-latency: all benches              ## PING while 20 connections work on 5,000,000 people; N=... STORE=native
	@CC='$(CC)' VARIANT='$(VARIANT)' tests/bench/run.sh latency

bench-builds: all benches               ## PING while indexes are built over 1,000,000 people and another client writes: N=... STORE=memory
	@CC='$(CC)' VARIANT='$(VARIANT)' tests/bench/run.sh builds

docs: $(B)/reference                    ## generate docs/reference.md
	@$(B)/reference >build/reference.md
	@cp build/reference.md docs/reference.md

docs-check: $(B)/reference              ## fail when docs/reference.md is stale
	@$(B)/reference >build/reference.md
	@diff -u docs/reference.md build/reference.md || { echo 'docs/reference.md is stale: run make docs'; exit 1; }

unicode: packages-test                  ## generate src/base/casefold_table.h from the distribution's Unicode data
	@tools/casefold.sh >build/casefold_table.h
	@cp build/casefold_table.h src/base/casefold_table.h

clean:                                  ## remove what was built, keep the source of Redis and the data of make run
	@rm -rf $(filter-out build/redis build/include build/run,$(wildcard build/*)) nonrel.so nonrel

distclean: stop                         ## stop the server and remove everything
	@rm -rf build nonrel.so nonrel

help:                                   ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS=$$'\t' read -r name text; do printf '  %-16s %s\n' "make $$name" "$$text"; done
