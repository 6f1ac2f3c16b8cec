#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every test there is: check.sh [GATE…] (all gates without a name; `check.sh list` names them)
#
# A gate prints one line: ok, FAIL or SKIP, how long it took, a sentence. What it said is in BUILD/check/GATE.log; of a
# failed one the end is shown. Gates that run many tests print TAP, and each test counts; others count as one.
# The last line is "N passed, N failed, N skipped"; exit status 1 when any failed. On CI (CI=true) a skip is a failure,
# except where ../shared is absent.
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=$(realpath -m "${BUILD:-build}")
export BUILD
export LOGS=$BUILD/check
mkdir -p "$LOGS"
passed=0
failed=0
skipped=0
only=("$@")

strict() { [ "${CI:-}" = true ]; }

wanted() {
    [ ${#only[@]} = 0 ] && return 0
    local name
    for name in "${only[@]}"; do [ "$name" = "$1" ] && return 0; done
    return 1
}

# gate NAME one|tap SENTENCE COMMAND…   (a COMMAND that exits 77 was skipped; its last line says why)
gate() {
    local name=$1 kind=$2 sentence=$3 log=$LOGS/$1.log began=$SECONDS status
    shift 3
    if [ "${only[0]:-}" = list ]; then printf '%-16s %s\n' "$name" "$sentence"; return 0; fi
    wanted "$name" || return 0
    "$@" >"$log" 2>&1 </dev/null
    status=$?
    if [ "$status" = 77 ]; then
        skip_gate "$sentence" "$(tail -n 1 "$log")"
        return 0
    fi
    local ok=0 bad=0 left=0
    if [ "$kind" = tap ]; then
        bad=$(grep -c '^not ok ' "$log")
        left=$(grep -cE '^ok .*# *SKIP' "$log")
        ok=$(($(grep -c '^ok ' "$log") - left))
        # Told nothing, or ended badly with nothing to show for it: the gate itself failed.
        if [ $((ok + bad + left)) = 0 ] || { [ "$status" != 0 ] && [ "$bad" = 0 ]; }; then bad=$((bad + 1)); fi
        if strict && [ -d ../shared ]; then bad=$((bad + left)); left=0; fi
    elif [ "$status" = 0 ]; then ok=1; else bad=1; fi
    passed=$((passed + ok))
    failed=$((failed + bad))
    skipped=$((skipped + left))
    local figures=
    [ "$kind" = tap ] && figures=" ($ok passed, $bad failed, $left skipped)"
    if [ "$bad" = 0 ]; then
        printf 'ok   %4d s  %s%s\n' $((SECONDS - began)) "$sentence" "$figures"
        grep -E '^ok .*# *SKIP' "$log" | sed 's/^ok [0-9]* -* *\(.*\)/SKIP         \1/'
        return 0
    fi
    printf 'FAIL %4d s  %s%s\n' $((SECONDS - began)) "$sentence" "$figures"
    if [ "$kind" = tap ]; then
        strict && grep -E '^ok .*# *SKIP' "$log" | sed 's/^ok/not ok/'
        grep -A 25 '^not ok ' "$log" | grep -E '^(not ok|#)' | head -n 120
        grep -q '^not ok ' "$log" || tail -n 60 "$log"
    else
        tail -n 60 "$log"
    fi
    echo "     all of it: $log"
    return 1
}

skip_gate() {
    if strict; then
        failed=$((failed + 1))
        printf 'FAIL         %s: skipped, which is not allowed here: %s\n' "$1" "$2"
    else
        skipped=$((skipped + 1))
        printf 'SKIP         %s: %s\n' "$1" "$2"
    fi
}

# setup FOLDER COMPILER OPTION…: configures once; a changed option needs `make clean`.
setup() {
    local folder=$1 compiler=$2
    shift 2
    [ -e "$folder/build.ninja" ] || CC=$compiler meson setup "$folder" -Dwerror=true "$@"
}

build() { setup "$@" && ninja -C "$1"; }

unit_tests() {
    local folder=$1
    rm -f "$folder/meson-logs/testlog.json"
    CMOCKA_MESSAGE_OUTPUT=TAP \
        ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
        bash tools/with_postgres.sh meson test -C "$folder" --no-rebuild --num-processes 4 --suite unit --print-errorlogs --timeout-multiplier 10 >"$LOGS/meson.out" 2>&1
    local status=$?
    [ -e "$folder/meson-logs/testlog.json" ] || { cat "$LOGS/meson.out"; return 1; }
    python3 tools/meson_tap.py "$folder/meson-logs/testlog.json"
    return $status
}

format() { git ls-files -co --exclude-standard '*.c' '*.h' | while read -r f; do [ -e "$f" ] && echo "$f"; done | xargs clang-format-14 --dry-run -Werror; }

manpage() {
    mandoc -T lint man/daylight.1 && "$BUILD/gcc/src/app/daylight" manpage | diff -u man/daylight.1 - &&
        "$BUILD/gcc/src/app/daylight" completion | bash -n
}

# One Python or Node program that prints TAP, against the sanitized binary; its lines go to a file of their own.
program() {
    local runner=$1 path=$2 said=$LOGS/$(basename "$2").tap name
    shift 2
    name=$(basename "$path")
    DAYLIGHT=$BUILD/${TESTED:-gcc}/src/app/daylight timeout 1800 "$runner" "$path" "$@" >"$said" 2>&1
    local status=$?
    sed -i "s|^\(not ok\|ok\) \([0-9]*\) - |&$name: |" "$said"
    if [ $status != 0 ] && ! grep -q '^not ok ' "$said"; then
        { echo "not ok 0 - $name: the program itself (exit $status)"; tail -n 30 "$said" | sed 's/^/# /'; } >"$said.end"
        cat "$said.end" >>"$said"
    fi
    return $status
}

# Three at a time: they wait more than they work.
programs() {
    local runner=$1 status=0 path
    shift
    [ $# -gt 0 ] || { echo "there are none"; return 1; }
    for path in "$@"; do
        [ "$(jobs -rp | wc -l)" -lt 3 ] || wait -n
        program "$runner" "$path" &
    done
    wait
    for path in "$@"; do
        echo "# $path"
        cat "$LOGS/$(basename "$path").tap"
        grep -q '^not ok ' "$LOGS/$(basename "$path").tap" && status=1
    done
    return $status
}

python_tests() {
    local folder=$1 list
    mapfile -t list < <(find "tests/$folder" -maxdepth 1 -name '*.py' ! -name 'harness.py' ! -name 'tools.py' | sort)
    export -f program programs
    bash tools/with_postgres.sh bash -c 'programs python3 "$@"' - "${list[@]}"
}

browser_tests() {
    command -v node >/dev/null && command -v npm >/dev/null && command -v chromium >/dev/null ||
        { echo "node, npm or chromium is not on this machine"; return 77; }
    if ! cmp -s tests/browser/package-lock.json tests/browser/node_modules/.installed; then
        (cd tests/browser && npm ci --no-audit --no-fund) || { echo "npm could not fetch the judges"; return 77; }
        cp tests/browser/package-lock.json tests/browser/node_modules/.installed
    fi
    # What `make` builds: what is judged includes how fast it is. axe takes as long as all the others; Lighthouse has the machine
    # for itself.
    local some part status=0
    mapfile -t some < <(basename -s .mjs tests/browser/suites/*.mjs | grep -vxE 'axe|lighthouse')
    browser_suites axe axe &
    browser_suites others "${some[@]}"
    wait
    browser_suites lighthouse lighthouse
    for part in axe others lighthouse; do
        cat "$LOGS/browser-$part/check.mjs.tap"
        ! grep -q '^not ok ' "$LOGS/browser-$part/check.mjs.tap" || status=1
    done
    return $status
}

# browser_suites NAME SUITE…: its lines go to a folder of that name.
browser_suites() {
    local said=$LOGS/browser-$1
    shift
    mkdir -p "$said"
    LOGS=$said TESTED=release program node tests/browser/check.mjs "$@"
}

began=$SECONDS
gate layers one "No folder includes one to its right" python3 tools/check_layers.py
gate modules one "Every module has its header and its unit test" python3 tools/check_modules.py
gate banned one "No banned call" python3 tools/check_banned.py
gate text one "Every file is UTF-8, has its SPDX line, and ends as it should" python3 tools/check_text.py
gate format one "clang-format would change nothing" format
gate gcc-build one "gcc builds it with the sanitizers and without a warning" \
    build "$BUILD/gcc" gcc -Db_sanitize=address,undefined -Db_lundef=false --buildtype=debugoptimized
gate gcc-headers one "Every header stands alone (gcc)" sh tools/check_headers.sh gcc "$BUILD/gcc"
gate manpage one "The man page is what the commands say, and has no fault" manpage
gate gcc-unit tap "Unit tests, sanitized, on both engines" unit_tests "$BUILD/gcc"
gate clang-build one "clang builds it without a warning" build "$BUILD/clang" clang-14 --buildtype=release
gate clang-headers one "Every header stands alone (clang)" sh tools/check_headers.sh clang-14 "$BUILD/clang"
gate clang-unit tap "Unit tests as released, on both engines" unit_tests "$BUILD/clang"
gate web tap "Web tests: the real program, on both engines" python_tests web
gate ledger tap "The ledger, checked by programs that are not Daylight" python_tests ledger
gate fault tap "Fault tests: kill -9, full disk" python_tests fault
gate release one "make builds the program that is installed" make -s build BUILD="$BUILD"
gate browser tap "Browser tests" browser_tests
gate fuzz tap "Fuzz targets, a short while each" env FUZZ_SEED=20261119 FUZZ_RUNS=20000 bash tools/fuzz.sh "${FUZZ_SECONDS:-5}"
[ "${only[0]:-}" = list ] && exit 0
echo "in $((SECONDS - began)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
