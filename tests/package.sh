#!/usr/bin/env bash
# Packs di-core and di-macros as a registry would have them, and builds a program on the packed crates, outside of the
# workspace.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo package --quiet --allow-dirty --no-verify -p di-macros -p di-core
packed="${CARGO_TARGET_DIR:-target}/package"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for crate in di-core di-macros; do
    tar --extract --gzip --file "$packed/$crate-0.1.0.crate" --directory "$folder"
done

mkdir -p "$folder/smoke/src"
cat > "$folder/smoke/Cargo.toml" <<'TOML'
[package]
name = "smoke"
version = "0.0.0"
edition = "2024"

[dependencies]
di-core = "0.1"

[patch.crates-io]
di-core = { path = "../di-core-0.1.0" }
di-macros = { path = "../di-macros-0.1.0" }
TOML
# The first program of the guide.
awk '/^```rust/ { on = !seen; next } /^```/ { if (on) seen = 1; on = 0 } on' \
    docs/guide/01-getting-started.md > "$folder/smoke/src/main.rs"
cp Cargo.lock "$folder/smoke/Cargo.lock"
cargo test --quiet --offline --manifest-path "$folder/smoke/Cargo.toml" --target-dir "$folder/target"
cargo run --quiet --offline --manifest-path "$folder/smoke/Cargo.toml" --target-dir "$folder/target"
