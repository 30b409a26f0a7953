package dev.workerpool.bench;

import dev.workerpool.bench.figures.Report;
import dev.workerpool.bench.load.ClosedLoop;
import dev.workerpool.bench.process.Sides;
import java.nio.file.Path;
import java.util.List;

/**
 * What the rows measure with.
 *
 * @param folder for what is made on the way, and the logs
 * @param taskJar the tasks that are measured
 * @param jvmFlags of the worker's image, for what is measured inside a JVM
 * @param quick a fifth of the time: for a look, not for a verdict
 */
public record Bench(
        Sides sides,
        ClosedLoop closedLoop,
        Report report,
        Path folder,
        Path taskJar,
        List<String> jvmFlags,
        boolean quick) {

    /** @return how often, in pairs that run A B, B A */
    public int rounds() {
        return quick ? 2 : 6;
    }

    /** @return the length of one closed-loop window in seconds */
    public double window() {
        return quick ? 1 : 3;
    }
}
