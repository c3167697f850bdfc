#!/bin/sh
# Installs what an editor asks about Rust: rust-analyzer, of the toolchain that builds the workspace.
set -eu
cd "$(dirname "$0")/.."

if ! rust-analyzer --version >/dev/null 2>&1; then
    rustup component add rust-analyzer
fi
