#!/bin/sh
# Links a Java runtime for the worker: what the worker needs, and what task code may expect of a server-side JDK.
# Usage: jre.sh FOLDER
set -eu
jre=$1
modules=java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml
modules=$modules,jdk.charsets,jdk.crypto.cryptoki,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs
jlink --add-modules "$modules" --no-header-files --no-man-pages --strip-java-debug-attributes --compress zip-6 --output "$jre"

# Debian's JDK uses the system's libjpeg, lcms and others. Beside the JDK's own libraries they are found without ldconfig,
# and the image needs no package beyond its base.
find "$jre" -name '*.so' -exec ldd {} \; 2>/dev/null | awk '/=> \//{print $3}' | sort -u | while read -r library; do
  case $(basename "$library") in
    libc.so.*|libm.so.*|libdl.so.*|libpthread.so.*|librt.so.*) ;;
    *) case $library in "$jre"/*) ;; *) cp -Ln "$library" "$jre/lib/$(basename "$library")" ;; esac ;;
  esac
done
"$jre/bin/java" -version
