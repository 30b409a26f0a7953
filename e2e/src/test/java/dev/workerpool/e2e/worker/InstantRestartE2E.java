package dev.workerpool.e2e.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.PortForward;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A worker that is killed over and over is back each time, without waiting for its node's growing back-off. */
@ClusterTest
class InstantRestartE2E {
    /** Typically half a second. A plain Deployment takes 0.6, 18, 32, 45, 83 s and so on. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private final TestNamespace namespace;

    InstantRestartE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @Test
    void theTenthDeathIsOverAsSoonAsTheFirst() {
        Pool pool = namespace.pool("phoenix").apply("replicas: 1\nthreads: 1").awaitSettled();
        List<Duration> away = new ArrayList<>();
        Pod pod = pool.onlyPod();
        for (int death = 1; death <= 10; death++) {
            String restarts = "\"restarts\":" + death + ",";
            namespace.cluster().killWorker(pod);
            long killed = System.nanoTime();
            // On a new connection, which no worker lives to take: it waits and is answered.
            assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");
            away.add(Duration.ofNanos(System.nanoTime() - killed));
            Wait.until("another worker runs after death " + death, () -> pool.management(pod, "/status")
                    .contains(restarts));
        }
        System.out.printf("From each death to the answer to who called then: %s%n", away);

        assertThat(away).allSatisfy(time -> assertThat(time).isLessThan(SOON));
        Wait.untilAsserted(
                "every death is counted",
                () -> assertThat(pool.status().restarts()).isEqualTo(10));
        assertThat(pool.events("WorkerDied")).hasSize(10);
        assertThat(worker(pool.onlyPod())).as("its container ran on").isEqualTo(worker(pod));
    }

    @Test
    void ofAllRequestsOnItsConnectionsOnlyTheOneItExecutesIsLost() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class));
        Pool pool = namespace
                .pool("pair")
                .apply("replicas: 2\nthreads: 1\ntasks: {artifacts: [{configMap: fixtures}]}")
                .awaitSettled();
        Wait.untilAsserted("the replicas know each other", () -> assertThat(pool.pods())
                .allSatisfy(pod -> assertThat(pool.management(pod, "/metrics"))
                        .containsPattern("(?m)^workerpool_peers_heard(\\{[^}]*\\})? 1")));
        Pod killed = pool.pods().getFirst();
        Pod other = pool.pods().getLast();
        try (PortForward forward =
                namespace.portForward("pod/" + killed.getMetadata().getName(), 8000)) {
            CompletableFuture<Http.Answer> executed = send(forward, 6000);
            awaitBusy(pool, killed);
            CompletableFuture<Http.Answer> passed = send(forward, 6000);
            awaitBusy(pool, other);
            List<CompletableFuture<Http.Answer>> waiting = List.of(send(forward, 10), send(forward, 20));
            Wait.until(
                    "both wait, wherever",
                    () -> pool.pods().stream()
                                    .filter(pod -> pool.management(pod, "/metrics")
                                            .matches("(?s).*\nworkerpool_queued [12]\\.0\n.*"))
                                    .count()
                            > 0);

            namespace.cluster().killWorker(killed);

            assertThat(executed.join().body()).contains("Worker stopped with exit code 137");
            assertThat(waiting)
                    .allSatisfy(each -> assertThat(each.join().body()).isEqualTo("held"));
            assertThat(passed.join().body()).isEqualTo("held");
            assertThat(passed.join().replica()).isEqualTo(other.getMetadata().getName());
            assertThat(pool.management(killed, "/metrics"))
                    .contains("workerpool_passes_total{outcome=\"answered\",reason=\"inherited\"} ");
        }
    }

    private static CompletableFuture<Http.Answer> send(PortForward forward, int millis) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Http connection = forward.connect()) {
                        return connection.send(Http.Request.json("/tasks/hold", "" + millis));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Thread::startVirtualThread);
    }

    private static void awaitBusy(Pool pool, Pod pod) {
        Wait.until("a replica is busy", () -> pool.management(pod, "/status").contains("\"task\":\"hold\""));
    }

    @Test
    void containersThatDieOverAndOverAreReplaced() {
        Pool pool = namespace.pool("hydra").apply("replicas: 1\nthreads: 1").awaitSettled();
        Pod alive = Wait.forPresent("a worker is Ready", () -> ready(pool, ""));
        for (int death = 1; death <= 3; death++) {
            String dead = worker(alive);
            namespace.cluster().killHard(alive, "worker");
            alive = Wait.forPresent("another worker is Ready after death " + death, () -> ready(pool, dead));
        }
        Wait.untilAsserted(
                "every death is counted, in old pods and new",
                () -> assertThat(pool.status().restarts()).isEqualTo(3));
        pool.awaitEvent("WorkerRestarted", event -> event.getMessage().contains("by a new replica"));
        pool.awaitSettled();
        assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");
    }

    private static Optional<Pod> ready(Pool pool, String otherThan) {
        return pool.pods().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True")))
                .filter(pod -> !worker(pod).equals(otherThan))
                .findFirst();
    }

    private static String worker(Pod pod) {
        return pod.getStatus().getContainerStatuses().getFirst().getContainerID();
    }
}
