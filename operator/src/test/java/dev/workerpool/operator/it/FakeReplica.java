package dev.workerpool.operator.it;

import java.util.Map;

/** Answers at an address of this machine, on the management port, as a replica with the given load. */
final class FakeReplica implements AutoCloseable {

    private final String address;
    private final ManagementPort port;
    private volatile int active;

    FakeReplica(String address, int threads, int active) {
        this.address = address;
        this.active = active;
        String all = "{},".repeat(threads).substring(0, threads * 3 - 1);
        port = new ManagementPort(
                address,
                Map.of(
                        "/status",
                        exchange -> ManagementPort.answer(
                                exchange,
                                200,
                                "{\"threads\":[%s],\"active\":%d,\"queued\":0,\"artifacts\":[]}"
                                        .formatted(all, this.active))));
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
        port.close();
    }
}
