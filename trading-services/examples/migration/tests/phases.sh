#!/usr/bin/env bash
# Runs the tests of the migration in each of its phases, and with its way back.
set -euo pipefail

for phase in start week1 week2 week3 week4-reporting week4-analysis week4 week4,rollback; do
    printf -- '--> %s\n' "$phase"
    cargo test --quiet -p migration-story --features "$phase"
done
