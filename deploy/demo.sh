#!/usr/bin/env bash
# The product doing its job: a cluster on this machine, thousands of real files stored, listed, read back through
# another proxy and compared; a target added, a node restarted.
#
#   deploy/demo.sh [--once]      --once takes the cluster down at the end; else it stays for you to play with
#
# Exits non-zero when anything differed. Run it by ./dev demo, which builds first.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
skein=$root/artifacts/skein
export SKEIN_PLAYGROUND=${SKEIN_PLAYGROUND:-$root/playground}
bucket=ais://demo
memory_limit=80 # MiB that an idle node may need
sample=60       # objects that are read again after the cluster has changed

once=false
case ${1:-} in
    "") ;;
    --once) once=true ;;
    *) echo "usage: ./dev demo [--once]" >&2; exit 2 ;;
esac

bold='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; fi
problems=0
step=0
copy=''

heading() { step=$((step + 1)); printf '\n%s%d. %s%s\n' "$bold" "$step" "$1" "$plain"; }
say() { printf '   %s\n' "$*"; }
problem() { problems=$((problems + 1)); printf '   PROBLEM: %s\n' "$*"; }
now() { date +%s%N; }
seconds_since() { local t=$((($(now) - $1) / 1000000)); printf '%d.%01d s' $((t / 1000)) $((t % 1000 / 100)); }

cleanup() {
    local code=$?
    [ -z "$copy" ] || rm -rf "$copy"
    if $once && [ -e "$SKEIN_PLAYGROUND/cluster.json" ]; then
        "$skein" playground down --rm || code=1
    fi
    exit "$code"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

field() { # FIELD ROLE: that field of the nodes with that role (proxy, target, or either by .*), one a line
    awk -v field="\"$1\":" -v role="\"role\": \"$2\"" '
        /^    \{/ { value = ""; ours = 0 }
        $0 ~ role { ours = 1 }
        index($0, field) && value == "" { value = $2; gsub(/[",]/, "", value) }
        /^    \}/ && ours { print value }' "$SKEIN_PLAYGROUND/cluster.json"
}

show_memory() { # what each node needs, printed in one line each
    local id pid kib
    while read -r id pid; do
        kib=$(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status")
        say "$(printf '%-10s %3d MiB' "$id" $((kib / 1024)))"
        [ $((kib / 1024)) -lt "$memory_limit" ] || problem "$id needs $((kib / 1024)) MiB, more than $memory_limit"
    done < <(paste -d' ' <(field id '.*') <(field pid '.*'))
}

count_objects() { "$skein" ls "$bucket" --name-only -H --endpoint "$1" | wc -l; }

# ---- 1: the cluster

sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")/sdk
files=$sdk/$(cd "$root" && dotnet --version)
[ -d "$files" ] || { echo "cannot find the SDK's own folder to store: $files" >&2; exit 1; }
if [ -e "$SKEIN_PLAYGROUND/cluster.json" ]; then
    echo "There is a playground in $SKEIN_PLAYGROUND. Take it down first:" >&2
    echo "  ./dev cluster down --rm" >&2
    once=false
    exit 1
fi

heading "A cluster of 3 proxies and 3 targets, 2 mountpaths each"
began=$(now)
"$skein" playground up --proxies 3 --targets 3 --mountpaths 2 >"/tmp/skein-demo.$$" 2>&1 \
    || { cat "/tmp/skein-demo.$$"; rm -f "/tmp/skein-demo.$$"; exit 1; }
rm -f "/tmp/skein-demo.$$"
say "up and healthy after $(seconds_since "$began"); each node is a process of its own"
mapfile -t proxies < <(field public_url proxy)
say "memory of each node:"
show_memory

# ---- 2: store

heading "Store the .NET SDK's own folder through the first proxy"
stored=$(find "$files" -type f -printf . | wc -c)
say "$files"
say "$stored files, $(du -sh --apparent-size "$files" | cut -f1)"
"$skein" create "$bucket" --endpoint "${proxies[0]}"
began=$(now)
"$skein" put "$files" "$bucket" --recursive --yes --endpoint "${proxies[0]}"
say "stored, every file durable on disk, after $(seconds_since "$began")"

# ---- 3: list

heading "List the bucket"
began=$(now)
listed=$(count_objects "${proxies[0]}")
say "$listed names after $(seconds_since "$began")"
[ "$listed" = "$stored" ] || problem "$stored files were stored, $listed are listed"

# ---- 4: read back and compare

heading "Read it all back through the second proxy, and compare every file"
copy=$(mktemp -d "${TMPDIR:-/tmp}/skein-demo.XXXXXX")
began=$(now)
"$skein" get "$bucket" "$copy" --prefix '' --yes --endpoint "${proxies[1]}"
say "read after $(seconds_since "$began")"
differences=$(diff -rq "$files" "$copy" || true)
compared=$(find "$copy" -type f -printf . | wc -c)
count=$(printf '%s' "$differences" | grep -c . || true)
if [ "$count" != 0 ]; then
    printf '%s\n' "$differences" | head -n 20
    problem "$count differences"
fi
[ "$compared" = "$stored" ] || problem "$stored files were stored, $compared came back"
say "$compared files compared byte by byte, $count differences"

# ---- 5: a new target

heading "Add a target"
began=$(now)
"$skein" playground add target >/dev/null
say "in the cluster after $(seconds_since "$began"), told nothing but the URL of one proxy"
listed=$(count_objects "${proxies[2]}")
say "$listed names are listed"
[ "$listed" = "$stored" ] || problem "$stored files were stored, $listed are listed"
missing=0
while read -r name; do
    "$skein" get "$bucket/$name" - --endpoint "${proxies[2]}" 2>/dev/null | cmp -s - "$files/$name" \
        || { missing=$((missing + 1)); say "not read back: $name"; }
done < <(cd "$files" && find . -type f -printf '%P\n' | sort | awk -v n="$stored" -v s="$sample" \
    'BEGIN { every = int(n / s); if (every < 1) every = 1 } NR % every == 0' | head -n "$sample")
[ "$missing" = 0 ] || problem "$missing of $sample objects could not be read back"
say "$sample objects read again, wherever they lie now: $((sample - missing)) right"

# ---- 6: a restart

heading "Restart a target and a proxy"
for node in "$(field id target | head -n 1)" "$(field id proxy | tail -n 1)"; do
    began=$(now)
    "$skein" playground restart "$node" >/dev/null
    say "$node is back after $(seconds_since "$began")"
done
listed=$(count_objects "${proxies[1]}")
say "$listed names are listed"
[ "$listed" = "$stored" ] || problem "$stored files were stored, $listed are listed"

# ---- 7: the cluster

heading "The cluster"
"$skein" show cluster --endpoint "${proxies[0]}"

printf '\n'
if [ "$problems" != 0 ]; then
    printf '%sProblems: %d, see above.%s\n' "$bold" "$problems" "$plain"
    exit 1
fi
printf '%sAll is well: %d files stored, listed, read back and equal.%s\n' "$bold" "$stored" "$plain"
if ! $once; then
    cat <<TEXT

The cluster stays up. Try next:
  export SKEIN_ENDPOINT=${proxies[0]} SKEIN_PLAYGROUND=$SKEIN_PLAYGROUND
  artifacts/skein ls $bucket --limit 10
  artifacts/skein put README.md $bucket && artifacts/skein get $bucket/README.md -
  curl -L ${proxies[0]}/v1/objects/demo/README.md
  artifacts/skein playground kill target02          # kill -9
  artifacts/skein playground restart target02 --wipe
  ./dev cluster down --rm
TEXT
fi
