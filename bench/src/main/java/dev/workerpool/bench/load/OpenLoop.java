package dev.workerpool.bench.load;

import dev.workerpool.bench.load.Client.Answer;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Requests at given times, whatever the server makes of them. A response time counts from when the request was to be sent:
 * a server that stalls, or a generator that is late, is not spared by it (the omission that closed loops co-ordinate).
 */
public final class OpenLoop {
    private static final long LEAD_NANOS = 20_000_000;
    private static final long PATIENCE_SECONDS = 90;

    private final Connections connections;
    private final double[] arrivals;
    private final IntFunction<Call> calls;
    private final long[] latencies;
    private final long[] lateness;
    private final int[] statuses;

    /** 1 of those that are over: known, one way or the other. */
    private final AtomicIntegerArray ended;

    private final CountDownLatch over;

    public record Call(String path, String json) {}

    /** By arrival; status -1 is a connection that broke. */
    public record Outcome(double[] arrivals, long[] latencies, int[] statuses, long[] lateness) {
        /** In milliseconds; of the good answers to arrivals from then on. */
        public double[] goodMillis(double from) {
            return millis(i -> statuses[i] == 200 && arrivals[i] >= from);
        }

        /** In milliseconds; of all answers, good or not. */
        public double[] answeredMillis() {
            return millis(i -> statuses[i] != -1);
        }

        private double[] millis(IntPredicate counts) {
            return IntStream.range(0, arrivals.length)
                    .filter(counts)
                    .mapToDouble(i -> latencies[i] / 1e6)
                    .toArray();
        }

        /** Good answers that came within the window of seconds, per second. */
        public double goodput(double from, double to) {
            int count = 0;
            for (int i = 0; i < arrivals.length; i++) {
                double end = arrivals[i] + latencies[i] / 1e9;
                if (statuses[i] == 200 && end >= from && end < to) {
                    count++;
                }
            }
            return count / (to - from);
        }

        public long count(int status) {
            return Arrays.stream(statuses).filter(one -> one == status).count();
        }

        /** Share of the requests that were answered at all: below 98% the run says nothing. */
        public double answered() {
            return 1 - (double) count(-1) / statuses.length;
        }

        /** How late the generator sent, at its 99th percentile, in milliseconds. */
        public double lateP99() {
            long[] sorted = lateness.clone();
            Arrays.sort(sorted);
            return sorted[(int) (sorted.length * 0.99)] / 1e6;
        }
    }

    private OpenLoop(Connections connections, double[] arrivals, IntFunction<Call> calls) {
        this.connections = connections;
        this.arrivals = arrivals;
        this.calls = calls;
        this.latencies = new long[arrivals.length];
        this.lateness = new long[arrivals.length];
        this.statuses = new int[arrivals.length];
        this.ended = new AtomicIntegerArray(arrivals.length);
        this.over = new CountDownLatch(arrivals.length);
    }

    /** @param arrivals in seconds from the start, ascending */
    public static Outcome run(Endpoint server, double[] arrivals, IntFunction<Call> calls) throws InterruptedException {
        try (var connections = new IdleConnections(server)) {
            return run(connections, arrivals, calls);
        }
    }

    /** @param connections which the caller closes */
    public static Outcome run(Connections connections, double[] arrivals, IntFunction<Call> calls)
            throws InterruptedException {
        return new OpenLoop(connections, arrivals, calls).run();
    }

    private Outcome run() throws InterruptedException {
        long start = System.nanoTime() + LEAD_NANOS;
        for (int i = 0; i < arrivals.length; i++) {
            long due = start + (long) (arrivals[i] * 1e9);
            Arrivals.await(due);
            send(i, due);
        }
        if (!over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Requests are left without an answer");
        }
        return new Outcome(arrivals, latencies, statuses, lateness);
    }

    private void send(int index, long due) {
        lateness[index] = System.nanoTime() - due;
        Call call = calls.apply(index);
        try {
            Client client = connections.take(index);
            try {
                client.send(call.path(), call.json(), new Sent(index, due, client));
            } catch (IOException e) {
                client.close();
                broken(index);
            }
        } catch (IOException refused) {
            broken(index);
        }
    }

    private void broken(int index) {
        // Of a request that could not be sent whole, its receiver may have heard as well.
        if (ended.compareAndSet(index, 0, 1)) {
            statuses[index] = -1;
            over.countDown();
        }
    }

    private final class Sent implements Client.Receiver {
        private final int index;
        private final long due;
        private final Client client;

        private Sent(int index, long due, Client client) {
            this.index = index;
            this.due = due;
            this.client = client;
        }

        @Override
        public void answered(Answer answer) {
            if (ended.compareAndSet(index, 0, 1)) {
                latencies[index] = System.nanoTime() - due;
                statuses[index] = answer.status();
                connections.giveBack(client, answer);
                over.countDown();
            }
        }

        /** Long after its answer, when the connection is closed, too. */
        @Override
        public void broken() {
            client.close();
            OpenLoop.this.broken(index);
        }
    }
}
