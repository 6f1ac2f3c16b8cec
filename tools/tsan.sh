#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the program with ThreadSanitizer and lets everything happen at once for SECONDS on each engine: tsan.sh SECONDS
set -eu
seconds=${1:?how many seconds on each engine? (make tsan says 120)}
cd "$(dirname "$0")/.."
build=$(realpath -m "${BUILD:-build}")/tsan
if [ ! -e "$build/build.ninja" ]; then
    CC=${CC:-gcc} meson setup "$build" -Db_sanitize=thread -Db_lundef=false --buildtype=debugoptimized
fi
ninja -C "$build" src/app/daylight tests/fault/acting
export DAYLIGHT=$build/src/app/daylight TSAN_OPTIONS=suppressions=$PWD/tests/web/tsan.supp
bash tools/with_postgres.sh python3 tests/web/support/mixed.py "$seconds"
