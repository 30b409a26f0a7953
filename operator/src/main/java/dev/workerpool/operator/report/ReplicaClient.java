package dev.workerpool.operator.report;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/**
 * Asks a replica how it is. Blocks, for three seconds at most; never reads more than {@value #MAX_BYTES} bytes,
 * whatever answers at that address.
 */
final class ReplicaClient implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final int MAX_BYTES = 1 << 20;

    private final HttpClient http;
    private final int port;

    ReplicaClient(ExecutorService executor, int port) {
        this.http = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .executor(executor)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.port = port;
    }

    /** @throws IOException when there is nothing to be had: no answer, or another one than a replica gives */
    ReplicaAnswer status(String address) throws IOException, InterruptedException {
        String host = address.contains(":") ? "[" + address + "]" : address;
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/status"))
                .timeout(ANSWER)
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException(address + " answered " + response.statusCode());
            }
            return ReplicaAnswer.parse(body.readNBytes(MAX_BYTES));
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
