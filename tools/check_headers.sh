#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Headers that stand alone: each of src/**/*.h is compiled by itself. check_headers.sh COMPILER BUILD_FOLDER
# BUILD_FOLDER has the headers that the build makes (sql/queries.h).
set -u
compiler=$1
made=$2
flags=$(pkg-config --cflags libmicrohttpd libxml-2.0 gumbo jansson icu-uc sqlite3 libpq libsodium gnutls libqrencode libzip)
bad=0
count=0
for header in $(find src -name '*.h' | sort); do
    count=$((count + 1))
    # shellcheck disable=SC2086 # several flags
    "$compiler" -std=c17 -D_GNU_SOURCE -DDAYLIGHT_VERSION='""' -Wall -Wextra -Werror -Wno-unused -fsyntax-only \
        -Isrc -I"$made/sql" $flags -x c -include "$header" /dev/null || { echo "$header does not stand alone"; bad=1; }
done
echo "$count headers"
exit $bad
