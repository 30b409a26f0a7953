package dev.workerpool.operator.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/** Stands between an operator and the API server, passes everything on, and can be told to fail. */
final class FaultyApi implements AutoCloseable {

    /** As if the connection broke. */
    static final int BROKEN = -1;

    private static final int PASS = 0;
    private static final Set<String> NOT_PASSED_ON =
            Set.of("host", "connection", "content-length", "upgrade", "http2-settings", "transfer-encoding");

    private final HttpServer server;
    private final HttpClient upstream;
    private final String target;
    private final Set<InputStream> watches = ConcurrentHashMap.newKeySet();
    private volatile Function<HttpExchange, Integer> fault = request -> PASS;
    private volatile String late = "of no kind";
    private volatile CountDownLatch come = new CountDownLatch(0);

    FaultyApi(Config cluster) throws IOException, GeneralSecurityException {
        target = cluster.getMasterUrl().replaceAll("/$", "");
        var tls = SSLContext.getInstance("TLS");
        tls.init(SSLUtils.keyManagers(cluster), SSLUtils.trustManagers(cluster), new SecureRandom());
        upstream = HttpClient.newBuilder()
                .sslContext(tls)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory()));
        server.createContext("/", this::handle);
        server.start();
    }

    Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withTrustCerts(true)
                .build();
    }

    /** From now on nothing is answered, and what was being watched breaks off. */
    void goAway() {
        fail(request -> BROKEN);
        breakWatches();
    }

    void breakWatches() {
        watches.forEach(watch -> {
            try {
                watch.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** @param fault the HTTP status to answer a request with, {@link #BROKEN}, or 0 to pass it on */
    void fail(Function<HttpExchange, Integer> fault) {
        this.fault = fault;
    }

    void recover() {
        fail(request -> PASS);
    }

    /** What watches of this kind tell stays here from now on, until the latch is counted down. */
    CountDownLatch holdWatches(String kind) {
        come = new CountDownLatch(1);
        late = kind;
        return come;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            int outcome = fault.apply(exchange);
            if (outcome == PASS && exchange.getRequestHeaders().containsKey("Upgrade")) {
                // No web sockets here: the client then watches by plain HTTP.
                exchange.sendResponseHeaders(200, -1);
            } else if (outcome == PASS) {
                pass(exchange);
            } else if (outcome != BROKEN) {
                String status =
                        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":%d,\"message\":\"made up\"}"
                                .formatted(outcome);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(outcome, status.length());
                exchange.getResponseBody().write(status.getBytes());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(HttpExchange exchange) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()))
                .method(
                        exchange.getRequestMethod(),
                        HttpRequest.BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase())) {
                values.forEach(value -> request.header(name, value));
            }
        });
        HttpResponse<InputStream> response = upstream.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        response.headers().firstValue("Content-Type").ifPresent(type -> exchange.getResponseHeaders()
                .add("Content-Type", type));
        exchange.sendResponseHeaders(response.statusCode(), 0);
        InputStream body = response.body();
        watches.add(body);
        try (OutputStream out = exchange.getResponseBody()) {
            byte[] buffer = new byte[8192];
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                if (exchange.getRequestURI().toString().matches(".*/" + late + "\\?.*watch=true.*")) {
                    come.await();
                }
                out.write(buffer, 0, read);
                out.flush();
            }
        } finally {
            watches.remove(body);
            body.close();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        upstream.shutdownNow();
    }
}
