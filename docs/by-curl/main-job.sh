#!/bin/bash
# The main job by hand: sign up, connect two directories, write a profile, read what it would do, correct it, approve,
# export, and look at what became of it; with nothing but curl and jq. The console makes the same calls.
#
#   SYNCLINE           the address, such as https://your-syncline
#   TOKEN              an access token of your organisation for Syncline
#   ENROL              a command that enrols an agent: called with `source` or `target` and the one-time key on standard
#                      input, it prints the agent's fingerprint and leaves the agent running (README: a real directory)
#   SOURCE, TARGET     the containers that imports read, one a line
#   CONTAINER          where new objects are made in the target
#
# It ends with 0 and one JSON object: what was planned, sent, acknowledged and confirmed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
: "${SYNCLINE:?}" "${TOKEN:?}" "${ENROL:?}" "${SOURCE:?}" "${TARGET:?}" "${CONTAINER:?}"

say() { echo "$*" >&2; }

# call METHOD PATH [curl's arguments…]: the answer on standard output; an error of the API on standard error.
call() {
  local method=$1 path=$2 answer
  shift 2
  answer=$(curl --silent --show-error --fail-with-body --request "$method" "$SYNCLINE$path" \
    --header "Authorization: Bearer $TOKEN" "$@") || { say "$method $path: $answer"; return 1; }
  printf '%s' "$answer"
}

# send METHOD PATH BODY [curl's arguments…]: a request that is sent twice has its effect once, by this key.
send() {
  local method=$1 path=$2 body=$3
  shift 3
  call "$method" "$path" --header "Content-Type: application/json" --data-binary "$body" \
    --header "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" "$@"
}

# until_so PATH CONDITION: asks until the condition (jq) holds, and answers with what was seen then.
until_so() {
  local path=$1 condition=$2 answer end=$((SECONDS + 180))
  while :; do
    answer=$(call GET "$path")
    jq --exit-status "$condition" <<<"$answer" >/dev/null && break
    ((SECONDS < end)) || { say "$path never came to: $condition; last seen: $answer"; return 1; }
    sleep 0.2
  done
  printf '%s' "$answer"
}

say "1. sign up"
tenant=$(send POST /v1/tenants '{"organisation": "Contoso"}' | jq -r .id)
until_so "/v1/tenants/$tenant" '.state == "active"' >/dev/null
t=/v1/tenants/$tenant

connect() { # NAME SIDE CONTAINERS: a directory with an agent; answers its id
  local name=$1 side=$2 containers=$3 directory slot fingerprint
  directory=$(send POST "$t/directories" "$(jq -n --arg name "$name" --arg containers "$containers" \
    '{name: $name, kind: "active-directory", settings: {containers: ($containers | split("\n"))}}')" | jq -r .id)
  slot=$(send POST "$t/directories/$directory/agents" '{}')
  fingerprint=$(jq -r .key <<<"$slot" | "$ENROL" "$side")
  # A person compares the fingerprint on the host with the one that the API was shown, and confirms it.
  send POST "$t/agents/$(jq -r .agent <<<"$slot")/confirm" "$(jq -n --arg f "$fingerprint" '{fingerprint: $f}')" >/dev/null
  until_so "$t/directories/$directory" '.agents.credential == "present" and .schema_known' >/dev/null
  printf '%s' "$directory"
}

say "2. connect the source and the target"
source=$(connect Contoso source "$SOURCE")
target=$(connect Fabrikam target "$TARGET")

say "3. read both in full"
for directory in "$source" "$target"; do
  run=$(send POST "$t/directories/$directory/import" '{"mode": "full"}' | jq -r .run)
  until_so "$t/runs/$run" 'has("status")' |
    jq --exit-status 'if .status | startswith("success") then true else error("the import ended as \(.status)") end' >/dev/null
done

document() { # PAIRS: the profile, whose people match by these pairs of attributes, the first that fits
  jq --arg source "$source" --arg target "$target" --arg container "$CONTAINER" --argjson match "$1" \
    '.inbound[].directory = $source | .outbound[].directory = $target | .outbound[].match = $match
     | .outbound[].dn.expr |= gsub("CONTAINER"; $container)' "$here/profile.json"
}

plan() { # synchronises without exporting, and computes what the profile would do
  local cycle what_if
  cycle=$(send POST "$t/cycles" '{"exports": "suppress"}' | jq -r .id)
  until_so "$t/cycles/$cycle?wait_s=30" 'has("ended_at")' >/dev/null
  what_if=$(send POST "$t/what-ifs" "{\"profile\": \"$profile\"}" | jq -r .id)
  until_so "$t/what-ifs/$what_if?wait_s=30" '.state != "computing"'
}
matched() { jq '[.findings[] | select(.kind == "matched") | .count] | add // 0'; }

say "4. a profile with a match that finds nobody: its what-if says so before anything is sent"
saved=$(send POST "$t/profiles" "$(document '[[{"metaverse": "employeeID", "target": "telephoneNumber"}]]')")
profile=$(jq -r .id <<<"$saved")
wrong=$(plan | matched)

say "5. the match corrected, on the version that was read"
version=$(jq -r .version <<<"$saved")
pairs='[[{"metaverse": "employeeID", "target": "employeeID"}], [{"metaverse": "mail", "target": "mail"}]]'
send PUT "$t/profiles/$profile" "$(document "$pairs")" --header "If-Match: \"v$version\"" >/dev/null
what_if=$(plan)
right=$(matched <<<"$what_if")
id=$(jq -r .id <<<"$what_if")
say "   $wrong people matched before, $right now; one of the changes:"
call GET "$t/what-ifs/$id/operations?limit=1" | jq -c '.items[0]' >&2

say "6. approve exactly this plan, export it, read the target again"
approved=$(send POST "$t/what-ifs/$id/approve" "$(jq '{plan_hash, export_now: true, note: "as shown"}' <<<"$what_if")")
cycle=$(until_so "$t/cycles/$(jq -r .cycle <<<"$approved")?wait_s=30" 'has("ended_at")')

say "7. a second cycle finds nothing to do"
again=$(send POST "$t/cycles" '{}' | jq -r .id)
again=$(until_so "$t/cycles/$again?wait_s=30" 'has("ended_at")')

say "8. what was sent, and what it costs"
export=$(jq -r '.runs[] | select(.kind == "export") | .id' <<<"$cycle" | head -1)
call GET "$t/runs/$export/operations?limit=1" | jq -c '.items[0]' >&2
until_so "$t/usage" 'tostring | contains("operations_exported")' | jq -c . >&2

sum() { jq --arg name "$1" '[.runs[].counts[$name] // 0] | add' <<<"$cycle"; }
jq -n --argjson matched_before "$wrong" --argjson matched "$right" \
  --argjson planned "$(jq '[.counts[].count] | add' <<<"$what_if")" \
  --argjson sent "$(sum sent)" --argjson acknowledged "$(sum acknowledged)" --argjson confirmed "$(sum confirmed)" \
  --argjson second "$(jq .changes <<<"$again")" --arg tenant "$tenant" \
  '{tenant: $tenant, matched_before: $matched_before, matched: $matched, planned: $planned, sent: $sent,
    acknowledged: $acknowledged, confirmed: $confirmed, second_cycle_changes: $second}'
