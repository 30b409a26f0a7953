package dev.workerpool.worker.task;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where {@code System.out} and {@code System.err} lead to: what task code prints goes to the host of its thread, and all else
 * where it always went.
 */
public final class TaskOutput extends OutputStream {
    private final PrintStream otherwise;

    private TaskOutput(PrintStream otherwise) {
        this.otherwise = otherwise;
    }

    /** From now on, for the whole process. */
    public static void capture() {
        System.setOut(new PrintStream(new TaskOutput(System.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new TaskOutput(System.err), true, StandardCharsets.UTF_8));
    }

    /** Is the calling thread in task code, so that what it prints is its host's? */
    public static boolean isCaptured() {
        return TaskHooks.host() != null;
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        TaskHost host = TaskHooks.host();
        if (host == null || !host.print(bytes, offset, length)) {
            otherwise.write(bytes, offset, length);
        }
    }

    @Override
    public void flush() {
        otherwise.flush();
    }
}
