import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * As much of a Kubernetes API as the operator needs to take up pools, behind TLS as the real one is: it lists a pool that is
 * there already, with a pod, tells of a second one through the watch, and plays the Deployment controller and the node for both. At the
 * replicas' address it answers for them.
 *
 * <p>{@code TrainingApi KEYSTORE PORT OPERATOR_PORT}. Ends with 0 once the operator has written children and status of both pools,
 * has asked and told the replicas, and has answered probes; with 1 if it does not.
 */
final class TrainingApi implements TrainingServer.Api {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int MANAGEMENT_PORT = 9000;

    private static final String POOL = """
            {"apiVersion":"workerpool.dev/v1alpha1","kind":"WorkerPool",
             "metadata":{"name":"NAME","namespace":"training","uid":"NAME","resourceVersion":"1","generation":1,
                         "creationTimestamp":"2026-01-01T00:00:00Z"},
             "spec":{"replicas":2,"threads":2,"queue":{"capacity":256,"maxWait":"10s"},
                     "tasks":{"timeout":"30s","maxBodySize":"64Mi","isolation":"Shared"},
                     "service":{"port":8000,"type":"ClusterIP"},"drain":{"timeout":"60s"}}}""";

    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod",
             "metadata":{"name":"NAME-1-a","namespace":"training","uid":"NAME-1-a","resourceVersion":"VERSION",
                         "creationTimestamp":"2026-01-01T00:00:00Z",
                         "labels":{"workerpool.dev/pool":"NAME","pod-template-hash":"1"},
                         "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"NAME-1","uid":"3","controller":true}]},
             "spec":{"nodeName":"training","containers":[{"name":"worker","env":[{"name":"WORKERPOOL_THREADS","value":"1"}],
                         "resources":{"requests":{"cpu":"1"}}}]},
             "status":{"phase":"Running","podIP":"127.0.0.1",
                       "conditions":[{"type":"Ready","status":"READY","lastTransitionTime":"2026-01-01T00:00:00Z"}],
                       "containerStatuses":[{"name":"worker","restartCount":1,
                           "state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}},
                           "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled",
                                        "finishedAt":"2026-01-01T00:00:00Z"}}}]}}""";

    private static final String DEPLOYMENT_STATUS = """
            {"observedGeneration":1,"replicas":1,"updatedReplicas":1,"readyReplicas":1,"availableReplicas":1,
             "conditions":[{"type":"Available","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"},
                           {"type":"Progressing","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]}""";

    private static final String REPLICA = """
            {"threads":[{"state":"idle"}],"active":0,"queued":0,"rejected":{},"generation":GENERATION,"settings":{"threads":2},
             "tasks":[],"artifacts":[]}""";

    private static final List<String> POOLS = List.of("first", "second");

    /** Three children, a budget and a status for each pool. */
    private final CountDownLatch written = new CountDownLatch(5 * POOLS.size());

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch told = new CountDownLatch(1);

    private final Map<String, ObjectNode> objects = new HashMap<>();
    private final Map<String, List<Consumer<String>>> watches = new HashMap<>();
    private int version = 1;

    private TrainingApi() {}

    public static void main(String[] arguments) throws Exception {
        var api = new TrainingApi();
        Vertx vertx = Vertx.vertx();
        TrainingServer.start(vertx, secured(arguments[0], Integer.parseInt(arguments[1])), api);
        TrainingServer.start(vertx, new HttpServerOptions().setPort(MANAGEMENT_PORT), api);
        boolean done = api.written.await(60, TimeUnit.SECONDS) && api.asked.await(10, TimeUnit.SECONDS)
                && api.told.await(10, TimeUnit.SECONDS);
        probe("http://127.0.0.1:" + arguments[2] + "/q/");
        // What follows a write, the cache is to know as well.
        TimeUnit.SECONDS.sleep(2);
        System.out.println("not written: " + api.written.getCount() + ", not asked: " + api.asked.getCount() + ", not told: "
                + api.told.getCount() + ", known: " + api.objects.keySet());
        System.exit(done ? 0 : 1);
    }

    private static HttpServerOptions secured(String keyStore, int port) {
        return new HttpServerOptions()
                .setPort(port)
                .setSsl(true)
                .setKeyCertOptions(new PfxOptions().setPath(keyStore).setPassword("training"));
    }

    private static void probe(String operator) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            for (String path : List.of("health/started", "health/live", "health/ready", "metrics")) {
                client.send(HttpRequest.newBuilder(URI.create(operator + path)).build(), BodyHandlers.discarding());
            }
        }
    }

    @Override
    public synchronized TrainingServer.Response answer(TrainingServer.Request request) {
        try {
            String path = request.path();
            if (path.equals("/status")) {
                asked.countDown();
                return replica();
            }
            if (path.equals("/settings")) {
                told.countDown();
                return replica();
            }
            return switch (request.method()) {
                case "GET" -> path.contains("/leases/") ? one(path) : new TrainingServer.Response(200, list(path));
                case "PATCH" -> patched(path, (ObjectNode) JSON.readTree(request.body()));
                case "PUT" -> new TrainingServer.Response(200, stored(path, (ObjectNode) JSON.readTree(request.body())));
                default -> created(path, (ObjectNode) JSON.readTree(request.body()));
            };
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public synchronized void watched(String path, Consumer<String> listener) {
        watches.computeIfAbsent(kind(path), _ -> new ArrayList<>()).add(listener);
        if (kind(path).equals("workerpools")) {
            tell("ADDED", "workerpools", pool("second"));
        }
    }

    /** It is behind until it is told. */
    private TrainingServer.Response replica() {
        return new TrainingServer.Response(200, REPLICA.replace("GENERATION", told.getCount() == 0 ? "1" : "0"));
    }

    private TrainingServer.Response one(String path) {
        ObjectNode known = objects.get(path);
        return known == null
                ? new TrainingServer.Response(
                        404, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":404}")
                : new TrainingServer.Response(200, known.toString());
    }

    private String list(String path) {
        String items =
                switch (kind(path)) {
                    case "workerpools" -> pool("first");
                    case "pods" -> pod("first", "True");
                    default -> "";
                };
        return "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + items + "]}";
    }

    private TrainingServer.Response created(String path, ObjectNode body) {
        return new TrainingServer.Response(
                201, stored(path + "/" + body.path("metadata").path("name").asText(), body));
    }

    /** A child is there from then on, a Deployment has its pod soon. */
    private TrainingServer.Response patched(String path, ObjectNode body) throws IOException {
        boolean isNew = !objects.containsKey(path);
        String name = body.path("metadata").path("name").asText();
        if (path.endsWith("/status")) {
            var pool = (ObjectNode) JSON.readTree(pool(name));
            pool.set("status", body.get("status"));
            String answer = stored(path, pool);
            tell("MODIFIED", "workerpools", answer);
            count(isNew);
            return new TrainingServer.Response(200, answer);
        }
        body.withObject("/metadata").put("uid", path).put("generation", 1).put("creationTimestamp", "2026-01-01T00:00:00Z");
        body.withObject("/metadata").set("managedFields", managed(body));
        String kind = path.split("/")[path.split("/").length - 2];
        String answer = stored(path, body);
        tell(isNew ? "ADDED" : "MODIFIED", kind, answer);
        if (isNew && kind.equals("deployments")) {
            runs(name, body.deepCopy());
        }
        count(isNew);
        return new TrainingServer.Response(200, answer);
    }

    private void runs(String name, ObjectNode deployment) throws IOException {
        for (String ready : List.of("False", "True")) {
            var pod = (ObjectNode) JSON.readTree(pod(name, ready));
            // With the operator's key in its environment, without which nothing can be told.
            pod.withObject("/spec").set("containers", deployment.at("/spec/template/spec/containers"));
            tell(ready.equals("True") ? "MODIFIED" : "ADDED", "pods", pod.toString());
        }
        deployment.set("status", JSON.readTree(DEPLOYMENT_STATUS));
        tell("MODIFIED", "deployments", stored("", deployment));
    }

    private void count(boolean isNew) {
        if (isNew) {
            written.countDown();
        }
    }

    private String stored(String path, ObjectNode object) {
        version++;
        object.withObject("/metadata").put("resourceVersion", String.valueOf(version));
        objects.put(path, object);
        return object.toString();
    }

    private void tell(String type, String kind, String object) {
        watches.getOrDefault(kind, List.of())
                .forEach(listener -> listener.accept("{\"type\":\"" + type + "\",\"object\":" + object + "}"));
    }

    /** That all of it is the operator's, as the API server says of what was applied. */
    private static JsonNode managed(ObjectNode body) {
        ObjectNode entry = JSON.createObjectNode()
                .put("manager", "workerpool-operator")
                .put("operation", "Apply")
                .put("apiVersion", body.path("apiVersion").asText())
                .put("fieldsType", "FieldsV1");
        ObjectNode fields = fields(body);
        fields.remove(List.of("f:apiVersion", "f:kind"));
        ((ObjectNode) fields.get("f:metadata")).remove(List.of("f:name", "f:namespace", "f:uid", "f:generation", "f:creationTimestamp"));
        entry.set("fieldsV1", fields);
        return JSON.createArrayNode().add(entry);
    }

    private static ObjectNode fields(JsonNode object) {
        ObjectNode fields = JSON.createObjectNode();
        object.properties().forEach(property -> fields.set(
                "f:" + property.getKey(),
                property.getValue().isObject() ? fields(property.getValue()) : JSON.createObjectNode()));
        return fields;
    }

    private static String pool(String name) {
        return POOL.replace("NAME", name);
    }

    private String pod(String name, String ready) {
        version++;
        return POD.replace("NAME", name).replace("VERSION", String.valueOf(version)).replace("READY", ready);
    }

    private static String kind(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
