package dev.workerpool.operator.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.desired.Pools;
import dev.workerpool.operator.policy.Advice;
import dev.workerpool.operator.status.PastDeath;
import dev.workerpool.operator.status.Replica;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LifeCycleTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");

    @Test
    void tellsAStart() {
        assertThat(of("containerStatuses: [{name: worker, state: {running: {startedAt: '2026-01-01T00:00:00Z'}}}]"))
                .extracting(Occurrence::reason, Occurrence::message, Occurrence::warning)
                .containsExactly(tuple("WorkerStarted", "Worker thumbnails-a started on node n1", false));
    }

    @Test
    void tellsThatAReplicaIsReadyOnceForEachWorker() {
        String ready = """
                conditions: [{type: Ready, status: "True", lastTransitionTime: "%s"}]
                containerStatuses: [{name: worker, state: {running: {startedAt: "2026-01-01T00:00:00Z"}}}]
                """;
        List<Occurrence> first = of(ready.formatted("2026-01-01T00:00:05Z"));
        List<Occurrence> again = of(ready.formatted("2026-01-01T00:09:00Z"));

        assertThat(first).extracting(Occurrence::reason).containsExactly("WorkerStarted", "WorkerReady");
        assertThat(first.getLast().message()).isEqualTo("Worker thumbnails-a takes tasks");
        assertThat(again.getLast().identity()).isEqualTo(first.getLast().identity());
    }

    @Test
    void tellsADeathAndTheRestartAfterIt() {
        assertThat(of("""
                        containerStatuses:
                        - name: worker
                          restartCount: 2
                          state: {running: {startedAt: "2026-01-01T00:00:03Z"}}
                          lastState: {terminated: {exitCode: 3, reason: Error, message: " bye ", finishedAt: "2026-01-01T00:00:01Z"}}
                        """))
                .extracting(Occurrence::reason, Occurrence::message, Occurrence::warning)
                .containsExactly(
                        tuple(
                                "WorkerDied",
                                "Worker thumbnails-a died: exit code 3, Error, its heap was full. Last words: bye",
                                true),
                        tuple(
                                "WorkerRestarted",
                                "Worker thumbnails-a restarted, 2 s after it died (restart 2)",
                                false));
    }

    @Test
    void aDeathIsTheSameWhileTheWorkerIsAwayAndAfterItIsBack() {
        String terminated = "{terminated: {exitCode: 137, reason: Error, finishedAt: '2026-01-01T00:00:01Z'}}";
        Occurrence away = of("containerStatuses: [{name: worker, restartCount: 0, state: " + terminated + "}]")
                .getFirst();
        Occurrence back = of("""
                containerStatuses:
                - {name: worker, restartCount: 1, state: {running: {startedAt: "2026-01-01T00:00:02Z"}}, lastState: %s}
                """.formatted(terminated)).getFirst();

        assertThat(away).isEqualTo(back);
    }

    @Test
    void tellsDrainingFromTheRequestToLeaveAndNotFromItsDeadline() {
        Pod pod = pod("containerStatuses: [{name: worker, state: {running: {startedAt: '2026-01-01T00:00:00Z'}}}]");
        pod.getMetadata().setDeletionTimestamp("2026-01-01T00:02:00Z");
        pod.getMetadata().setDeletionGracePeriodSeconds(60L);

        assertThat(LifeCycle.of(List.of(new Replica(pod))).getLast())
                .extracting(Occurrence::reason, Occurrence::at)
                .containsExactly("WorkerDraining", Instant.parse("2026-01-01T00:01:00Z"));
    }

    @Test
    void aDeadReplicaThatIsMadeAnewIsRestartedAndDrainsNothing() {
        Pod pod = pod("""
                containerStatuses:
                - name: worker
                  restartCount: 1
                  state: {terminated: {exitCode: 137, reason: Error, finishedAt: "2026-01-01T00:00:30Z"}}
                """);
        assertThat(LifeCycle.replaced(new Replica(pod))).hasValueSatisfying(told -> assertThat(told.message())
                .isEqualTo("Worker thumbnails-a is replaced by a new replica at once, without waiting for its"
                        + " node's back-off (restart 2)"));

        pod.getMetadata().setDeletionTimestamp("2026-01-01T00:00:31Z");

        assertThat(LifeCycle.of(List.of(new Replica(pod))))
                .extracting(Occurrence::reason)
                .containsExactly("WorkerDied");
    }

    @Test
    void tellsOfEachDeathInPlaceAndThatTheWorkerIsBack() {
        Replica running = new Replica(pod("""
                containerStatuses:
                - {name: worker, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:00:00Z"}}}
                """));
        Replica told = running.with(List.of(
                new PastDeath(1, 137, "signal", "2026-01-01T00:00:30.100Z", List.of("hold")),
                new PastDeath(2, 3, "exit", "2026-01-01T00:00:30.900Z", List.of())));

        List<Occurrence> occurrences = LifeCycle.of(List.of(told));

        assertThat(occurrences)
                .extracting(Occurrence::message)
                .contains(
                        "Worker thumbnails-a died: SIGKILL (exit code 137), Error. Last words: executing hold",
                        "Worker thumbnails-a died: exit code 3, Error, its heap was full",
                        "Worker thumbnails-a is forked again in its container at once (restart 1 there)",
                        "Worker thumbnails-a is forked again in its container at once (restart 2 there)");
        assertThat(occurrences).extracting(Occurrence::identity).doesNotHaveDuplicates();
    }

    @Test
    void aWorkerThatDrainedLeftAndDidNotDie() {
        Pod pod = pod("""
                containerStatuses:
                - {name: worker, state: {terminated: {exitCode: 0, reason: Completed, finishedAt: "2026-01-01T00:00:30Z"}}}
                """);
        pod.getMetadata().setDeletionTimestamp("2026-01-01T00:02:00Z");
        List<Occurrence> told = LifeCycle.of(List.of(new Replica(pod)));

        assertThat(told).extracting(Occurrence::reason).containsExactly("WorkerDraining", "WorkerExited");
        assertThat(LifeCycle.vanished(new Replica(pod), NOW).identity())
                .isEqualTo(told.getLast().identity());
    }

    @Test
    void tellsScalingUpAndDownAndNothingElse() {
        assertThat(Scaling.of(Pools.pool("{replicas: 5}"), 2, Optional.empty(), NOW))
                .hasValueSatisfying(up -> {
                    assertThat(up.reason()).isEqualTo("ScaledUp");
                    assertThat(up.message()).isEqualTo("Pool thumbnails scaled from 2 to 5 replicas");
                });
        assertThat(Scaling.of(Pools.pool("{replicas: 0}"), 2, Optional.empty(), NOW)
                        .map(Occurrence::reason))
                .hasValue("ScaledDown");
        assertThat(Scaling.of(Pools.pool("{replicas: 2}"), 2, Optional.empty(), NOW))
                .isEmpty();
    }

    @Test
    void tellsWhyAutoscalingScaledEachTimeItDoes() {
        Advice first = new Advice(5, Advice.Reason.Burst, "40.0 tasks in flight", NOW);
        Advice again = new Advice(5, Advice.Reason.Burst, "41.0 tasks in flight", NOW.plusSeconds(300));

        Occurrence up = Scaling.of(Pools.pool("{replicas: 5}"), 2, Optional.of(first), NOW)
                .orElseThrow();

        assertThat(up.message()).isEqualTo("Pool thumbnails scaled from 2 to 5 replicas: 40.0 tasks in flight");
        assertThat(Scaling.of(Pools.pool("{replicas: 5}"), 2, Optional.of(again), NOW)
                        .orElseThrow()
                        .identity())
                .isNotEqualTo(up.identity());
    }

    @Test
    void tellsWhatAutoscalingWouldDoWhenItChangesItsMind() {
        var pool = Pools.pool("{replicas: 2, autoscaling: {maxReplicas: 9, mode: Advice}}");
        Advice advice = new Advice(5, Advice.Reason.Stable, "14.0 tasks in flight", NOW);

        assertThat(Scaling.advised(pool, advice, NOW))
                .as("the first number is no news")
                .isEmpty();
        pool.setStatus(advisedStatus(5));
        assertThat(Scaling.advised(pool, advice, NOW)).isEmpty();
        pool.setStatus(advisedStatus(2));
        assertThat(Scaling.advised(pool, advice, NOW).map(Occurrence::message))
                .hasValue(
                        "Autoscaling advises 5 replicas for pool thumbnails, which is asked for 2: 14.0 tasks in flight");
    }

    private static WorkerPoolStatus advisedStatus(int replicas) {
        return Serialization.unmarshal(
                "autoscaling: {advisedReplicas: %d, at: '2026-01-01T00:00:00Z'}".formatted(replicas),
                WorkerPoolStatus.class);
    }

    private static List<Occurrence> of(String status) {
        return LifeCycle.of(List.of(new Replica(pod(status))));
    }

    private static Pod pod(String status) {
        return Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: {name: thumbnails-a, namespace: images, uid: u1}
                spec: {nodeName: n1, containers: [{name: worker, env: [{name: WORKERPOOL_THREADS, value: "4"}]}]}
                status:
                  phase: Running
                """ + status.indent(2), Pod.class);
    }
}
