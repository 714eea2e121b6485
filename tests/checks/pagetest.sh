#!/bin/sh
# pagetest.sh HMAP WEB [scenarios]: the tests of the page in a browser, or those of
# all scenarios' pages, where node, the packages of WEB and chromium are installed;
# and that the page in the tree is what its sources make. Elsewhere it says what is
# missing, and passes.
set -e
hmap=$1
web=$2

skip() {
    echo "page-test: SKIPPED: $1"
    exit 0
}

browser=${CHROMIUM:-$(command -v chromium || true)}
command -v node >/dev/null || skip 'node is not installed (apt-get install nodejs npm)'
[ -d "$web/node_modules/playwright-core" ] ||
    skip "the packages are not there (make $web/node_modules)"
[ -n "$browser" ] || skip 'chromium is not installed (apt-get install chromium)'

cp tools/page/page.html "$(dirname "$hmap")/page.before.html"
node "$web/build.mjs"
cmp tools/page/page.html "$(dirname "$hmap")/page.before.html" ||
    { echo 'page-test: page.html is not what its sources make: make page'; exit 1; }
node "$web/test.mjs" "$hmap" "$browser" $3
