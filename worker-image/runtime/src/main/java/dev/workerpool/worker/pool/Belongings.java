package dev.workerpool.worker.pool;

import dev.workerpool.worker.task.TaskHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;

/**
 * What belongs to a run beside its thread: the threads that it started, the executors and timers that it made. Made with the
 * first of them. Thread-safe; never waits for task code, unless it says so.
 */
final class Belongings {
    private final Errands errands;
    /** Only what has ended has no group. What state it is in, task code may say as it likes. */
    private final Pile<Thread> threads = new Pile<>(thread -> thread.getThreadGroup() == null);

    private final Pile<OwnExecutor> executors = new Pile<>(OwnExecutor::hasEnded);
    private final Pile<OwnTimer> timers = new Pile<>(timer -> !timer.isAlive());

    /** Pieces of work of this run on threads of the common pool. */
    private int atWork;

    private volatile boolean condemned;

    /** @param host of threads of the run */
    Belongings(TaskHost host) {
        errands = new Errands(host);
    }

    synchronized void started(Thread thread) {
        threads.add(thread);
    }

    synchronized void opened(Object service) {
        if (service instanceof ExecutorService executor) {
            if (executors.isFull()) {
                // Those that do not say at once whether they have ended.
                errands.send(executors, this::removeEndedExecutors);
            }
            executors.add(new OwnExecutor(executor));
        } else {
            timers.add(new OwnTimer((Timer) service, OwnTimer.youngestThread(this::knows)));
        }
    }

    private void removeEndedExecutors() {
        executors().forEach(OwnExecutor::lookForEnd);
        synchronized (this) {
            executors.removeEnded();
        }
    }

    synchronized void atWork(boolean begins) {
        atWork += begins ? 1 : -1;
    }

    private synchronized List<OwnExecutor> executors() {
        return executors.stream().toList();
    }

    /** Looks at the executors here and now. May wait for task code: for a thread that is in the run. */
    void look() {
        OwnExecutor.look(executors());
    }

    /** Has the executors looked at, for those who ask a little later. */
    void ask() {
        executors().forEach(executor -> executor.ask(errands));
    }

    synchronized boolean oweAnswers() {
        return executors.stream().anyMatch(OwnExecutor::owesAnAnswer);
    }

    /** Is there anything to look after? Costs next to nothing. */
    synchronized boolean mayGoOn() {
        return mayHaveUnknownThreads() || threads().anyMatch(Thread::isAlive);
    }

    /** Whatever still goes on. */
    synchronized List<String> alive() {
        var alive = new ArrayList<String>();
        threads.stream().filter(Thread::isAlive).forEach(thread -> alive.add("thread " + name(thread)));
        executors.stream().filter(OwnExecutor::isAtWork).forEach(executor -> alive.add("executor " + executor));
        timers.stream().filter(OwnTimer::isAlive).forEach(timer -> alive.add("timer"));
        if (atWork > 0) {
            alive.add("work in the common pool");
        }
        return alive;
    }

    private static String name(Thread thread) {
        return thread.getName().isEmpty() ? String.valueOf(thread.threadId()) : thread.getName();
    }

    /** Asks all of it to end. */
    synchronized void stop() {
        List<Thread> alive = started().filter(Thread::isAlive).toList();
        // Their own classes may say what an interrupt does, and even a plain one closes the channel that a thread waits
        // for.
        alive.stream().filter(Belongings::isOwnClass).forEach(thread -> errands.send(thread, thread::interrupt));
        List<Thread> plain =
                alive.stream().filter(thread -> !isOwnClass(thread)).toList();
        if (!plain.isEmpty()) {
            errands.send(threads, () -> plain.forEach(Thread::interrupt));
        }
        executors.stream().filter(OwnExecutor::isAtWork).forEach(executor -> executor.shutDown(errands));
        timers.stream().filter(OwnTimer::isAlive).forEach(timer -> timer.cancel(errands));
    }

    /** Is it of a class of the task's own? What that does when it is asked for something is task code. */
    static boolean isOwnClass(Object made) {
        return made.getClass().getClassLoader() != null;
    }

    /** Whether all task code on these threads is to die at its next checkpoint. */
    void condemn(boolean die) {
        condemned = die;
    }

    boolean isCondemned() {
        return condemned;
    }

    /** Takes out executors that are open and idle: they may serve a later run. */
    synchronized List<OwnExecutor> kept() {
        List<OwnExecutor> open = executors.stream().filter(OwnExecutor::isKept).toList();
        executors.removeAll(open);
        return open;
    }

    /** Threads of executors, and those that belong to nobody, are not told of; some timers' threads are hardly ever found in task code. */
    synchronized boolean mayHaveUnknownThreads() {
        return atWork > 0
                || timers.stream().anyMatch(OwnTimer::mayIgnoreItsCancel)
                || executors.stream().anyMatch(OwnExecutor::isAtWork);
    }

    synchronized List<Thread> threadsAlive() {
        return threads().filter(Thread::isAlive).toList();
    }

    /** Their own class may say what equals what. */
    synchronized boolean knows(Thread thread) {
        return threads().anyMatch(one -> one == thread);
    }

    private Stream<Thread> threads() {
        return Stream.concat(started(), errands.underWay().stream());
    }

    /** By task code. */
    private Stream<Thread> started() {
        return Stream.concat(threads.stream(), timers.stream().map(OwnTimer::thread));
    }

    Errands errands() {
        return errands;
    }
}
