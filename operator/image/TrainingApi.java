import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * As much of a Kubernetes API as the operator needs to take up one pool: one WorkerPool, its children as the operator
 * writes them, and a lease. Ends with 0 once the operator has written the children and the status, with 1 if it does not.
 */
final class TrainingApi {

    private static final String POOL = """
            {"apiVersion":"workerpool.dev/v1alpha1","kind":"WorkerPool",
             "metadata":{"name":"training","namespace":"training","uid":"1","resourceVersion":"1","generation":1},
             "spec":{"replicas":2,"queue":{"capacity":256,"maxWait":"10s"},
                     "tasks":{"timeout":"30s","maxBodySize":"64Mi","isolation":"Shared"},
                     "service":{"port":8000,"type":"ClusterIP"},"drain":{"timeout":"60s"}}}""";

    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod",
             "metadata":{"name":"training-1","namespace":"training","uid":"2","resourceVersion":"1",
                         "labels":{"workerpool.dev/pool":"training","pod-template-hash":"1"},
                         "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"training-1","uid":"3","controller":true}]},
             "spec":{"containers":[{"name":"worker","env":[{"name":"WORKERPOOL_THREADS","value":"1"}]}]},
             "status":{"phase":"Running","podIP":"127.0.0.1",
                       "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}],
                       "containerStatuses":[{"name":"worker","restartCount":1,
                           "state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}},
                           "lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled",
                                        "finishedAt":"2026-01-01T00:00:00Z"}}}]}}""";

    /** The four children and the status. */
    private static final CountDownLatch WRITTEN = new CountDownLatch(5);

    private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

    private TrainingApi() {}

    public static void main(String[] arguments) throws Exception {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
        server.setExecutor(Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory()));
        server.createContext("/", TrainingApi::answer);
        server.start();
        boolean done = WRITTEN.await(60, TimeUnit.SECONDS);
        // What follows a write, the cache is to know as well.
        TimeUnit.SECONDS.sleep(2);
        System.out.println("written by the operator: " + SEEN);
        System.exit(done ? 0 : 1);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        switch (exchange.getRequestMethod()) {
            case "GET" -> {
                if (query.contains("watch=true")) {
                    watch(exchange);
                } else if (path.contains("/leases/")) {
                    send(exchange, 404, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":404}");
                } else {
                    send(exchange, 200, list(path));
                }
            }
            case "PATCH" -> {
                if (SEEN.add(path)) {
                    WRITTEN.countDown();
                }
                send(exchange, 200, stored(body));
            }
            default -> send(exchange, 201, stored(body));
        }
    }

    private static String list(String path) {
        String kind = path.substring(path.lastIndexOf('/') + 1);
        String items =
                switch (kind) {
                    case "workerpools" -> POOL;
                    case "pods" -> POD;
                    default -> "";
                };
        return "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + items + "]}";
    }

    /** As it came, with a version. */
    private static String stored(String body) {
        return body.replaceFirst("\"metadata\":\\{", "\"metadata\":{\"resourceVersion\":\"2\",")
                .replaceFirst(",\"resourceVersion\":\"1\"", "");
    }

    /** Says nothing, for as long as the operator listens. */
    private static void watch(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().flush();
        try {
            TimeUnit.MINUTES.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
