package dev.workerpool.worker.access;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Map;

/** Mounted files, taken over when their content is another one. By one thread at a time. */
final class Watched {
    private static final Logger LOG = System.getLogger(Watched.class.getName());

    private final MountedFiles files;
    private final Use use;
    private final AccessMeters meters;

    /** By name; what was looked at last, whether it could be used or not. Null when it could not be read. */
    private Map<String, byte[]> last;

    /** Why what is there is not in force; null when it is. */
    private volatile String complaint;

    /** Puts a content in force. */
    interface Use {
        void take(Map<String, byte[]> content) throws InvalidAccessException;
    }

    /** @throws InvalidAccessException when what is there at first cannot be used */
    Watched(MountedFiles files, Use use, AccessMeters meters) throws InvalidAccessException {
        this.files = files;
        this.use = use;
        this.meters = meters;
        last = files.read();
        try {
            take(last);
        } catch (InvalidAccessException e) {
            throw in(e);
        }
    }

    private InvalidAccessException in(InvalidAccessException e) {
        return new InvalidAccessException(files.folder() + ": " + e.getMessage(), e);
    }

    /** What cannot be used is told once, and leaves in force what is. */
    void look() {
        try {
            Map<String, byte[]> before = last;
            last = null;
            Map<String, byte[]> now = files.read();
            last = now;
            if (before != null && isSame(now, before)) {
                return;
            }
            take(now);
            complaint = null;
            meters.reloaded(true);
            LOG.log(Level.INFO, "Taken over as it is now: {0} of {1}", String.join(", ", now.keySet()), files.folder());
        } catch (InvalidAccessException e) {
            String told = in(e).getMessage();
            if (!told.equals(complaint)) {
                meters.reloaded(false);
                LOG.log(Level.WARNING, "What was there before stays in force: {0}", told);
            }
            complaint = told;
        }
    }

    /** What libraries throw at content that nobody thought of must not end the watch. */
    private void take(Map<String, byte[]> content) throws InvalidAccessException {
        try {
            use.take(content);
        } catch (RuntimeException e) {
            throw new InvalidAccessException(String.join(", ", content.keySet()) + " cannot be used: " + e, e);
        }
    }

    private static boolean isSame(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(file -> Arrays.equals(file.getValue(), other.get(file.getKey())));
    }

    String complaint() {
        return complaint;
    }
}
