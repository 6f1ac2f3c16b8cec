#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets (clang, libFuzzer, ASan, UBSan) and runs each: fuzz.sh SECONDS [TARGET…]
# A target tests/fuzz/NAME.c starts from tests/fuzz/corpus/NAME (imports also from tests/data/import) and keeps what it finds in BUILD/fuzz/found/NAME.
# Prints TAP, one point a target. FUZZ_SEED fixes the chance and FUZZ_RUNS ends a target after so many inputs: make check
# sets both, so that it tries the same inputs on a fast machine and says the same twice. What is found is found by `make fuzz`.
set -u
seconds=$1
shift
build=${BUILD:-build}/fuzz
if [ ! -e "$build/build.ninja" ]; then
    CC=clang-14 meson setup "$build" -Dfuzz=true -Dtests=false -Db_sanitize=address,undefined -Db_lundef=false \
        --buildtype=debugoptimized >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
fi
ninja -C "$build" >"$build.log" 2>&1 || { tail -n 60 "$build.log"; exit 1; }
targets=("$@")
if [ ${#targets[@]} = 0 ]; then
    for program in "$build"/tests/fuzz/fuzz-*; do
        [ -f "$program" ] && [ -x "$program" ] && targets+=("$(basename "$program" | sed 's/^fuzz-//')")
    done
fi

# One target, with its result as a TAP point in its own file.
one() {
    local name=$1 number=$2 found=$build/found/$1 log=$build/$1.log status
    mkdir -p "$found" "$build/crash/$name"
    local corpus=()
    [ -d "tests/fuzz/corpus/$name" ] && corpus=("tests/fuzz/corpus/$name")
    case $name in import_*) corpus+=("tests/data/import") ;; esac
    local dict=()
    [ -f "tests/fuzz/$name.dict" ] && dict=("-dict=tests/fuzz/$name.dict")
    timeout $((seconds + 120)) "$build/tests/fuzz/fuzz-$name" -max_total_time="$seconds" -runs="${FUZZ_RUNS:--1}" -timeout=10 -rss_limit_mb=1024 \
        -print_final_stats=1 -seed="${FUZZ_SEED:-0}" -artifact_prefix="$build/crash/$name/" "${dict[@]}" "$found" "${corpus[@]}" >"$log" 2>&1
    status=$?
    local runs
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ $status = 0 ] && [ "${runs:-0}" -gt 0 ]; then
        echo "ok $number - fuzz $name: $runs inputs, none breaks it" >"$build/$name.tap"
    else
        { echo "not ok $number - fuzz $name: an input breaks it (see $log)"; tail -n 40 "$log" | sed 's/^/# /'; } >"$build/$name.tap"
    fi
}

number=0
for name in "${targets[@]}"; do
    number=$((number + 1))
    one "$name" $number &
    [ $((number % 2)) = 0 ] && wait
done
wait
failed=0
for name in "${targets[@]}"; do
    cat "$build/$name.tap"
    grep -q '^not ok' "$build/$name.tap" && failed=1
done
echo "1..$number"
exit $failed
