package dev.workerpool.worker.pool;

import java.nio.charset.StandardCharsets;

/**
 * What the code of one run prints, on whichever of its threads: a line of the log for each line. The first 64 KiB of a run, and
 * of that as much as {@link OutputRate} lets through; the last line says how much was dropped. Thread-safe.
 */
final class RunOutput {
    private static final int MAX_BYTES = 64 << 10;
    private static final int MAX_LINE = 4096;

    private final Run run;
    private final TaskPool pool;
    private final byte[] line = new byte[MAX_LINE];
    private int length;
    private int taken;
    private long dropped;
    private boolean over;

    RunOutput(Run run, TaskPool pool) {
        this.run = run;
        this.pool = pool;
    }

    synchronized void print(byte[] bytes, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            if (taken >= MAX_BYTES) {
                dropped += offset + count - i;
                break;
            }
            taken++;
            if (bytes[i] == '\n' || length == MAX_LINE) {
                flush();
            }
            if (bytes[i] != '\n') {
                line[length++] = bytes[i];
            }
        }
        if (over) {
            // Of a thread that goes on after its run: who knows if there will be more.
            flush();
        }
    }

    private void flush() {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        if (end > 0) {
            if (pool.outputRate().allows(end)) {
                log(new String(line, 0, end, StandardCharsets.UTF_8));
            } else {
                dropped += end;
            }
        }
        length = 0;
    }

    private void log(String text) {
        TaskLine.log(run.task().type(), run.id(pool.runIds()), run.threadNumber(), text);
    }

    /** The run is over: what is left of it, and of what was not. */
    synchronized void end() {
        flush();
        over = true;
        if (dropped > 0) {
            log("(" + dropped + " bytes more were printed and dropped)");
        }
    }
}
