package dev.workerpool.operator.report;

import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may talk to a replica now: so many at a time, in the order they came. Those whose replica was silent last time have
 * turns of their own, fewer, for each of theirs lasts until a time-out: replicas that cannot be reached, were it thousands,
 * must not hold up those that can. Nor those that were silent once or twice, as a busy one may be, and so these wait in a
 * line apart from those that have been silent for long. Where one after the other of them stays silent, it is the way
 * to them that is closed, and to try one at a time is enough to see it open. So that thousands of those hold up none that only
 * missed a turn, replicas that were reached before have every second turn.
 *
 * <p>A replica that starts is there and lets one wait, for its port is open before its worker is up. Such ones have a line
 * of their own too: a pool that starts by the dozen must not hold up what others say of their load, or are told.
 *
 * <p>What is to be said waits as an entry in a queue and has a thread only while it is said: thousands of threads that wait
 * would take more memory than all that is known of their pools.
 */
public final class Turns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

    private static final int AT_A_TIME = 64;

    /** A question that waits is answered as soon as the worker is up: many at a time are heard at once. */
    static final int SLOW_AT_A_TIME = 32;

    private static final int SILENT_AT_A_TIME = 8;

    /** Where they answer again, one turn is over within milliseconds, and one after the other is quick enough. */
    private static final int LOST_AT_A_TIME = 1;

    /** Turns in silence, one after the other, that many replicas would not have by chance. */
    static final int WAY_IS_CLOSED = 32;

    /** Silent more often in a row, a replica is none that only missed a turn. */
    private static final int MISSED = 3;

    /** A replica that nobody reaches is tried ever less often, and not less than this. */
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(2);

    private static final Duration FIRST_SILENCE = Duration.ofSeconds(2);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("replica-", 0).factory());
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("replica-turns").factory(), new ThreadPoolExecutor.DiscardPolicy());
    private final Line answering = new Line(AT_A_TIME, AT_A_TIME);
    private final Line slow = new Line(SLOW_AT_A_TIME, SLOW_AT_A_TIME);
    private final Line silent = new Line(SILENT_AT_A_TIME, LOST_AT_A_TIME);
    private final Line lost = new Line(LOST_AT_A_TIME, LOST_AT_A_TIME);

    public Turns() {
        clock.setRemoveOnCancelPolicy(true);
    }

    /**
     * What is to be expected of a replica.
     *
     * @param silences how often in a row it was silent
     * @param known whether it was ever reached: then it may only have missed a turn, and waits apart from those that never were
     * @param slow whether it may let one wait: it is starting, or did when it was last there
     */
    public record Prospect(int silences, boolean known, boolean slow) {}

    /** What is said to a replica in its turn. */
    @FunctionalInterface
    public interface Talk {

        Outcome say();
    }

    /** What became of a talk. */
    public enum Outcome {
        /** The replica answered, or its node did in its place. */
        REACHED,
        SILENT,
        /** There was nothing to be said any more. */
        LEFT_OUT
    }

    /** Returns at once; the talk, which may block, is on a thread of its own. */
    public void take(Prospect prospect, Talk talk) {
        line(prospect).add(talk, prospect.known());
    }

    private Line line(Prospect prospect) {
        if (prospect.silences() == 0) {
            return prospect.slow() ? slow : answering;
        }
        return prospect.silences() <= MISSED ? silent : lost;
    }

    /** Does something that does not block, such as taking a turn. */
    public Future<?> after(Duration pause, Runnable step) {
        return clock.schedule(step, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Whether nothing came back at all: the address is nobody's, or something on the way drops what is sent. A worker that
     * only is not up yet has its node refuse the connection, or its primary take it, at once.
     */
    public static boolean isSilence(Exception failure) {
        return failure instanceof HttpConnectTimeoutException;
    }

    /** Whether somebody is there, and did not answer in time. */
    public static boolean isSlowness(Exception failure) {
        return failure instanceof HttpTimeoutException && !isSilence(failure);
    }

    /** How long to leave a replica alone that was silent so often in a row. */
    public static Duration pause(int silences) {
        Duration pause = FIRST_SILENCE.multipliedBy(1L << Math.clamp(silences - 1, 0, 10));
        return pause.compareTo(LONGEST_SILENCE) < 0 ? pause : LONGEST_SILENCE;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        threads.shutdownNow();
    }

    /** Each of its threads takes the next in the queue, and ends when there is none, or too many are at it. */
    private final class Line {

        private final Queue<Talk> known = new ArrayDeque<>();
        private final Queue<Talk> unknown = new ArrayDeque<>();
        private final int most;
        private final int least;
        private boolean isKnownsTurn;
        private int talking;

        /** Turns in a row in which nobody was reached. */
        private int silent;

        /** @param least so many at a time while the way seems to be closed */
        private Line(int most, int least) {
            this.most = most;
            this.least = least;
        }

        private int atATime() {
            return silent < WAY_IS_CLOSED ? most : least;
        }

        private synchronized void add(Talk talk, boolean isKnown) {
            (isKnown ? known : unknown).add(talk);
            goOn();
        }

        private void goOn() {
            try {
                for (int more = Math.min(atATime() - talking, known.size() + unknown.size()); more > 0; more--) {
                    threads.execute(this::talkOn);
                    talking++;
                }
            } catch (RejectedExecutionException e) {
                LOG.debug("Nobody is talked to any more", e);
            }
        }

        private void talkOn() {
            for (Talk talk = next(); talk != null; talk = next()) {
                try {
                    said(talk.say());
                } catch (RuntimeException e) {
                    LOG.warn("A replica could not be talked to", e);
                }
            }
        }

        private synchronized Talk next() {
            Talk next = threads.isShutdown() || talking > atATime() ? null : poll();
            if (next == null) {
                talking--;
            }
            return next;
        }

        private Talk poll() {
            isKnownsTurn = !isKnownsTurn;
            Talk next = (isKnownsTurn ? known : unknown).poll();
            return next != null ? next : (isKnownsTurn ? unknown : known).poll();
        }

        private synchronized void said(Outcome outcome) {
            silent = switch (outcome) {
                case REACHED -> 0;
                case SILENT -> Math.min(silent + 1, WAY_IS_CLOSED);
                case LEFT_OUT -> silent;
            };
            goOn();
        }
    }
}
