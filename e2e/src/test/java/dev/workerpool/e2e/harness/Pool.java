package dev.workerpool.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A WorkerPool as a user has it: applied with kubectl, called over HTTP from outside through its Service's node port.
 * What it returns is read anew from the API each time.
 */
public final class Pool {
    private final TestNamespace namespace;
    private final String name;
    private final int nodePort;
    private Http.Opener opener = Http.Opener.PLAIN;

    Pool(TestNamespace namespace, String name, int nodePort) {
        this.namespace = namespace;
        this.name = name;
        this.nodePort = nodePort;
    }

    public String name() {
        return name;
    }

    /** Applies the fields of a spec, given as YAML; the Service's node port is added so that the test can call it. */
    public Pool apply(String spec) {
        namespace.apply(manifest(spec));
        return this;
    }

    String manifest(String spec) {
        return """
                apiVersion: workerpool.dev/v1alpha1
                kind: WorkerPool
                metadata:
                  name: %s
                spec:
                  service: {type: NodePort, nodePort: %d}
                %s""".formatted(name, nodePort, spec.indent(2));
    }

    /** Changes some fields, given as JSON, with {@code kubectl patch}. */
    public Pool patch(String spec) {
        namespace
                .kubectl("patch", "workerpool", name, "--type=merge", "-p", "{\"spec\":" + spec + "}")
                .out();
        return this;
    }

    public Pool scale(int replicas) {
        namespace.kubectl("scale", "workerpool", name, "--replicas=" + replicas).out();
        return this;
    }

    public void delete() {
        namespace.kubectl("delete", "workerpool", name).out();
    }

    public WorkerPool get() {
        return Objects.requireNonNull(resource().get(), () -> "there is no WorkerPool " + name);
    }

    public Resource<WorkerPool> resource() {
        return namespace
                .client()
                .resources(WorkerPool.class)
                .inNamespace(namespace.name())
                .withName(name);
    }

    public WorkerPoolStatus status() {
        WorkerPoolStatus status = get().getStatus();
        assertThat(status).as("status of " + name).isNotNull();
        return status;
    }

    /** Waits until the newest spec is in force: all replicas Ready, the old ones gone, and calls get through. */
    public Pool awaitSettled() {
        Wait.untilAsserted(name + " is settled", () -> {
            WorkerPool pool = get();
            assertThat(status().observedGeneration())
                    .as("observed generation")
                    .isEqualTo(pool.getMetadata().getGeneration());
            int wanted = pool.getSpec().replicas();
            assertThat(status().readyReplicas()).as("ready replicas").isEqualTo(wanted);
            assertThat(condition("Progressing").status()).as("Progressing").isEqualTo("False");
            assertThat(pods()).as("pods").hasSize(wanted);
            assertThat(wanted == 0 || answers()).as("a call gets through").isTrue();
        });
        return this;
    }

    /** A replica that is Ready is reached once the node's proxy has followed, which takes it up to a second. */
    private boolean answers() {
        try (Http connection = connect()) {
            return connection.send(Http.Request.get("/tasks")).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    public Condition awaitCondition(String type, String status) {
        Wait.untilAsserted(
                "%s of %s is %s".formatted(type, name, status),
                () -> assertThat(condition(type)).extracting(Condition::status).isEqualTo(status));
        return condition(type);
    }

    public Condition condition(String type) {
        return status().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " has no condition " + type));
    }

    public List<Pod> pods() {
        return namespace
                .client()
                .pods()
                .inNamespace(namespace.name())
                .withLabel("workerpool.dev/pool", name)
                .list()
                .getItems();
    }

    public Pod onlyPod() {
        assertThat(pods()).as("pods of " + name).hasSize(1);
        return pods().getFirst();
    }

    public Set<String> podUids() {
        return pods().stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
    }

    /** Waits for an Event on this pool and returns it. */
    public Event awaitEvent(String reason, Predicate<Event> that) {
        Wait.until("event %s on %s".formatted(reason, name), () -> events(reason).stream()
                .anyMatch(that));
        return events(reason).stream().filter(that).findFirst().orElseThrow();
    }

    public Event awaitEvent(String reason) {
        return awaitEvent(reason, event -> true);
    }

    public List<Event> events(String reason) {
        return namespace.client().v1().events().inNamespace(namespace.name()).list().getItems().stream()
                .filter(event -> name.equals(event.getInvolvedObject().getName()))
                .filter(event -> "WorkerPool".equals(event.getInvolvedObject().getKind()))
                .filter(event -> reason.equals(event.getReason()))
                .toList();
    }

    /** From now on connections to it are made so. */
    public Pool openedBy(Http.Opener way) {
        this.opener = way;
        return this;
    }

    /** A new connection to the pool, which the Service leads to any Ready replica. */
    public Http connect() throws IOException {
        return connect(opener);
    }

    /** The same, made otherwise than the others. */
    public Http connect(Http.Opener way) throws IOException {
        return way.open(namespace.cluster().host(), namespace.cluster().hostPort(nodePort));
    }

    /** The name of its Service, for which it has its certificate if it has one. */
    public String host() {
        return "%s.%s.svc".formatted(name, namespace.name());
    }

    public String url() {
        return "http://%s:%d"
                .formatted(namespace.cluster().host(), namespace.cluster().hostPort(nodePort));
    }

    /** Runs a task with a JSON input, on a connection of its own. */
    public Http.Answer run(String task, String json) {
        return send(Http.Request.json("/tasks/" + task, json));
    }

    public Http.Answer send(Http.Request request) {
        try (Http connection = connect()) {
            return connection.send(request);
        } catch (IOException e) {
            throw new UncheckedIOException("%s %s: %s".formatted(request.method(), url() + request.path(), e), e);
        }
    }

    /** Sends a request on a thread and a connection of its own. */
    public CompletableFuture<Http.Answer> sendInBackground(Http.Request request) {
        return CompletableFuture.supplyAsync(
                () -> send(request), task -> Thread.ofVirtual().start(task));
    }

    /** Sends so many requests at the same time, each on a connection of its own. */
    public List<Http.Answer> sendAtOnce(int many, Http.Request request) {
        List<CompletableFuture<Http.Answer>> answers =
                Stream.generate(() -> sendInBackground(request)).limit(many).toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    /** The value of a series as a replica's metrics name it, with its labels; 0 where it has none yet. */
    public double metric(Pod pod, String series) {
        return management(pod, "/metrics")
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    /** Waits until every replica hears of the load of all others: from then on they pass requests to each other. */
    public Pool awaitPeers() {
        List<Pod> pods = pods();
        Wait.untilAsserted("the replicas of %s know each other".formatted(name), () -> assertThat(pods)
                .allSatisfy(
                        pod -> assertThat(metric(pod, "workerpool_peers_heard")).isEqualTo(pods.size() - 1)));
        return this;
    }

    /** Waits until a thread of this replica is at such a task. */
    public void awaitTask(Pod pod, String task) {
        Wait.until("%s runs %s".formatted(pod.getMetadata().getName(), task), () -> management(pod, "/status")
                .contains("\"task\":\"" + task + "\""));
    }

    /** What a path of the management port answers, asked through the API server, which every replica admits. */
    public String management(Pod pod, String path) {
        return namespace
                .client()
                .raw("/api/v1/namespaces/%s/pods/%s:9000/proxy%s"
                        .formatted(namespace.name(), pod.getMetadata().getName(), path));
    }
}
