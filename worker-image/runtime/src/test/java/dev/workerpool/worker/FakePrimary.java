package dev.workerpool.worker;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Keeps the connections of a worker in this process, as the primary does, and leaves them to another one. */
final class FakePrimary implements AutoCloseable {
    private static final int UNIX = 1;
    private static final int PACKETS_NONBLOCKING = 5 | 0x800;
    private static final int CONTROL = 24;

    /** Of the table: an entry, and in it the request's number and state, and the bytes read. */
    private static final int ENTRY = 16 * 1024;

    private static final int WORD = 0;
    private static final int READ = 8;
    private static final int KIND = 16;
    private static final int ANSWER_START = 40;
    private static final int ANSWER_END = 48;
    private static final int PASS = 1;
    private static final int STATES = 8;
    private static final int UNTOUCHED = 1;
    private static final int ANSWERING = 3;
    private static final int PASSED = 4;

    private static final MethodHandle SOCKETPAIR = function("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle RECVMSG = function("recvmsg", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT);

    private final Path folder;
    private final int ours;
    private final int workers;
    private final Map<Integer, Integer> slots = new TreeMap<>();
    private final Map<FileChannel, Path> memories = new HashMap<>();
    private FileChannel memory;
    private int nameless = -1;
    private int forgotten;

    /** By the kernel's account; below 0 all that the worker has noted. */
    private long sent = -1;

    FakePrimary(Path folder) throws Exception {
        this.folder = folder;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            call(SOCKETPAIR, UNIX, PACKETS_NONBLOCKING, 0, ends);
            ours = ends.getAtIndex(JAVA_INT, 0);
            workers = ends.getAtIndex(JAVA_INT, 1);
        }
    }

    private static MethodHandle function(String name, ValueLayout... parameters) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, parameters));
    }

    private static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Has the worker tell of its connections. */
    LocalWorker watch(LocalWorker worker) throws IOException {
        memory = memory("table");
        return hire(worker, memory);
    }

    private FileChannel memory(String name) throws IOException {
        Path file = folder.resolve(name);
        FileChannel open =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        memories.put(open, file);
        return open;
    }

    private LocalWorker hire(LocalWorker worker, FileChannel table) throws IOException {
        return worker.with("WORKERPOOL_CONNECTIONS", "" + workers)
                .with("WORKERPOOL_CONNECTION_TABLE", "" + descriptor(memories.get(table)));
    }

    /** A worker finds the file by a descriptor of its process, which is this one. */
    private static int descriptor(Path file) throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(link -> leadsTo(link, file))
                    .mapToInt(link -> Integer.parseInt(link.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean leadsTo(Path link, Path file) {
        try {
            return Files.readSymbolicLink(link).equals(file.toRealPath());
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** Waits until so many connections are kept. */
    void awaitKept(int connections) {
        await().until(() -> {
            take();
            return slots.size() == connections;
        });
    }

    /** Has the next worker said of so many that it was left that they are no more? */
    boolean hasForgotten(int connections) {
        take();
        return forgotten == connections;
    }

    private int onlySlot() {
        awaitKept(1);
        return slots.keySet().iterator().next();
    }

    /** Waits until the worker has accounted for so many bytes of the only connection. */
    void awaitRead(long bytes) {
        int slot = onlySlot();
        await().until(() -> read(slot) == bytes);
    }

    /** Waits until the worker has said that so many requests are with peers. */
    void awaitPassed(int requests) {
        await().until(() -> {
            take();
            int passed = 0;
            for (int slot : slots.keySet()) {
                passed += number(slot, WORD) % STATES == PASSED ? 1 : 0;
            }
            return passed == requests;
        });
    }

    /** Waits until the worker has accounted for so many bytes of the only connection to a peer. */
    void awaitReadOfAPass(long bytes) {
        await().until(() -> {
            for (int slot : slots.keySet()) {
                if (number(slot, KIND) >> 32 == PASS && read(slot) == bytes) {
                    return true;
                }
            }
            return false;
        });
    }

    /** Where, of all bytes sent on the only connection, its last answer ends, as the worker has noted it. */
    long answerEnd() throws IOException {
        return number(onlySlot(), ANSWER_END);
    }

    private long read(int slot) throws IOException {
        return number(slot, READ);
    }

    private long number(int slot, int offset) throws IOException {
        var number = java.nio.ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        memory.read(number, (long) slot * ENTRY + offset);
        return number.getLong(0);
    }

    /**
     * Leaves to the next worker what the watched one would leave if it were killed right now.
     *
     * @param unaccounted bytes that it would have read of each connection without getting to say so
     */
    void bequeath(int connections, long unaccounted, LocalWorker next) throws IOException {
        awaitKept(connections);
        FileChannel left = memory("left");
        memory.transferTo(0, memory.size(), left);
        var kept = new StringBuilder();
        for (var slot : slots.entrySet()) {
            long read = read(slot.getKey()) + unaccounted;
            kept.append(slot.getKey())
                    .append(':')
                    .append(slot.getValue())
                    .append(':')
                    .append(read)
                    .append(':')
                    .append(sent < 0 ? number(slot.getKey(), ANSWER_END) : sent)
                    .append(' ');
        }
        slots.clear();
        forgotten = 0;
        hire(next, left).with("WORKERPOOL_KEPT_CONNECTIONS", kept.toString());
    }

    /** What the kernel would have taken of an answer. */
    enum Sent {
        WHOLE,
        PART,
        NOTHING
    }

    /** Makes of the only connection's last answer one of which the worker has not got to write down that it was sent. */
    void takeBackTheLastAnswer(Sent how) throws IOException {
        int slot = onlySlot();
        await().until(() -> number(slot, WORD) % STATES == UNTOUCHED && number(slot, ANSWER_END) > 0);
        write(slot, WORD, (number(slot, WORD) / STATES - 1) * STATES + ANSWERING);
        sent = switch (how) {
            case WHOLE -> number(slot, ANSWER_END);
            case PART -> number(slot, ANSWER_END) - 1;
            case NOTHING -> number(slot, ANSWER_START);
        };
    }

    /** Makes of the only connection's last answer one after which the connection ends. */
    void makeItTheLast() throws IOException {
        write(onlySlot(), ANSWER_END, -1);
    }

    private void write(int slot, int offset, long number) throws IOException {
        var bytes = java.nio.ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        memory.write(bytes.putLong(0, number), (long) slot * ENTRY + offset);
    }

    private void take() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment order = arena.allocate(JAVA_INT);
            MemorySegment control = arena.allocate(CONTROL, Long.BYTES);
            while (true) {
                MemorySegment text = arena.allocate(ADDRESS, 2);
                text.setAtIndex(ADDRESS, 0, order);
                text.setAtIndex(JAVA_LONG, 1, Integer.BYTES);
                MemorySegment message = arena.allocate(JAVA_LONG, 7);
                message.setAtIndex(ADDRESS, 2, text);
                message.setAtIndex(JAVA_LONG, 3, 1);
                message.setAtIndex(ADDRESS, 4, control);
                message.setAtIndex(JAVA_LONG, 5, CONTROL);
                if (call(RECVMSG, ours, message, 0) <= 0) {
                    return;
                }
                if (message.getAtIndex(JAVA_LONG, 5) > 0) {
                    nameless = control.get(JAVA_INT, CONTROL - 2 * Integer.BYTES);
                } else {
                    obey(order.get(JAVA_INT, 0));
                }
            }
        }
    }

    private void obey(int order) {
        if (order >= 0) {
            slots.put(order, nameless);
        } else {
            Integer descriptor = slots.remove(~order);
            if (descriptor != null) {
                call(CLOSE, descriptor);
            }
            forgotten++;
        }
    }

    @Override
    public void close() throws IOException {
        slots.values().forEach(descriptor -> call(CLOSE, descriptor));
        call(CLOSE, ours);
        call(CLOSE, workers);
        for (FileChannel open : memories.keySet()) {
            open.close();
        }
    }
}
