#!/usr/bin/env bash
# Measures Duet beside its peers: ./dev bench [relay|idle|start|socketio|turn]... [--rounds N] [--seconds N] (all without a
# name). The server has one core to itself and the loader the other; the servers take turns in one run, so that ratios
# hold even where the machine's speed drifts. Loopback only. ./dev bench setup measures calls in browsers: setup/run.sh.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [[ ${1-} == setup ]]; then
  shift
  exec "$root/bench/setup/run.sh" "$@"
fi
cd "$root"
. cli/src/main/dist/lib/java.sh
find_java jdk

rounds=3 seconds=8 what=()
while (( $# )); do
  case $1 in
    --rounds) rounds=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    relay | idle | start | socketio | turn) what+=("$1"); shift ;;
    *) echo "bench: unknown word '$1'; use relay, idle, start, socketio, turn, --rounds N, --seconds N" >&2; exit 2 ;;
  esac
done
(( ${#what[@]} )) || what=(relay idle start socketio turn)
(( $(nproc) >= 2 )) || { echo "bench: two cores are needed, one for the server and one for the loader" >&2; exit 1; }

java=$FOUND_JAVA/bin/java
flags=("@$root/cli/src/main/dist/lib/jvm.options" --enable-native-access=ALL-UNNAMED)
work=target/bench
mkdir -p "$work"

build() {
  mvn -B -ntp -q -pl signaling,socketio,turn,server,bench -Dmaven.test.skip=true package \
    dependency:copy-dependencies -DincludeScope=runtime -DexcludeGroupIds=dev.duet -DoutputDirectory="$root/$work/lib"
  ( cd bench/peers/ws-relay && npm ci --silent )
}

# The peers of the course dialect; netty-socketio has a Netty of its own, so its jars lie apart.
build_socketio() {
  mvn -B -ntp -q -pl bench/peers/netty-socketio -Dmaven.test.skip=true package
  ( cd bench/peers/socketio && npm ci --silent )
}

class_path() { echo "bench/target/classes:signaling/target/classes:socketio/target/classes:turn/target/classes:server/target/classes:$work/lib/*"; }

netty=bench/peers/netty-socketio/target
server_pid= server_in=
# serve NAME PORT: starts a server on core 0 and waits until it listens.
serve() {
  local name=$1 port=$2 fifo=$work/$1.in
  rm -f "$fifo"; mkfifo "$fifo"
  case $name in
    duet) exec taskset -c 0 "$java" "${flags[@]}" -cp "$(class_path)" dev.duet.bench.DuetUnderLoad "$port" ;;
    ws) exec taskset -c 0 node bench/peers/ws-relay/server.mjs "$port" ;;
    node) exec taskset -c 0 node bench/peers/socketio/server.mjs "$port" ;;
    netty) exec taskset -c 0 "$java" "${flags[@]}" -cp "$netty/classes:$netty/lib/*" \
      dev.duet.bench.nettysocketio.CourseServer "$port" ;;
    turn) exec taskset -c 0 "$java" "${flags[@]}" -cp "$(class_path)" dev.duet.bench.TurnUnderLoad "$port" "$work/turn-secret" fast ;;
    portable) exec taskset -c 0 "$java" "${flags[@]}" -cp "$(class_path)" dev.duet.bench.TurnUnderLoad "$port" "$work/turn-secret" portable ;;
    coturn)
      # It says nothing when it listens, so that it is asked.
      ( until timeout 1 turnutils_stunclient -p "$port" 127.0.0.1 2> /dev/null | grep -q reflexive; do sleep 0.1; done
        echo listening ) &
      exec taskset -c 0 turnserver -n --listening-ip 127.0.0.1 --relay-ip 127.0.0.1 --listening-port "$port" \
        --allow-loopback-peers --lt-cred-mech --user=bench:bench --realm=duet --no-tls --no-dtls --no-cli \
        --log-file /dev/null --pidfile "$work/coturn.pid" -m 1 --min-port 20000 --max-port 60000 ;;
  esac < "$fifo" > "$work/$name.log" 2>&1 &
  server_pid=$!
  exec {server_in}> "$fifo"
  for _ in $(seq 100); do
    grep -q listening "$work/$name.log" && return
    sleep 0.1
  done
  cat "$work/$name.log" >&2
  return 1
}

stop() {
  exec {server_in}>&-
  # Ours end with their standard input; this one does not read it.
  if [[ $(cat "/proc/$server_pid/comm") == turnserver ]]; then kill "$server_pid"; fi
  wait "$server_pid" || true
}

loader() { taskset -c 1 "$java" -cp "$(class_path)" "$@"; }

median() {
  sort -g | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}
# row WHAT A B OVER UNDER: a line of the table in docs/benchmarks.md.
row() {
  awk -v what="$1" -v a="$2" -v b="$3" -v over="$4" -v under="$5" \
    'BEGIN { printf "| %s | %d | %d | %.2f |\n", what, a, b, over / under }'
}
# compare WHAT FIELD FILES NAME...: the same for any number of servers, of which the first is divided by each other one.
compare() {
  local what=$1 field=$2 files=$3 name values=()
  shift 3
  for name in "$@"; do values+=("$(field "$work/$files-$name.txt" "$field" | median)"); done
  awk -v what="$what" -v names="$*" -v values="${values[*]}" 'BEGIN {
    n = split(names, name, " "); split(values, value, " ")
    printf "| %s |", what
    for (i = 1; i <= n; i++) printf " %s %d |", name[i], value[i]
    for (i = 2; i <= n; i++) printf " %s / %s %.2f |", name[1], name[i], value[1] / value[i]
    print ""
  }'
}
field() { sed -n "s/.*$2=\([0-9.]*\).*/\1/p" "$1"; }

relay() {
  echo "relay: messages per second of the server's CPU time; 100 pairs, 1 in flight each way, $rounds rounds"
  rm -f "$work"/relay-*.txt
  local round name port=18100 size
  for round in $(seq "$rounds"); do
    for name in duet ws; do
      port=$(( port + 1 ))
      serve "$name" "$port"
      for size in 150 1500; do
        loader dev.duet.bench.RelayLoad "$port" "$server_pid" "$size" 100 1 6 "$seconds" | sed "s/^/$name /" \
          | tee -a "$work/relay-$name-$size.txt"
      done
      stop
    done
  done
  local size duet ws
  for size in 150 1500; do
    duet=$(field "$work/relay-duet-$size.txt" per_server_cpu_s | median)
    ws=$(field "$work/relay-ws-$size.txt" per_server_cpu_s | median)
    row "relay, $size B payload, messages per server-CPU-second" "$duet" "$ws" "$duet" "$ws"
  done
}

idle() {
  echo "idle: memory of 10,000 joined participants who say nothing"
  local name port=18200
  ulimit -n "$(ulimit -Hn)"
  for name in duet ws; do
    port=$(( port + 1 ))
    serve "$name" "$port"
    loader dev.duet.bench.IdleLoad "$port" "$server_pid" 10000 | sed "s/^/$name /" | tee "$work/idle-$name.txt"
    stop
  done
  local duet ws
  duet=$(field "$work/idle-duet.txt" rss_bytes_each)
  ws=$(field "$work/idle-ws.txt" rss_bytes_each)
  row "resident bytes per idle participant at 10,000" "$duet" "$ws" "$duet" "$ws"
}

# The course dialect. Polling is measured without netty-socketio: it closes each connection after one answer, though it
# says that it keeps it.
socketio() {
  echo "socketio: relayed messages of the course dialect per second of the server's CPU time; 200 rooms, 1 in flight each way"
  build_socketio
  rm -f "$work"/socketio-*.txt
  ulimit -n "$(ulimit -Hn)"
  local servers=(duet node netty) keeping=(duet node) round name size port=18400
  for round in $(seq "$rounds"); do
    for name in "${servers[@]}"; do
      port=$(( port + 1 ))
      serve "$name" "$port"
      for size in 150 1024; do
        course_load websocket
        if [[ " ${keeping[*]} " == *" $name "* ]]; then course_load polling; fi
      done
      stop
    done
  done
  for name in "${servers[@]}"; do
    port=$(( port + 1 ))
    serve "$name" "$port"
    loader dev.duet.bench.IdleLoad "$port" "$server_pid" 5000 course | sed "s/^/$name /" \
      | tee "$work/socketio-idle-$name.txt"
    stop
  done
  for size in 150 1024; do
    compare "course relay, WebSocket, $size B payload, messages per server-CPU-second" per_server_cpu_s \
      "socketio-websocket-$size" "${servers[@]}"
    compare "course relay, polling, $size B payload, messages per server-CPU-second" per_server_cpu_s \
      "socketio-polling-$size" "${keeping[@]}"
  done
  compare "resident bytes per idle course participant at 5,000" rss_bytes_each socketio-idle "${servers[@]}"
}

# course_load TRANSPORT: one line, from and to what socketio() has started.
course_load() {
  loader dev.duet.bench.CourseLoad "$port" "$server_pid" "$1" "$size" 200 6 "$seconds" | sed "s/^/$name /" \
    | tee -a "$work/socketio-$1-$size-$name.txt"
}

# turn_login NAME: user and password. coturn has a user of its own; Duet a name that is good for long, as TURN REST makes
# them, because coturn's way of looking those up is a thread more.
readonly turn_secret=0123456789abcdef
turn_login() {
  local user=2100000000:bench
  if [[ $1 == coturn ]]; then echo bench bench; return; fi
  echo "$user $(printf %s "$user" | openssl dgst -sha1 -hmac "$turn_secret" -binary | openssl base64)"
}

# The relay of TURN beside coturn, which has one relay thread, as it has one core. Data are in windows that keep the
# server busy, and paced as calls are; a server is not always as fast at both.
turn() {
  echo "turn: CPU time of the server per packet it relays, $rounds rounds"
  command -v turnserver > /dev/null || { echo "bench: coturn is needed: apt install coturn" >&2; return 1; }
  rm -f "$work"/turn-*.txt
  # What fails half-way leaves no server behind.
  trap 'kill "$server_pid" 2> /dev/null || true' EXIT
  ulimit -n "$(ulimit -Hn)"
  local servers=(turn coturn portable) round name port=18500 mode
  echo "$turn_secret" > "$work/turn-secret"
  for name in "${servers[@]}"; do
    port=$(( port + 1 ))
    serve "$name" "$port"
    loader --enable-native-access=ALL-UNNAMED dev.duet.bench.turn.AllocationLoad "$port" "$server_pid" $(turn_login "$name") \
      | sed "s/^/$name /" | tee "$work/turn-allocations-$name.txt"
    stop
  done
  for round in $(seq "$rounds"); do
    for name in "${servers[@]}"; do
      port=$(( port + 1 ))
      serve "$name" "$port"
      for mode in up down pair; do
        turn_load "$mode-burst-window" mode="$mode" shape=burst allocations=100 window=16
      done
      turn_load both-burst-paced mode=both shape=burst allocations=200 rate=48000
      turn_load both-audio-paced mode=both shape=audio allocations=200 rate=48000
      turn_load pair-call-paced mode=pair shape=call allocations=100
      stop
    done
  done
  for mode in up-burst-window down-burst-window pair-burst-window both-burst-paced both-audio-paced pair-call-paced; do
    compare "TURN, $mode, server CPU ns per packet" cpu_ns_per_packet "turn-$mode" "${servers[@]}"
  done
  compare "resident bytes per allocation, 1,000 to 5,000" rss_bytes_each turn-allocations "${servers[@]}"
  compare "CPU us per 401, Allocate and ChannelBind" cpu_us_each turn-allocations "${servers[@]}"
}

# turn_load NAME OPTIONS: one line, from and to what turn() has started.
turn_load() {
  local what=$1 login
  shift
  read -ra login <<< "$(turn_login "$name")"
  loader --enable-native-access=ALL-UNNAMED dev.duet.bench.turn.TurnLoad port="$port" pid="$server_pid" user="${login[0]}" \
    password="${login[1]}" seconds="$seconds" "$@" | sed "s/^/$name /" | tee -a "$work/turn-$what-$name.txt"
}

# From the launcher's first line to the first answer, with the package as users start it.
start() {
  echo "start: bin/duet until /readyz answers, http only, $rounds rounds in turn"
  . cli/src/main/dist/lib/java.sh
  . cli/build.sh
  build_if_needed
  local home=$root/$work/home round way
  rm -rf "$home"; mkdir -p "$home"
  rm -f "$work"/start-*.txt
  start_once on "$home" > /dev/null
  local cache=
  for _ in $(seq 120); do
    cache=$(find "$home" -name '*.aot' | head -n 1)
    [[ -n $cache ]] && break
    start_once on "$home" 8 > /dev/null
  done
  [[ -n $cache ]] || { echo "bench: the first start made no cache" >&2; return 1; }
  for round in $(seq "$rounds"); do
    for way in off on; do
      start_once "$way" "$home" | sed "s/^/aot=$way /" | tee -a "$work/start-$way.txt"
    done
  done
  local what without with
  for what in wall_ms cpu_ms rss_mib; do
    without=$(field "$work/start-off.txt" "$what" | median)
    with=$(field "$work/start-on.txt" "$what" | median)
    row "start to listening, $what, without and with the start cache" "$without" "$with" "$with" "$without"
  done
}

start_once() {
  local way=$1 home=$2 linger=${3:-0} begun pid now
  begun=$(date +%s%N)
  HOME=$home XDG_CACHE_HOME=$home/cache DUET_AOT=$way target/duet/bin/duet --tls off --http serve --host 127.0.0.1 \
    --http-port 18300 --data-dir "$home/data" > "$work/start.log" 2>&1 &
  pid=$!
  until curl -sf -o /dev/null http://127.0.0.1:18300/readyz; do sleep 0.005; done
  now=$(date +%s%N)
  local cpu rss
  cpu=$(awk '{ print ($14 + $15) * 10 }' "/proc/$pid/stat")
  rss=$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status")
  echo "wall_ms=$(( (now - begun) / 1000000 )) cpu_ms=$cpu rss_mib=$rss"
  sleep "$linger"
  kill "$pid"
  wait "$pid" || true
}

build
cpu=$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)
echo "machine: $(nproc) cores, $cpu, Linux $(uname -r | cut -d- -f1), Java $FEATURE, Node $(node --version)"
for name in "${what[@]}"; do "$name"; done
