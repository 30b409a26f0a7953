package dev.workerpool.operator.it;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** Answers at an address of this machine, on the management port, as a replica with the given load. */
final class FakeReplica implements AutoCloseable {

    private final String address;
    private final HttpServer server;
    private volatile int active;

    FakeReplica(String address, int threads, int active) {
        this.address = address;
        this.active = active;
        try {
            server = HttpServer.create(new InetSocketAddress(address, 9000), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String all = "{},".repeat(threads).substring(0, threads * 3 - 1);
        server.createContext("/status", exchange -> {
            String status =
                    "{\"threads\":[%s],\"active\":%d,\"queued\":0,\"artifacts\":[]}".formatted(all, this.active);
            exchange.sendResponseHeaders(200, status.length());
            exchange.getResponseBody().write(status.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    FakeReplica active(int now) {
        active = now;
        return this;
    }

    /** What a kubelet would say of it. */
    String ready(String since) {
        return """
                phase: Running
                podIP: %1$s
                podIPs: [{ip: %1$s}]
                conditions: [{type: Ready, status: "True", lastTransitionTime: "%2$s"}]
                containerStatuses:
                - name: worker
                  image: workerpool/worker:test
                  imageID: "1"
                  ready: true
                  restartCount: 0
                  state: {running: {startedAt: "%2$s"}}
                """.formatted(address, since);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
