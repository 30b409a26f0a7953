package dev.workerpool.sharing;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Memory outside of the heap that all threads read and write, by owner and name, bounded in total. It lives as long as this
 * and whoever still holds a part of it, so that no thread can come upon memory that was freed. Thread-safe.
 */
public final class SharedMemory {
    /** A cache line, so that what is at the start of two segments is never in the same one. */
    private static final long ALIGNMENT = 64;

    private final long limit;
    private final Arena arena = Arena.ofAuto();
    private final Map<Key, MemorySegment> segments = new HashMap<>();
    private long used;

    /** @param owner whose name it is: the jar */
    private record Key(int owner, String name) {}

    /** @param limit in bytes, for all segments together */
    public SharedMemory(long limit) {
        this.limit = limit;
    }

    /**
     * @param bytes its size, the same whenever it is asked for
     * @throws IllegalArgumentException when it has another size, or the size is not positive
     * @throws IllegalStateException when it does not fit into the limit any more
     */
    public synchronized MemorySegment segment(int owner, String name, long bytes) {
        Objects.requireNonNull(name, "name");
        if (bytes <= 0) {
            throw new IllegalArgumentException("Shared memory '" + name + "' must have at least 1 byte, not " + bytes);
        }
        var key = new Key(owner, name);
        MemorySegment segment = segments.get(key);
        if (segment == null) {
            segment = allocate(name, bytes);
            segments.put(key, segment);
        } else if (segment.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "Shared memory '" + name + "' has " + segment.byteSize() + " bytes, not " + bytes);
        }
        return segment;
    }

    private MemorySegment allocate(String name, long bytes) {
        if (bytes > limit - used) {
            throw new IllegalStateException("Shared memory '" + name + "' of " + bytes + " bytes does not fit: " + used
                    + " of at most " + limit + " are in use (WORKERPOOL_SHARED_MEMORY)");
        }
        // In whole cache lines, so that many small ones cannot take more than the limit.
        long size = Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
        MemorySegment segment = arena.allocate(size, ALIGNMENT).asSlice(0, bytes);
        used += size;
        return segment;
    }

    public synchronized long used() {
        return used;
    }
}
