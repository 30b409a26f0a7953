package dev.workerpool.bench.jmh;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

/** A kernel loaded as the worker loads task jars, checkpoints and all, or by a plain class loader from the same jar. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBenchmark {
    // As strings, for the task jar's classes are not this class loader's.
    private static final String KERNELS = "dev.workerpool.bench.tasks.Kernels";
    private static final String GIVEN_OUT = "dev.workerpool.bench.kernel";

    @Param({"plain", "woven"})
    public String loading;

    @Param("integer-loop")
    public String kernel;

    private IntSupplier code;

    @Setup
    public void load() throws Exception {
        Path folder = Path.of(System.getProperty("bench.tasks"));
        code = "woven".equals(loading) ? woven(folder) : plain(folder);
    }

    private IntSupplier woven(Path folder) throws Exception {
        var pool = new BenchPool(folder);
        var outcome = new CompletableFuture<Outcome>();
        var name = new Content("text/plain", ByteBuffer.wrap(kernel.getBytes(StandardCharsets.UTF_8)));
        pool.submit(pool.run("kernel", name, (run, how) -> outcome.complete(how)));
        if (!(outcome.join() instanceof Outcome.Succeeded)) {
            throw new IllegalStateException("The kernel " + kernel + " ended with " + outcome.join());
        }
        pool.close();
        return (IntSupplier) System.getProperties().remove(GIVEN_OUT);
    }

    @SuppressWarnings("resource") // Its classes are used until the JVM ends.
    private IntSupplier plain(Path folder) throws Exception {
        try (var jars = Files.list(folder)) {
            var jar = jars.findFirst().orElseThrow().toUri().toURL();
            var loader = new URLClassLoader(new java.net.URL[] {jar}, ClassLoader.getPlatformClassLoader());
            return (IntSupplier)
                    loader.loadClass(KERNELS).getMethod("named", String.class).invoke(null, kernel);
        }
    }

    @Benchmark
    public int run() {
        return code.getAsInt();
    }
}
