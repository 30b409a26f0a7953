package dev.workerpool.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that keep calling a pool while a test does something to it. Each holds one connection open, sends a request,
 * waits for its answer, pauses and goes on. It repeats no request, so whatever the pool loses is counted; it opens a
 * new connection only once the pool has closed the old one. It stops by itself after two minutes.
 */
public final class Load implements AutoCloseable {
    private static final Duration AT_MOST = Duration.ofMinutes(2);

    private final Pool pool;
    private final Http.Request request;
    private final Duration pause;
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicInteger succeeded = new AtomicInteger();
    private final AtomicInteger unreachable = new AtomicInteger();
    private final Map<String, Integer> byReplica = new ConcurrentHashMap<>();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();

    private Load(Pool pool, Http.Request request, int connections, Duration pause) {
        this.pool = pool;
        this.request = request;
        this.pause = pause;
        for (int i = 0; i < connections; i++) {
            clients.submit(() -> new Client().run());
        }
    }

    /** Some forty short tasks a second: steady traffic that leaves two cores room for what is tested. */
    public static Load modest(Pool pool) {
        return of(pool, Http.Request.json("/tasks/primes", "{\"n\":2000}"), 4, Duration.ofMillis(100));
    }

    public static Load of(Pool pool, Http.Request request, int connections, Duration pause) {
        return new Load(pool, request, connections, pause);
    }

    /** Waits until so many more requests have been answered: the clients are at work, and the pool is too. */
    public Load awaitAnswers(int more) {
        int target = succeeded.get() + more;
        Wait.until(more + " more answers under load", () -> succeeded.get() >= target);
        return this;
    }

    public Tally stop() {
        close();
        return new Tally(succeeded.get(), Map.copyOf(byReplica), List.copyOf(failures), unreachable.get());
    }

    @Override
    public void close() {
        stopped.countDown();
        clients.close();
    }

    /** One client: its connection, and the replica that the connection leads to once that is known. */
    private final class Client {
        private Http connection;
        private String replica = "unknown";

        void run() {
            long deadline = System.nanoTime() + AT_MOST.toNanos();
            try {
                while (System.nanoTime() < deadline && !stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    if (connected()) {
                        exchange();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                hangUp();
            }
        }

        /** A refused connection has lost no request, so it is counted apart. */
        private boolean connected() {
            try {
                if (connection != null && connection.closedByPeer()) {
                    hangUp();
                }
                if (connection == null) {
                    connection = pool.connect();
                }
                return true;
            } catch (IOException e) {
                hangUp();
                unreachable.incrementAndGet();
                return false;
            }
        }

        private void exchange() {
            try {
                Http.Answer answer = connection.send(request);
                replica = answer.connectedTo();
                if (answer.status() == 200) {
                    succeeded.incrementAndGet();
                    byReplica.merge(answer.replica(), 1, Integer::sum);
                } else {
                    failures.add(new Failure(replica, answer.toString()));
                }
                if (answer.closes()) {
                    hangUp();
                }
            } catch (IOException e) {
                failures.add(new Failure(replica, e.toString()));
                hangUp();
            }
        }

        private void hangUp() {
            replica = "unknown";
            if (connection != null) {
                connection.close();
                connection = null;
            }
        }
    }

    /** A request that was not answered with 200, and the replica that its connection led to. */
    public record Failure(String replica, String what) {
        /**
         * Whether a worker's death explains it: the worker was executing it, here or for a peer, or had read of it what it had
         * not got to write down. All of these are told; no connection breaks.
         */
        public boolean wasUnderWayAtADeath() {
            return what.contains("urn:workerpool:problem:worker-stopped")
                    || what.contains("urn:workerpool:problem:worker-died")
                    || what.contains("urn:workerpool:problem:replica-lost");
        }
    }

    /** What came of the load. */
    public record Tally(int succeeded, Map<String, Integer> byReplica, List<Failure> failures, int unreachable) {
        public Tally assertNothingFailed() {
            assertThat(failures)
                    .as("requests that failed, beside %d that were answered", succeeded)
                    .isEmpty();
            assertThat(unreachable).as("connections refused").isZero();
            assertThat(succeeded).as("requests answered").isPositive();
            return this;
        }
    }
}
