#!/bin/bash
# as-root.sh COMMAND [ARG...]: runs the command as root, through sudo where needed, with the caller's PATH and HOME.
set -eu
if [ "$(id -u)" = 0 ]; then exec "$@"; fi
command -v sudo >/dev/null || {
  echo "install: root is needed to run '$1' (it starts domain controllers on port 389): run as root, or install sudo" >&2
  exit 1
}
exec sudo -E env "PATH=$PATH" "HOME=$HOME" "$@"
