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
import java.util.Base64;
import java.util.HashSet;
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

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final Path file;

    private SettingsMemory(Path file) {
        this.file = file;
    }

    /** @param file which exists */
    public static SettingsMemory in(Path file) {
        return new SettingsMemory(file);
    }

    /**
     * @param taken what is not to be taken again
     * @param message the last one that was put in force; empty when there was none
     */
    record Kept(TakenTokens taken, ByteBuffer message) {}

    /** A line that says what was taken, and the message behind it. */
    void keep(Kept last) {
        if (file == null) {
            return;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer[] parts = {line(last.taken()), last.message().duplicate()};
            while (parts[0].hasRemaining() || parts[1].hasRemaining()) {
                channel.write(parts);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "After a death these settings are not in force at once: {0}", e.toString());
        }
    }

    /** An id may have any characters. */
    private static ByteBuffer line(TakenTokens taken) {
        var line = new StringBuilder().append(taken.newest().toEpochMilli());
        for (String id : taken.ids()) {
            line.append(' ').append(ENCODER.encodeToString(id.getBytes(StandardCharsets.UTF_8)));
        }
        return StandardCharsets.US_ASCII.encode(line.append('\n').toString());
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
        byte[] message = Arrays.copyOfRange(bytes, length + 1, bytes.length);
        TakenTokens taken = taken(new String(bytes, 0, length, StandardCharsets.US_ASCII));
        return Optional.of(new Kept(taken, ByteBuffer.wrap(message)));
    }

    private static TakenTokens taken(String line) {
        String[] words = line.split(" ");
        var ids = new HashSet<String>();
        for (int i = 1; i < words.length; i++) {
            ids.add(new String(Base64.getUrlDecoder().decode(words[i]), StandardCharsets.UTF_8));
        }
        return new TakenTokens(Instant.ofEpochMilli(Long.parseLong(words[0])), ids);
    }
}
