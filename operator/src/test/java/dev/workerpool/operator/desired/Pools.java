package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Pools for tests: a valid one, with the spec given as YAML. */
public final class Pools {

    public static final Release RELEASE = new Release("test", "workerpool/worker:test", "workerpool-system");

    private Pools() {}

    public static WorkerPool pool() {
        return pool("{}");
    }

    public static WorkerPool pool(String spec) {
        String yaml = """
                apiVersion: workerpool.dev/v1alpha1
                kind: WorkerPool
                metadata: {name: thumbnails, namespace: images, uid: 6f1c, generation: 3}
                spec:
                """;
        return Serialization.unmarshal(yaml + spec.indent(2), WorkerPool.class);
    }
}
