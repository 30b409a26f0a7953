package dev.workerpool.worker.http;

import dev.workerpool.worker.runs.StoredRun;
import java.time.Duration;
import java.util.concurrent.Future;

/** A caller that waits for the end of a run, or until it has waited for long enough. */
final class RunWaiter implements Runnable {
    private final StoredRun run;
    private final Exchange exchange;
    private final boolean joined;
    private final Runnable answer;

    /** On the event loop only. */
    private boolean done;

    private Future<?> timer;

    /**
     * @param joined the caller belongs to the run, and may take it along when it goes
     * @param answer sees for itself whether the run is over
     */
    RunWaiter(StoredRun run, Exchange exchange, boolean joined, Runnable answer) {
        this.run = run;
        this.exchange = exchange;
        this.joined = joined;
        this.answer = answer;
    }

    /** On the event loop. @param patience null for as long as it takes */
    void start(Duration patience) {
        if (patience != null) {
            timer = exchange.schedule(this::finish, patience);
        }
        exchange.onAbandoned(this::stop);
        if (!done) {
            run.follow(this);
        }
    }

    /** Something happened to the run, on any thread. */
    @Override
    public void run() {
        if (run.ended() != null || run.hasMoved()) {
            exchange.execute(this::finish);
        }
    }

    private void finish() {
        if (!done) {
            stop();
            answer.run();
        }
    }

    private void stop() {
        if (done) {
            return;
        }
        done = true;
        run.unfollow(this);
        if (timer != null) {
            timer.cancel(false);
        }
        if (joined) {
            run.leave();
        }
    }
}
