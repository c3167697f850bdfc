#!/bin/sh
# Installs what the tests against real servers need: nats-server, from Debian's packages.
set -eu

# Debian keeps it where only root's search path leads.
if ! PATH="$PATH:/usr/sbin" command -v nats-server >/dev/null; then
    apt-get update && apt-get install --yes --no-install-recommends nats-server
fi
