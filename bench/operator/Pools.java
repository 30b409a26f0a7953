import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes many pools, or what the operator makes of them, and prints seconds.
 *
 * <pre>
 * Pools pools  NAMESPACE REPLICAS COUNT          WorkerPools; until all their children exist, and until each status is of the
 *                                                newest spec too
 * Pools same   NAMESPACE REPLICAS COUNT EACH     the same, with EACH replicas in every pool
 * Pools bare   NAMESPACE REPLICAS COUNT THREADS  the children themselves, written by a loop of so many threads
 * Pools sample NAMESPACE REPLICAS                one pool, from which `bare` takes its children
 * Pools share  NAMESPACE REPLICAS COUNT          one pool after the other, from where a watch sees the WorkerPool to where it
 *                                                sees the last child; in turns with the same children applied bare, all at
 *                                                once, from the first request: median, 99th percentile and longest of both
 * Pools deaths NAMESPACE                         every pod's worker has just died and is back; until each pool counts it
 * </pre>
 *
 * Pools have REPLICAS to 1 replicas in turns, or none; those with more than one have a PodDisruptionBudget too. All of it uses the operator's own client library with the same
 * settings, so what differs is the operator.
 */
final class Pools {
    private static final int CREATORS = 16;
    private static final long MINUTES_AT_MOST = 20;

    /** Pairs that are not counted: the client, too, has to learn. */
    private static final int WARM_UP = 10;

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("bench")
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final String namespace;
    private final int mostReplicas;

    /** In every pool; below 0 they differ. */
    private int each = -1;

    private Pools(KubernetesClient client, String namespace, int mostReplicas) {
        this.client = client;
        this.namespace = namespace;
        this.mostReplicas = mostReplicas;
    }

    public static void main(String[] arguments) throws Exception {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            int replicas = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0;
            int count = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1;
            var pools = new Pools(client, arguments[1], replicas);
            double[] seconds =
                    switch (arguments[0]) {
                        case "sample", "pools" -> pools.pools(count);
                        case "same" -> pools.allWith(Integer.parseInt(arguments[4])).pools(count);
                        case "bare" -> pools.bare(count, Integer.parseInt(arguments[4]));
                        case "share" -> pools.share(count);
                        case "deaths" -> pools.deaths();
                        default -> throw new IllegalArgumentException(arguments[0]);
                    };
            Arrays.stream(seconds).forEach(one -> System.out.printf(Locale.ROOT, "%.3f%n", one));
        }
        System.exit(0);
    }

    private Pools allWith(int number) {
        each = number;
        return this;
    }

    private double[] pools(int count) throws Exception {
        CountDownLatch children = childrenOf(count);
        var statuses = new CountDownLatch(count);
        try (var watches = new Watches(client, namespace)) {
            watches.children(_ -> children.countDown());
            watches.pools(Watches::isOfNewestSpec, _ -> statuses.countDown());
            long start = System.nanoTime();
            inParallel(count, CREATORS, this::create);
            await(children, "children");
            double written = since(start);
            await(statuses, "statuses");
            return new double[] {written, since(start)};
        }
    }

    private static void await(CountDownLatch missing, String what) throws InterruptedException {
        if (!missing.await(MINUTES_AT_MOST, TimeUnit.MINUTES)) {
            throw new IllegalStateException(missing.getCount() + " " + what + " were not there in time");
        }
    }

    private double[] share(int count) throws Exception {
        var operator = new double[WARM_UP + count];
        var bare = new double[WARM_UP + count];
        List<HasMetadata> samples = samples();
        try (var watches = new Watches(client, namespace);
                ExecutorService writers = Executors.newFixedThreadPool(samples.size())) {
            var began = new ConcurrentHashMap<String, Long>();
            var left = new ConcurrentHashMap<String, CountDownLatch>();
            watches.pools(_ -> true, name -> began.put(name, System.nanoTime()));
            watches.children(name -> left.get(name).countDown());
            // Now the one first, now the other.
            for (int turn = 0; turn < 2 * operator.length; turn++) {
                int i = turn / 2;
                boolean byOperator = (turn + i) % 2 == 0;
                String name = (byOperator ? "pool-" : "bare-") + i;
                var children = new CountDownLatch(children(i).size());
                left.put(name, children);
                if (byOperator) {
                    create(i);
                } else {
                    began.put(name, System.nanoTime());
                    // All at once, as the operator does.
                    of(i, samples).forEach(sample -> writers.execute(() -> apply(sample, name, replicas(i))));
                }
                if (!children.await(1, TimeUnit.MINUTES)) {
                    throw new IllegalStateException(name + " was not there in time");
                }
                long now = System.nanoTime();
                // The watch of the pools may be behind that of the children: then nothing was lost at all.
                (byOperator ? operator : bare)[i] = (now - began.getOrDefault(name, now)) / 1e9;
                // What the last one left to do must not be the next one's: pods, statuses, and what is told of them.
                TimeUnit.SECONDS.sleep(1);
            }
        }
        return Stream.of(operator, bare)
                .map(seconds -> Arrays.copyOfRange(seconds, WARM_UP, seconds.length))
                .flatMapToDouble(seconds ->
                        DoubleStream.of(percentile(seconds, 0.5), percentile(seconds, 0.99), percentile(seconds, 1)))
                .toArray();
    }

    private static double percentile(double[] seconds, double part) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(sorted.length * part) - 1];
    }

    /** Does the part of the kubelet: each worker ran, was killed, and runs again. */
    private double[] deaths() throws Exception {
        List<Pod> pods = client.pods().inNamespace(namespace).list().getItems();
        long pools = pods.stream()
                .map(pod -> pod.getMetadata().getLabels().get(Watches.POOL_LABEL))
                .distinct()
                .count();
        var missing = new CountDownLatch((int) pools);
        try (var watches = new Watches(client, namespace)) {
            watches.pools(Watches::hasCountedARestart, _ -> missing.countDown());
            long start = System.nanoTime();
            inParallel(pods.size(), CREATORS, i -> die(pods.get(i)));
            await(missing, "counted deaths");
            return new double[] {since(start)};
        }
    }

    private void die(Pod pod) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        client.pods()
                .inNamespace(namespace)
                .withName(pod.getMetadata().getName())
                .editStatus(present -> {
                    PodStatus status = present.getStatus();
                    var worker = status.getContainerStatuses().getFirst();
                    worker.setRestartCount(worker.getRestartCount() + 1);
                    worker.setState(new ContainerStateBuilder()
                            .withNewRunning()
                            .withStartedAt(now.toString())
                            .endRunning()
                            .build());
                    worker.setLastState(new ContainerStateBuilder()
                            .withNewTerminated()
                            .withExitCode(137)
                            .withReason("Error")
                            .withFinishedAt(now.minusSeconds(1).toString())
                            .endTerminated()
                            .build());
                    return present;
                });
    }

    private void create(int number) {
        var pool = new GenericKubernetesResource();
        pool.setApiVersion("workerpool.dev/v1alpha1");
        pool.setKind("WorkerPool");
        pool.setMetadata(new ObjectMeta());
        pool.getMetadata().setName("pool-" + number);
        // Onto the nodes that only seem to be there, and onto no other.
        var scheduling = Map.of(
                "nodeSelector", Map.of("workerpool.dev/bench", "fake"),
                "tolerations", List.of(Map.of("key", "workerpool.dev/bench", "operator", "Exists")));
        pool.setAdditionalProperty(
                "spec", Map.of("replicas", replicas(number), "threads", 2, "scheduling", scheduling));
        client.genericKubernetesResources(Watches.POOL)
                .inNamespace(namespace)
                .resource(pool)
                .create();
    }

    private int replicas(int number) {
        if (each >= 0) {
            return each;
        }
        return mostReplicas == 0 ? 0 : mostReplicas - number % mostReplicas;
    }

    /** The kinds of a pool's children. */
    private List<Class<? extends HasMetadata>> children(int number) {
        return Watches.CHILDREN.stream()
                .filter(kind -> kind != PodDisruptionBudget.class || replicas(number) > 1)
                .toList();
    }

    private Stream<HasMetadata> of(int number, List<HasMetadata> samples) {
        return samples.stream().filter(sample -> children(number).contains(sample.getClass()));
    }

    private double[] bare(int count, int threads) throws Exception {
        List<HasMetadata> samples = samples();
        CountDownLatch children = childrenOf(count);
        try (var watches = new Watches(client, namespace)) {
            watches.children(_ -> children.countDown());
            long start = System.nanoTime();
            inParallel(
                    count,
                    threads,
                    i -> of(i, samples).forEach(sample -> apply(sample, "pool-" + i, replicas(i))));
            await(children, "children");
            return new double[] {since(start)};
        }
    }

    private CountDownLatch childrenOf(int count) {
        return new CountDownLatch(
                IntStream.range(0, count).map(number -> children(number).size()).sum());
    }

    /** The children that the operator made for a pool. */
    private List<HasMetadata> samples() {
        List<HasMetadata> samples = new ArrayList<>();
        for (var child : children(0)) {
            HasMetadata sample = client.resources(child)
                    .inNamespace("bench-sample")
                    .withName("pool-0")
                    .require();
            samples.add(stripped(sample));
        }
        return samples;
    }

    private void apply(HasMetadata sample, String name, int replicas) {
        var serialization = client.getKubernetesSerialization();
        // In names, labels and selectors. The operator is not to see them: it would look after them as if they were its own.
        String json = serialization
                .asJson(sample)
                .replace("\"pool-0\"", "\"" + name + "\"")
                .replace(Watches.POOL_LABEL, "workerpool.dev/bare")
                .replace("\"workerpool-operator\"", "\"workerpool-bareloop\"");
        HasMetadata child = serialization.unmarshal(json, sample.getClass());
        child.getMetadata().setNamespace(namespace);
        if (child instanceof Deployment deployment) {
            deployment.getSpec().setReplicas(replicas);
        }
        client.resource(child).patch(APPLY);
    }

    private static HasMetadata stripped(HasMetadata child) {
        var metadata = new ObjectMeta();
        metadata.setName(child.getMetadata().getName());
        metadata.setLabels(child.getMetadata().getLabels());
        metadata.setAnnotations(child.getMetadata().getAnnotations());
        child.setMetadata(metadata);
        if (child instanceof Service service) {
            service.getSpec().setClusterIP(null);
            service.getSpec().setClusterIPs(null);
            service.setStatus(null);
        } else if (child instanceof Deployment deployment) {
            deployment.setStatus(null);
        } else if (child instanceof PodDisruptionBudget budget) {
            budget.setStatus(null);
        }
        return child;
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private interface Work {
        void of(int number);
    }

    private static void inParallel(int count, int threads, Work work) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                all.add(executor.submit(() -> work.of(number)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }
}
