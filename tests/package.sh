#!/usr/bin/env bash
# Packs di-core and di-macros as a registry would have them, builds each as it is packed, and builds programs on the packed
# crates, outside of the workspace.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)
cargo package --quiet --allow-dirty -p di-macros -p di-core
packed="${CARGO_TARGET_DIR:-target}/package"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for crate in di-core di-macros; do
    tar --extract --gzip --file "$packed/$crate-$version.crate" --directory "$folder"
    # What a reader of the registry looks for.
    for file in LICENSE-APACHE LICENSE-MIT README.md; do
        test -s "$folder/$crate-$version/$file" || { echo "$crate is packed without $file"; exit 1; }
    done
    for key in description keywords categories license readme rust-version 'package.metadata.docs.rs'; do
        grep --quiet "^\[\?$key\b" "$folder/$crate-$version/Cargo.toml" || { echo "$crate does not say its $key"; exit 1; }
    done
done
# The macros write what one version of the library has.
grep --after-context=1 '^\[dependencies.di-macros\]' "$folder/di-core-$version/Cargo.toml" \
    | grep --quiet "^version = \"=$version\"$" \
    || { echo "di-core does not name the very version of di-macros"; exit 1; }

patch="
[patch.crates-io]
di-core = { path = \"../di-core-$version\" }
di-macros = { path = \"../di-macros-$version\" }"
tests/first-program.sh "$folder/first" "di-core = \"$version\"" "$patch"
cargo test --quiet --offline --manifest-path "$folder/first/Cargo.toml" --target-dir "$folder/target"
cargo run --quiet --offline --manifest-path "$folder/first/Cargo.toml" --target-dir "$folder/target"

# Each feature by itself: one that lacks what another one brings would not compile. That of NATS stands on `events`, and its
# client takes long.
features=$(sed -n '/^\[features\]$/,/^\[dependencies\]$/ s/^\([a-z-]*\) = .*/\1/p' di-core/Cargo.toml | grep --invert-match '^nats$')
passed_on=$(for feature in $features; do echo "with-$feature = [\"di-core/$feature\"]"; done)
tests/first-program.sh "$folder/features" "di-core = { version = \"$version\", default-features = false }" "
[features]
$passed_on
$patch"
rm "$folder/features/src/main.rs"
touch "$folder/features/src/lib.rs"
for feature in $features; do
    cargo check --quiet --offline --manifest-path "$folder/features/Cargo.toml" --target-dir "$folder/target" \
        --features "with-$feature"
done
