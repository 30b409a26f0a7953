package dev.workerpool.operator.report;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/** Asks a replica how it is. Blocks, for two seconds at most; never reads more than {@value #MAX_BYTES} bytes. */
final class ReplicaClient implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final int MAX_BYTES = 1 << 20;

    private final ReplicaPort port;

    ReplicaClient(ExecutorService executor, int port) {
        this.port = new ReplicaPort(executor, port);
    }

    /** @throws IOException when there is nothing to be had: no answer, or another one than a replica gives */
    ReplicaAnswer status(String address) throws IOException, InterruptedException {
        HttpResponse<byte[]> response =
                port.answer(port.request(address, "/status").build(), ANSWER, MAX_BYTES);
        if (response.statusCode() != 200) {
            throw new IOException(address + " answered " + response.statusCode());
        }
        return ReplicaAnswer.parse(response.body());
    }

    @Override
    public void close() {
        port.close();
    }
}
