#!/bin/sh
# layers.sh: proves that includes point one way: runtime <- alloc <- map <- tools.
# From outside a room only its door, its views and (for runtime) any header may
# be included; base names are unique in the whole tree.
set -eu
cd "$(dirname "$0")/../.."

git ls-files -co --exclude-standard '*.c' '*.h' | xargs awk '
    BEGIN {
        level["runtime"] = 1; level["alloc"] = 2; level["map"] = 3
        level["tools"] = 4; level["tests"] = 5
        door["alloc/malloc.h"] = door["map/map.h"] = 1
    }
    FNR == 1 {
        room = FILENAME; sub(/\/.*/, "", room)
        base = FILENAME; sub(/.*\//, "", base)
        if (base in seen) {
            print FILENAME ": base name stands twice: " seen[base]; bad = 1
        }
        seen[base] = FILENAME
    }
    /^#[ ]*include "/ {
        split($0, part, "\"")
        header = part[2]
        target = header; sub(/\/.*/, "", target)
        at = FILENAME ":" FNR ": "
        if (!(target in level)) {
            if (header !~ /\.pb-c\.h$/) {
                print at "\"" header "\" is not written from the root"; bad = 1
            }
            next
        }
        if (level[target] > level[room]) {
            print at room " may not include " header; bad = 1
        }
        if (target != room && room != "tests" &&
            (target == "alloc" || target == "map") &&
            !(header in door) && header !~ /view\.h$/) {
            print at header " is behind the door of " target; bad = 1
        }
    }
    # The operating system, libunwind and uthash each have one home.
    /^#[ ]*include <libunwind/ && FILENAME != "runtime/prof/callstack.c" {
        print FILENAME ":" FNR ": only runtime/prof/callstack.c uses libunwind"; bad = 1
    }
    /^#[ ]*include <sys\/mman.h>/ && room ~ /^(runtime|alloc|map)$/ &&
        FILENAME != "runtime/base/sysmem.c" {
        print FILENAME ":" FNR ": only runtime/base/sysmem.c maps memory"; bad = 1
    }
    /^#[ ]*include <uthash.h>/ && room ~ /^(alloc|map)$/ {
        print FILENAME ":" FNR ": no uthash in " room; bad = 1
    }
    /^#[ ]*(if|ifdef|ifndef) / && room ~ /^(alloc|map)$/ &&
        base != "limits.h" && $2 !~ /_H$/ {
        print FILENAME ":" FNR ": no conditional compilation in " room; bad = 1
    }
    END { if (!bad) print "layers: every arrow points one way"; exit bad }
'
