package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolSpec;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings that a worker takes over while it runs. It reads them from its environment when it starts, and from the
 * control channel afterwards; both are made here, so they cannot differ.
 *
 * @param maxAllocation bytes a run may allocate, as a quantity; empty without a budget
 */
public record LiveSettings(
        int threads,
        int queueCapacity,
        String maxWait,
        String timeout,
        Optional<String> maxAllocation,
        Map<String, String> config) {

    public LiveSettings {
        config = new TreeMap<>(config);
    }

    public static LiveSettings of(WorkerPool pool) {
        WorkerPoolSpec spec = pool.getSpec();
        return new LiveSettings(
                Amounts.threads(spec.threads(), spec.resources()),
                spec.queue().capacity(),
                spec.queue().maxWait(),
                spec.tasks().timeout(),
                Optional.ofNullable(spec.tasks().maxAllocation()).map(budget -> "" + Amounts.bytes(budget)),
                spec.config());
    }

    /**
     * Of a replica that runs: where their number follows from the CPU, it has the threads for what its node has given it, which
     * may come later than it was asked for, or never.
     */
    public static LiveSettings of(WorkerPool pool, Cpu given) {
        LiveSettings settings = of(pool);
        int threads = Cpu.of(pool.getSpec().resources()).threads(given);
        return pool.getSpec().threads() != null || threads == settings.threads
                ? settings
                : new LiveSettings(
                        threads,
                        settings.queueCapacity,
                        settings.maxWait,
                        settings.timeout,
                        settings.maxAllocation,
                        settings.config);
    }

    List<EnvVar> environment() {
        var environment = new ArrayList<EnvVar>();
        environment.add(Variable.literal("WORKERPOOL_THREADS", "" + threads));
        environment.add(Variable.literal("WORKERPOOL_QUEUE_CAPACITY", "" + queueCapacity));
        environment.add(Variable.literal("WORKERPOOL_QUEUE_MAX_WAIT", maxWait));
        environment.add(Variable.literal("WORKERPOOL_TASK_TIMEOUT", timeout));
        maxAllocation.ifPresent(budget -> environment.add(Variable.literal("WORKERPOOL_MAX_ALLOCATION", budget)));
        environment.add(Variable.literal("WORKERPOOL_CONFIG", Serialization.asJson(config)));
        return environment;
    }

    /** All of them, so that it does not matter what the worker was told before. */
    public Map<String, Object> message(long generation) {
        var queue = new LinkedHashMap<String, Object>();
        queue.put("capacity", queueCapacity);
        queue.put("maxWait", maxWait);
        var tasks = new LinkedHashMap<String, Object>();
        tasks.put("timeout", timeout);
        tasks.put("maxAllocation", maxAllocation.orElse(null));
        var message = new LinkedHashMap<String, Object>();
        message.put("generation", generation);
        message.put("threads", threads);
        message.put("queue", queue);
        message.put("tasks", tasks);
        message.put("config", config);
        return message;
    }
}
