#!/bin/sh
# Makes the ahead-of-time cache: runs the operator as it will be run, against an API server that is made up, lets it take
# up its pools, and has the JVM write down on its way out which classes it had loaded and linked. Not what it had compiled:
# profiles are memory, and one simple compiler has no use for them.
set -eu
cd /opt/workerpool
# 3 MiB less of a cache that is resident nearly whole.
java -cp /usr/share/java/asm.jar /build/StripVariables.java operator.jar lib/*.jar
# A cache holds only for files of the very times it was trained with, and a layer out of the builder's own cache may have
# others: so all have the same.
find lib operator.jar -exec touch -d 2020-01-01T00:00:00Z {} +
mkdir /build/classes
javac -cp 'lib/*' -d /build/classes /build/Training*.java
# TLS as on a cluster, and a key to sign with: of the classes that are loaded, several hundred are for these.
keytool -genkeypair -keystore /build/api.p12 -storepass training -alias api -keyalg EC -groupname secp256r1 -dname CN=localhost \
  -ext san=ip:127.0.0.1,dns:localhost
keytool -exportcert -rfc -keystore /build/api.p12 -storepass training -alias api -file /build/api.pem
java -cp /build/classes TrainingKey /build/control.key
# operator.jar has some classes of the libraries that Quarkus took out of them.
java -XX:+UseSerialGC -cp '/build/classes:operator.jar:lib/*' TrainingApi /build/api.p12 6443 8080 & api=$!

KUBERNETES_MASTER=https://127.0.0.1:6443 KUBERNETES_CERTS_CA_FILE=/build/api.pem KUBERNETES_AUTH_TOKEN=training \
  KUBERNETES_NAMESPACE=training KUBERNETES_AUTH_TRYKUBECONFIG=false WORKERPOOL_CONTROL_KEY_FILE=/build/control.key \
  jre/bin/java @jvm.options -XX:-AOTRecordTraining -XX:AOTCacheOutput=/opt/workerpool/operator.aot -jar /opt/workerpool/operator.jar & operator=$!
# The API says when the operator has written all it had to write.
wait $api || { kill $operator; exit 1; }
kill -TERM $operator
wait $operator || test $? -eq 143
test -s operator.aot
