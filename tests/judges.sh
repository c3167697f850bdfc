#!/bin/sh
# Installs what judges reports: graphviz and Chromium from Debian's packages, a validator of JSON schemas from PyPI, and
# Mermaid, axe and the browser's driver from npm.
set -eu
cd "$(dirname "$0")/judges"

if ! command -v dot >/dev/null || ! command -v chromium >/dev/null; then
    apt-get update && apt-get install --yes --no-install-recommends graphviz chromium
fi
if ! python3 -c 'import jsonschema' 2>/dev/null; then
    python3 -m pip install --quiet 'jsonschema==4.26.0'
fi
if [ ! -d node_modules ] || [ package.json -nt node_modules ]; then
    npm install --no-audit --no-fund --no-package-lock --ignore-scripts
fi
