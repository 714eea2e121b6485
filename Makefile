# hmap: one Makefile for everything. `make help` lists the targets.

ifeq ($(origin CC),default)
CC      := gcc
endif
# ARCH=generic is without anything of x86's own; arm64 is made by Debian's cross
# compiler, beside a root of that machine (tests/checks/arm64.sh makes one).
ARCH    ?= native
SYSROOT ?=
ifeq ($(ARCH),generic)
B       ?= build/generic
ARCHFLAGS := -DHMAP_GENERIC
endif
ifeq ($(ARCH),arm64)
B       ?= build/arm64
CC      := aarch64-linux-gnu-gcc
ARCHFLAGS := $(SYSROOT:%=--sysroot=%)
endif
# Go on amd64, whose figures these are, rounds after each multiplication; where
# the machine multiplies and adds in one step, C compilers do.
ifneq ($(filter arm64,$(ARCH))$(findstring -march,$(OPT)),)
ARCHFLAGS += -ffp-contract=off
endif
# The compiler's other half, for the one file in C++.
CXX     := $(subst gcc,g++,$(subst clang,clang++,$(CC)))
B       ?= build
CHECK   ?= 1
OPT     ?= -O2
SAN     ?=
EXTRA   ?=
PREFIX  ?= /usr/local
JOBS    ?= $(shell nproc)

# What `hmap version` says. A checkout adds its commit.
VERSION := 2.0$(addprefix +,$(shell git describe --always --dirty 2>/dev/null))

# What `make run` needs on Debian 12, and what `make test` needs besides.
PKGS_RUN  := libunwind-dev uthash-dev libprotobuf-c-dev protobuf-c-compiler \
             zlib1g-dev libsmartcols-dev libjansson-dev libdw-dev \
             libre2-dev g++ libelf-dev libcurl4-openssl-dev
PKGS_TEST := libcriterion-dev
PKGS_DEB  := build-essential debhelper dpkg-dev lintian git
PKGS_ORACLE := golang-go
# libslow5-dev for klib's khash.h: libhts-dev, which has it too, asks for other
# headers of libcurl than those above.
PKGS_BENCH := libmimalloc2.0 libjemalloc2 libtcmalloc-minimal4 libslow5-dev \
              libabsl-dev libboost1.81-dev g++ golang-go valgrind

WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wold-style-definition -Wvla -Wconversion -Wno-sign-conversion \
           -Wpointer-arith -Wundef -Wwrite-strings -Werror
# Every function that stands in a Go call chain keeps a frame of its own: no tail
# calls, no merging of identical functions, no cold halves split off.
FRAMES  := -fno-optimize-sibling-calls -fno-omit-frame-pointer \
           -fasynchronous-unwind-tables
ifeq ($(findstring clang,$(CC)),)
FRAMES  += -fno-ipa-icf -fno-reorder-blocks-and-partition -fno-ipa-sra
endif
CFLAGS  := -std=gnu11 $(ARCHFLAGS) $(OPT) -g $(WARN) $(FRAMES) $(SAN) -DCHECK=$(CHECK) \
           -I. -I$(B) -D_GNU_SOURCE -ffile-prefix-map=$(CURDIR)=. $(EXTRA)
CXXFLAGS := -std=c++17 $(ARCHFLAGS) $(OPT) -g -Wall -Wextra -Werror -fno-omit-frame-pointer \
           -fno-exceptions -fno-rtti $(SAN) -I. -ffile-prefix-map=$(CURDIR)=. $(EXTRA)
LDLIBS  := $(COUNTED) -lunwind -lsmartcols -ljansson -lprotobuf-c -lz -ldw -lelf -lre2 \
           -lcurl -lpthread -lm -lstdc++

# The rooms; tests/checks/layers.pl says which may include which.
ROOMS   := $(patsubst %,runtime/%,base sched type prof) \
           alloc $(patsubst %,alloc/%,page gc) \
           map $(patsubst %,map/%,classic swiss sync) \
           $(patsubst %,tools/%,lib log cli profile pprof real explain measure page \
             scenarios claims replay verify watch)
PROTO   := tools/profile/pprof.proto
PBC     := $(PROTO:%.proto=$(B)/%.pb-c.o)
SRC     := $(filter-out tools/cli/main.c,$(wildcard $(ROOMS:%=%/*.c)))
OBJ     := $(SRC:%.c=$(B)/%.o) $(PBC) $(B)/tools/profile/goregex_re2.o
LIB     := $(B)/libhmap.a
TESTS   := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard $(ROOMS:%=tests/%/test_*.c)))
STRESS  := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/stress/stress_*.c))
FUZZED  := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
SEEDERS := $(FUZZED:%=$(B)/tests/fuzz/seeds_%)
CSOURCES := $(wildcard $(ROOMS:%=%/*.[ch]) tools/api/*.[ch] tests/*.[ch] tests/*/*.[ch] \
            tests/*/*/*.[ch])

.PHONY: version-changed all run test build-tests run-tests check torture run-torture asan ubsan \
        tsan valgrind run-stress oracle bench bench-results bench-setup \
        bench-threads build-bench lint format sizetable check-sizetable layers \
        invariants headers goref install clean library uninstall check-install \
        dist deb mutants coverage nightly fuzz seeds seed \
        help page page-test page-scenarios picture setup-run setup-test manual check-readme soak churn
.SECONDARY:

all: $(B)/hmap ## build $(B)/hmap

run: setup-run ## install what is missing, build, run the tour of scenarios
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@$(B)/hmap run

test: setup-test ## install what is missing, build, run every test
	@$(MAKE) --no-print-directory -s -j$(JOBS) all build-tests
	@$(MAKE) --no-print-directory -s layers invariants headers run-tests seeds check-install page-test

# --- what everything is made of ------------------------------------------

$(B)/hmap: $(B)/tools/cli/main.o $(LIB)
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(LIB): $(OBJ) | $(COUNTED)
	rm -f $@ && ar rcs $@ $^

# Look-ups stand in no chain, since none of them allocates.
$(B)/map/classic/mapfastread.o $(B)/map/swiss/swissleaf.o: FRAMES_OF = -fomit-frame-pointer \
                                    -foptimize-sibling-calls

# An iteration's step ends in a jump; what allocates is not among its last calls.
$(B)/map/classic/mapiter.o $(B)/map/swiss/swissiter.o: FRAMES_OF = -foptimize-sibling-calls

# Files that the assembler copies in have labels of their unit alone; -flto would
# part them from the code that uses them.
$(B)/tools/verify/gooracle.o $(B)/tools/page/pagefile.o: FRAMES_OF = -fno-lto

# Compiled again when the version changes.
$(B)/tools/cli/cmd_version.o: CFLAGS += -DHMAP_VERSION='"$(VERSION)"'
$(B)/tools/cli/cmd_version.o: $(B)/version
$(B)/version: version-changed
	@mkdir -p $(@D)
	@echo $(VERSION) | cmp -s - $@ || echo $(VERSION) > $@

# What is inlined for speed alone need not be, where branches are counted; but
# below these rooms whoever looks for its caller's frame counts on it.
$(B)/alloc/%.o $(B)/map/%.o $(B)/tools/%.o $(B)/tests/%.o: CFLAGS += $(OUTLINED)
$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(FRAMES_OF) -MMD -MP -c -o $@ $<

$(B)/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -MMD -MP -c -o $@ $<

$(B)/%.pb-c.c: %.proto
	@mkdir -p $(@D)
	protoc-c --proto_path=$(<D) --c_out=$(@D) $<

# Generated code is not ours to keep warning-free.
$(B)/%.pb-c.o: $(B)/%.pb-c.c
	$(CC) $(filter-out $(WARN),$(CFLAGS)) -c -o $@ $<

$(filter $(B)/tools/%,$(OBJ)): | $(PROTO:%.proto=$(B)/%.pb-c.c)

$(B)/mksizeclasses: tools/gen/mksizeclasses.c | $(COUNTED)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $< $(COUNTED)

sizetable: $(B)/mksizeclasses ## compute alloc/sizetable.c again
	$(B)/mksizeclasses > alloc/sizetable.c.new
	mv alloc/sizetable.c.new alloc/sizetable.c

check-sizetable: $(B)/mksizeclasses ## alloc/sizetable.c is what the generator prints
	@$(B)/mksizeclasses | cmp - alloc/sizetable.c

# --- tests ---------------------------------------------------------------

# One test looks at every function of the project, called or not.
$(B)/tests/runtime/prof/test_gonames: WHOLE := -Wl,--whole-archive
$(B)/tests/runtime/prof/test_gonames: LDLIBS += -lelf

$(TESTS): %: %.o $(LIB)
	$(CC) $(CFLAGS) -o $@ $< $(WHOLE) $(LIB) -Wl,--no-whole-archive \
	    -lcriterion $(LDLIBS)

# Criterion does not say that a parameterized test is used: -flto leaves it out.
$(TESTS:=.o): FRAMES_OF = -fno-lto

$(STRESS) $(B)/tests/programs/cutstacks: %: %.o $(LIB)
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

build-tests: $(TESTS) $(STRESS) $(SEEDERS) $(B)/tests/programs/cutstacks

run-tests: all build-tests check-sizetable
	@HMAP=$(B)/hmap tests/checks/runtests.sh $(TESTS)

check: ## the tests with O(n) checks (CHECK=2)
	@$(MAKE) --no-print-directory -s B=$(B)/check CHECK=2 -j$(JOBS) run-tests

# At CHECK=3 every operation walks the whole heap and map: right for the rooms'
# own tests and the stress programs, hopeless for scenarios of a million inserts.
ROOM_TESTS := $(filter $(B)/tests/runtime/% $(B)/tests/alloc/% \
                $(B)/tests/map/%,$(TESTS))

torture: ## CHECK=3, limits shrunk, every system request made to fail in turn
	@$(MAKE) --no-print-directory -s B=$(B)/torture CHECK=3 \
	    EXTRA=-DHMAP_SMALL_LIMITS -j$(JOBS) run-torture

SECONDS ?= 60
ALLOCS  ?= 100000000
LIVE    ?= 100
soak: ## SECONDS of random allocation and collection as in torture, all verified
	@$(MAKE) --no-print-directory -s B=$(B)/torture CHECK=3 \
	    EXTRA=-DHMAP_SMALL_LIMITS $(B)/torture/tests/stress/stress_soak
	@$(B)/torture/tests/stress/stress_soak $(SECONDS)

churn: $(B)/tests/stress/stress_churn ## ALLOCS objects beside LIVE MiB: peak memory
	@$< $(ALLOCS) $(LIVE) 2.3

SANITIZE = $(MAKE) --no-print-directory -s -j$(JOBS) B=$(B)/$(1) OPT=-O1 \
    SAN="-fsanitize=$(2) -fno-sanitize-recover=all"

asan: ## the tests under AddressSanitizer
	@$(call SANITIZE,asan,address) run-tests
ubsan: ## the tests under UndefinedBehaviorSanitizer
	@$(call SANITIZE,ubsan,undefined) run-tests
tsan: ## the stress programs under ThreadSanitizer
	@$(call SANITIZE,tsan,thread) run-stress

# libFuzzer's own program: a reader and what uses it, instrumented.
TIME   ?= 60
TARGET ?= profile
FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_DIR := $(B)/fuzz/$(TARGET)
# What each begins with, and the longest input that it tries.
SEEDS_profile  := for f in tests/golden/profiles/*.pb.gz; do \
                  gzip -dc $$f > $(FUZZ_DIR)/$$(basename $$f .gz); done
SEEDS_workload := cp tests/golden/go1.19/*.txt $(FUZZ_DIR)/
SEEDS_type     := cut -f2 tests/golden/types/go1.19.tsv | head -n 400 | \
                  split -l 1 - $(FUZZ_DIR)/
SEEDS_log      := for f in tests/golden/profiles/*.trace.gz; do \
                  gzip -dc $$f | head -n 400 > $(FUZZ_DIR)/$$(basename $$f .gz); done
SEEDS_symbol   := cp tests/fuzz/symbol/* $(FUZZ_DIR)/; \
                  cp tests/golden/profiles/*.debug1.txt $(FUZZ_DIR)/
SEEDS_http     := cp tests/fuzz/http/* $(FUZZ_DIR)/
SEEDS_gopclntab := cd tests/programs/frames && GO111MODULE=off go build \
                   -ldflags='-s -w' -o $(abspath $(B))/fuzz/program main.go
LEN_profile := 65536
LEN_symbol := 16384
LEN_http := 4096
LEN_gopclntab := 512
LEN_workload := 8192
LEN_type := 512
LEN_log := 16384

seeds: $(SEEDERS) ## every fuzz target on what it begins with
	@for t in $(FUZZED); do \
	    $(MAKE) --no-print-directory -s TARGET=$$t FUZZ_DIR=$(B)/seeds/$$t seed || exit 1; done

# The program that gopclntab's target reads is Go's to make.
seed: $(B)/tests/fuzz/seeds_$(TARGET)
	@rm -rf $(FUZZ_DIR) && mkdir -p $(FUZZ_DIR) $(B)/fuzz && \
	if ( $(SEEDS_$(TARGET)) ); then \
	    FUZZ_PROGRAM=$(B)/fuzz/program $< $$(find $(FUZZ_DIR) -type f) tests/fuzz/seeds.c; \
	elif [ $(TARGET) = gopclntab ]; then \
	    echo "seeds: without go, gopclntab is left out"; \
	else exit 1; fi

fuzz: ## TARGET=profile|workload|type|log|symbol|http|gopclntab TIME=60: libFuzzer on one
	@$(MAKE) --no-print-directory -s -j$(JOBS) CC=clang B=$(B)/fuzz OPT=-O1 \
	    SAN="-fsanitize=fuzzer-no-link $(FUZZ_SAN)" $(B)/fuzz/fuzz_$(TARGET)
	@mkdir -p $(FUZZ_DIR)
	@$(SEEDS_$(TARGET))
	FUZZ_PROGRAM=$(B)/fuzz/program $(B)/fuzz/fuzz_$(TARGET) -max_total_time=$(TIME) -timeout=20 \
	    -max_len=$(LEN_$(TARGET)) -rss_limit_mb=4096 -malloc_limit_mb=2048 \
	    -print_final_stats=1 -artifact_prefix=$(B)/fuzz/ $(FUZZ_DIR)

$(SEEDERS): $(B)/tests/fuzz/seeds_%: $(B)/tests/fuzz/fuzz_%.o \
                                      $(B)/tests/fuzz/seeds.o $(LIB)
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(LIB)
	$(CXX) $(SAN) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

mutants: ## small changes of meaning, one at a time: some test notices each
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	@tests/checks/mutants.pl $(CURDIR)/tests/checks/mutants.list \
	    $(B)/mutants $(MAKE) --no-print-directory -s -j$(JOBS) CC='$(CC)'

# A build of its own counts what it runs; a branch is what -O1 leaves of it, once
# and not in each place that a function would be inlined into.
coverage: ## lines and branches that the tests reach, a row a room (ROOM=alloc lists)
	@$(MAKE) --no-print-directory -s -j$(JOBS) B=$(B)/coverage OPT=-O1 \
	    SAN='--coverage -Wl,--wrap=abort,--wrap=_exit' \
	    COUNTED=$(B)/coverage/tests/checks/gcovexit.o \
	    OUTLINED='-DHMAP_OUTLINED -fno-inline' \
	    $(if $(ROOM),all,run-tests)
	@tests/checks/coverage.pl $(B)/coverage $(ROOM)

nightly: ## the long runs, one after another, the quickest first
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test ARCH=generic B=$(B)/generic
	@$(MAKE) --no-print-directory test CC=clang B=$(B)/clang
	@$(MAKE) --no-print-directory lint check-readme page-scenarios
	@$(MAKE) --no-print-directory deb coverage check-large
	@$(MAKE) --no-print-directory mutants
	@$(MAKE) --no-print-directory check torture asan ubsan tsan
	@for t in $(FUZZED); do \
	    $(MAKE) --no-print-directory fuzz TARGET=$$t TIME=600 || exit 1; done
	@$(MAKE) --no-print-directory soak SECONDS=600
	@$(MAKE) --no-print-directory oracle COUNT=10000

check-hints: all ## what hints save, in real programs that are given them
	@HMAP=$(B)/hmap tests/checks/hints.sh

check-called: all ## how many growing lines explain finds in real programs, by toolchain
	@HMAP=$(B)/hmap tests/checks/called.pl

check-large: all $(B)/tests/programs/cutstacks ## explain of 200,000 samples, and of 10,000 profiles
	@HMAP=$(B)/hmap tests/checks/large.sh

valgrind: all ## the scenarios under valgrind
	valgrind -q --error-exitcode=9 \
	    --suppressions=tests/checks/libunwind.supp $(B)/hmap run >/dev/null

run-stress: $(STRESS)
	@for s in $(STRESS); do echo "== $$s"; $$s || exit 1; done
	@for s in $(filter %_bigmap %_oom %_threads,$(STRESS)); do \
	    echo "== $$s, swiss maps"; \
	    HMAP_STRESS_GO=1.27 $$s || exit 1; done

run-torture: $(ROOM_TESTS) run-stress
	@tests/checks/runtests.sh $(ROOM_TESTS)

# --- speed ---------------------------------------------------------------

# A peer is built where what it is about is installed; the driver names the
# others as missing.
have = $(if $(wildcard $(1)),$(B)/bench/$(2))
# Of the toolchains in HMAP_GOROOTS, the newest: what swiss maps are beside.
GONEW := $(lastword $(sort $(wildcard $(HMAP_GOROOTS)/1.*/bin/go)))
PEERS := $(B)/bench/peer_hmap $(B)/bench/peer_swiss \
         $(B)/bench/peer_malloc $(B)/bench/peer_limits \
         $(if $(GONEW),$(B)/bench/peer_gonew) \
         $(call have,/usr/include/uthash.h,peer_uthash) \
         $(call have,/usr/include/slow5/klib/khash.h,peer_khash) \
         $(call have,/usr/include/absl/container/flat_hash_map.h,peer_absl) \
         $(call have,/usr/include/boost/unordered/unordered_flat_map.hpp,peer_boost) \
         $(if $(shell command -v go),$(B)/bench/peer_go)
BENCHDRIVER := $(B)/bench/driver
ROUNDS ?= 7
RUN    ?= .

bench: build-bench ## hmap beside its peers (ROUNDS=n, RUN=REGEX, BENCHFLAGS=…, HMAP_GOROOTS=…)
	@$(BENCHDRIVER) -rounds $(ROUNDS) -run '$(RUN)' $(BENCHFLAGS)

bench-results: build-bench ## the same, written into tests/bench/RESULTS.md
	@$(BENCHDRIVER) -rounds $(ROUNDS) -run '$(RUN)' $(BENCHFLAGS) | \
	    tests/bench/results.pl tests/bench/RESULTS.md

bench-threads: $(B)/bench/scaling ## what a second thread brings
	@$<

bench-setup: ## install the peers of make bench
	@tools/gen/setup.sh $(PKGS_RUN) $(PKGS_BENCH)

build-bench: $(BENCHDRIVER) $(PEERS)

$(BENCHDRIVER): $(patsubst %,$(B)/tests/bench/%.o,driver benchrow benchpeer benchtable)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^

$(B)/bench/peer_hmap $(B)/bench/peer_swiss: $(B)/bench/%: \
                $(B)/tests/bench/%.o $(B)/tests/bench/benchjob.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(B)/bench/scaling: $(B)/tests/bench/scaling.o $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(B)/bench/peer_boost: tests/bench/peer_flat.cc $(B)/tests/bench/benchjob.o
	@mkdir -p $(@D)
	g++ -std=gnu++17 $(OPT) -DPEER_BOOST -g -I. -o $@ $^ -lpthread

$(B)/bench/peer_absl: tests/bench/peer_flat.cc $(B)/tests/bench/benchjob.o
	@mkdir -p $(@D)
	g++ -std=gnu++17 $(OPT) -g -I. -o $@ $^ -labsl_raw_hash_set -labsl_hash \
	    -labsl_city -labsl_low_level_hash -lpthread

$(B)/bench/peer_go: $(wildcard tests/bench/gopeer/*)
	@mkdir -p $(@D)
	cd tests/bench/gopeer && GOPROXY=off go build -o $(abspath $@) .

$(B)/bench/peer_gonew: $(wildcard tests/bench/gopeer/*)
	@mkdir -p $(@D)
	cd tests/bench/gopeer && GOPROXY=off GOTOOLCHAIN=local GOFLAGS=-mod=mod \
	    $(GONEW) build -o $(abspath $@) .

$(B)/bench/peer_%: $(B)/tests/bench/peer_%.o $(B)/tests/bench/benchjob.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ -lpthread

# --- the shape of the code -----------------------------------------------

lint: $(PROTO:%.proto=$(B)/%.pb-c.c) ## clang-format, clang-tidy, cppcheck
	clang-format --dry-run -Werror $(CSOURCES)
	printf '%s\n' $(SRC) tools/cli/main.c | xargs -P $(JOBS) -I{} \
	    clang-tidy --quiet --warnings-as-errors='*' {} -- \
	    -std=gnu11 -D_GNU_SOURCE -DHMAP_VERSION='""' -I. -I$(B)
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -I. \
	    '-D_Noreturn=__attribute__((noreturn))' \
	    --enable=warning,portability --suppress=missingIncludeSystem \
	    $(SRC) tools/cli/main.c

format: ## let clang-format have its way
	clang-format -i $(CSOURCES)

COUNT ?= 1000
SEED  ?= 1
GO    ?= 1.19
oracle: all ## COUNT random workloads (SEED) here and on real Go (GO=1.22), compared
	@tools/gen/setup.sh $(PKGS_RUN) $(if $(HMAP_GOROOTS),,$(PKGS_ORACLE))
	@$(MAKE) --no-print-directory -s $(B)/tests/map/sync/test_syncoracle
	@tests/checks/oracle.sh $(B) $(GO) $(COUNT) $(SEED)

# The assembler copies these in; the compiler's dependency files do not say so.
$(B)/tools/verify/gooracle.o: $(wildcard tools/verify/oracle/*)
$(B)/tools/page/pagefile.o: tools/page/page.html

layers: ## rooms, circles of units, names, facts of Go, sizes of files and lines
	@tests/checks/layers.pl
invariants: ## each invariant is declared once and cited where it is checked
	@tests/checks/invariants.pl
headers: $(PROTO:%.proto=$(B)/%.pb-c.c) ## every header compiles alone
	@tests/checks/headers.sh $(CC) $(CFLAGS)
goref: ## every "Go: file.go name" stands in a Go source tree
	@tests/checks/goref.sh

# The page is made of tools/page/web with packages of npm; what is made of them
# is committed, so that nobody else needs node.
WEB := tools/page/web
$(WEB)/node_modules: $(WEB)/package.json $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund --loglevel=error
	touch $@

page: $(WEB)/node_modules ## make tools/page/page.html of its sources again
	node $(WEB)/build.mjs

picture: $(B)/hmap $(WEB)/node_modules ## README.md's picture, from the page
	node $(WEB)/picture.mjs $(abspath $(B)/hmap) $$(command -v chromium) tools/page/picture.png

page-test: $(B)/hmap ## what chromium makes of the page; skipped where it is not installed
	@tests/checks/pagetest.sh $(abspath $(B)/hmap) $(WEB)

page-scenarios: $(B)/hmap ## every scenario's page: its figures the command's, its size
	@tests/checks/pagetest.sh $(abspath $(B)/hmap) $(WEB) scenarios

check-readme: $(B)/hmap ## run README.md's commands, compare what they print
	@tests/checks/readme.pl $<

manual: $(B)/hmap ## write the commands of tools/gen/hmap.1 from their help texts
	@tools/gen/manual.pl $< tools/gen/hmap.1

# --- the rest ------------------------------------------------------------

# The library: the rooms below tools/ and their public names. One set of
# position-independent objects for both forms; neither shows any other name.
API_ROOMS := $(filter-out tools/%,$(ROOMS)) tools/api
API_OBJ   := $(patsubst %.c,$(B)/pic/%.o,$(wildcard $(API_ROOMS:%=%/*.c)))
API_H     := $(wildcard tools/api/hmap_*.h)
API_MAJOR := 2
API_SO    := libhmap.so.$(API_MAJOR)
API_LIBS  := -lunwind -ldw -lpthread -lm
LIBDIR    ?= $(PREFIX)/lib

$(B)/pic/map/classic/mapfastread.o: FRAMES_OF = -fomit-frame-pointer \
                                    -foptimize-sibling-calls
$(B)/pic/map/classic/mapiter.o: FRAMES_OF = -foptimize-sibling-calls

$(B)/pic/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(FRAMES_OF) -fPIC -fno-semantic-interposition -MMD -MP \
	    -c -o $@ $<

$(B)/api/$(API_SO): $(API_OBJ) tools/api/hmap.map
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -shared -Wl,-soname,$(API_SO) -Wl,-z,defs \
	    -Wl,--version-script=tools/api/hmap.map -o $@ $(API_OBJ) $(API_LIBS)

$(B)/api/libhmap.a: $(API_OBJ) tools/api/hmap.map
	@mkdir -p $(@D)
	ld -r -o $(B)/api/hmap.o $(API_OBJ)
	sed -n 's/^ *\(hmap_.*\);$$/\1/p' tools/api/hmap.map > $(B)/api/names
	objcopy --keep-global-symbols=$(B)/api/names $(B)/api/hmap.o
	rm -f $@ && ar rcs $@ $(B)/api/hmap.o

library: $(B)/api/$(API_SO) $(B)/api/libhmap.a ## libhmap.so and libhmap.a

SHELLS := bash:bash-completion/completions/hmap zsh:zsh/site-functions/_hmap \
          fish:fish/vendor_completions.d/hmap.fish
SHARE  := $(PREFIX)/share
INSTALL_DIRS := $(PREFIX)/bin $(PREFIX)/include $(LIBDIR)/pkgconfig \
                $(SHARE)/man/man1 $(SHARE)/doc/hmap

install: all library ## everything below PREFIX ($(PREFIX)); DESTDIR before it
	install -d $(INSTALL_DIRS:%=$(DESTDIR)%)
	install -m 755 $(B)/hmap $(DESTDIR)$(PREFIX)/bin/hmap
	install -m 644 tools/gen/hmap.1 $(DESTDIR)$(SHARE)/man/man1/hmap.1
	install -m 644 LICENSE $(DESTDIR)$(SHARE)/doc/hmap/copyright
	install -m 644 $(API_H) $(DESTDIR)$(PREFIX)/include/
	install -m 644 $(B)/api/libhmap.a $(DESTDIR)$(LIBDIR)/
	install -m 644 $(B)/api/$(API_SO) $(DESTDIR)$(LIBDIR)/
	ln -sf $(API_SO) $(DESTDIR)$(LIBDIR)/libhmap.so
	sed 's,@PREFIX@,$(PREFIX),; s,@LIBDIR@,$(LIBDIR),; s,@VERSION@,$(VERSION),' \
	    tools/gen/hmap.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/hmap.pc
	@set -e; for s in $(SHELLS); do to=$(DESTDIR)$(SHARE)/$${s#*:}; \
	    install -d $$(dirname $$to); \
	    $(B)/hmap completion $${s%%:*} > $$to; done

uninstall: ## take all of it away again
	rm -f $(DESTDIR)$(PREFIX)/bin/hmap $(DESTDIR)$(SHARE)/man/man1/hmap.1 \
	    $(patsubst tools/api/%,$(DESTDIR)$(PREFIX)/include/%,$(API_H)) \
	    $(patsubst %,$(DESTDIR)$(LIBDIR)/%,libhmap.a libhmap.so $(API_SO) pkgconfig/hmap.pc)
	rm -rf $(DESTDIR)$(SHARE)/doc/hmap
	@for s in $(SHELLS); do rm -f $(DESTDIR)$(SHARE)/$${s#*:}; done

check-install: all library ## install, link an example in C and C++, uninstall
	@tests/checks/install.sh '$(CC)'

dist: ## build/hmap-VERSION.tar.gz, of what is committed
	@mkdir -p $(B)
	git archive --prefix=hmap-$(VERSION)/ -o $(B)/hmap-$(VERSION).tar.gz HEAD

deb: ## build/deb/*.deb, of what is committed, by dpkg-buildpackage
	@tools/gen/setup.sh $(PKGS_RUN) $(PKGS_DEB)
	@tools/gen/deb.sh $(B)/deb $(PKGS_RUN)

setup-run:
	@tools/gen/setup.sh $(PKGS_RUN)
setup-test:
	@tools/gen/setup.sh $(PKGS_RUN) $(PKGS_TEST)

clean: ## remove $(B)
	rm -rf $(B)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' \
	    $(firstword $(MAKEFILE_LIST)) | sed 's/[$$](B)/$(B)/; s,[$$](PREFIX),$(PREFIX),'

-include $(OBJ:.o=.d) $(B)/tools/cli/main.d $(API_OBJ:.o=.d) $(TESTS:=.d) $(STRESS:=.d) \
    $(wildcard $(B)/tests/bench/*.d)
