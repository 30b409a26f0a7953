package dev.workerpool.e2e.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.LastDeath;
import dev.workerpool.e2e.fixtures.Crash;
import dev.workerpool.e2e.fixtures.Fill;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.fixtures.Swell;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Load;
import dev.workerpool.e2e.harness.Operator;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A worker killed under load is noticed, told and back; only what it was running is lost. */
@ClusterTest
class DeathE2E {
    private static final int CONNECTIONS = 4;

    private final TestNamespace namespace;
    private final Operator operator;

    DeathE2E(TestNamespace namespace, Operator operator) {
        this.namespace = namespace;
        this.operator = operator;
    }

    @Test
    void aKilledWorkerIsForkedAgainAndOnlyItsOwnRequestsAreLost() {
        Pool pool = namespace.pool("mortal").apply("replicas: 2\nthreads: 1").awaitSettled();
        Set<String> before = pool.podUids();
        Pod victim = pool.pods().getFirst();
        String name = victim.getMetadata().getName();

        Http.Request work = Http.Request.json("/tasks/fibonacci", "{\"n\":30}");
        try (Load load = Load.of(pool, work, CONNECTIONS, Duration.ofMillis(20)).awaitAnswers(20)) {
            namespace.cluster().killWorker(victim);
            Wait.untilAsserted(
                    "the death is in the status",
                    () -> assertThat(pool.status().restarts()).isEqualTo(1));
            pool.awaitSettled();
            Load.Tally tally = load.awaitAnswers(20).stop();
            assertThat(tally.failures()).hasSizeLessThanOrEqualTo(CONNECTIONS);
            assertThat(tally.failures()).allMatch(failure -> wasWith(name, failure));
        }

        LastDeath death = pool.status().lastDeath();
        assertThat(death.pod()).isEqualTo(name);
        assertThat(death.exitCode()).isEqualTo(137);
        assertThat(death.signal()).isEqualTo("SIGKILL");
        assertThat(pool.status().restartsByReplica())
                .containsEntry(name + "/0", 1)
                .hasSize(1);
        pool.awaitEvent(
                "WorkerDied",
                event -> event.getMessage().contains(name) && event.getMessage().contains("SIGKILL"));
        pool.awaitEvent(
                "WorkerRestarted",
                event -> event.getMessage().contains(name) && event.getMessage().contains("in its container"));
        assertThat(operator.log().lines().filter(line -> line.contains("WorkerDied") && line.contains(name)))
                .as("what the operator logs of it")
                .singleElement()
                .asString()
                .contains("SIGKILL");
        assertThat(pool.podUids()).as("a worker dies, its pod stays").isEqualTo(before);
        assertThat(pool.pods())
                .allMatch(
                        pod -> pod.getStatus().getContainerStatuses().getFirst().getRestartCount() == 0);
    }

    @Test
    void whatWaitsInAKilledWorkerIsDoneByTheNext() {
        namespace.configMap("held", TaskJar.of("fixtures.jar", Hold.class));
        Pool pool = namespace
                .pool("heir")
                .apply("replicas: 1\nthreads: 1\ntasks: {artifacts: [{configMap: held}]}")
                .awaitSettled();
        Pod pod = pool.onlyPod();
        CompletableFuture<Http.Answer> executing = pool.sendInBackground(Http.Request.json("/tasks/hold", "600000"));
        Wait.until("it executes", () -> pool.management(pod, "/metrics").contains("workerpool_active 1.0"));
        List<CompletableFuture<Http.Answer>> waiting = Stream.generate(
                        () -> pool.sendInBackground(Http.Request.json("/tasks/primes", "{\"n\":10}")))
                .limit(5)
                .toList();
        Wait.until("they wait", () -> pool.management(pod, "/metrics").contains("workerpool_queued 5.0"));

        namespace.cluster().killWorker(pod);

        assertThat(waiting)
                .allSatisfy(answer -> assertThat(answer.join().body()).isEqualTo("{\"count\":4}"));
        assertThat(executing.join().status()).isEqualTo(500);
        assertThat(executing.join().body()).contains("worker-stopped", "Worker stopped with exit code 137");
        assertThat(pool.management(pod, "/metrics"))
                .contains("workerpool_connections_inherited_total{request=\"begun\"} 1.0");
    }

    /** Whatever a worker is doing with a connection when it dies: its client gets an answer, and no request is lost unanswered. */
    @Test
    void noConnectionBreaksInTheMidstOfManyAnswers() {
        Pool pool = namespace.pool("unbroken").apply("replicas: 1\nthreads: 1").awaitSettled();
        Pod pod = pool.onlyPod();
        Http.Request small = Http.Request.json("/tasks/primes", "{\"n\":10}");

        try (Load load = Load.of(pool, small, 16, Duration.ZERO)) {
            for (int death = 1; death <= 5; death++) {
                String restarts = "\"restarts\":" + death + ",";
                load.awaitAnswers(500);
                namespace.cluster().killWorker(pod);
                Wait.until("another worker is Ready", () -> pool.management(pod, "/status")
                        .contains(restarts));
            }
            Load.Tally tally = load.awaitAnswers(500).stop();
            assertThat(tally.failures())
                    .as("of %d requests", tally.succeeded())
                    .allMatch(Load.Failure::wasUnderWayAtADeath);
            assertThat(tally.unreachable()).as("connections refused").isZero();
        }
    }

    @Test
    void aKilledContainerIsRestartedByItsNode() {
        Pool pool = namespace.pool("contained").apply("replicas: 1\nthreads: 1").awaitSettled();
        Pod victim = pool.onlyPod();
        String name = victim.getMetadata().getName();

        namespace.cluster().killHard(victim, "worker");
        Wait.untilAsserted(
                "the death is in the status",
                () -> assertThat(pool.status().restarts()).isEqualTo(1));
        pool.awaitSettled();

        assertThat(pool.status().lastDeath().signal()).isEqualTo("SIGKILL");
        assertThat(pool.status().restartsByReplica()).containsEntry(name, 1).hasSize(1);
        pool.awaitEvent("WorkerRestarted", event -> event.getMessage().contains(name));
    }

    /** On a connection that led to it, or passed to it by the other replica. */
    private static boolean wasWith(String victim, Load.Failure failure) {
        return failure.replica().equals(victim)
                || failure.what().contains("worker-stopped")
                || failure.what().contains("replica-lost") && failure.what().contains(victim);
    }

    @Test
    void aFullHeapEndsTheWorkerAtOnceAndIsNamedAsSuch() {
        namespace.configMap("filling", TaskJar.of("fixtures.jar", Fill.class));
        Pool pool = namespace.pool("full").apply("""
                        replicas: 1
                        threads: 1
                        tasks: {artifacts: [{configMap: filling}]}
                        resources: {limits: {memory: 512Mi}}
                        """).awaitSettled();

        Http.Answer answer = pool.run("fill", "10000");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("worker-stopped", "Worker stopped with exit code 3");
        LastDeath death = awaitDeath(pool);
        assertThat(death.exitCode()).isEqualTo(3);
        assertThat(death.signal()).isNull();
        assertThat(death.message()).isEqualTo("executing fill");
        pool.awaitEvent("WorkerDied", event -> event.getMessage().contains("its heap was full"));
        assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");
    }

    @Test
    void whatTheKernelKillsForMemoryIsNamedAsSuchAndTheOtherReplicaServesOn() {
        namespace.configMap("swelling", TaskJar.of("fixtures.jar", Swell.class));
        Pool pool = namespace.pool("swollen").apply("""
                        replicas: 2
                        threads: 1
                        tasks: {artifacts: [{configMap: swelling}]}
                        resources: {limits: {memory: 320Mi}}
                        """).awaitSettled().awaitPeers();
        Set<String> before = pool.podUids();

        try (Load load = Load.modest(pool).awaitAnswers(10)) {
            Http.Answer answer = pool.run("swell", "4000000");
            assertThat(answer.status()).as(answer.toString()).isIn(500, 502);
            assertThat(answer.body()).containsAnyOf("Worker stopped with exit code 137", "replica-lost");
            awaitDeath(pool);
            load.awaitAnswers(20).stop().assertNothingFailed();
        }

        LastDeath death = pool.status().lastDeath();
        assertThat(death.reason()).isEqualTo("OOMKilled");
        assertThat(death.exitCode()).isEqualTo(137);
        assertThat(death.signal()).isEqualTo("SIGKILL");
        assertThat(death.message()).isEqualTo("executing swell");
        assertThat(pool.podUids()).as("both replicas").isEqualTo(before);
        assertThat(pool.status().restartsByReplica().keySet())
                .as("who died")
                .allMatch(replica -> replica.startsWith(death.pod()));
        pool.awaitEvent("WorkerDied", event -> event.getMessage().contains("OOMKilled"));
    }

    @Test
    void aCrashOfNativeCodeIsToldWithItsSignal() {
        namespace.configMap("crashing", TaskJar.of("fixtures.jar", Crash.class));
        Pool pool = namespace
                .pool("native")
                .apply("replicas: 1\nthreads: 1\ntasks: {artifacts: [{configMap: crashing}]}")
                .awaitSettled();

        // Below what the kernel lets anybody map, and above what the JVM takes for a null.
        Http.Answer answer = pool.run("crash", "32768");

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("worker-stopped", "Worker stopped with exit code 134");
        LastDeath death = awaitDeath(pool);
        assertThat(death.exitCode()).isEqualTo(134);
        assertThat(death.signal()).as("the JVM tells what happened, and aborts").isEqualTo("SIGABRT");
        assertThat(death.message()).isEqualTo("executing crash");
        pool.awaitEvent("WorkerDied", event -> event.getMessage().contains("SIGABRT"));
        assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");
    }

    private static LastDeath awaitDeath(Pool pool) {
        Wait.untilAsserted(
                "the death is in the status",
                () -> assertThat(pool.status().restarts()).isEqualTo(1));
        return pool.status().lastDeath();
    }

    @Test
    void aWorkerThatOutgrowsItsMemoryIsNamedAsSuch() {
        Pool pool = namespace.pool("starved").apply("""
                        threads: 1
                        resources: {limits: {memory: 32Mi}}
                        """);
        Wait.untilAsserted(
                "a death is in the status",
                () -> assertThat(pool.status().lastDeath()).isNotNull());
        assertThat(pool.status().lastDeath().exitCode()).isNotZero();
        pool.awaitEvent("WorkerDied");
        Wait.untilAsserted(
                "it is degraded",
                () -> assertThat(pool.condition("Degraded").status()).isEqualTo("True"));
        assertThat(pool.condition("Available").status()).isEqualTo("False");
    }
}
