package dev.workerpool.operator.status;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;

/** Pods in the states a kubelet reports, as YAML with the worker's part of the status left to the test. */
public final class Pods {

    public static final String RUNNING = "state: {running: {startedAt: '2026-01-01T10:00:00Z'}}";
    public static final String KILLED =
            "terminated: {exitCode: 137, reason: OOMKilled, message: 'heap is full', finishedAt: '2026-01-01T11:00:00Z'}";

    private Pods() {}

    public static Replica ready(String name) {
        return ready(name, 0);
    }

    public static Replica ready(String name, int restarts) {
        return replica(name, true, restarts, RUNNING);
    }

    public static Replica starting(String name) {
        return replica(name, false, 0, RUNNING);
    }

    public static Replica waiting(String name, String reason, String message) {
        return replica(name, false, 0, "state: {waiting: {reason: " + reason + ", message: '" + message + "'}}");
    }

    public static Replica waitingForVolumes(String name, Instant scheduled) {
        return waitingForVolumes(name, scheduled, null);
    }

    /** @param notReady since when it has no sandbox; null where its node does not say */
    public static Replica waitingForVolumes(String name, Instant scheduled, Instant notReady) {
        Pod pod = pod(name, false, 0, "state: {waiting: {reason: ContainerCreating}}");
        pod.getStatus()
                .setConditions(List.of(
                        new PodConditionBuilder()
                                .withType("PodScheduled")
                                .withStatus("True")
                                .withLastTransitionTime(scheduled.toString())
                                .build(),
                        new PodConditionBuilder()
                                .withType("PodReadyToStartContainers")
                                .withStatus("False")
                                .withLastTransitionTime(notReady == null ? null : notReady.toString())
                                .build()));
        return new Replica(pod);
    }

    /** Died once as {@link #KILLED} says, and runs again. */
    public static Replica restarted(String name) {
        return replica(name, true, 1, RUNNING + "\nlastState: {" + KILLED + "}");
    }

    /** Dead as {@link #KILLED} says, and not yet restarted. */
    public static Replica dead(String name) {
        return replica(name, false, 0, "state: {" + KILLED + "}");
    }

    public static Replica draining(String name) {
        Pod pod = pod(name, true, 0, RUNNING);
        pod.getMetadata().setDeletionTimestamp("2026-01-01T12:00:00Z");
        return new Replica(pod);
    }

    public static Replica left(String name) {
        return left(name, 0);
    }

    public static Replica left(String name, int exitCode) {
        Pod pod = pod(
                name,
                false,
                0,
                "state: {terminated: {exitCode: " + exitCode + ", finishedAt: '2026-01-01T12:00:05Z'}}");
        pod.getMetadata().setDeletionTimestamp("2026-01-01T12:00:00Z");
        return new Replica(pod);
    }

    /**
     * Dead after the given number of restarts, and not yet restarted again.
     *
     * @param started when the worker that died started
     * @param unready since when the pod is not Ready
     */
    public static Replica dead(String name, int restarts, Instant started, Instant unready, Instant died) {
        Pod pod = pod(name, false, restarts, """
                state: {terminated: {exitCode: 137, reason: Error, startedAt: '%s', finishedAt: '%s'}}
                """.formatted(started, died));
        pod.getStatus().getConditions().getFirst().setLastTransitionTime(unready.toString());
        return new Replica(pod);
    }

    public static Replica replica(String name, boolean ready, int restarts, String worker) {
        return new Replica(pod(name, ready, restarts, worker));
    }

    public static Pod pod(String name, boolean ready, int restarts, String worker) {
        return Serialization.unmarshal(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: images, uid: uid-of-%s, creationTimestamp: '2026-01-01T09:00:00Z',
                           labels: {pod-template-hash: 1a2b3c}}
                spec:
                  containers:
                  - name: worker
                    env: [{name: WORKERPOOL_THREADS, value: "4"}, {name: WORKERPOOL_GENERATION, value: "3"}]
                status:
                  phase: Running
                  conditions: [{type: Ready, status: "%s"}]
                  containerStatuses:
                  - name: worker
                    image: workerpool/worker:test
                    restartCount: %d
                """.formatted(name, name, ready ? "True" : "False", restarts) + worker.indent(4), Pod.class);
    }
}
