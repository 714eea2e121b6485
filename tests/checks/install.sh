#!/bin/sh
# install.sh CC: installs into a folder of its own, compiles the example against
# what is there, as C and as C++, shared and static, and uninstalls: nothing may
# be left. libhmap shows names that begin with hmap_ and no others.
set -eu
cd "$(dirname "$0")/../.."
cc=$1
cxx=$(echo "$cc" | sed 's/clang/clang++/; s/gcc/g++/')
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
make -s --no-print-directory CC="$cc" PREFIX="$dir" install >"$dir.log" 2>&1 ||
    { cat "$dir.log"; rm -f "$dir.log"; exit 1; }
rm -f "$dir.log"
failed=0

fail() {
    echo "install: $*"
    failed=1
}

for file in bin/hmap include/hmap_alloc.h include/hmap_map.h lib/libhmap.a \
    lib/libhmap.so lib/pkgconfig/hmap.pc share/man/man1/hmap.1 \
    share/doc/hmap/copyright share/bash-completion/completions/hmap \
    share/zsh/site-functions/_hmap share/fish/vendor_completions.d/hmap.fish; do
    [ -s "$dir/$file" ] || fail "$file is missing"
done

# What the headers declare, and no other name, is shown by either form.
sed 's,/\*.*,,; /^ \*/d' "$dir"/include/hmap_*.h | grep -o '\bhmap_[a-z_]*(' |
    tr -d '(' | sort -u >"$dir/declared"
nm -D --defined-only "$dir/lib/libhmap.so" | awk '$2 == "T" {print $3}' |
    sed 's/@.*//' | sort -u >"$dir/shown"
cmp -s "$dir/declared" "$dir/shown" ||
    fail "libhmap.so:" $(diff "$dir/declared" "$dir/shown")
nm -g --defined-only "$dir/lib/libhmap.a" | awk 'NF == 3 {print $3}' |
    sort -u >"$dir/shown"
cmp -s "$dir/declared" "$dir/shown" ||
    fail "libhmap.a:" $(diff "$dir/declared" "$dir/shown")
rm -f "$dir/declared" "$dir/shown"

want="5 words, 3 distinct, a 3 times"
example() {
    how=$1
    shift
    "$@" -o "$dir/example" || { fail "$how: does not link"; return; }
    said=$(LD_LIBRARY_PATH="$dir/lib" "$dir/example" a b a c a) || said="status $?"
    case $said in
    "$want"*) ;;
    *) fail "$how: said $said" ;;
    esac
}
export PKG_CONFIG_PATH="$dir/lib/pkgconfig"
flags="-I$dir/include"
source=tests/tools/api/example.c
example C $cc -std=c99 -Wall -Wextra -pedantic -Werror $flags $source \
    -L"$dir/lib" -lhmap
example C++ $cxx -x c++ -std=c++11 -Wall -Wextra -Werror $flags $source -x none \
    -L"$dir/lib" -lhmap
example static $cc $flags $source "$dir/lib/libhmap.a" -lunwind -ldw -lpthread -lm
if command -v pkg-config >/dev/null; then
    example pkg-config $cc $source $(pkg-config --cflags --libs hmap)
fi
for shell in bash zsh fish; do
    command -v $shell >/dev/null || continue
    case $shell in
    bash) file=share/bash-completion/completions/hmap ;;
    zsh) file=share/zsh/site-functions/_hmap ;;
    fish) file=share/fish/vendor_completions.d/hmap.fish ;;
    esac
    $shell -n "$dir/$file" || fail "$shell does not read its completion"
done
rm -f "$dir/example"

make -s --no-print-directory PREFIX="$dir" uninstall
left=$(find "$dir" ! -type d)
[ -z "$left" ] || fail "uninstall leaves" $left
[ $failed -eq 0 ] && echo "install: all there, the example runs, nothing left"
exit $failed
