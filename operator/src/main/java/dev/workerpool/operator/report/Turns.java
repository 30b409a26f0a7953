package dev.workerpool.operator.report;

import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Who may talk to a replica now: so many at a time, in the order they came. Those whose replica was silent last time have a
 * few turns of their own, for each of theirs lasts until a time-out: replicas that cannot be reached, were it thousands, must
 * not hold up those that can.
 */
public final class Turns {

    private static final int AT_A_TIME = 64;
    private static final int SILENT_AT_A_TIME = 2;

    /** A replica that nobody reaches is tried ever less often, and not less than this. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    private static final Duration FIRST_SILENCE = Duration.ofSeconds(2);

    private final Semaphore answering = new Semaphore(AT_A_TIME, true);
    private final Semaphore silent = new Semaphore(SILENT_AT_A_TIME, true);

    /** Lasts until it is closed. */
    public interface Turn extends AutoCloseable {

        @Override
        void close();
    }

    /** @param silences how often in a row its replica was silent */
    public Turn take(int silences) throws InterruptedException {
        Semaphore turns = silences > 0 ? silent : answering;
        turns.acquire();
        return turns::release;
    }

    /**
     * Whether nothing came back at all: the address is nobody's, or something on the way drops what is sent. A worker that
     * only is not up yet has its node refuse the connection, at once.
     */
    public static boolean isSilence(Exception failure) {
        return failure instanceof HttpConnectTimeoutException;
    }

    /** How long to leave a replica alone that was silent so often in a row. */
    public static Duration pause(int silences) {
        Duration pause = FIRST_SILENCE.multipliedBy(1L << Math.clamp(silences - 1, 0, 10));
        return pause.compareTo(LONGEST_SILENCE) < 0 ? pause : LONGEST_SILENCE;
    }
}
