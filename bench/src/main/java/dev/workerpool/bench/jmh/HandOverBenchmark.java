package dev.workerpool.bench.jmh;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.RunRejectedException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Tasks that do nothing through the pool, one submitter and two threads, never idle: admission, hand-over, outcome, count. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandOverBenchmark {
    private static final int TASKS = 20_000;
    private static final Content NOTHING = new Content("application/octet-stream", ByteBuffer.allocate(0));

    private final AtomicInteger left = new AtomicInteger();
    private final Semaphore done = new Semaphore(0);
    private BenchPool pool;

    @Setup(Level.Trial)
    public void start() {
        pool = new BenchPool(Path.of(System.getProperty("bench.tasks")));
    }

    @Benchmark
    @OperationsPerInvocation(TASKS)
    public void handOver() throws RunRejectedException, InterruptedException {
        left.set(TASKS);
        for (int i = 0; i < TASKS; i++) {
            while (pool.isFull()) {
                Thread.yield();
            }
            pool.submit(pool.run("nothing", NOTHING, this::completed));
        }
        done.acquire();
    }

    private void completed(Run run, Outcome outcome) {
        if (!(outcome instanceof Outcome.Succeeded)) {
            throw new IllegalStateException("A run ended with " + outcome);
        }
        if (left.decrementAndGet() == 0) {
            done.release();
        }
    }

    @TearDown(Level.Trial)
    public void stop() {
        pool.close();
    }
}
