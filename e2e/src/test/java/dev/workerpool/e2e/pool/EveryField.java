package dev.workerpool.e2e.pool;

import dev.workerpool.e2e.fixtures.Count;
import dev.workerpool.e2e.fixtures.Crash;
import dev.workerpool.e2e.fixtures.Exit;
import dev.workerpool.e2e.fixtures.Fail;
import dev.workerpool.e2e.fixtures.Fill;
import dev.workerpool.e2e.fixtures.Hoard;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.fixtures.Notice;
import dev.workerpool.e2e.fixtures.Print;
import dev.workerpool.e2e.fixtures.Probe;
import dev.workerpool.e2e.fixtures.Resource;
import dev.workerpool.e2e.fixtures.Setting;
import dev.workerpool.e2e.fixtures.Spin;
import dev.workerpool.e2e.fixtures.Swell;
import dev.workerpool.e2e.fixtures.Talk;
import dev.workerpool.e2e.fixtures.Tally;
import dev.workerpool.e2e.harness.ArtifactImage;
import dev.workerpool.e2e.harness.ServerCertificate;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The manifest of a pool with every field, most at their ends: lists and maps with as many elements as they may have, the
 * longest times, the largest amounts that a node of two cores can give.
 *
 * @param artifacts as the spec has them
 */
record EveryField(String image, List<Map<String, String>> artifacts) {
    static final String NAME = "a".repeat(52);
    static final String UNUSUAL = "ü 😀 $(HOME) \"'\\ {}";
    static final int MOST_ARTIFACTS = 16;
    static final String TLS_SECRET = "t".repeat(253);
    static final String TOKENS_SECRET = "s".repeat(253);
    static final String TOKEN = "a-token-that-is-long-enough";

    private static final List<Class<?>> IN_CONFIG_MAPS = List.of(
            Crash.class,
            Exit.class,
            Fail.class,
            Fill.class,
            Hoard.class,
            Hold.class,
            Notice.class,
            Print.class,
            Probe.class,
            Resource.class,
            Spin.class,
            Swell.class,
            Talk.class,
            Tally.class);

    /** With all that it refers to in the namespace. */
    static EveryField in(TestNamespace namespace, ServerCertificate certificate) {
        namespace.secret(TLS_SECRET, certificate.secret());
        namespace.secret(TOKENS_SECRET, Map.of("tokens", TOKEN));
        var artifacts = new ArrayList<Map<String, String>>();
        for (Class<?> task : IN_CONFIG_MAPS) {
            String name = task.getSimpleName().toLowerCase();
            namespace.configMap(name, TaskJar.of(name + ".jar", task));
            artifacts.add(Map.of("configMap", name));
        }
        TaskJar count = TaskJar.of("count.jar", Count.class);
        artifacts.add(Map.of("image", ArtifactImage.build(namespace.cluster(), "workerpool-e2e/every-count:1", count)));
        namespace.volume("setting", TaskJar.of("setting.jar", Setting.class));
        artifacts.add(Map.of("persistentVolumeClaim", "setting"));
        return new EveryField(namespace.cluster().tagWorkerImage("every-field"), artifacts);
    }

    String manifest() {
        return """
                apiVersion: workerpool.dev/v1alpha1
                kind: WorkerPool
                metadata: {name: %s}
                spec:
                  replicas: 1
                  threads: 512
                  queue: {capacity: 100000, maxWait: 3600000ms}
                  tasks:
                    artifacts: %s
                    timeout: 86400s
                    maxAllocation: 1Ti
                    maxBodySize: 1024Mi
                    sharedMemory: 1073741824
                    isolation: PerThread
                  runs: {retention: 86400s, retentionSize: 64Gi}
                  config: %s
                  image: %s
                  imagePullPolicy: Never
                  resources:
                    requests: {cpu: "0.001", memory: 33554432}
                    limits: {cpu: 2000m, memory: 4096Mi}
                  service: {port: 65535, type: ClusterIP, allowedNamespaces: %s}
                  access: {tls: {secretName: %s}, tokens: {secretName: %s}}
                  autoscaling:
                    minReplicas: 1
                    maxReplicas: 1000
                    targetUtilization: 1000
                    stableWindow: 1h
                    panicWindow: 60m
                    panicThreshold: 1000
                    scaleInDelay: 3600s
                    maxScaleOut: 1000
                    maxScaleIn: 1000
                    mode: Advice
                  drain: {timeout: 60m}
                  scheduling:
                    nodeSelector: {kubernetes.io/os: linux}
                    tolerations: %s
                    topologySpread: %s
                  env: %s
                  labels: %s
                """.formatted(
                        NAME,
                        json(artifacts),
                        json(config()),
                        image,
                        json(allowedNamespaces()),
                        TLS_SECRET,
                        TOKENS_SECRET,
                        json(tolerations()),
                        json(topologySpread()),
                        json(env().entrySet().stream()
                                .map(variable -> Map.of("name", variable.getKey(), "value", variable.getValue()))
                                .toList()),
                        json(labels()));
    }

    private static String json(Object value) {
        return Serialization.asJson(value);
    }

    /** Of nearly 60 KiB. */
    Map<String, String> config() {
        Map<String, String> config = numbered(255, i -> "key_." + i, i -> "x".repeat(220));
        config.put("unusual", UNUSUAL);
        return config;
    }

    List<String> allowedNamespaces() {
        return IntStream.range(0, 64).mapToObj(i -> "n".repeat(60) + i).toList();
    }

    private List<Map<String, Object>> tolerations() {
        var tolerations = new ArrayList<Map<String, Object>>();
        tolerations.add(Map.of(
                "key", taints().getFirst(), "operator", "Exists", "effect", "NoExecute", "tolerationSeconds", 86_400));
        taints().stream()
                .skip(1)
                .forEach(key -> tolerations.add(
                        Map.of("key", key, "operator", "Equal", "value", "v".repeat(63), "effect", "NoSchedule")));
        return tolerations;
    }

    List<String> taints() {
        return IntStream.range(0, 16).mapToObj(i -> "example.com/taint-" + i).toList();
    }

    private List<Map<String, Object>> topologySpread() {
        return topologyKeys().stream()
                .map(key -> Map.<String, Object>of(
                        "topologyKey", key, "maxSkew", 1000, "whenUnsatisfiable", "ScheduleAnyway"))
                .toList();
    }

    List<String> topologyKeys() {
        return IntStream.range(0, 8).mapToObj(i -> "example.com/zone-" + i).toList();
    }

    Map<String, String> env() {
        Map<String, String> env = numbered(62, i -> "NUMBER_" + i, i -> "");
        env.put("UNUSUAL", UNUSUAL);
        env.put("LONGEST", "x".repeat(4096));
        return env;
    }

    Map<String, String> labels() {
        return numbered(32, i -> "example.com/label-" + i, i -> "l".repeat(63));
    }

    private static Map<String, String> numbered(int count, IntFunction<String> key, IntFunction<String> value) {
        var numbered = new TreeMap<String, String>();
        IntStream.range(0, count).forEach(i -> numbered.put(key.apply(i), value.apply(i)));
        return numbered;
    }
}
