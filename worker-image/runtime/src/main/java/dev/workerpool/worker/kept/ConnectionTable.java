package dev.workerpool.worker.kept;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Memory that outlives the process: an entry of fixed size for each slot of the primary. What is not used takes no room. */
final class ConnectionTable {
    /** As many as the primary has. */
    static final int SLOTS = 1024;

    /** Whole pages, so that a small request touches one. */
    static final int ENTRY = 16 * 1024;

    private final MappedByteBuffer memory;

    private ConnectionTable(MappedByteBuffer memory) {
        this.memory = memory;
    }

    /** @param file which exists, and is made as large as needed */
    static ConnectionTable in(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new ConnectionTable(channel.map(MapMode.READ_WRITE, 0, (long) SLOTS * ENTRY));
        }
    }

    ByteBuffer entry(int slot) {
        return memory.slice(slot * ENTRY, ENTRY).order(ByteOrder.nativeOrder());
    }
}
