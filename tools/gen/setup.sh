#!/bin/sh
# setup.sh PACKAGE…: installs those of the named Debian packages that are
# missing, in one apt-get call, and says what it does. With nothing missing it
# says nothing and asks nobody. Without root it uses sudo, else prints the one
# command to type.
set -eu

missing=
for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) ||
        status=
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

command="apt-get install -y --no-install-recommends$missing"
# A machine that never ran apt-get update knows no package at all.
for package in $missing; do
    [ -n "$(apt-cache policy "$package" 2>/dev/null)" ] || {
        command="apt-get update && $command"
        break
    }
done

if [ "$(id -u)" -eq 0 ]; then
    set -- sh -c "$command"
elif command -v sudo >/dev/null 2>&1; then
    set -- sudo sh -c "$command"
else
    echo "hmap: packages are missing; as root, type:" >&2
    echo "    $command" >&2
    exit 1
fi
echo "hmap: installing what is missing:$missing"
DEBIAN_FRONTEND=noninteractive "$@"
