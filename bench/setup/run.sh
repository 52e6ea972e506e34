#!/usr/bin/env bash
# Measures how long it takes from the click to the picture, in two browsers on hosts of their own: ./dev bench setup [--rounds N]
# [--delay MS] [--idle MS] [--only SYSTEM]... [--old FOLDER] [--keep].
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
. cli/src/main/dist/lib/java.sh
. cli/build.sh
build_if_needed
for folder in e2e bench/setup; do
  if [[ ! -d $folder/node_modules || $folder/package-lock.json -nt $folder/node_modules ]]; then
    ( cd "$folder" && npm ci --silent && touch node_modules )
  fi
done
if [[ ! -d netlab/target/classes || -n $(find netlab/src/main -newer netlab/target/classes -print) ]]; then
  mvn -B -ntp -q -pl netlab compile && touch netlab/target/classes
fi
exec node bench/setup/run.mjs "$@"
