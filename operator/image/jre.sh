#!/bin/sh
# Links a Java runtime with what the operator needs. Usage: jre.sh FOLDER
set -eu
modules=java.base,java.instrument,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml
modules=$modules,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs
jlink --add-modules "$modules" --no-header-files --no-man-pages --strip-java-debug-attributes --compress zip-6 --output "$1"

# Debian's JDK uses libraries of the system. Beside the JDK's own they are found, and the image needs no further package.
find "$1" -name '*.so' -exec ldd {} \; 2>/dev/null | awk '/=> \//{print $3}' | sort -u | while read -r library; do
  case $(basename "$library") in
    libc.so.*|libm.so.*|libdl.so.*|libpthread.so.*|librt.so.*) ;;
    *) case $library in "$1"/*) ;; *) cp -Ln "$library" "$1/lib/$(basename "$library")" ;; esac ;;
  esac
done
"$1/bin/java" -version
