#!/usr/bin/env bash
# The library with the oldest compiler that it declares: di-core with its features, what the macros write for users of every
# kind (tests/fixtures), and the first program of the guide.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' di-core/Cargo.toml)
for crate in di-macros tests/fixtures/*; do
    grep --quiet "^rust-version = \"$version\"$" "$crate/Cargo.toml" || { echo "$crate declares another version than di-core"; exit 1; }
done
if ! rustup run "$version" rustc --version > /dev/null 2>&1 &&
    ! rustup toolchain install "$version" --profile minimal --no-self-update; then
    echo "NOT RUN: Rust $version is not here, and cannot be fetched. What it lacks, clippy's \`incompatible_msrv\` tells in part."
    exit 0
fi

# Beside the builds of the other compiler, which would otherwise be made again each time.
target="${CARGO_TARGET_DIR:-target}/lowest"
fixtures=()
for fixture in tests/fixtures/*; do fixtures+=(-p "fixture-$(basename "$fixture")"); done
# The client of NATS asks for a newer one than the rest.
features=$(sed -n '/^\[features\]$/,/^\[dependencies\]$/ s/^\([a-z-]*\) = .*/\1/p' di-core/Cargo.toml | grep --invert-match '^nats$')
cargo "+$version" check --quiet --target-dir "$target" -p di-core --features "$(echo $features | tr ' ' ',')"
cargo "+$version" check --quiet --target-dir "$target" "${fixtures[@]}"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tests/first-program.sh "$folder/first" "di-core = { path = \"$PWD/di-core\" }"
cargo "+$version" run --quiet --target-dir "$target" --manifest-path "$folder/first/Cargo.toml"
