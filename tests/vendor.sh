#!/bin/sh
# Compares the files of others that the page has with the packages of the npm registry that page/VENDOR.md names.
set -eu
cd "$(dirname "$0")/../trading-services/page"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sed -n 's/^| `\(vendor[^`]*\)` | `\([^`]*\)` | `\([^`]*\)` | `sha512-\([^`]*\)`.*/\1 \2 \3 \4/p' VENDOR.md >"$folder/list"
[ -s "$folder/list" ] || { echo "VENDOR.md: expected a table of files" >&2; exit 1; }
for file in vendor/*; do
    grep -q "^$file " "$folder/list" || { echo "VENDOR.md: expected a line about $file" >&2; exit 1; }
done
while read -r file source package integrity; do
    packed="$folder/$package.tgz"
    if [ ! -f "$packed" ]; then
        (cd "$folder" && npm pack --silent "$package" >name && mv "$(cat name)" "$package.tgz")
        found=$(openssl dgst -sha512 -binary "$packed" | base64 -w0)
        [ "$found" = "$integrity" ] || { echo "$package: expected sha512-$integrity, found sha512-$found" >&2; exit 1; }
    fi
    tar -xzOf "$packed" "package/$source" | cmp - "$file" || { echo "$file: not what $package has" >&2; exit 1; }
done <"$folder/list"
echo "$(wc -l <"$folder/list") vendored files are those of their packages"
