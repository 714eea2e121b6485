#!/bin/sh
# deb.sh DIR PACKAGE…: a source package below DIR, of what is committed and of
# tools/gen/debian, and its binary packages, built there by dpkg-buildpackage
# and looked over by lintian. PACKAGEs are what the build needs. Who packs it is
# DEBFULLNAME and DEBEMAIL, as Debian's tools have it.
set -eu
cd "$(dirname "$0")/../.."
dir=$1
shift
packer="${DEBFULLNAME:-The hmap authors} <${DEBEMAIL:-hmap@example.org}>"
version=$(sed -n 's/^VERSION := \([0-9.]*\).*/\1/p' Makefile)
source=$dir/hmap-$version
rm -rf "$dir"
mkdir -p "$source"
git archive HEAD | tar -x -C "$source"
cp -r tools/gen/debian "$source/debian"
needed=$(printf '%s, ' "$@" | sed 's/, $//; s/, g++//')
sed "s/@PACKAGES@/$needed/; s/@PACKER@/$packer/" tools/gen/debian/control.in >"$source/debian/control"
rm "$source/debian/control.in"
{
    echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    echo
    echo "Files: *"
    echo "Copyright: $(sed -n 's/^Copyright (c) \(.*\) All rights.*/\1/p' LICENSE)"
    echo "License: BSD-3-Clause"
    sed '1,2d; s/^$/./; s/^/ /' LICENSE
} >"$source/debian/copyright"
cat >"$source/debian/changelog" <<END
hmap ($version) unstable; urgency=medium

  * Built from the source tree.

 -- $packer  $(date -R -d "@$(git log -1 --format=%ct)")
END
(cd "$source" && dpkg-buildpackage -us -uc -b)
lintian --allow-root --fail-on error "$dir"/*.changes
ls -1 "$dir"/*.deb
