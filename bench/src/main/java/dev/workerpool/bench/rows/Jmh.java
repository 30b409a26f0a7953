package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One fork of a benchmark, in a JVM with the worker's flags. */
final class Jmh {
    /** What calls a lot takes seconds until the compiler is through with it, woven longer than plain. */
    private static final int WARM_UP = 3;

    private Jmh() {}

    /** @return nanoseconds per operation, by iteration */
    static List<Double> fork(
            Bench bench, Class<?> benchmark, Map<String, String> parameters, int iterations, int iterationMillis)
            throws RunnerException, IOException {
        var flags = new ArrayList<>(bench.jvmFlags());
        flags.add("-Dbench.tasks=" + bench.taskJar().getParent());
        var options = new OptionsBuilder()
                .include(benchmark.getName())
                .forks(1)
                .warmupIterations(WARM_UP)
                .warmupTime(TimeValue.milliseconds(bench.quick() ? 600 : 1000))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.milliseconds(iterationMillis))
                .shouldFailOnError(true)
                .jvmArgsPrepend(flags.toArray(String[]::new));
        parameters.forEach(options::param);
        try (var log = new PrintStream(
                new FileOutputStream(bench.folder().resolve("jmh.log").toFile(), true), true, StandardCharsets.UTF_8)) {
            var format = OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL);
            var result = new Runner(options.build(), format).runSingle();
            return result.getBenchmarkResults().iterator().next().getIterationResults().stream()
                    .map(iteration -> iteration.getPrimaryResult().getScore())
                    .toList();
        }
    }
}
