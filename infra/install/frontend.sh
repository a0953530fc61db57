#!/bin/bash
# frontend.sh: builds the console into frontend/dist when a source is newer than the last build.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../frontend"
# What no build reads: modules, the build itself, tests and what they leave.
beside=(-path ./node_modules -o -path ./dist -o -path ./e2e -o -path ./tests -o -path ./test-results)
if [ -f dist/index.html ] && [ -z "$(find . \( "${beside[@]}" \) -prune -o -type f -newer dist/index.html -print -quit)" ]; then
  exit 0
fi
npm run build
