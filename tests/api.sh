#!/usr/bin/env bash
# Judges the API against its own description: schemathesis, from PyPI, asks whatever the description admits, and more.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
tools="$target/schemathesis"
if [ ! -x "$tools/bin/schemathesis" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check 'schemathesis==4.32.5'
fi
cargo build --quiet -p trading-services
said=$(mktemp)
TRADING_HTTP__ADDRESS=127.0.0.1:0 "$target/debug/trading-services" --seed 42 --speed 20x >"$said" 2>&1 &
platform=$!
trap 'kill -INT "$platform" 2>/dev/null && wait "$platform"; rm -f "$said"' EXIT
for _ in $(seq 300); do
    grep -q '^page: ' "$said" && break
    sleep 0.2
done
base=$(sed -n 's|^page: \(http://[^/]*\)/.*|\1|p' "$said")
[ -n "$base" ] || { cat "$said" >&2; exit 1; }
token=$(curl --silent --fail "$base/api/v1/session" | sed 's/.*"token":"\([^"]*\)".*/\1/')

# Who stops services stops what is asked next: that has tests of its own. What it remembers stays beside the tool.
cd "$tools"
"$tools/bin/schemathesis" run "$base/api/v1/openapi.json" --header "x-csrf-token: $token" \
    --exclude-path-regex '/services/.*/(start|stop)' --max-examples 6 --seed 1 --workers 1 --no-color \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
