#!/bin/sh
# Makes the ahead-of-time cache: runs the worker as it will be run, puts real load on it, and has the JVM write down on its
# way out which classes it had loaded and linked and how its methods behaved.
set -eu
cd /opt/workerpool

# The transport's native code, where java.library.path finds it: out of the jar it would have to be unpacked to /tmp at each
# start, and run from there, which a noexec /tmp forbids.
mkdir -p native
for jar in lib/netty-transport-native-epoll-*.jar; do
  (cd native && jar xf "../$jar" META-INF/native && mv META-INF/native/*.so . && rm -r META-INF)
done

mkdir /build/classes && javac -d /build/classes /build/Training.java
WORKERPOOL_THREADS=2 WORKERPOOL_REPLICA=training jre/bin/java @jvm.options -XX:AOTCacheOutput=/opt/workerpool/worker.aot \
  -jar /opt/workerpool/worker-runtime.jar & worker=$!
java -XX:+UseSerialGC -cp /build/classes Training 8000 9000 || { kill $worker; exit 1; }
kill -TERM $worker
wait $worker
test -s worker.aot
