#!/bin/sh
# rustdoc for the test of the public API: its JSON is not stable, and a stable rustdoc writes it only under this variable.
# Set here and not for cargo, it makes no build script look at it, and nothing that was built stale.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@"
