#!/bin/sh
# Installs what the tests against real servers need, from Debian's packages: nats-server, postgresql.
set -eu

missing=""
# Debian keeps it where only root's search path leads.
PATH="$PATH:/usr/sbin" command -v nats-server >/dev/null || missing="$missing nats-server"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$missing postgresql"
if [ -n "$missing" ]; then
    # The tests start servers of their own; the package's cluster stays as it is. The names are words on purpose.
    # shellcheck disable=SC2086
    apt-get update && apt-get install --yes --no-install-recommends $missing
fi
