#!/bin/bash
# frontend.sh: builds the console into frontend/dist when a source is newer than the last build.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../frontend"
if [ -f dist/index.html ] &&
  [ -z "$(find . -path ./node_modules -prune -o -path ./dist -prune -o -type f -newer dist/index.html -print -quit)" ]; then
  exit 0
fi
npm run build
