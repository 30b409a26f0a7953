package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskEntry;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * What each thread executes, where it is found after any death of the process, SIGKILL included: in the file that the
 * platform reads as the container's last message. The file is mapped into memory, so a note is a few plain stores into a
 * page that outlives the process, and no system call.
 *
 * <p>One line of fixed width per thread, in the order of their numbers: {@code executing <task type>}, or nothing but
 * spaces while the thread is idle. The platform reads 4,096 bytes: threads that do not fit have no line. A thread that was
 * given up left its line to its successor, and gets one again when the process ends because of such threads.
 */
public final class TerminationLog implements Closeable {
    private static final Logger LOG = System.getLogger(TerminationLog.class.getName());

    /** For a process that nobody reads a last message of. */
    public static final TerminationLog OFF = new TerminationLog(null, null, 0, new byte[0][], 1);

    /** As much as the platform reads; also the smallest page, so that a line is in the mapping wherever the file ends. */
    private static final int SIZE = 4096;

    private static final String EXECUTING = "executing ";

    private final FileChannel file;
    private final MappedByteBuffer page;
    /** Of the first line: before it is what others wrote and want kept. */
    private final int start;
    /** By the task's place in the catalog. */
    private final byte[][] notes;

    private final byte[] blank;
    private final int width;
    /** By number less one; null where no thread has been. Guarded by this. */
    private final Slot[] slots;

    /** Of the runs that the process ends for; guarded by this. */
    private List<TaskEntry> unending = List.of();

    private TerminationLog(FileChannel file, MappedByteBuffer page, int start, byte[][] notes, int width) {
        this.file = file;
        this.page = page;
        this.start = start;
        this.notes = notes;
        this.width = width;
        this.blank = note("", width);
        this.slots = new Slot[page == null ? 0 : (SIZE - start) / width];
    }

    /**
     * Empties the file, which has to exist, but for its beginning.
     *
     * @param kept bytes that stay, also after a clean end
     */
    public static TerminationLog open(Path path, int kept, Collection<TaskEntry> tasks) throws IOException {
        int width = EXECUTING.length()
                + 1
                + tasks.stream().mapToInt(task -> task.type().length()).max().orElse(0);
        byte[][] notes = new byte[tasks.size()][];
        for (TaskEntry task : tasks) {
            notes[task.index()] = note(EXECUTING + task.type(), width);
        }
        int start = Math.min(kept, SIZE);
        var file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            MappedByteBuffer page = file.map(MapMode.READ_WRITE, 0, SIZE);
            // The file ends after the last line in use. What lies beyond in the page is not part of it.
            file.truncate(start);
            return new TerminationLog(file, page, start, notes, width);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static byte[] note(String text, int width) {
        byte[] note = new byte[width];
        Arrays.fill(note, (byte) ' ');
        byte[] characters = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(characters, 0, note, 0, characters.length);
        note[width - 1] = '\n';
        return note;
    }

    /** The line of a thread, which takes it over from the one that had its number before. @return null when it has none */
    synchronized Slot slot(int number) {
        if (number > slots.length) {
            return null;
        }
        try {
            for (long line = (file.size() - start) / width; line < number; line++) {
                file.write(ByteBuffer.wrap(blank), start + line * width);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Thread {0} has no line in the termination log: {1}", number, e);
            return null;
        }
        slots[number - 1] = new Slot(start + (number - 1) * width);
        return slots[number - 1];
    }

    /** The process is going to end because of runs of these, which keep threads that have no line any more. */
    synchronized void endsBecauseOf(List<TaskEntry> tasks) {
        unending = tasks;
    }

    /**
     * A clean end leaves no message of its own; an end because of some runs leaves a line for each. To be called when no run is
     * started any more.
     */
    @Override
    public synchronized void close() throws IOException {
        if (file == null || !file.isOpen()) {
            return;
        }
        try (file) {
            // Without a file behind it the page must not be touched any more, and who is in a run will.
            if (Arrays.stream(slots).noneMatch(slot -> slot != null && slot.busy)) {
                file.truncate(start);
            }
            for (TaskEntry task : unending) {
                append(notes[task.index()]);
            }
        }
    }

    private void append(byte[] note) throws IOException {
        long end = file.size();
        if (end + width <= SIZE) {
            file.write(ByteBuffer.wrap(note), end);
        }
    }

    /** The line of one thread, for that thread. */
    final class Slot {
        private final int offset;
        private volatile boolean busy;

        private Slot(int offset) {
            this.offset = offset;
        }

        void executing(TaskEntry task) {
            busy = true;
            page.put(offset, notes[task.index()]);
        }

        void idle() {
            page.put(offset, blank);
            busy = false;
        }
    }
}
