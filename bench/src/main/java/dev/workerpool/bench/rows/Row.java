package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;

/** One question of the benchmark. Starts what it needs, adds its figures to the report, and leaves nothing running. */
public interface Row {
    String name();

    void measure(Bench bench) throws Exception;
}
