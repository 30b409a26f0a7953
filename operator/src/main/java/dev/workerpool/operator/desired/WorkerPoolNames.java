package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;

/** The names of a pool's child objects, its labels and its ports. Each name of this product has its one home here. */
public final class WorkerPoolNames {

    /** On every child object and pod: the pool it belongs to. Informers and Services select by it. */
    public static final String POOL_LABEL = "workerpool.dev/pool";

    /** On a namespace: its pods may read the metrics of every pool. */
    public static final String METRICS_SCRAPER_LABEL = "workerpool.dev/metrics-scraper";

    public static final String FIELD_MANAGER = "workerpool-operator";

    /** The name the operator's own pods bear as {@code app.kubernetes.io/name}. */
    public static final String OPERATOR_APP = "workerpool-operator";

    static final String WORKER_APP = "workerpool-worker";

    public static final String WORKER_CONTAINER = "worker";

    static final String TASKS_PORT_NAME = "tasks";
    public static final int TASKS_PORT = 8000;

    static final String MANAGEMENT_PORT_NAME = "management";
    public static final int MANAGEMENT_PORT = 9000;

    /** Of pods: stands for the template that their ReplicaSet has. */
    public static final String TEMPLATE_LABEL = "pod-template-hash";

    private WorkerPoolNames() {}

    /** Deployment, Service, PodDisruptionBudget and NetworkPolicy bear the pool's own name. */
    public static String child(WorkerPool pool) {
        return pool.getMetadata().getName();
    }
}
