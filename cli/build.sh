# Builds the package of a checkout into target/duet. Sourced by duet and dev, after java.sh, with $root set; POSIX sh.
# Build output goes to target/build.log and is shown only when a stage fails.

sources_of_web() {
  find web -type d \( -name node_modules -o -name dist -o -name test-results \) -prune -o -type f "$@"
}

sources_of_server() {
  # Not every file need be there.
  find pom.xml signaling/pom.xml socketio/pom.xml turn/pom.xml server/pom.xml cli/pom.xml \
    signaling/src/main socketio/src/main turn/src/main server/src/main cli/src/main LICENSE NOTICE README.md -type f "$@" 2> /dev/null || :
}

# The names, sizes and times of all sources: whatever is edited, added, deleted or renamed changes it.
print_of_web() {
  if [ -d web ]; then sources_of_web -exec ls -ln {} + | cksum; else echo none; fi
}

print_of_server() {
  sources_of_server -exec ls -ln {} + | cksum
}

# up_to_date STAMP PRINT: whether the stamp was written by a build of just these sources.
up_to_date() {
  [ -f "$1" ] && IFS= read -r stamped < "$1" && [ "$stamped" = "$2" ]
}

build_if_needed() {
  # In a subshell: the caller's directory is where relative paths of its options belong to.
  ( cd "$root" && build_stages )
}

build_stages() {
  web_print=$(print_of_web)
  server_print="$(print_of_server) on $web_print"
  if up_to_date target/duet/.built "$server_print" && [ -z "$(newer_than_stamp)" ]; then return 0; fi
  find_java jdk || return 2
  build_started=$(date +%s)
  mkdir -p target
  one_build_at_a_time
  # Perhaps that was a build of just these sources.
  if up_to_date target/duet/.built "$server_print" && [ -z "$(newer_than_stamp)" ]; then return 0; fi
  : > target/build.log
  build_web || return $?
  build_server || return $?
  assemble target/duet.new || return $?
  printf '%s\n' "$server_print" > target/duet.new/.built
  rm -rf target/duet
  mv target/duet.new target/duet
  echo "[3/3] ready in $(( $(date +%s) - build_started )) s" >&2
}

# Waits for another build in this checkout; a lock whose owner is gone is taken over. It runs in build_if_needed's
# subshell, whose end frees the lock.
one_build_at_a_time() {
  until mkdir target/.building 2> /dev/null; do
    lock_owner=$(cat target/.building/pid 2> /dev/null || echo)
    if [ -n "$lock_owner" ] && ! kill -0 "$lock_owner" 2> /dev/null; then
      rm -rf target/.building
    else
      sleep 1
    fi
  done
  echo $$ > target/.building/pid
  trap 'rm -rf "$root/target/.building"' EXIT
  trap 'exit 130' INT TERM
}

# ls shows minutes only: a second edit within the minute that leaves the size is newer than the stamp.
newer_than_stamp() {
  { if [ -d web ]; then sources_of_web -newer target/duet/.built -print; fi
    sources_of_server -newer target/duet/.built -print; } | sed -n 1p
}

build_web() {
  if [ ! -f web/package.json ]; then
    echo "[1/3] web page: no web/ in this checkout" >&2
    return 0
  fi
  if [ -d web/app/dist ] && [ -d web/clients/dist ] && up_to_date target/web.built "$web_print" \
      && [ -z "$(sources_of_web -newer target/web.built -print | sed -n 1p)" ]; then
    echo "[1/3] web page: up to date" >&2
    return 0
  fi
  if ! command -v npm > /dev/null; then
    echo "duet: building the web page needs Node 20 or newer with npm, and there is no npm on the PATH." >&2
    echo "      Debian, Ubuntu: apt install nodejs npm   macOS: brew install node" >&2
    echo "      Windows: winget install OpenJS.NodeJS" >&2
    return 2
  fi
  node_version=$(node --version 2> /dev/null || echo v0)
  node_major=${node_version#v}
  if [ "${node_major%%.*}" -lt 20 ]; then
    echo "duet: building the web page needs Node 20 or newer; this is $node_version ($(command -v node))." >&2
    echo "      Debian, Ubuntu: apt install nodejs (12 has 18: take backports)   macOS: brew install node" >&2
    return 2
  fi
  echo "[1/3] web page (npm) ..." >&2
  locked=$(cksum < web/package-lock.json 2> /dev/null || echo none)
  if ! up_to_date web/node_modules/.duet-lock "$locked"; then
    stage "npm ci" web npm ci || return 1
    printf '%s\n' "$locked" > web/node_modules/.duet-lock
  fi
  stage "npm run build" web npm run build || return 1
  print_of_web > target/web.built
}

build_server() {
  if ! command -v mvn > /dev/null; then
    echo "duet: building the server needs Maven 3.8.7 or newer, and there is no mvn on the PATH." >&2
    echo "      Debian, Ubuntu: apt install maven   macOS: brew install maven" >&2
    echo "      Windows: unpack Apache Maven and put its bin folder on the PATH" >&2
    return 2
  fi
  echo "[2/3] server (Maven) ..." >&2
  rm -rf cli/target/lib
  stage "mvn package" . mvn -B -ntp -pl signaling,socketio,turn,server,cli -Dmaven.test.skip=true package
}

# stage NAME DIRECTORY COMMAND...: runs it with its output in the log; on failure shows the end of that.
stage() {
  stage_name=$1
  stage_directory=$2
  shift 2
  if ( cd "$stage_directory" && "$@" ) >> target/build.log 2>&1 < /dev/null; then return 0; fi
  tail -n 40 target/build.log >&2
  echo "duet: '$stage_name' failed; its whole output is in $root/target/build.log" >&2
  return 1
}

# assemble DIRECTORY: lays the package out there.
assemble() {
  rm -rf "$1"
  mkdir -p "$1/bin" "$1/lib"
  cp cli/src/main/dist/bin/* "$1/bin/"
  cp cli/src/main/dist/lib/* "$1/lib/"
  cp cli/target/lib/*.jar "$1/lib/"
  for jar in cli/target/duet-cli-*.jar; do cp "$jar" "$1/lib/"; done
  cp LICENSE NOTICE "$1/"
  if [ -f web/clients/dist/lib/licenses.txt ]; then cp web/clients/dist/lib/licenses.txt "$1/lib/"; fi
  if [ -f README.md ]; then cp README.md "$1/"; fi
  chmod 755 "$1/bin/duet"
}
