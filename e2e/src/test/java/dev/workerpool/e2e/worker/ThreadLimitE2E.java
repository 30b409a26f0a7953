package dev.workerpool.e2e.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.ExpectedLogErrors;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A node that lets a container have fewer processes than its worker is to have threads. */
@ClusterTest
@ExpectedLogErrors("cannot be started: unable to create native thread")
class ThreadLimitE2E {
    private static final int MANY = 100;

    /** For some of these threads, beside the room that the worker leaves for itself. */
    private static final int PLACES = 24;

    private final TestNamespace namespace;
    private Pool pool;

    ThreadLimitE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @Test
    void aReplicaServesOnWithTheThreadsItGetsAndHasThemAllWhenTheLimitIsLifted() {
        Pod pod = limited("cramped");
        Set<String> before = pool.podUids();
        pool.patch("{\"threads\":" + MANY + "}");
        awaitDegraded(pod);
        assertThat(pool.condition("Available").status()).isEqualTo("True");
        assertThat(pool.status().threads()).as("threads").isBetween(1, PLACES);
        assertThat(pool.metric(pod, "workerpool_threads_missing")).isBetween(MANY - PLACES + 0.0, MANY - 1.0);
        assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");

        namespace.cluster().liftLimitOfThreads(pod);

        awaitAll(pod, MANY);
        assertThat(pool.podUids()).isEqualTo(before);
        assertThat(pool.status().restarts()).isZero();
    }

    @Test
    void aReplicaAtTheLimitCanBeToldToHaveFewerThreads() {
        Pod pod = limited("told");
        pool.patch("{\"threads\":" + MANY + "}");
        awaitDegraded(pod);
        // It took the last message, and lives for a while: only then the next message needs a place.
        Wait.untilAsserted("the thread that takes messages has ended", () -> assertThat(
                        namespace.cluster().threads(pod))
                .contains("watchdog")
                .doesNotContain("control"));

        pool.patch("{\"threads\":2}");

        awaitAll(pod, 2);
    }

    @Test
    void theNextWorkerInTheContainerStartsBelowTheLimitToo() {
        Pod pod = limited("heir");
        pool.patch("{\"threads\":" + MANY + "}");
        awaitDegraded(pod);

        namespace.cluster().killWorker(pod);

        Wait.untilAsserted("the next worker is Ready", () -> assertThat(pool.management(pod, "/status"))
                .contains("\"restarts\":1,", "\"state\":\"Ready\""));
        assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");
        assertThat(pool.metric(pod, "workerpool_threads_missing")).isPositive();
    }

    /** The time that its node grants it is a minute more. */
    @Test
    void aReplicaAtTheLimitDrainsWhenItIsToldToGo() {
        Pod pod = limited("leaving");
        pool.patch("{\"threads\":" + MANY + "}");
        awaitDegraded(pod);

        pool.scale(0);

        Wait.within(Duration.ofSeconds(30), "the replica has gone", () -> assertThat(pool.pods())
                .isEmpty());
    }

    /** A pool with one thread, whose replica gets no more than some. */
    private Pod limited(String name) {
        pool = namespace.pool(name).apply("replicas: 1\nthreads: 1").awaitSettled();
        Pod pod = pool.onlyPod();
        namespace.cluster().limitThreads(pod, PLACES);
        return pod;
    }

    private void awaitDegraded(Pod pod) {
        Wait.untilAsserted("the pool tells that threads are missing", () -> {
            Condition degraded = pool.condition("Degraded");
            assertThat(degraded.status()).isEqualTo("True");
            assertThat(degraded.reason()).isEqualTo("ThreadsNotStarted");
            assertThat(degraded.message())
                    .contains(pod.getMetadata().getName() + " serves on with ", " of " + MANY + " threads");
        });
    }

    private void awaitAll(Pod pod, int threads) {
        Wait.untilAsserted("it has all its threads", () -> {
            assertThat(pool.condition("Degraded").status()).isEqualTo("False");
            assertThat(pool.status().threads()).isEqualTo(threads);
            assertThat(pool.management(pod, "/status")).contains("\"threadsMissing\":0,");
        });
    }
}
