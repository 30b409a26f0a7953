package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A pool {@code thumbnails} whose workers listen to what they are told, and verify it. */
abstract class LiveChange {

    final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
    final List<FakeWorker> workers = new ArrayList<>();

    @TempDir
    Path folder;

    Cluster cluster;

    @BeforeEach
    void startOperator(ApiServer.Running server) throws IOException, GeneralSecurityException {
        cluster = new Cluster(server).withControlKey(newKey("key")).startOperator();
    }

    @AfterEach
    void stopOperator() {
        workers.forEach(FakeWorker::close);
        cluster.close();
    }

    final void runPool(String spec, int replicas) {
        cluster.apply("thumbnails", spec);
        cluster.awaitReconciled("thumbnails");
        for (int index = 0; index < replicas; index++) {
            run(index);
        }
        cluster.setDeploymentStatus("thumbnails", """
                observedGeneration: %d
                replicas: %2$d
                updatedReplicas: %2$d
                readyReplicas: %2$d
                """.formatted(
                        cluster.deployment("thumbnails").getMetadata().getGeneration(), replicas));
        awaitThat(
                () -> assertThat(cluster.condition("thumbnails", "Progressing").reason())
                        .isEqualTo("Settled"));
    }

    final void run(int index) {
        var worker = new FakeWorker();
        workers.add(worker);
        worker.start(cluster.createPod("thumbnails", "" + index));
        cluster.setPodStatus("thumbnails-" + index, worker.running(started));
    }

    final void awaitInForce(int index, int threads) {
        awaitThat(() -> assertThat(workers.get(index).settings().path("threads").asInt())
                .isEqualTo(threads));
    }

    final Pod pod(int index) {
        return cluster.pod("thumbnails-" + index);
    }

    final PodTemplateSpec template() {
        return cluster.deployment("thumbnails").getSpec().getTemplate();
    }

    final String variable(String name) {
        return template().getSpec().getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .map(EnvVar::getValue)
                .findFirst()
                .orElseThrow();
    }

    final Path newKey(String name) throws IOException, GeneralSecurityException {
        byte[] key = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        return Files.writeString(
                folder.resolve(name),
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
    }
}
