#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# with_postgres.sh COMMAND…: runs COMMAND beside a private PostgreSQL cluster, which DAYLIGHT_TEST_POSTGRES names.
#
# The cluster lives in a temporary folder, listens on a Unix socket only, is stopped and removed whatever happens, and
# never syncs to disk: it is for tests alone. Without PostgreSQL on the machine COMMAND runs without it, and it says so.
set -u

[ $# -gt 0 ] || { echo "usage: $0 COMMAND..." >&2; exit 2; }

bin=
for dir in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do
    [ -x "$dir/initdb" ] && bin=$dir
done
[ -n "$bin" ] || { found=$(command -v initdb) && bin=$(dirname "$found"); }
if [ -z "$bin" ]; then
    echo "SKIP PostgreSQL: initdb is not on this machine (Debian: postgresql-15)" >&2
    unset DAYLIGHT_TEST_POSTGRES
    exec "$@"
fi

# Short, because a socket's path may not exceed 107 bytes.
folder=$(mktemp -d /tmp/daylight-pg.XXXXXX) || exit 1
server=
finish() {
    status=$?
    trap - EXIT
    trap '' INT TERM HUP
    if [ -n "$server" ]; then
        kill -INT "$server" 2>/dev/null
        wait "$server" 2>/dev/null
    fi
    rm -rf "$folder"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# PostgreSQL refuses to run as root.
as=
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$folder" || exit 1
    as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
fi
chmod 0700 "$folder"

cd "$folder" || exit 1
if ! $as "$bin/initdb" --pgdata "$folder/data" --username daylight --auth trust --encoding UTF8 --no-locale \
    --no-sync >"$folder/log" 2>&1; then
    cat "$folder/log" >&2
    exit 1
fi
cd "$OLDPWD" || exit 1

# The server dies with this script, even if that is killed.
(cd "$folder" && exec $as setpriv --pdeathsig INT "$bin/postgres" -D "$folder/data" -k "$folder" \
    -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200 -c log_min_messages=fatal) \
    >>"$folder/log" 2>&1 &
server=$!

tries=0
until "$bin/pg_isready" -q -h "$folder" -U daylight -d postgres; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
        echo "the private PostgreSQL cluster did not start:" >&2
        cat "$folder/log" >&2
        exit 1
    fi
    sleep 0.1
done

DAYLIGHT_TEST_POSTGRES="postgresql:///postgres?host=$folder&user=daylight"
export DAYLIGHT_TEST_POSTGRES
"$@"
exit $?
