package dev.workerpool.operator.report;

import dev.workerpool.operator.status.SettingsInForce;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Optional;

/**
 * A container of a replica that is asked how it is, and what it told last. One asks it at a time; what it was told, and that
 * somebody could not reach it, come from others.
 */
final class Followed {

    static final long UNKNOWN = -1;

    final ResourceID pool;
    final String address;
    final Duration interval;
    volatile ReplicaReport report;
    volatile ReplicaAnswer last;
    volatile long lastAt;
    volatile int silences;

    /** Lets one wait: it is starting, or did not answer in time. */
    volatile boolean slow;

    /** As the last pass saw it. */
    volatile boolean ready;

    /** The last one between two questions. */
    volatile Duration pause = AskingPace.UNTIL_FIRST;

    private long rejected;
    private SettingsInForce settings;
    private boolean missed;

    /** @param rejected of the tasks that its worker refused, those that are counted; {@link #UNKNOWN} before it said how many */
    Followed(ResourceID pool, String address, Duration interval, long rejected) {
        this.pool = pool;
        this.address = address;
        this.interval = interval;
        this.rejected = rejected;
    }

    /** The same worker, asked anew and at this interval. */
    synchronized Followed at(Duration other) {
        var followed = new Followed(pool, address, other, rejected);
        followed.report = report;
        followed.last = last;
        followed.lastAt = lastAt;
        followed.silences = silences;
        followed.slow = slow;
        followed.ready = ready;
        followed.settings = settings().orElse(null);
        followed.missed = wasMissed();
        return followed;
    }

    /** @return whether this is news; what was asked before it was told something arrives afterwards, and is old */
    synchronized boolean note(SettingsInForce told) {
        SettingsInForce now = told.after(settings());
        if (now.equals(settings) || (settings != null && now.generation() < settings.generation())) {
            return false;
        }
        settings = now;
        return true;
    }

    /** Told once. */
    synchronized boolean wasMissed() {
        boolean before = missed;
        missed = false;
        return before;
    }

    /** Whoever hears from it says that it is not silent any more, and looks afterwards whether it was missed. */
    synchronized boolean missWhileSilent() {
        missed |= silences > 0;
        return silences > 0;
    }

    /** Another worker in the same container, which knows nothing of what the last one was told. */
    synchronized void beginAnew() {
        settings = null;
        last = null;
        rejected = 0;
    }

    /** @return how many more it refused than is counted */
    synchronized long count(long refused) {
        long before = rejected == UNKNOWN ? refused : rejected;
        rejected = refused;
        return Math.max(0, refused - before);
    }

    int restarts() {
        return report == null ? 0 : report.restarts();
    }

    synchronized Optional<SettingsInForce> settings() {
        return Optional.ofNullable(settings);
    }
}
