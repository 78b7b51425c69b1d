# Sourced by ./undercloud and ./dev: sets JAVA_HOME to a JDK of at least $1, or fails.
# Looks where JDKs usually stand; a JDK tells its version in its `release` file, so none is run.

undercloud_jdk_version() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

undercloud_find_jdk() {
    wanted=$1
    on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
    best= best_version=
    for home in "${JAVA_HOME:-}" "$on_path" \
        /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*jdk* /usr/local/java/* /usr/local/jdk* \
        "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* "$HOME"/.asdf/installs/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home /nix/var/nix/profiles/default
    do
        [ -n "$home" ] && version=$(undercloud_jdk_version "$home") && [ -n "$version" ] || continue
        [ "$version" -ge "$wanted" ] || continue
        # The one that was built for is best; a later one works too.
        if [ "$version" -eq "$wanted" ]; then
            best=$home best_version=$version
            break
        fi
        if [ -z "$best" ] || [ "$version" -lt "$best_version" ]; then
            best=$home best_version=$version
        fi
    done
    [ -n "$best" ] || return 1
    JAVA_HOME=$best
    export JAVA_HOME
}
