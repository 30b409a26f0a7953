#!/bin/sh
# Makes the ahead-of-time cache: runs the operator as it will be run, against an API server that is made up, lets it take
# up its pools, and has the JVM write down on its way out which classes it had loaded and linked. Not what it had compiled:
# profiles are memory, and one simple compiler has no use for them.
set -eu
cd /opt/workerpool
# A cache holds only for files of the very times it was trained with, and a layer out of the builder's own cache may have
# others: so all have the same.
find lib operator.jar -exec touch -d 2020-01-01T00:00:00Z {} +
mkdir /build/classes
javac -d /build/classes /build/TrainingApi.java
java -XX:+UseSerialGC -cp /build/classes TrainingApi 6443 & api=$!

KUBERNETES_MASTER=http://127.0.0.1:6443 KUBERNETES_NAMESPACE=training KUBERNETES_AUTH_TRYKUBECONFIG=false \
  jre/bin/java @jvm.options -XX:-AOTRecordTraining -XX:AOTCacheOutput=/opt/workerpool/operator.aot -jar /opt/workerpool/operator.jar & operator=$!
# The API says when the operator has written all it had to write.
wait $api || { kill $operator; exit 1; }
kill -TERM $operator
wait $operator || test $? -eq 143
test -s operator.aot
