package dev.workerpool.operator.it;

import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Answers at an address of its own, on the management port, as a replica with the given load. */
final class FakeReplica implements AutoCloseable {

    private static final Instant FIRST_DEATH = Instant.now();

    private final String address = Loopback.next();
    private final ManagementPort port;
    private volatile int active;
    private volatile int queued;
    private volatile int rejected;
    private volatile String deaths = "";

    FakeReplica(int threads, int active) {
        this.active = active;
        String all = "{},".repeat(threads).substring(0, threads * 3 - 1);
        port = new ManagementPort(
                address,
                Map.of(
                        "/status",
                        exchange -> ManagementPort.answer(
                                exchange,
                                200,
                                "{\"threads\":[%s],\"active\":%d,\"queued\":%d,\"rejected\":{\"queue-full\":%d},\"artifacts\":[],\"deaths\":[%s]}"
                                        .formatted(all, this.active, queued, rejected, deaths))));
    }

    FakeReplica active(int now) {
        active = now;
        return this;
    }

    FakeReplica queued(int now) {
        queued = now;
        return this;
    }

    /** Since it started. */
    FakeReplica rejected(int tasks) {
        rejected = tasks;
        return this;
    }

    /** From now on it is a worker that was forked anew so many times, each after a SIGKILL while it executed something. */
    FakeReplica diedInPlace(int times, String executing) {
        deaths = IntStream.rangeClosed(1, times)
                .mapToObj(restart ->
                        "{\"restart\":%d,\"exitCode\":134,\"cause\":\"signal\",\"at\":\"%s\",\"executing\":[\"%s\"]}"
                                .formatted(restart, FIRST_DEATH.plusSeconds(restart), executing))
                .collect(Collectors.joining(","));
        return this;
    }

    String address() {
        return address;
    }

    /** What a kubelet would say of it. */
    RunningPod ready(Instant since) {
        return RunningPod.since(since).at(address);
    }

    @Override
    public void close() {
        port.close();
    }
}
