#!/usr/bin/env bash
# Installs the Debian package in a clean Debian 12 and uses it as docs/guide/install.md says: the commands are taken from
# there. Then upgrades it, removes it and purges it, and looks whether the object is still there each time.
#
#   deploy/package/clean-root.sh PACKAGE.deb [ROOT.tar]
#
# Needs root, debootstrap, and Debian's packages; libssl3, on which the package depends, is put into the clean system at
# once, since there is no network in it. ROOT.tar, when given, keeps the clean system for the next time. There is
# no systemd in a folder: deploy/package/systemctl.pl starts what the unit files say. All runs in namespaces of its own, and
# everything that was started ends with them.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
package=$(readlink -f "${1:?usage: clean-root.sh PACKAGE.deb [ROOT.tar]}")
kept=${2:-}
guide=$here/../../docs/guide/install.md
[ "$(id -u)" = 0 ] || { echo "clean-root.sh needs root" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root
mkdir "$root"
if [ -n "$kept" ] && [ -s "$kept" ]; then
    tar -C "$root" -xf "$kept"
else
    debootstrap --variant=minbase --include=libssl3 bookworm "$root" >"$work/debootstrap.log" 2>&1 \
        || { tail -n 20 "$work/debootstrap.log" >&2; exit 1; }
    if [ -n "$kept" ]; then
        tar -C "$root" -cf "$kept.new" . && mv "$kept.new" "$kept"
    fi
fi

# The commands of the guide: the block after the line that names it.
awk '/^<!-- commands: install -->$/ { found = 1; next } found && /^```/ { if (++fence == 2) exit; next } found && fence' \
    "$guide" >"$root/commands.sh"
[ -s "$root/commands.sh" ] || { echo "$guide has no block of commands" >&2; exit 1; }
echo "commands: $(wc -l <"$root/commands.sh") lines"

# The same package with a greater version, for the upgrade.
dpkg-deb -R "$package" "$work/newer"
sed -i 's/^Version: .*/&+newer/' "$work/newer/DEBIAN/control"
name=$(basename "$package")
cp "$package" "$root/$name"
dpkg-deb --build --root-owner-group -Znone "$work/newer" "$root/newer.deb" >/dev/null
install -m 755 "$here/systemctl.pl" "$root/usr/bin/systemctl"

cat >"$root/try.sh" <<'INSIDE'
set -euo pipefail
export HOME=/root LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
cd /
mkdir -p /run/systemd/system
say() { echo "== $*"; }
fail() { echo "FAILED: $*" >&2; tail -n 20 /run/skein-*.out /var/log/skein/*/* >&2 2>/dev/null || true; exit 1; }

say "the commands of the guide"
bash -euxo pipefail commands.sh >out.txt || { cat out.txt; fail "a command of the guide"; }
cat out.txt
[ "$(tail -n 1 out.txt)" = "hello" ] || fail "the object is not what was stored"

say "who runs, and with which rights"
systemctl is-active skein-proxy skein-target || fail "a service does not run"
[ "$(stat -c %U /var/lib/skein/mp1)" = skein ] || fail "the mountpath does not belong to skein"

say "upgrade"
before=$(cat /run/skein-proxy.pid)
apt-get install -y -q ./newer.deb >apt.txt 2>&1 || { cat apt.txt; fail "the upgrade"; }
[ "$before" != "$(cat /run/skein-proxy.pid)" ] || fail "the proxy was not restarted"
grep -q '^SKEIN_PROXY_OPTIONS' /etc/default/skein || fail "the upgrade has overwritten the configuration"
[ "$(skein get ais://first/hello.txt -)" = hello ] || fail "the object is gone after the upgrade"

say "removal and purge"
apt-get remove -y -q skein >apt.txt 2>&1 || { cat apt.txt; fail "the removal"; }
systemctl is-active skein-target && fail "the target runs after the removal"
apt-get purge -y -q skein >apt.txt 2>&1 || { cat apt.txt; fail "the purge"; }
grep 'was kept' apt.txt || fail "the purge does not say that data is kept"
[ "$(find /var/lib/skein/mp1 -name hello.txt | wc -l)" = 1 ] || fail "the purge removed an object"
say "all of it works"
INSIDE

unshare --mount --net --pid --fork --kill-child bash -euc '
    ip link set lo up
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" bash /try.sh' clean-root "$root" </dev/null
