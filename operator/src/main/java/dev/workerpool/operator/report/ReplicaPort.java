package dev.workerpool.operator.report;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The management port of replicas, where anything may listen: an answer comes as a whole within its time, or not at all, and
 * is no longer than it may be. Each call blocks until then.
 */
public final class ReplicaPort implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(1);

    private final HttpClient http;
    private final int port;

    public ReplicaPort(ExecutorService executor, int port) {
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .executor(executor)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.port = port;
    }

    public HttpRequest.Builder request(String address, String path) {
        String host = address.contains(":") ? "[" + address + "]" : address;
        return HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + path));
    }

    /** @throws IOException when there is no answer, or it is too slow or too long */
    public HttpResponse<byte[]> answer(HttpRequest request, Duration within, int maxBytes)
            throws IOException, InterruptedException {
        // The client's own time-out ends with the headers.
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), maxBytes));
        try {
            return answer.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no whole answer within " + within.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
