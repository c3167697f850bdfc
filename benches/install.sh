#!/bin/sh
# Installs what the measurements need: valgrind, GNU time, and the runner of gungraun in the version of the lock file.
set -eu
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null || ! env time true 2>/dev/null; then
    apt-get update && apt-get install --yes valgrind time
fi

wanted=$(cargo metadata --format-version 1 --locked | tr '{' '\n' | sed -n 's/.*"name":"gungraun","version":"\([^"]*\)".*/\1/p' | head -n 1)
have=$(gungraun-runner --version 2>/dev/null | sed 's/[^0-9]*//' || true)
if [ "$wanted" != "$have" ]; then
    cargo install gungraun-runner --version "$wanted" --locked
fi
