#!/usr/bin/env bash
# Names what the action would build by its content, for the cache.
set -euo pipefail
cd "$GITHUB_ACTION_PATH"

key=$(find Cargo.toml Cargo.lock crates -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
echo "key=${key%% *}" >>"$GITHUB_OUTPUT"
