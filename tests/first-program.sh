#!/usr/bin/env bash
# Writes a crate of the guide's first program: first-program.sh FOLDER DEPENDENCY [MORE OF THE MANIFEST]
set -euo pipefail
folder=$1 dependency=$2 more=${3:-}
cd "$(dirname "$0")/.."

mkdir -p "$folder/src"
cat > "$folder/Cargo.toml" <<TOML
[package]
name = "first-program"
version = "0.0.0"
edition = "2024"

[dependencies]
$dependency

[workspace]
$more
TOML
# The same versions as in the workspace, so that nothing needs the network.
cp Cargo.lock "$folder/Cargo.lock"
awk '/^```rust/ { on = !seen; next } /^```/ { if (on) seen = 1; on = 0 } on' docs/guide/01-getting-started.md > "$folder/src/main.rs"
