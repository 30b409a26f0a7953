package dev.workerpool.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.api.v1alpha1.RefusedTask;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.desired.Pools;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StatusCalculatorTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);

    private final WorkerPool pool = Pools.pool("{replicas: 2}");

    @Nested
    class Counts {

        @Test
        void countsReplicasAndThreadsThatTakeTasks() {
            WorkerPoolStatus status = status(Pods.ready("a"), Pods.starting("b"), Pods.draining("c"), Pods.left("d"));

            assertThat(status.replicas()).isEqualTo(2);
            assertThat(status.readyReplicas()).isEqualTo(1);
            assertThat(status.threads()).isEqualTo(4);
            assertThat(status.selector()).isEqualTo("workerpool.dev/pool=thumbnails");
            assertThat(status.observedGeneration()).isEqualTo(3);
        }

        @Test
        void addsUpRestartsAndCountsNoneTwice() {
            pool.setStatus(status(Pods.ready("a", 2), Pods.ready("b", 1)));
            assertThat(pool.getStatus().restarts()).isEqualTo(3);

            pool.setStatus(status(Pods.ready("a", 2), Pods.ready("b", 1)));
            assertThat(pool.getStatus().restarts()).isEqualTo(3);

            pool.setStatus(status(Pods.ready("a", 4), Pods.ready("b", 1)));
            assertThat(pool.getStatus().restarts()).isEqualTo(5);
            assertThat(pool.getStatus().restartsByReplica()).isEqualTo(Map.of("a", 4, "b", 1));
        }

        @Test
        void countsRestartsInPlaceOnceAlsoWhenTheContainerEndsAndNobodyAskedTheWorker() {
            pool.setStatus(status(Pods.ready("a").with(List.of(diedInPlace(2)))));
            assertThat(pool.getStatus().restarts()).isEqualTo(2);
            assertThat(pool.getStatus().restartsByReplica()).isEqualTo(Map.of("a/0", 2));

            pool.setStatus(status(Pods.ready("a")));
            assertThat(pool.getStatus().restarts())
                    .as("an operator that has just started")
                    .isEqualTo(2);

            pool.setStatus(status(Pods.replica("a", true, 1, Pods.RUNNING + """

                    lastState:
                      terminated: {exitCode: 137, finishedAt: '2026-01-01T10:00:05Z', message: "died 3 137 signal 2026-01-01T10:00:04.500Z\\n"}
                    """)));
            assertThat(pool.getStatus().restarts())
                    .as("one more in place, and the node's")
                    .isEqualTo(4);
            assertThat(pool.getStatus().restartsByReplica()).isEqualTo(Map.of("a", 1, "a/0", 3));

            pool.setStatus(status(Pods.ready("a", 2).with(List.of(diedInPlace(1)))));
            assertThat(pool.getStatus().restarts()).as("of the third container").isEqualTo(6);
            assertThat(pool.getStatus().restartsByReplica()).isEqualTo(Map.of("a", 2, "a/2", 1));

            pool.setStatus(status(Pods.ready("b")));
            assertThat(pool.getStatus().restarts()).as("its pod is gone").isEqualTo(6);
        }

        @Test
        void theLastDeathMayBeOneInPlace() {
            pool.setStatus(status(Pods.restarted("a").with(List.of(diedInPlace(1)))));

            assertThat(pool.getStatus().lastDeath().at()).isEqualTo("2026-01-01T11:30:00Z");
            assertThat(pool.getStatus().lastDeath().signal()).isEqualTo("SIGKILL");
            assertThat(pool.getStatus().lastDeath().message()).isEqualTo("executing hold");
        }

        private static PastDeath diedInPlace(int restart) {
            return new PastDeath(restart, 137, "signal", "2026-01-01T11:30:00.250Z", List.of("hold"));
        }

        @Test
        void keepsTheRestartsOfReplicasThatAreGone() {
            pool.setStatus(status(Pods.ready("a", 2)));
            pool.setStatus(status(Pods.ready("b", 1)));

            assertThat(pool.getStatus().restarts()).isEqualTo(3);
            assertThat(pool.getStatus().restartsByReplica()).isEqualTo(Map.of("b", 1));
        }

        @Test
        void podsThatFailedFitIntoTheStatusHoweverManyAreLeftAndEachIsCountedOnce() {
            List<Replica> failed = IntStream.range(0, Restarts.MOST_REPLICAS)
                    .mapToObj(index -> failed("failed-" + index, 9))
                    .toList();
            pool.setStatus(statusOf(failed));
            assertThat(pool.getStatus().restarts()).isEqualTo(2 * failed.size());

            var more = new ArrayList<>(failed);
            more.addAll(List.of(Pods.ready("a", 1), failed("newer", 10), failed("older", 8)));
            pool.setStatus(statusOf(more));
            assertThat(pool.getStatus().restartsByReplica())
                    .hasSize(Restarts.MOST_REPLICAS)
                    .containsKeys("a", "newer")
                    .doesNotContainKey("older");
            assertThat(pool.getStatus().restarts()).isEqualTo(2 * failed.size() + 1 + 2);

            more.set(failed.size(), Pods.ready("a", 3));
            pool.setStatus(statusOf(more));
            assertThat(pool.getStatus().restarts()).isEqualTo(2 * failed.size() + 3 + 2);

            more.subList(0, 3).clear();
            pool.setStatus(statusOf(more));
            assertThat(pool.getStatus().restartsByReplica())
                    .as("places are free")
                    .hasSize(Restarts.MOST_REPLICAS)
                    .containsKey("older");
            assertThat(pool.getStatus().restarts()).isEqualTo(2 * failed.size() + 3 + 2);

            more.add(failed("newest", 11));
            pool.setStatus(statusOf(more));
            assertThat(pool.getStatus().restarts()).isEqualTo(2 * failed.size() + 3 + 2 + 2);
        }

        private WorkerPoolStatus statusOf(List<Replica> replicas) {
            return status(replicas.toArray(Replica[]::new));
        }

        private static Replica failed(String name, int hour) {
            Pod pod = Pods.pod(name, false, 2, "state: {terminated: {exitCode: 137}}");
            pod.getMetadata().setCreationTimestamp("2026-01-01T%02d:00:00Z".formatted(hour));
            pod.getStatus().setPhase("Failed");
            return new Replica(pod);
        }

        @Test
        void countsTheRestartOfAReplicaThatIsMadeAnewOnce() {
            pool.setStatus(replacing("a", Pods.ready("a", 1)));
            assertThat(pool.getStatus().restarts()).isEqualTo(2);

            pool.setStatus(replacing("a", Pods.ready("a", 1)));
            assertThat(pool.getStatus().restarts()).as("tried again").isEqualTo(2);

            pool.setStatus(status(Pods.ready("b")));
            assertThat(pool.getStatus().restarts()).as("its pod is gone").isEqualTo(2);
        }

        @Test
        void countsNoRestartTwiceWhenTheNodeWasFasterThanTheReplacement() {
            pool.setStatus(replacing("a", Pods.ready("a", 1)));

            pool.setStatus(status(Pods.ready("a", 2)));

            assertThat(pool.getStatus().restarts()).isEqualTo(2);
            assertThat(pool.getStatus().restartsByReplica()).isEqualTo(Map.of("a", 2));
        }

        private WorkerPoolStatus replacing(String name, Replica... replicas) {
            return StatusCalculator.calculate(
                    pool,
                    new Observed(
                            complete(),
                            List.of(replicas),
                            List.of(),
                            List.of(),
                            Set.of(name),
                            Optional.empty(),
                            List.of(),
                            List.of(),
                            Told.NOTHING,
                            Optional.empty()),
                    NOW);
        }

        @Test
        void remembersTheLastDeathAfterItsPodIsGone() {
            pool.setStatus(status(Pods.restarted("a")));
            pool.setStatus(status(Pods.ready("b")));

            assertThat(pool.getStatus().lastDeath()).satisfies(death -> {
                assertThat(death.pod()).isEqualTo("a");
                assertThat(death.exitCode()).isEqualTo(137);
                assertThat(death.signal()).isEqualTo("SIGKILL");
                assertThat(death.reason()).isEqualTo("OOMKilled");
                assertThat(death.message()).isEqualTo("heap is full");
                assertThat(death.at()).isEqualTo("2026-01-01T11:00:00Z");
            });
        }

        @Test
        void isTheSameWhenNothingChanged() {
            pool.setStatus(status(Pods.restarted("a"), Pods.ready("b")));

            assertThat(calculate(LATER, complete(), List.of(), Pods.restarted("a"), Pods.ready("b")))
                    .isEqualTo(pool.getStatus());
        }
    }

    @Nested
    class Conditions {

        @Test
        void isAvailableWithOneReadyReplica() {
            assertCondition(status(Pods.ready("a"), Pods.starting("b")), "Available", "True", "ReplicasReady");
            assertCondition(status(Pods.starting("a")), "Available", "False", "NoReplicaReady");
        }

        @Test
        void isNotAvailableWhenScaledToZero() {
            pool.setSpec(Pools.pool("{replicas: 0}").getSpec());

            WorkerPoolStatus status = calculate(NOW, deployment(0, 0), List.of());

            assertCondition(status, "Available", "False", "ScaledToZero");
            assertCondition(status, "Progressing", "False", "Settled");
        }

        @Test
        void progressesUntilAllIsAsAskedFor() {
            assertProgress("Creating", Optional.empty());
            assertProgress("ScalingUp", complete(), Pods.ready("a"));
            assertProgress("RollingOut", deployment(2, 1), Pods.ready("a"), Pods.ready("b"));
            assertProgress("ScalingDown", complete(), Pods.ready("a"), Pods.ready("b"), Pods.ready("c"));
            assertProgress("Starting", complete(), Pods.ready("a"), Pods.starting("b"));
            assertProgress("Draining", complete(), Pods.ready("a"), Pods.ready("b"), Pods.draining("c"));
            assertCondition(status(Pods.ready("a"), Pods.ready("b")), "Progressing", "False", "Settled");
        }

        @Test
        void saysWhenItIsSomebodysPauseThatHoldsARolloutUp() {
            Deployment paused = new DeploymentBuilder(deployment(2, 1).orElseThrow())
                    .withNewSpec()
                    .withPaused(true)
                    .endSpec()
                    .build();

            WorkerPoolStatus status = calculate(NOW, Optional.of(paused), List.of(), Pods.ready("a"), Pods.ready("b"));

            assertThat(condition(status, "Progressing").message())
                    .isEqualTo("1 of 2 replicas are up to date; the Deployment is paused, kubectl rollout resume"
                            + " deployment/thumbnails lets it go on");
        }

        @Test
        void progressesWhileTheDeploymentHasNotSeenItsNewestGeneration() {
            Deployment stale = deployment(2, 2).orElseThrow();
            stale.getMetadata().setGeneration(8L);

            assertProgress("RollingOut", Optional.of(stale), Pods.ready("a"), Pods.ready("b"));
        }

        @Test
        void doesNotWaitForAReplicaWhoseNodeIsLost() {
            Replica[] replicas = {Pods.ready("a"), Pods.ready("b"), Pods.draining("c")};

            WorkerPoolStatus patient = calculate(NOW.plusSeconds(29), complete(), List.of(), replicas);
            WorkerPoolStatus lost = calculate(NOW.plusSeconds(30), complete(), List.of(), replicas);

            assertCondition(patient, "Progressing", "True", "Draining");
            assertCondition(patient, "Degraded", "False", "AsExpected");
            assertCondition(lost, "Progressing", "False", "Settled");
            assertCondition(lost, "Degraded", "True", "NodeLost");
            assertThat(condition(lost, "Degraded").message()).contains("replica c");
        }

        @Test
        void anAttemptToPullAnImageAndThePauseAfterItSayTheSame() {
            WorkerPoolStatus failing = status(Pods.waiting("a", "ErrImagePull", "no such image"));
            WorkerPoolStatus waiting = status(
                    Pods.waiting("a", "ImagePullBackOff", "Back-off pulling image \"x\": ErrImagePull: no such image"));

            assertThat(waiting).isEqualTo(failing);
            assertThat(condition(waiting, "Degraded").message())
                    .isEqualTo(
                            "replica a, container worker: image workerpool/worker:test is not pulled: no such image");
        }

        @Test
        void isDegradedByAnImageThatCannotBePulled() {
            WorkerPoolStatus status = status(Pods.ready("a"), Pods.waiting("b", "ImagePullBackOff", "no such image"));

            assertCondition(status, "Degraded", "True", "ImageNotPulled");
            assertThat(condition(status, "Degraded").message())
                    .contains("replica b", "workerpool/worker:test", "no such image");
        }

        @Test
        void isDegradedByACrashLoopAndTellsTheLastWords() {
            Replica looping = Pods.replica(
                    "a",
                    false,
                    5,
                    "state: {waiting: {reason: CrashLoopBackOff, message: back-off 5m0s}}\nlastState: {" + Pods.KILLED
                            + "}");

            WorkerPoolStatus status = status(looping, Pods.ready("b"));

            assertCondition(status, "Degraded", "True", "CrashLoop");
            assertThat(condition(status, "Degraded").message()).contains("exit code 137", "OOMKilled", "heap is full");
        }

        @Test
        void staysDegradedWhileAWorkerThatIsNeverReadyIsTriedAgain() {
            String died = "{exitCode: 1, reason: Error, message: 'no such class', startedAt: '2026-01-01T11:00:00Z',"
                    + " finishedAt: '2026-01-01T11:00:02Z'}";
            Replica pause =
                    crashing(3, "state: {waiting: {reason: CrashLoopBackOff}}\nlastState: {terminated: " + died + "}");
            Replica attempt = crashing(
                    3, "state: {running: {startedAt: '2026-01-01T11:01:00Z'}}\nlastState: {terminated: " + died + "}");
            Replica end = crashing(3, "state: {terminated: " + died + "}");

            pool.setStatus(status(pause));

            assertCondition(pool.getStatus(), "Degraded", "True", "CrashLoop");
            assertThat(degraded(status(attempt))).isEqualTo(degraded(pool.getStatus()));
            assertThat(degraded(status(end))).isEqualTo(degraded(pool.getStatus()));
        }

        @Test
        void isNotDegradedByAnAttemptAfterAWorkerThatWasReady() {
            String before =
                    "state: {running: {startedAt: '2026-01-01T11:01:00Z'}}\nlastState: {terminated: {exitCode: 1,"
                            + " startedAt: '%s', finishedAt: '2026-01-01T11:00:02Z'}}";

            assertThat(degraded(status(crashing(3, before.formatted("2026-01-01T09:00:00Z"))))
                            .status())
                    .isEqualTo("False");
            assertThat(degraded(status(crashing(1, before.formatted("2026-01-01T11:00:00Z"))))
                            .status())
                    .as("the first restart")
                    .isEqualTo("False");
        }

        private static Replica crashing(int restarts, String worker) {
            Pod pod = Pods.pod("a", false, restarts, worker);
            pod.getStatus().getConditions().getFirst().setLastTransitionTime("2026-01-01T10:00:00Z");
            return new Replica(pod);
        }

        private static Condition degraded(WorkerPoolStatus status) {
            return status.conditions().getLast();
        }

        @Test
        void isDegradedByAVolumeThatIsNotThere() {
            pool.setSpec(Pools.pool("{replicas: 2, tasks: {artifacts: [{configMap: not-there}]}}")
                    .getSpec());

            WorkerPoolStatus early = status(Pods.waitingForVolumes("a", NOW.minusSeconds(19)));
            WorkerPoolStatus late = status(Pods.waitingForVolumes("a", NOW.minusSeconds(20)));

            assertCondition(early, "Degraded", "False", "AsExpected");
            assertCondition(late, "Degraded", "True", "VolumesNotMounted");
            assertThat(condition(late, "Degraded").message()).contains("replica a", "ConfigMap not-there");
        }

        @Test
        void saysWhichSecretsAndKeysAReplicaMayBeWaitingFor() {
            pool.setSpec(Pools.pool("""
                    {replicas: 2, tasks: {artifacts: [{configMap: jars}]},
                     access: {tls: {secretName: a-tls}, tokens: {secretName: a-tokens}}}""").getSpec());

            WorkerPoolStatus status = status(Pods.waitingForVolumes("a", NOW.minusSeconds(20)));

            assertCondition(status, "Degraded", "True", "VolumesNotMounted");
            assertThat(condition(status, "Degraded").message())
                    .isEqualTo(
                            "replica a waits for its volumes or its network, see that there is the ConfigMap jars, the Secret a-tls with"
                                    + " tls.crt and tls.key, the Secret a-tokens with the key tokens; kubectl describe pod tells"
                                    + " more");
        }

        @Test
        void aPoolThatMountsNothingOfOthersWaitsForItsSandbox() {
            pool.setSpec(Pools.pool("{replicas: 2, tasks: {artifacts: [{image: 'jars:1'}]}}")
                    .getSpec());

            WorkerPoolStatus status = status(Pods.waitingForVolumes("a", NOW.minusSeconds(20)));

            assertCondition(status, "Degraded", "True", "SandboxNotReady");
            assertThat(condition(status, "Degraded").message())
                    .isEqualTo(
                            "replica a waits for its sandbox, see that the network and the container runtime of its node"
                                    + " work; kubectl describe pod tells more");
        }

        @Test
        void aSandboxThatIsMadeAnewHasItsOwnTimeForTheVolumes() {
            Instant longAgo = NOW.minusSeconds(3600);
            pool.setSpec(Pools.pool("{replicas: 2, tasks: {artifacts: [{configMap: jars}]}}")
                    .getSpec());

            WorkerPoolStatus early = status(Pods.waitingForVolumes("a", longAgo, NOW.minusSeconds(19)));
            WorkerPoolStatus late = status(Pods.waitingForVolumes("a", longAgo, NOW.minusSeconds(20)));

            assertCondition(early, "Degraded", "False", "AsExpected");
            assertCondition(late, "Degraded", "True", "VolumesNotMounted");
        }

        @Test
        void putsTheWorstTroubleFirstAndTellsAll() {
            var troubles = List.of(
                    new Trouble(Trouble.NAME_CONFLICT, "Service thumbnails belongs to somebody else"),
                    new Trouble(Trouble.ARTIFACT_NOT_LOADED, "/tasks/0/x.jar: has no tasks"));

            WorkerPoolStatus status = calculate(NOW, complete(), troubles, Pods.waiting("b", "ErrImagePull", "gone"));

            assertCondition(status, "Degraded", "True", "NameConflict");
            assertThat(condition(status, "Degraded").message())
                    .contains("Service thumbnails", "/tasks/0/x.jar: has no tasks", "gone");
        }

        @Test
        void isDegradedWhenReplicasCannotBeCreated() {
            Deployment refused = deployment(0, 0, """
                    - {type: ReplicaFailure, status: "True", reason: FailedCreate, message: exceeded quota}
                    """).orElseThrow();

            WorkerPoolStatus status = calculate(NOW, Optional.of(refused), List.of());

            assertCondition(status, "Degraded", "True", "ReplicasNotCreated");
            assertThat(condition(status, "Degraded").message()).contains("exceeded quota");
        }

        @Test
        void isDegradedByATaskTypeThatIsRefusedAndNotByOneThatWas() {
            var refused = new RefusedTask("deadly", 3, NOW.toString(), LATER.toString(), "image:1");
            var past = new RefusedTask("mended", 3, NOW.minusSeconds(600).toString(), NOW.toString(), "image:1");

            WorkerPoolStatus status = StatusCalculator.calculate(
                    pool,
                    new Observed(
                            complete(),
                            List.of(Pods.ready("a"), Pods.ready("b")),
                            List.of(),
                            List.of(),
                            Set.of(),
                            Optional.empty(),
                            List.of(refused),
                            List.of(past),
                            Told.NOTHING,
                            Optional.empty()),
                    NOW);

            assertThat(status.refusedTasks()).containsExactly(refused);
            assertThat(status.pastRefusals()).containsExactly(past);
            assertCondition(status, "Degraded", "True", "TaskRefused");
            assertThat(condition(status, "Degraded").message())
                    .isEqualTo("task type deadly was running at 3 deaths of workers and is refused until " + LATER);
        }

        @Test
        void boundsTheMessage() {
            var trouble = new Trouble(Trouble.APPLY_FAILED, "x".repeat(100_000));

            assertThat(condition(calculate(NOW, complete(), List.of(trouble)), "Degraded")
                            .message())
                    .hasSize(4096);
        }

        @Test
        void movesTheTimeOnlyWhenTheStatusFlips() {
            pool.setStatus(status(Pods.starting("a")));
            WorkerPoolStatus same = calculate(LATER, complete(), List.of(), Pods.starting("a"));
            WorkerPoolStatus flipped = calculate(LATER, complete(), List.of(), Pods.ready("a"));

            assertThat(condition(same, "Available").lastTransitionTime()).isEqualTo(NOW.toString());
            assertThat(condition(flipped, "Available").lastTransitionTime()).isEqualTo(LATER.toString());
        }

        @Test
        void bearsTheGenerationOnEveryCondition() {
            assertThat(status(Pods.ready("a")).conditions())
                    .extracting(Condition::type)
                    .containsExactly("Available", "Progressing", "Degraded");
            assertThat(status(Pods.ready("a")).conditions())
                    .extracting(Condition::observedGeneration)
                    .containsOnly(3L);
        }

        private void assertProgress(String reason, Optional<Deployment> deployment, Replica... replicas) {
            assertCondition(calculate(NOW, deployment, List.of(), replicas), "Progressing", "True", reason);
        }
    }

    private WorkerPoolStatus status(Replica... replicas) {
        return calculate(NOW, complete(), List.of(), replicas);
    }

    private WorkerPoolStatus calculate(
            Instant now, Optional<Deployment> deployment, List<Trouble> troubles, Replica... replicas) {
        return StatusCalculator.calculate(pool, new Observed(deployment, List.of(replicas), troubles), now);
    }

    private static Optional<Deployment> complete() {
        return deployment(2, 2);
    }

    private static Optional<Deployment> deployment(int replicas, int updated) {
        return deployment(replicas, updated, "[]");
    }

    private static Optional<Deployment> deployment(int replicas, int updated, String conditions) {
        String yaml = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: thumbnails, generation: 7}
                status:
                  observedGeneration: 7
                  replicas: %d
                  updatedReplicas: %d
                  conditions:
                """.formatted(replicas, updated);
        return Optional.of(Serialization.unmarshal(yaml + conditions.indent(4), Deployment.class));
    }

    private static Condition condition(WorkerPoolStatus status, String type) {
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static void assertCondition(WorkerPoolStatus status, String type, String value, String reason) {
        assertThat(condition(status, type).status()).as(type).isEqualTo(value);
        assertThat(condition(status, type).reason()).as(type).isEqualTo(reason);
    }
}
