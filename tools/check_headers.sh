#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Headers that stand alone: each of src/**/*.h is compiled by itself. check_headers.sh COMPILER BUILD_FOLDER
# BUILD_FOLDER has the headers that the build makes (sql/queries.h).
set -u
compiler=$1
made=$2
flags=$(pkg-config --cflags libmicrohttpd libxml-2.0 gumbo jansson icu-uc sqlite3 libpq libsodium gnutls libqrencode libzip)
check='"$0" -std=c17 -D_GNU_SOURCE -DDAYLIGHT_VERSION="\"\"" -Wall -Wextra -Werror -Wno-unused -fsyntax-only -Isrc "$@"'
find src -name '*.h' | sort | xargs -P 2 -I HEADER sh -c "$check -x c -include HEADER /dev/null || { echo HEADER does not stand alone; exit 1; }" \
    "$compiler" -I"$made/sql" $flags || exit 1
echo "$(find src -name '*.h' | wc -l) headers"
