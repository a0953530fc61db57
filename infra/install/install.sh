#!/bin/bash
# install.sh: brings what is missing on a Debian 12 machine that has Rust, Node 20, Python 3 and git.
# Safe to run again: it asks first and acts only on what is missing.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(cd "$here/../.." && pwd)

# A full disk stops a build in the middle with a linker's riddle: say it before.
free_gb=$(($(df --output=avail -k "$root" | tail -1) / 1024 / 1024))
if [ ! -d "$root/target" ] && [ "$free_gb" -lt 14 ]; then
  echo "install: only $free_gb GB are free at $root; a first build and its tests need about 12 GB" >&2
fi

mapfile -t wanted < <(sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$here/packages.txt")
missing=()
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
for package in "${wanted[@]}"; do
  grep -qx "$package installed" <<<"$installed" || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  "$here/as-root.sh" "$here/packages.sh" "${missing[@]}"
fi

command -v cargo >/dev/null || { echo "install: cargo is missing: install Rust 1.95 first (https://rustup.rs)" >&2; exit 1; }
sysroot=$(cd "$root" && rustc --print sysroot)
if [ ! -d "$sysroot/lib/rustlib/wasm32-unknown-unknown" ]; then
  (cd "$root" && rustup target add wasm32-unknown-unknown)
fi

command -v npm >/dev/null || { echo "install: npm is missing: install Node 20 first (https://nodejs.org)" >&2; exit 1; }
for room in infra/dev-idp frontend; do
  [ -f "$root/$room/package-lock.json" ] || continue
  stamp="$root/$room/node_modules/.installed"
  state=$(cat "$root/$room/package.json" "$root/$room/package-lock.json" | sha256sum)
  if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$state" ]; then
    (cd "$root/$room" && npm ci --no-audit --no-fund)
    echo "$state" >"$stamp"
  fi
done
