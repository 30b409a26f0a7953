# shellcheck shell=bash
# JDK 25 and Maven: those of the machine, else those of the distribution. A distribution that has no JDK 25 is not
# bent until it takes a foreign one (that would replace its C library): the script goes on in a container instead.

ensure_jdk() {
    local home
    if home=$(find_jdk); then
        export JAVA_HOME=$home PATH=$home/bin:$PATH
    elif package_has_jdk; then
        install "JDK $jdk_version" "openjdk-$jdk_version-jdk-headless"
        home=$(find_jdk) || fail "The JDK that was just installed is not under /usr/lib/jvm." "Set JAVA_HOME to a JDK $jdk_version."
        export JAVA_HOME=$home PATH=$home/bin:$PATH
    else
        continue_in_toolbox
    fi
    ensure_command mvn maven
}

find_jdk() {
    local home compiler
    compiler=$(command -v javac) && compiler=$(dirname "$(dirname "$(readlink -f "$compiler")")")
    for home in "${JAVA_HOME:-}" "$compiler" /usr/lib/jvm/*"$jdk_version"* "$HOME"/.sdkman/candidates/java/"$jdk_version"*; do
        if [[ -n $home ]] && is_jdk "$home"; then
            echo "$home"
            return
        fi
    done
    return 1
}

is_jdk() { [[ -x $1/bin/javac ]] && [[ $("$1/bin/javac" -version 2>&1) =~ ^javac\ $jdk_version(\.|$) ]]; }

package_has_jdk() {
    command -v apt-get >/dev/null || return 1
    refresh_packages "JDK $jdk_version"
    [[ -n $(candidate "openjdk-$jdk_version-jdk-headless") ]] && apt-get install -s "openjdk-$jdk_version-jdk-headless" >/dev/null 2>&1
}
