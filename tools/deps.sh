#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that the given lists name and this machine lacks: deps.sh LIST...
# A list has one package a line, then "# why". Says first what it installs and why. Says nothing when all is there.
# Some of them bring a service (nginx, PostgreSQL, php-fpm). We want the programs: while we install, none is started,
# and those that came with us are switched off, so that none starts with the machine either.
set -eu

wanted() { sed -e 's/[[:space:]]*#[[:space:]]*/\t/' -e '/^[[:space:]]*$/d' -e '/^\t/d' "$@"; }

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    echo "This is no Debian system: packages are not looked after here. The build needs what these lists name: $*" >&2
    exit 0
fi

# What is here: installed packages and what they provide (npm may come with another nodejs).
here=$(dpkg-query -W -f='${db:Status-Status}\t${Package}\t${Provides}\n' |
    awk -F '\t' '$1 == "installed" {
        print $2
        n = split($3, provided, ",")
        for (i = 1; i <= n; i++) { sub(/^ +/, "", provided[i]); sub(/ .*/, "", provided[i]); if (provided[i] != "") print provided[i] }
    }')
missing=$(wanted "$@" | awk -F '\t' -v here="$here" '
    BEGIN { n = split(here, names, "\n"); for (i = 1; i <= n; i++) have[names[i]] = 1 }
    !($1 in have) { print }')
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
else
    echo "These Debian packages are missing; there is no sudo to install them with, so please do it as root:" >&2
    printf 'apt-get install --no-install-recommends %s\n' "$(echo "$missing" | cut -f 1 | tr '\n' ' ')" >&2
    exit 1
fi

echo "Installing Debian packages${as_root:+ (through sudo)}:"
echo "$missing" | awk -F '\t' '{ printf "  %-22s %s\n", $1, $2 }'
policy=/usr/sbin/policy-rc.d # asked by Debian's packages before they start a service; 101 is no
if [ ! -e $policy ]; then
    trap '$as_root rm -f $policy' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
    $as_root chmod 755 $policy
fi
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
# shellcheck disable=SC2046 # one word a package is meant
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(echo "$missing" | cut -f 1)

# Units of the packages that are new: enabled ones would start with the machine.
[ -d /run/systemd/system ] || exit 0
dpkg-query -W -f='${db:Status-Status}\t${Package}\n' | awk -F '\t' -v here="$here" '
    BEGIN { n = split(here, names, "\n"); for (i = 1; i <= n; i++) have[names[i]] = 1 }
    $1 == "installed" && !($2 in have) { print $2 }' | xargs -r dpkg-query -L |
    sed -n 's|^\(/usr\)\{0,1\}/lib/systemd/system/\([^/]*\.\(service\|socket\|timer\)\)$|\2|p' | sort -u |
    while read -r unit; do
        [ "$(systemctl is-enabled "$unit" 2>/dev/null)" = enabled ] || continue
        echo "Switched off, as only its program is wanted here: $unit (systemctl enable $unit brings it back)"
        $as_root systemctl disable -q "$unit"
    done
