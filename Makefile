# hmap: one Makefile for everything. `make help` lists the targets.

CC      ?= gcc
CHECK   ?= 1
B       ?= build
OPT     ?= -O2
SAN     ?=

PKGS    := libunwind smartcols jansson libprotobuf-c zlib libdw
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
           -Wold-style-definition -Wvla -Wconversion -Wno-sign-conversion \
           -Wpointer-arith -Wundef -Wwrite-strings -Werror
# Every function that stands in a Go call chain must keep its own frame: no tail
# calls, no merging of identical functions, no cold halves split off.
FRAMES  := -fno-optimize-sibling-calls -fno-omit-frame-pointer \
           -fasynchronous-unwind-tables
ifeq ($(findstring clang,$(CC)),)
FRAMES  += -fno-ipa-icf -fno-reorder-blocks-and-partition -fno-ipa-sra
endif
CFLAGS  := -std=gnu11 $(OPT) -g $(WARN) $(FRAMES) $(SAN) -DCHECK=$(CHECK) \
           -I. -D_GNU_SOURCE $(EXTRA)
LDLIBS  := -lunwind -lsmartcols -ljansson -lprotobuf-c -lz -ldw -lpthread -lm

ROOMS   := runtime alloc map tools tools/scenarios
SRC     := $(filter-out tools/main.c tools/mksizeclasses.c,$(wildcard $(ROOMS:%=%/*.c)))
OBJ     := $(SRC:%.c=$(B)/%.o)
LIB     := $(B)/libhmap.a
TESTS   := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/test_*.c))

.PHONY: all test clean
all: $(B)/hmap

$(B)/hmap: $(B)/tools/main.o $(LIB)
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(LIB): $(OBJ)
	rm -f $@ && ar rcs $@ $^

# Scenario code is read as a Go program would be: each of its functions is a
# frame of its own.
$(B)/tools/scenarios/%.o: CFLAGS += -fno-inline

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/%: $(B)/tests/%.o $(LIB)
	$(CC) $(CFLAGS) -o $@ $^ -lcriterion $(LDLIBS)

test: $(TESTS)
	@for t in $(TESTS); do echo "== $$t"; $$t || exit 1; done

clean:
	rm -rf $(B)

-include $(OBJ:.o=.d)
