#!/usr/bin/env bash
# Packs the programs: a tarball, and a Debian package where dpkg-deb is there.
#
#   deploy/package/make.sh NODE_FOLDER CLI_FOLDER OUTPUT_FOLDER
#
# The folders hold the published programs skeind and skein with everything beside them that they need. Prints the files
# that it made. Run it by ./dev package, which builds first. With SKEIN_PACKAGE_QUICK set nothing is compressed, for tests.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
[ $# = 3 ] || { echo "usage: make.sh NODE_FOLDER CLI_FOLDER OUTPUT_FOLDER" >&2; exit 2; }
node=$1 cli=$2 output=$3
[ -x "$node/skeind" ] || { echo "there is no program skeind in $node" >&2; exit 1; }
[ -x "$cli/skein" ] || { echo "there is no program skein in $cli" >&2; exit 1; }

version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' "$root/Directory.Build.props")
case $(uname -m) in
    x86_64) architecture=amd64 rid=linux-x64 ;;
    aarch64) architecture=arm64 rid=linux-arm64 ;;
    *) echo "no package is made for $(uname -m)" >&2; exit 1 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022

copy_program() { # FROM TO: all but what only developers read
    mkdir -p "$2"
    (cd "$1" && find . -type f ! -name '*.pdb' ! -name '*.dbg' ! -name 'Skein.*.xml' ! -name 'skein*.xml' -print0) |
        while IFS= read -r -d '' file; do
            install -D -m "$([ -x "$1/$file" ] && echo 755 || echo 644)" "$1/$file" "$2/$file"
        done
}

# ---- the tree, as it lies on a machine ----------------------------------------------------------------------------

tree=$work/tree
copy_program "$node" "$tree/usr/lib/skein/node"
copy_program "$cli" "$tree/usr/lib/skein/cli"
# Compiled ahead of time both programs lie in one folder.
rm -f "$tree/usr/lib/skein/node/skein" "$tree/usr/lib/skein/cli/skeind"
[ "$node" != "$cli" ] || rm -f "$tree/usr/lib/skein/cli/libe_sqlite3.so"
mkdir -p "$tree/usr/bin"
ln -s ../lib/skein/node/skeind "$tree/usr/bin/skeind"
ln -s ../lib/skein/cli/skein "$tree/usr/bin/skein"
for unit in skein-proxy skein-target; do
    install -D -m 644 "$here/systemd/$unit.service" "$tree/lib/systemd/system/$unit.service"
done
for file in cluster.json proxy.json target.json; do
    install -D -m 644 "$here/etc/$file" "$tree/etc/skein/$file"
done
install -D -m 644 "$here/etc/default-skein" "$tree/etc/default/skein"
install -D -m 644 "$root/LICENSE" "$tree/usr/share/doc/skein/copyright"
install -D -m 644 "$root/README.md" "$tree/usr/share/doc/skein/README.md"
install -D -m 644 "$root/CHANGELOG.md" "$tree/usr/share/doc/skein/CHANGELOG.md"

mkdir -p "$output"

# ---- the tarball: the same tree under one folder ------------------------------------------------------------------

name=skein-$version-$rid
mv "$tree" "$work/$name"
level=${SKEIN_PACKAGE_QUICK:+1}
tar -C "$work" --owner=0 --group=0 --sort=name -I "gzip -${level:-9}" -cf "$output/$name.tar.gz" "$name"
echo "$output/$name.tar.gz"

# ---- the Debian package -------------------------------------------------------------------------------------------

if ! command -v dpkg-deb >/dev/null; then
    echo "dpkg-deb is not here, so no Debian package was made" >&2
    exit 0
fi
tree=$work/$name
mkdir "$tree/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" \
    -e "s/@KIB@/$(du -sk --exclude=DEBIAN "$tree" | cut -f1)/" "$here/debian/control.in" >"$tree/DEBIAN/control"
(cd "$tree" && find etc -type f -printf '/%p\n' | sort) >"$tree/DEBIAN/conffiles"
for script in postinst prerm postrm; do
    install -m 755 "$here/debian/$script" "$tree/DEBIAN/$script"
done
package=$output/skein_${version}_$architecture.deb
dpkg-deb --build --root-owner-group ${SKEIN_PACKAGE_QUICK:+-Znone} "$tree" "$package" >/dev/null
echo "$package"
