package dev.workerpool.operator.control;

import dev.workerpool.operator.desired.LiveEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key in a file that may change at any time, as a mounted Secret does. Looked at again at most every ten seconds.
 *
 * <p>While one key takes the place of another the file holds both, the new one first. New pods then trust both, and each
 * replica is told with the first that it trusts, so that none has to be replaced for the change alone.
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
    private List<SigningKey> keys = List.of();
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
            LOG.warn(
                    "There is no control key (WORKERPOOL_CONTROL_KEY_FILE): every change of a setting rolls the pods, and replicas"
                            + " do not know each other: nothing is passed on or handed over, and a run is known only where it was begun");
        }
    }

    /** What workers need to verify what this operator tells them: the public keys, separated by spaces. */
    public Optional<String> publicKeys() {
        return Optional.of(present().stream().map(SigningKey::publicKey).collect(Collectors.joining(" ")))
                .filter(keys -> !keys.isEmpty());
    }

    /** The public key that all workers are to know in the end. */
    public Optional<String> newest() {
        return present().stream().findFirst().map(SigningKey::publicKey);
    }

    /** With which a replica is told; empty when it trusts none. @param environment with which it was started */
    Optional<SigningKey> trustedBy(LiveEnvironment environment) {
        return present().stream()
                .filter(key -> environment.trusts(key.publicKey()))
                .findFirst();
    }

    /** The one that was there first, which stays the same while another comes. */
    Optional<SigningKey> eldest() {
        List<SigningKey> present = present();
        return present.isEmpty() ? Optional.empty() : Optional.of(present.getLast());
    }

    private synchronized List<SigningKey> present() {
        boolean due = !looked || nanoTime.getAsLong() - lookedAt >= LOOK_AGAIN.toNanos();
        if (file.isPresent() && due) {
            looked = true;
            lookedAt = nanoTime.getAsLong();
            look(file.get());
        }
        return keys;
    }

    private void look(Path path) {
        try {
            String text = read(path);
            if (!text.equals(lastRead)) {
                lastRead = text;
                keys = SigningKey.parse(text);
                LOG.info("Settings are told with the control key {}", keys);
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
                    !keys.isEmpty() ? "The key from before stays in use" : "Every change of a setting rolls the pods");
        }
    }
}
