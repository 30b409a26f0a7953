package dev.workerpool.bench.load;

import dev.workerpool.bench.load.Client.Answer;
import dev.workerpool.bench.load.OpenLoop.Call;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Poisson arrivals until it is stopped, while something is done to the pool. As ordinary clients do, it keeps connections
 * open, looks whether the server has closed one before it uses it again, and repeats no request: whatever the pool loses is
 * counted. At least ten connections are used in turn, each for {@value #USES} requests, so that all replicas are called, new
 * ones too.
 */
public final class SteadyLoad implements AutoCloseable {
    private static final long LONGEST_MINUTES = 30;
    private static final int SPARE = 10;
    private static final int USES = 50;

    private final Endpoint endpoint;
    private final Call call;
    private final double rate;
    private final Thread generator;
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ConcurrentLinkedDeque<Kept> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger unreachable = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> byReplica = new ConcurrentHashMap<>();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();

    /** A connection, the replica it leads to, and how often it may still be used. */
    private record Kept(Client client, String home, int left) {}

    /**
     * A request that was sent and not answered with 200.
     *
     * @param replica that the connection led to
     * @param seconds from being sent to the failure
     * @param at when it failed, as {@link System#nanoTime}
     */
    public record Failure(String replica, String what, double seconds, long at) {}

    /** @param unreachable connections that were refused: nothing was sent on them */
    public record Tally(int sent, int answered, int unreachable, List<Failure> failures) {
        public int lost() {
            return failures.size();
        }
    }

    private SteadyLoad(Endpoint endpoint, Call call, double rate) {
        this.endpoint = endpoint;
        this.call = call;
        this.rate = rate;
        this.generator = Thread.ofPlatform().daemon().start(this::generate);
    }

    public static SteadyLoad start(Endpoint endpoint, Call call, double rate) {
        return new SteadyLoad(endpoint, call, rate);
    }

    private void generate() {
        var random = new Random(1);
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(LONGEST_MINUTES);
        double due = System.nanoTime();
        try {
            while (due < end) {
                due += -Math.log(1 - random.nextDouble()) / rate * 1e9;
                if (stopped.await((long) due - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return;
                }
                senders.execute(this::send);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send() {
        sent.incrementAndGet();
        Kept kept;
        try {
            kept = take();
        } catch (IOException refused) {
            unreachable.incrementAndGet();
            return;
        }
        long began = System.nanoTime();
        try {
            Answer answer = kept.client().post(call.path(), call.json());
            if (answer.status() == 200) {
                answered.incrementAndGet();
                byReplica.merge(String.valueOf(answer.replica()), 1, Integer::sum);
            } else {
                fail(kept, answer.toString(), began);
            }
            keep(kept, answer);
        } catch (IOException broken) {
            fail(kept, broken.toString(), began);
            kept.client().close();
        }
    }

    private void fail(Kept kept, String what, long began) {
        long now = System.nanoTime();
        failures.add(new Failure(kept.home(), what, (now - began) / 1e9, now));
    }

    /** The one that has been idle for longest, once there are some to choose from. */
    private Kept take() throws IOException {
        while (idleCount.get() >= SPARE) {
            Kept kept = idle.pollFirst();
            if (kept == null) {
                break;
            }
            idleCount.decrementAndGet();
            if (!kept.client().isClosedByServer()) {
                return kept;
            }
            kept.client().close();
        }
        Client client = endpoint.connect();
        try {
            // Not a task, so it is answered by whoever the connection leads to.
            Answer answer = client.get("/tasks");
            if (!answer.closes()) {
                return new Kept(client, String.valueOf(answer.replica()), USES);
            }
            // A replica that leaves closes after each answer: the request needs a connection that has not had one.
            client.close();
            return new Kept(endpoint.connect(), "unknown", 1);
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    private void keep(Kept kept, Answer answer) {
        if (answer.closes() || kept.left() == 1) {
            kept.client().close();
        } else {
            idle.addLast(new Kept(kept.client(), kept.home(), kept.left() - 1));
            idleCount.incrementAndGet();
        }
    }

    public int answered() {
        return answered.get();
    }

    /** Answers so far by the replica that gave them. */
    public ConcurrentHashMap<String, Integer> byReplica() {
        return byReplica;
    }

    public List<Failure> failures() {
        return List.copyOf(failures);
    }

    public int unreachable() {
        return unreachable.get();
    }

    /** Waits for the answers to everything sent. */
    public Tally stop() {
        close();
        return new Tally(sent.get(), answered.get(), unreachable.get(), failures());
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            generator.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        senders.close();
        idle.forEach(kept -> kept.client().close());
        idle.clear();
    }
}
