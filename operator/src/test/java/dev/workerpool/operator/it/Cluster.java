package dev.workerpool.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.apiserver.ApiServer;
import dev.workerpool.operator.control.ControlKey;
import dev.workerpool.operator.dependent.Children;
import dev.workerpool.operator.desired.DesiredDisruptionBudget;
import dev.workerpool.operator.desired.Release;
import dev.workerpool.operator.runtime.OperatorClient;
import dev.workerpool.operator.runtime.PoolOperator;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ThrowingRunnable;

/**
 * A namespace of its own on the test API server, with an operator that watches only it. No controllers run there: what a
 * Deployment's controller and a kubelet would do, the test does.
 */
public final class Cluster implements AutoCloseable {

    public static final Release RELEASE = new Release("test", "workerpool/worker:test", "workerpool-system");

    public static final List<Class<? extends HasMetadata>> CHILDREN = Children.KINDS;

    private final ApiServer.Running server;
    private final String namespace = "it-" + UUID.randomUUID().toString().substring(0, 8);
    private final RequestLog requests = new RequestLog();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Set<String> watched = new TreeSet<>();
    private Optional<Path> keyFile = Optional.empty();
    private KubernetesClient operatorClient;
    private PoolOperator operator;

    public Cluster(ApiServer.Running server) {
        this.server = server;
        watched.add(namespace);
        admin().resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    public Cluster startOperator() {
        return startOperator(server.config(), requests);
    }

    /** An operator that reaches the API server as the configuration says, with every request shown to {@code inspector}. */
    public Cluster startOperator(Config config, Interceptor inspector) {
        Config patient = new ConfigBuilder(config)
                .withRequestRetryBackoffLimit(1)
                .withRequestTimeout(5_000)
                .build();
        operatorClient = OperatorClient.of(patient, inspector);
        operator = new PoolOperator(
                operatorClient,
                RELEASE,
                new ControlKey(keyFile),
                "operator-under-test",
                watched,
                Duration.ofSeconds(1),
                meters);
        operator.start();
        return this;
    }

    /** Signs with it what it tells the replicas. */
    public Cluster withControlKey(Path file) {
        keyFile = Optional.of(file);
        return this;
    }

    /** Besides its own namespace. */
    public Cluster alsoWatching(String other) {
        watched.add(other);
        return this;
    }

    public Config config() {
        return server.config();
    }

    public void stopOperator() {
        if (operator != null) {
            operator.close();
            operatorClient.close();
            operator = null;
        }
    }

    /** A client with all rights. */
    public KubernetesClient admin() {
        return server.client();
    }

    public String namespace() {
        return namespace;
    }

    public RequestLog requests() {
        return requests;
    }

    /** Whether the operator would be sent traffic, if it had any. */
    public boolean isReady() {
        return operator.isSynced();
    }

    /** Of all pools, by all its operators so far. */
    public double passes() {
        return meters.find(MicrometerMetricsV2.RECONCILIATIONS_SUCCESS).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** What a monitoring system reads of a pool; null when there is nothing of it. */
    public Double metric(String name, String pool) {
        return meters.getPrometheusRegistry()
                .getSampleValue(name, new String[] {"namespace", "pool"}, new String[] {namespace, pool});
    }

    /** The same, of one value of one more label. */
    public Double metric(String name, String pool, String label, String value) {
        return meters.getPrometheusRegistry()
                .getSampleValue(name, new String[] {"namespace", "pool", label}, new String[] {namespace, pool, value});
    }

    /** What a monitoring system reads of a pool's condition; null when it has not got it for this reason. */
    public Double conditionMetric(String pool, String type, String reason) {
        return meters.getPrometheusRegistry()
                .getSampleValue(
                        "workerpool_pool_condition",
                        new String[] {"namespace", "pool", "condition", "reason"},
                        new String[] {namespace, pool, type, reason});
    }

    /** What a monitoring system reads of the framework's one controller; null when there is nothing of it. */
    public Double frameworkGauge(String name) {
        return meters.getPrometheusRegistry()
                .getSampleValue(name, new String[] {"controller_name"}, new String[] {"workerpool"});
    }

    /** Waits until the operator has written nothing for three seconds, and returns what it wrote before. */
    public List<String> awaitQuiet() {
        AtomicReference<List<String>> last = new AtomicReference<>(List.of());
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .during(Duration.ofSeconds(3))
                .until(() -> {
                    List<String> now = requests.writes();
                    return now.equals(last.getAndSet(now));
                });
        return last.get();
    }

    /** Brings the operator to look at the pool again. */
    public void annotateDeployment(String pool) {
        admin().apps().deployments().inNamespace(namespace).withName(pool).edit(deployment -> {
            deployment.getMetadata().getAnnotations().put("example.com/note", "seen at " + System.nanoTime());
            return deployment;
        });
    }

    /** As a user does it: what is not written is not sent. */
    public WorkerPool apply(String name, String spec) {
        GenericKubernetesResource pool = Serialization.unmarshal(
                """
                apiVersion: workerpool.dev/v1alpha1
                kind: WorkerPool
                metadata: {name: %s, namespace: %s}
                spec: %s
                """.formatted(name, namespace, spec.replace("\n", " ")), GenericKubernetesResource.class);
        admin().resource(pool).forceConflicts().serverSideApply();
        return pool(name);
    }

    public WorkerPool pool(String name) {
        return admin().resources(WorkerPool.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    public <T extends HasMetadata> T child(Class<T> type, String pool) {
        return admin().resources(type).inNamespace(namespace).withName(pool).get();
    }

    public Deployment deployment(String pool) {
        return child(Deployment.class, pool);
    }

    /** Waits until all its children are there and the status is of the present generation. */
    public void awaitReconciled(String pool) {
        awaitThat(() -> {
            WorkerPool now = pool(pool);
            CHILDREN.stream()
                    .filter(type -> type != PodDisruptionBudget.class || DesiredDisruptionBudget.isWanted(now))
                    .forEach(type -> assertThat(child(type, pool))
                            .as(type.getSimpleName())
                            .isNotNull());
            assertThat(now.getStatus()).isNotNull();
            assertThat(now.getStatus().observedGeneration())
                    .isEqualTo(now.getMetadata().getGeneration());
        });
    }

    public static void awaitThat(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                // What is not there yet is null at first.
                .ignoreExceptions()
                .untilAsserted(assertion);
    }

    public Condition condition(String pool, String type) {
        WorkerPoolStatus status = pool(pool).getStatus();
        assertThat(status).isNotNull();
        return status.conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    public List<Event> events(String reason) {
        return admin().v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(event -> event.getReason().equals(reason))
                .toList();
    }

    /** Does the part of the Deployment's and the ReplicaSet's controllers: a pod of the present template. */
    public Pod createPod(String pool, String suffix) {
        var template = deployment(pool).getSpec().getTemplate();
        Pod pod = new PodBuilder()
                .withMetadata(template.getMetadata())
                .editMetadata()
                .withName(pool + "-" + suffix)
                .withNamespace(namespace)
                .addToLabels("pod-template-hash", "1a2b3c")
                .addNewOwnerReference()
                .withApiVersion("apps/v1")
                .withKind("ReplicaSet")
                .withName(pool + "-1a2b3c")
                .withUid("of-no-real-one")
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
        return admin().resource(pod).create();
    }

    public Pod pod(String name) {
        return admin().pods().inNamespace(namespace).withName(name).get();
    }

    /** Does the part of the kubelet; again when the operator, which resizes a new pod, has just written to it. */
    public void setPodStatus(String pod, String yaml) {
        awaitThat(() -> admin().pods().inNamespace(namespace).withName(pod).editStatus(present -> {
            present.setStatus(Serialization.unmarshal(yaml, PodStatus.class));
            return present;
        }));
    }

    void setPodStatus(String pod, RunningPod status) {
        setPodStatus(pod, status.yaml());
    }

    public void setDeploymentStatus(String pool, String yaml) {
        admin().apps().deployments().inNamespace(namespace).withName(pool).editStatus(present -> {
            present.setStatus(Serialization.unmarshal(yaml, DeploymentStatus.class));
            return present;
        });
    }

    @Override
    public void close() {
        stopOperator();
        // No controller empties a namespace here, and node ports are the whole cluster's.
        admin().services().inNamespace(namespace).delete();
        admin().namespaces().withName(namespace).delete();
    }
}
