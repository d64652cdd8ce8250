# What every measurement needs: a PostgreSQL of its own, a server, a slower disk, and lines of JSON.
# Read by bench/run and bench/grow, which say what is measured. Nothing is left behind.
set -euo pipefail
DINH=${DINH:-target/release/dinh}
YARDSTICK=${YARDSTICK:-target/release/yardstick}
PORT=${PORT:-8197}
PGPORT=${PGPORT:-54397}
PGBIN=${PGBIN:-/usr/lib/postgresql/15/bin}
WORK=$(mktemp -d)
PRIORITY=""; [ "${REALTIME:-0}" = 1 ] && PRIORITY="chrt -r 1"
export DINH_LOG_LEVEL=warn
export DINH_SERVER_RATE_PER_ACCOUNT=0 # many clients play one officer
export DINH_FILES_UPLOAD_MIB=128      # papers of 100 MiB are tried
SERVER=""
RAISED=""
DELAY=${DELAY:-0} # microseconds added to each fsync
ENGINE=sqlite

as_postgres() { # initdb and postgres refuse to run as root
    # Who may raise a priority may no longer after giving up root: first the one, then the other.
    if [ "$(id -u)" = 0 ]; then
        $RAISED setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        $RAISED "$@"
    fi
}
cleanup() {
    [ -n "$SERVER" ] && kill "$SERVER" 2>/dev/null && wait "$SERVER" 2>/dev/null
    [ -d "$WORK/pg" ] && as_postgres "$PGBIN/pg_ctl" -D "$WORK/pg" -m immediate stop >/dev/null 2>&1
    rm -rf "$WORK"
}
trap cleanup EXIT
cc -O2 -shared -fPIC -o "$WORK/fsync_delay.so" bench/fsync_delay.c -ldl
chmod 755 "$WORK"

start_postgres() {
    mkdir -p "$WORK/pg"; [ "$(id -u)" = 0 ] && chown postgres "$WORK/pg"
    as_postgres "$PGBIN/initdb" -D "$WORK/pg" -U dinh --auth=trust --locale=C.UTF-8 >/dev/null
    local options="-p $PGPORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$WORK/pg"
    options="$options -c shared_buffers=256MB -c max_wal_size=4GB"
    FSYNC_DELAY_US=$DELAY LD_PRELOAD="$WORK/fsync_delay.so" RAISED=$PRIORITY as_postgres \
        "$PGBIN/pg_ctl" -D "$WORK/pg" -l "$WORK/pg/log" -w -o "$options" start >/dev/null
    # As docs/postgres.md says to create one.
    psql -q "postgres://dinh@127.0.0.1:$PGPORT/postgres" -c "CREATE DATABASE bench ENCODING 'UTF8'
        LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0"
}
stop_postgres() {
    as_postgres "$PGBIN/pg_ctl" -D "$WORK/pg" -m fast -w stop >/dev/null; rm -rf "$WORK/pg"
}
name_database() { # the database of this engine, fresh
    DATA=$(mktemp -d "$WORK/data.XXXXXX")
    case $ENGINE in
        postgres) start_postgres; export DINH_DATABASE_URL="postgres://dinh@127.0.0.1:$PGPORT/bench" ;;
        *) export DINH_DATABASE_URL="sqlite:$DATA/dinh.db" ;;
    esac
}
# Files are removed at the end of all: ext4 makes new ones slowly for a while after many were deleted.
drop_database() { if [ "$ENGINE" = postgres ]; then stop_postgres; fi; }
start_server() {
    FSYNC_DELAY_US=$DELAY LD_PRELOAD="$WORK/fsync_delay.so" $PRIORITY \
        "$DINH" demo --dossiers 0 --port "$PORT" --data "$DATA" >"$WORK/log" 2>&1 &
    SERVER=$!
    for _ in $(seq 600); do
        sleep 0.1
        curl -fs "http://127.0.0.1:$PORT/readyz" >/dev/null 2>&1 && return
    done
    cat "$WORK/log"; exit 1
}
stop_server() { kill "$SERVER"; wait "$SERVER" 2>/dev/null || true; SERVER=""; }
stolen() { awk '/^cpu /{print $9, $2+$3+$4+$5+$6+$7+$8+$9}' /proc/stat; }
line() { # $1: name; $2: more fields; $3: what was measured, an object; $4: the time before
    local steal; steal=$(echo "$4 $(stolen)" | awk '{d=$4-$2; printf "%.1f", d ? 100*($3-$1)/d : 0}')
    echo "{\"what\":\"$1\",\"engine\":\"$ENGINE\",\"fsync_us\":$DELAY,\"steal\":$steal$2,\"run\":$3}"
}
load() { # $1: name; the rest: arguments of `dinh load`. MORE: further fields of the line
    local name=$1; shift
    local before; before=$(stolen)
    local run; run=$($PRIORITY "$DINH" load "http://127.0.0.1:$PORT" --json "$@" \
        2>>"$WORK/load.log" | tail -n 1)
    [ "${run:0:1}" = "{" ] || { tail -n 5 "$WORK/load.log" >&2; run=null; }
    line "$name" "${MORE:-}" "$run" "$before"
}
yardstick() { # $1: name; the rest: a command that prints an object
    local name=$1; shift
    local before; before=$(stolen)
    line "$name" "" "$("$@")" "$before"
}
