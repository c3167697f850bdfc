#!/bin/sh
# Tries the page of the platform in a browser, as a person would, and compares its vendored files with their packages.
set -eu
cd "$(dirname "$0")/.."
tests/vendor.sh
cargo build --quiet -p trading-services
exec node tests/judges/page.mjs "${CARGO_TARGET_DIR:-target}/debug/trading-services" "$@"
