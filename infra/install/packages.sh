#!/bin/bash
# packages.sh PACKAGE...: installs Debian packages (root) so that nothing they bring is started or stays enabled.
#
# While apt runs, policy-rc.d forbids every service start; one that was there before comes back
# afterwards, also after an interrupted run. Units that the installation enabled are disabled again.
set -euo pipefail
policy=/usr/sbin/policy-rc.d
saved=$policy.before-syncline
work=$(mktemp -d)

restore() {
  if [ -e "$saved" ]; then mv -f "$saved" "$policy"
  elif grep -qs 'syncline install guard' "$policy"; then rm -f "$policy"; fi
}
# Every unit and init script that starts at boot, one a line.
enabled() {
  { find /etc/systemd/system -path '*.wants/*' -printf '%f\n' 2>/dev/null || true
    find /etc/rc2.d /etc/rc3.d /etc/rc4.d /etc/rc5.d -name 'S*' -printf '%f\n' 2>/dev/null | sed -E 's/^S[0-9]+//; s/$/ (init)/' || true
  } | sort -u
}

exec 9>/run/lock/syncline-install
flock 9
restore
trap 'restore; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
enabled >"$work/before"
if [ -e "$policy" ] || [ -L "$policy" ]; then mv "$policy" "$saved"; fi
printf '#!/bin/sh\n# syncline install guard: removed when the installation ends\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
echo "install: $*"
if ! apt-get install -y -q --no-install-recommends "$@" >"$work/apt.log" 2>&1; then
  # An old or empty package index is the usual reason.
  apt-get update -q >>"$work/apt.log" 2>&1 || true
  if ! apt-get install -y -q --no-install-recommends "$@" >>"$work/apt.log" 2>&1; then
    tail -n 30 "$work/apt.log" >&2
    echo "install: apt-get could not install: $*" >&2
    exit 1
  fi
fi

enabled >"$work/after"
comm -13 "$work/before" "$work/after" | while read -r unit kind; do
  if [ "$kind" = "(init)" ]; then
    update-rc.d "$unit" disable >/dev/null 2>&1 || true
  else
    systemctl disable "$unit" >/dev/null 2>&1 || find /etc/systemd/system -path "*.wants/$unit" -delete
  fi
done
