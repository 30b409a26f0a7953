package dev.workerpool.worker.pool;

import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;

/**
 * A timer that a run made. One of a class of the task's own may do whatever it likes when something is wanted of it, so that is
 * done by {@link Errands}.
 */
final class OwnTimer {
    private final Timer timer;
    private final boolean plain;
    private final Inquiry inquiry = new Inquiry();
    private volatile boolean cancelled;

    OwnTimer(Timer timer) {
        this.timer = timer;
        this.plain = !Belongings.isOwnClass(timer);
    }

    void ask(Errands errands) {
        if (!plain && !cancelled) {
            inquiry.send(errands, this, this::look, dead -> cancelled |= dead);
        }
    }

    /** Has it been asked since it was heard last? */
    boolean owesAnAnswer() {
        return inquiry.isUnderWay();
    }

    /** At once; as it was heard last where it is of the task's own class. */
    boolean isCancelled() {
        if (plain) {
            look();
        }
        return cancelled;
    }

    /** It says so only to those who want something of it. */
    private void look() {
        try {
            timer.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            // It was only to find out.
                        }
                    },
                    TimeUnit.HOURS.toMillis(1));
        } catch (IllegalStateException e) {
            cancelled = true;
        }
    }

    void cancel(Errands errands) {
        if (plain) {
            timer.cancel();
            cancelled = true;
        } else {
            errands.send(timer, timer::cancel);
        }
    }
}
