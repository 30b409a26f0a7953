package dev.workerpool.bench.jmh;

import dev.workerpool.bench.tasks.KernelTask;
import dev.workerpool.bench.tasks.Kernels;
import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A kernel loaded as the worker loads task jars, checkpoints and all, or from this class path, by the JVM's own loader. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBenchmark {
    /** Leaves nothing in the profiles of the JDK's methods: it calls none. */
    private static final String OTHER = "integer-loop";

    @Param({"plain", "woven"})
    public String loading;

    @Param("integer-loop")
    public String kernel;

    private IntSupplier code;

    @Setup
    public void load() throws Exception {
        boolean isWoven = "woven".equals(loading);
        // On either side: weaving uses methods of the JDK, and whether those become part of a kernel depends on what
        // the
        // compiler has made of them by then. A plain kernel in a JVM that did nothing before is no comparison.
        IntSupplier woven = woven(Path.of(System.getProperty("bench.tasks")), isWoven ? kernel : OTHER);
        code = isWoven ? woven : Kernels.named(kernel);
    }

    private static IntSupplier woven(Path folder, String kernel) throws Exception {
        var pool = new BenchPool(folder);
        var outcome = new CompletableFuture<Outcome>();
        var name = new Content("text/plain", ByteBuffer.wrap(kernel.getBytes(StandardCharsets.UTF_8)));
        pool.submit(pool.run("kernel", name, (run, how) -> outcome.complete(how)));
        if (!(outcome.join() instanceof Outcome.Succeeded)) {
            throw new IllegalStateException("The kernel " + kernel + " ended with " + outcome.join());
        }
        pool.close();
        return (IntSupplier) System.getProperties().remove(KernelTask.GIVEN_OUT);
    }

    @Benchmark
    public int run() {
        return code.getAsInt();
    }
}
