package dev.workerpool.worker.control;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The last control message that was put in force, kept where it outlives the process, so that the next worker in the same
 * container need not wait until the operator has noticed that it is another. The operator's messages are whole, so the last
 * one is all there is to know.
 */
public final class SettingsMemory {
    private static final Logger LOG = System.getLogger(SettingsMemory.class.getName());

    /** For a process that none comes after. */
    public static final SettingsMemory NONE = new SettingsMemory(null);

    private final Path file;

    private SettingsMemory(Path file) {
        this.file = file;
    }

    /** @param file which exists */
    public static SettingsMemory in(Path file) {
        return new SettingsMemory(file);
    }

    /**
     * @param issued when the newest of the messages that were taken was signed: none up to then is to be taken again
     * @param message the last of them
     */
    record Kept(Instant issued, ByteBuffer message) {}

    void keep(Kept last) {
        if (file == null) {
            return;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            var issued = ByteBuffer.wrap((last.issued().toEpochMilli() + "\n").getBytes(StandardCharsets.US_ASCII));
            ByteBuffer message = last.message().duplicate();
            while (message.hasRemaining()) {
                channel.write(new ByteBuffer[] {issued, message});
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "After a death these settings are not in force at once: {0}", e.toString());
        }
    }

    /** Empty when nothing was kept. Who died while keeping it left a part, which is no message. */
    Optional<Kept> recall() {
        if (file == null) {
            return Optional.empty();
        }
        try {
            return parse(Files.readAllBytes(file));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The settings of the worker before this one cannot be read: {0}", e.toString());
            return Optional.empty();
        }
    }

    private static Optional<Kept> parse(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != '\n') {
            length++;
        }
        if (length == bytes.length) {
            return Optional.empty();
        }
        long issued = Long.parseLong(new String(bytes, 0, length, StandardCharsets.US_ASCII));
        byte[] message = Arrays.copyOfRange(bytes, length + 1, bytes.length);
        return Optional.of(new Kept(Instant.ofEpochMilli(issued), ByteBuffer.wrap(message)));
    }
}
