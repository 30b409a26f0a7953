package dev.workerpool.operator.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key in a file that may change at any time, as a mounted Secret does. Looked at again at most every ten seconds.
 *
 * <p>Without a file, and with one that holds no key, there is no channel: every change then rolls, and the log says so once.
 * A good key is not given up for a bad file that takes its place. Thread-safe.
 */
public final class ControlKey {

    private static final Logger LOG = LoggerFactory.getLogger(ControlKey.class);

    static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private static final int MAX_BYTES = 16_384;

    private final Optional<Path> file;
    private final LongSupplier nanoTime;
    private Optional<SigningKey> key = Optional.empty();
    private String lastRead;
    private String lastProblem;
    private long lookedAt;
    private boolean looked;

    public ControlKey(Optional<Path> file) {
        this(file, System::nanoTime);
    }

    ControlKey(Optional<Path> file, LongSupplier nanoTime) {
        this.file = file;
        this.nanoTime = nanoTime;
        if (file.isEmpty()) {
            LOG.info("There is no control key (WORKERPOOL_CONTROL_KEY_FILE): every change of a setting rolls the pods");
        }
    }

    /** What workers need to verify what this operator tells them. */
    public Optional<String> publicKey() {
        return current().map(SigningKey::publicKey);
    }

    synchronized Optional<SigningKey> current() {
        boolean due = !looked || nanoTime.getAsLong() - lookedAt >= LOOK_AGAIN.toNanos();
        if (file.isPresent() && due) {
            looked = true;
            lookedAt = nanoTime.getAsLong();
            look(file.get());
        }
        return key;
    }

    private void look(Path path) {
        try {
            String text = read(path);
            if (!text.equals(lastRead)) {
                lastRead = text;
                key = Optional.of(SigningKey.parse(text));
                LOG.info("Settings are told with the control key {}", key.get().publicKey());
            }
            lastProblem = null;
        } catch (NoSuchFileException e) {
            complain(path, "is not there");
        } catch (IOException e) {
            complain(path, "cannot be read: " + e);
        } catch (InvalidKeyFileException e) {
            complain(path, e.getMessage());
        }
    }

    private static String read(Path path) throws IOException {
        try (var in = Files.newInputStream(path)) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII);
        }
    }

    private void complain(Path path, String problem) {
        if (!problem.equals(lastProblem)) {
            lastProblem = problem;
            // Not an error: where it is optional, it may never come.
            LOG.warn(
                    "Control key file {} (WORKERPOOL_CONTROL_KEY_FILE) {}. {}",
                    path,
                    problem,
                    key.isPresent() ? "The key from before stays in use" : "Every change of a setting rolls the pods");
        }
    }
}
