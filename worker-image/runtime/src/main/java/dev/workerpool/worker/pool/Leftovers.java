package dev.workerpool.worker.pool;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * What runs left behind. Threads and timers of a run that go on after it, and executors that still have work, are given a
 * moment; then they are reported, interrupted, and at last killed like a run that does not listen. Idle executors are kept, as
 * a task may want them again, but only the youngest: a task that makes a new one in each run must not fill the process.
 * Looked after by the watchdog, which waits for no task code here: {@link Belongings} has it called elsewhere.
 */
final class Leftovers {
    /** Idle executors; beyond that the oldest goes. */
    private static final int MAX_KEPT = 32;

    /** Threads that outlived even their kill; with as many the process had better be replaced. */
    static final int MAX_LINGERING = 64;

    private final TaskPool pool;
    private final List<Leftover> leftovers = new ArrayList<>();
    /** Weakly: one without threads that nobody knows is gone anyway. */
    private final Deque<Kept> kept = new ArrayDeque<>();

    private boolean exhausted;

    /** @param errands of the run that made it */
    private record Kept(WeakReference<ExecutorService> executor, Errands errands) {
        /** Those that are gone are. */
        boolean isShutdown() {
            ExecutorService one = executor.get();
            return one == null || OwnExecutor.isShutdown(one);
        }
    }

    private enum Stage {
        ENDING,
        INTERRUPTED,
        KILLED,
        /** It may come back from the JDK's code to task code, and die there. */
        GIVEN_UP
    }

    private static final class Leftover {
        private final Run run;
        private final Belongings belongings;
        private Stage stage = Stage.ENDING;
        private long due;
        private long killedAt;
        private boolean asked;
        private long askedAt;

        Leftover(Run run, long due) {
            this.run = run;
            this.belongings = run.belongings();
            this.due = due;
        }
    }

    Leftovers(TaskPool pool) {
        this.pool = pool;
    }

    /** The run is over, and its thread has left it or is given up. May be told again, when there is more. */
    synchronized void of(Run run) {
        keep(run);
        if (run.belongings().mayGoOn() && leftovers.stream().noneMatch(one -> one.run == run)) {
            long due = System.nanoTime() + pause();
            leftovers.add(new Leftover(run, due));
            pool.watchdog().watch(due);
        }
    }

    private void keep(Run run) {
        Belongings belongings = run.belongings();
        for (OwnExecutor one : belongings.kept()) {
            kept.add(new Kept(new WeakReference<>(one.executor()), belongings.errands()));
        }
        if (!belongings.mayHaveUnknownThreads()) {
            run.release();
        }
        kept.removeIf(Kept::isShutdown);
        while (kept.size() > MAX_KEPT) {
            shutDown(kept.poll(), run);
        }
    }

    private void shutDown(Kept oldest, Run run) {
        ExecutorService executor = oldest.executor().get();
        if (executor != null) {
            pool.failures().warn("Task " + run.task().type() + " leaves executors open: the oldest is shut down");
            pool.counters().leftBehind(run, 1);
            oldest.errands().send(executor, executor::shutdownNow);
        }
    }

    /** Half of what they are given until the next step, which is twice what a run is: nobody waits for these. */
    private long pause() {
        return pool.settings().patience().toNanos();
    }

    /** @return when to look again */
    synchronized long check(long now) {
        long next = Watchdog.NEVER;
        for (Iterator<Leftover> all = leftovers.iterator(); all.hasNext(); ) {
            Leftover one = all.next();
            if (one.due - now <= 0 && !goesOn(one, now)) {
                one.belongings.condemn(false);
                all.remove();
            } else {
                next = Watchdog.earlier(next, one.due);
            }
        }
        return next;
    }

    /** Each other time it is asked how it stands; in between, the answers are there. @return whether there is more to do */
    private boolean goesOn(Leftover one, long now) {
        // First of all: should anything go wrong, the others have their turn.
        one.due = now + pause();
        if (one.asked && one.stage == Stage.ENDING && one.belongings.oweAnswers() && now - one.askedAt < grace()) {
            return true; // The machine may be busy, and the executor idle.
        }
        one.asked = !one.asked;
        if (one.asked) {
            one.askedAt = now;
            one.belongings.ask();
            return true;
        }
        return step(one, now);
    }

    private long grace() {
        return pool.settings().grace().toNanos();
    }

    private boolean step(Leftover one, long now) {
        keep(one.run);
        List<String> alive = one.belongings.alive();
        // Errands into task code may not come back.
        if (alive.isEmpty() && one.belongings.errands().underWay().isEmpty()) {
            return false;
        }
        switch (one.stage) {
            case ENDING -> {
                report(one.run, alive);
                one.stage = Stage.INTERRUPTED;
            }
            case INTERRUPTED -> {
                one.stage = Stage.KILLED;
                one.killedAt = now;
                one.belongings.condemn(true);
                pool.watchdog().kills().isDue(one.run);
            }
            case KILLED -> {
                pool.watchdog().kills().isDue(one.run);
                if (now - one.killedAt >= grace()) {
                    giveUp(one);
                }
            }
            case GIVEN_UP -> {
                pool.watchdog().kills().isLost(one.run);
                one.due = now + Ending.LOST_PAUSE;
            }
        }
        // Again and again: what waits must wake up to come to a checkpoint.
        one.belongings.stop();
        return true;
    }

    private void report(Run run, List<String> alive) {
        if (alive.isEmpty()) {
            return;
        }
        pool.counters().leftBehind(run, alive.size());
        List<String> some = alive.size() <= 5 ? alive : alive.subList(0, 5);
        pool.failures()
                .warn("Task " + run.task().type() + " left " + alive.size() + " behind, which are stopped: "
                        + String.join(", ", some));
    }

    private void giveUp(Leftover one) {
        one.stage = Stage.GIVEN_UP;
        pool.failures().warn("Threads that task " + one.run.task().type() + " left behind do not stop");
        List<Run> lingering = leftovers.stream()
                .filter(other -> other.stage == Stage.GIVEN_UP)
                .flatMap(other ->
                        Collections.nCopies(
                                Math.max(1, other.belongings.threadsAlive().size()), other.run)
                                .stream())
                .toList();
        if (lingering.size() >= MAX_LINGERING && !exhausted) {
            exhausted = true;
            pool.exhausted(lingering);
        }
    }

    /** Threads that were left behind and are alive. */
    synchronized int threads() {
        return leftovers.stream()
                .filter(one -> one.stage != Stage.ENDING)
                .mapToInt(one -> one.belongings.threadsAlive().size())
                .sum();
    }
}
