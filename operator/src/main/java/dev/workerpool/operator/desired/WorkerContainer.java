package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;

/** The container in which a worker runs: what it is told by its environment, and how the kubelet sees its state. */
final class WorkerContainer {

    /**
     * Between unready and refusing: the time in which endpoints, kube-proxies and keep-alive clients learn that the
     * replica leaves, while it still serves what reaches it.
     */
    static final int DRAIN_DELAY_SECONDS = 3;

    static final String TMP_VOLUME = "tmp";

    private WorkerContainer() {}

    static Container of(WorkerPool pool, Release release, String image, TaskArtifacts artifacts, AccessSecrets access) {
        WorkerPoolSpec spec = pool.getSpec();
        Container container = new ContainerBuilder()
                .withName(WorkerPoolNames.WORKER_CONTAINER)
                .withImage(image)
                .withImagePullPolicy(spec.imagePullPolicy())
                .withPorts(
                        port(WorkerPoolNames.TASKS_PORT_NAME, WorkerPoolNames.TASKS_PORT),
                        port(WorkerPoolNames.MANAGEMENT_PORT_NAME, WorkerPoolNames.MANAGEMENT_PORT))
                .withStartupProbe(startup())
                .withReadinessProbe(readiness())
                .withLivenessProbe(liveness())
                .withResources(Amounts.requirements(spec.resources()))
                .withVolumeMounts(mounts(artifacts, access))
                // Without a message of its own, the last lines of the log tell what a worker died of.
                .withTerminationMessagePolicy("FallbackToLogsOnError")
                .withSecurityContext(PodTemplate.containerSecurity())
                .build();
        // A builder copies what it is given, twice: what is large is set.
        container.setEnv(environment(pool, release, access));
        return container;
    }

    private static List<EnvVar> environment(WorkerPool pool, Release release, AccessSecrets access) {
        WorkerPoolSpec spec = pool.getSpec();
        var environment = new ArrayList<EnvVar>();
        // The user's first: a variable can only refer to earlier ones, and these refer to none.
        spec.env().forEach(variable -> environment.add(Variable.literal(variable.name(), variable.value())));
        environment.add(Variable.literal("WORKERPOOL_POOL", pool.getMetadata().getName()));
        environment.add(Variable.ofThePod("WORKERPOOL_REPLICA", "metadata.name"));
        environment.addAll(LiveEnvironment.of(pool, release).variables());
        environment.add(Variable.literal(
                "WORKERPOOL_MAX_BODY_SIZE", "" + Amounts.bytes(spec.tasks().maxBodySize())));
        environment.add(Variable.literal(
                "WORKERPOOL_SHARED_MEMORY", "" + Amounts.bytes(spec.tasks().sharedMemory())));
        environment.add(Variable.literal("WORKERPOOL_ISOLATION", spec.tasks().isolation()));
        environment.add(Variable.literal("WORKERPOOL_RUN_RETENTION", spec.runs().retention()));
        if (spec.runs().retentionSize() != null) {
            environment.add(Variable.literal(
                    "WORKERPOOL_RUN_RETENTION_SIZE",
                    "" + Amounts.bytes(spec.runs().retentionSize())));
        }
        environment.add(
                Variable.literal("WORKERPOOL_DRAIN_TIMEOUT", spec.drain().timeout()));
        environment.add(Variable.literal("WORKERPOOL_DRAIN_DELAY", DRAIN_DELAY_SECONDS + "s"));
        environment.addAll(access.environment());
        release.workerLogFormat()
                .ifPresent(format -> environment.add(Variable.literal("WORKERPOOL_LOG_FORMAT", format)));
        return environment;
    }

    private static ContainerPort port(String name, int number) {
        return new ContainerPortBuilder()
                .withName(name)
                .withContainerPort(number)
                .withProtocol("TCP")
                .build();
    }

    /**
     * Two minutes for the slowest node; until then neither of the others is asked. The primary holds the port from the
     * first moment, so the first question waits there until the worker is up to answer it, and none is refused.
     */
    private static Probe startup() {
        return probe("/health/started", 1, 3).withFailureThreshold(40).build();
    }

    /**
     * Patient too: on a full node a slow answer is no absence. A pod that is deleted and a worker that died leave the
     * endpoints without the probe.
     */
    private static Probe readiness() {
        return probe("/health/ready", 1, 5).withFailureThreshold(3).build();
    }

    /** Patient: a worker is meant to use all of its CPU. */
    private static Probe liveness() {
        return probe("/health/live", 5, 5).withFailureThreshold(6).build();
    }

    private static ProbeBuilder probe(String path, int periodSeconds, int timeoutSeconds) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath(path)
                .withNewPort(WorkerPoolNames.MANAGEMENT_PORT_NAME)
                .endHttpGet()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(timeoutSeconds);
    }

    private static List<VolumeMount> mounts(TaskArtifacts artifacts, AccessSecrets access) {
        var mounts = new ArrayList<VolumeMount>();
        mounts.add(new VolumeMountBuilder()
                .withName(TMP_VOLUME)
                .withMountPath("/tmp")
                .build());
        mounts.addAll(artifacts.mounts());
        mounts.addAll(access.mounts());
        return mounts;
    }
}
