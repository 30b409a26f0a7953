package dev.workerpool.e2e.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.PortForward;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A worker that is killed over and over is back each time, without waiting for its node's growing back-off. */
@ClusterTest
class InstantRestartE2E {
    /** Typically it takes half a second. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final TestNamespace namespace;
    private Pool pair;

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

        assertAllSoon(away);
        Wait.untilAsserted(
                "every death is counted",
                () -> assertThat(pool.status().restarts()).isEqualTo(10));
        assertThat(pool.events("WorkerDied")).hasSize(10);
        assertThat(worker(pool.onlyPod())).as("its container ran on").isEqualTo(worker(pod));
    }

    @Test
    void ofAllRequestsOnItsConnectionsOnlyTheOneItExecutesIsLost() {
        Pod killed = pair().pods().getFirst();
        Pod other = pair.pods().getLast();
        try (PortForward forward = namespace.portForward(killed)) {
            CompletableFuture<Http.Answer> executed = forward.sendInBackground(hold(6000));
            pair.awaitTask(killed, "hold");
            CompletableFuture<Http.Answer> passed = forward.sendInBackground(hold(6000));
            pair.awaitTask(other, "hold");
            List<CompletableFuture<Http.Answer>> waiting =
                    List.of(forward.sendInBackground(hold(10)), forward.sendInBackground(hold(20)));
            Wait.until(
                    "both wait, wherever",
                    () -> pair.pods().stream()
                                    .mapToDouble(pod -> pair.metric(pod, "workerpool_queued"))
                                    .sum()
                            == 2);

            namespace.cluster().killWorker(killed);

            assertThat(executed.join().body()).contains("Worker stopped with exit code 137");
            assertThat(waiting)
                    .allSatisfy(each -> assertThat(each.join().body()).isEqualTo("held"));
            assertThat(passed.join().body()).isEqualTo("held");
            assertThat(passed.join().replica()).isEqualTo(other.getMetadata().getName());
            assertThat(pair.metric(killed, "workerpool_passes_total{outcome=\"answered\",reason=\"inherited\"}"))
                    .isPositive();
        }
    }

    @Test
    void tenDeathsInARowCostNoMoreThanWhatEachWasExecuting() {
        Pod victim = pair().pods().getLast();
        List<Duration> away = new ArrayList<>();
        try (Load load = Load.modest(pair).awaitAnswers(10)) {
            for (int death = 1; death <= 10; death++) {
                String restarts = "\"restarts\":" + death + ",";
                namespace.cluster().killWorker(victim);
                long killed = System.nanoTime();
                Wait.untilAsserted(
                        "another worker is Ready after death " + death,
                        () -> assertThat(pair.management(victim, "/status")).contains(restarts, "\"state\":\"Ready\""));
                away.add(Duration.ofNanos(System.nanoTime() - killed));
                load.awaitAnswers(5);
            }
            Load.Tally tally = load.awaitAnswers(10).stop();
            System.out.printf(
                    "Ten deaths cost %d of %d requests%n", tally.failures().size(), tally.succeeded());
            assertThat(tally.failures()).hasSizeLessThanOrEqualTo(10).allMatch(Load.Failure::wasUnderWayAtADeath);
            assertThat(tally.unreachable()).as("connections refused").isZero();
        }
        assertAllSoon(away);
        assertThat(worker(pair.pods().getLast())).as("its container ran on").isEqualTo(worker(victim));
    }

    /**
     * A plain Deployment takes 0.6, 18, 32, 45, 83 s and so on. Where already the first death, after which nobody waits, was
     * slow, the machine is busy with other things.
     */
    private static void assertAllSoon(List<Duration> away) {
        Duration limit = Collections.max(List.of(SOON, away.getFirst().multipliedBy(3)));
        assertThat(away).allSatisfy(time -> assertThat(time).isLessThan(limit));
    }

    /** Two replicas with one thread each, that pass requests to each other. */
    private Pool pair() {
        if (pair == null) {
            namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class));
            pair = namespace
                    .pool("pair")
                    .apply("replicas: 2\nthreads: 1\ntasks: {artifacts: [{configMap: fixtures}]}")
                    .awaitSettled();
        }
        return pair.awaitPeers();
    }

    private static Http.Request hold(int millis) {
        return Http.Request.json("/tasks/hold", "" + millis);
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
