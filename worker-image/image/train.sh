#!/bin/sh
# Makes the ahead-of-time cache: runs the worker as it will be run, puts real load on it, and has the JVM write down on its
# way out which classes it had loaded and linked. Not how its methods behaved: with that the JVM compiles at the start what
# was hot in the training, and the start has to wait for a core (README.md, "Start").
set -eu
cd /opt/workerpool

# The transport's native code, where java.library.path finds it: out of the jar it would have to be unpacked to /tmp at each
# start, and run from there, which a noexec /tmp forbids.
mkdir -p native
for jar in lib/netty-transport-native-epoll-*.jar; do
  (cd native && jar xf "../$jar" META-INF/native && mv META-INF/native/*.so . && rm -r META-INF)
done

mkdir /build/classes && javac -d /build/classes /build/Training.java /build/TrainingClient.java /build/ControlTraining.java
# A key pair of its own, for the control messages of the training.
WORKERPOOL_CONTROL_KEY=$(java -cp /build/classes ControlTraining /build/control-key)
export WORKERPOOL_CONTROL_KEY WORKERPOOL_NAMESPACE=training WORKERPOOL_POD_UID=training WORKERPOOL_THREADS=2
# As in the image, and as in a small pod: a large heap has other references, which would have to be rewritten at each start.
export LANG=C.UTF-8
# start REPLICA PORT MANAGEMENT_PORT FLAG… As in the image, by a primary, which has the worker's connections kept.
start() {
  export WORKERPOOL_REPLICA="$1" WORKERPOOL_PORT="$2" WORKERPOOL_MANAGEMENT_PORT="$3"
  shift 3
  exec /opt/workerpool/primary jre/bin/java @jvm.options -XX:MaxRAM=1g "$@" -jar /opt/workerpool/worker-runtime.jar
}
start training 8000 9000 -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining -XX:AOTCacheOutput=/opt/workerpool/worker.aot & worker=$!
start peer 8001 9001 -XX:TieredStopAtLevel=1 & peer=$!
java -XX:+UseSerialGC -cp /build/classes Training 8000 9000 8001 9001 /build/control-key $worker || { kill $worker $peer; exit 1; }
kill -TERM $worker $peer
wait $worker
wait $peer
test -s worker.aot
