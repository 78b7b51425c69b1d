# Sourced by ./undercloud in a checkout: builds the distribution when it is missing or older than the sources.

undercloud_stale() {
    [ -e "$2/.built" ] || return 0
    [ -n "$(cd "$1" && find pom.xml */pom.xml */src/main python bin -newer "$2/.built" -print -quit 2>/dev/null)" ]
}

# $1 the checkout, $2 where the distribution goes. The full log is in target/build.log.
undercloud_build_if_stale() {
    undercloud_stale "$1" "$2" || return 0
    if ! command -v mvn >/dev/null 2>&1; then
        echo "undercloud: not built yet, and Maven is missing. Install it (Debian: apt-get install maven) and run this again." >&2
        return 3
    fi
    mkdir -p "$1/target"
    (
        # Two first runs at once: the second waits, then finds the work done.
        flock 9 2>/dev/null || true
        undercloud_stale "$1" "$2" || exit 0
        undercloud_build "$1" "$2"
    ) 9>"$1/target/build.lock"
}

undercloud_build() {
    log=$1/target/build.log
    export MAVEN_OPTS="${MAVEN_OPTS:-} --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
    began=$(date +%s)
    echo "building Undercloud (log: $log)" >&2
    (cd "$1" && exec mvn -B -DskipTests package) >"$log" 2>&1 </dev/null 9>&- &
    maven=$!
    trap 'kill "$maven" 2>/dev/null; exit 130' INT TERM
    while kill -0 "$maven" 2>/dev/null; do
        sleep 1
        undercloud_progress "$log" $(($(date +%s) - began))
    done
    trap - INT TERM
    [ ! -t 2 ] || printf '\r\033[K' >&2
    if wait "$maven"; then
        echo "built in $(($(date +%s) - began)) s" >&2
        return 0
    fi
    echo "undercloud: the build failed; the lines that matter, the rest in $log:" >&2
    grep '^\[ERROR\]' "$log" | grep -v 'Help 1\|re-run Maven\|full stack trace\|^\[ERROR\] *$' | head -n 12 >&2
    return 3
}

# On a terminal one line that moves; in a pipe one line every 15 s.
undercloud_progress() {
    step=$(grep -o '^Downloading from [^:]*: .*\|^\[INFO\] Building Undercloud.*\[[0-9/]*\]' "$1" | tail -n 1 | sed 's/.*\//downloading /; s/^\[INFO\] Building/building/; s/  */ /g')
    if [ -t 2 ]; then
        printf '\r\033[K  %s s  %.90s' "$2" "$step" >&2
    elif [ $(($2 % 15)) -eq 0 ]; then
        printf '  %s s  %.90s\n' "$2" "$step" >&2
    fi
}
