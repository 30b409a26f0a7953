package dev.workerpool.worker.pool;

import dev.workerpool.mapping.InvalidTaskInputException;
import dev.workerpool.worker.task.TaskKilled;
import dev.workerpool.worker.task.ThreadExit;
import dev.workerpool.worker.task.ThreadTasks;

/** Runs task code on one thread, and tells what became of it and whether the thread is still fit for another run. */
final class Execution {
    private final TaskPool pool;
    private final PoolThread thread;
    private final ThreadTasks tasks;

    Execution(TaskPool pool, PoolThread thread, ThreadTasks tasks) {
        this.pool = pool;
        this.thread = thread;
        this.tasks = tasks;
    }

    Outcome run(Run run) {
        Outcome outcome = outcome(run);
        if (run.belongings() != null) {
            look(run.belongings());
        }
        return outcome;
    }

    /** As long as the thread is in its run and watched over: this may come to task code. */
    private static void look(Belongings belongings) {
        try {
            belongings.look();
        } catch (Throwable e) {
            // What could not be looked at counts as at work.
        }
    }

    private Outcome outcome(Run run) {
        try {
            return new Outcome.Succeeded(tasks.run(run.task(), run.body(), new RunContext(run, pool, tasks), run));
        } catch (InvalidTaskInputException e) {
            return new Outcome.InvalidInput(e.errors());
        } catch (ThreadExit e) {
            thread.broken("exit");
            return new Outcome.Stopped(e.exitCode());
        } catch (TaskKilled e) {
            // Who knows in which state that left its task objects.
            thread.broken("killed");
            return new Outcome.Cancelled(); // Its outcome was set before it was killed.
        } catch (Exception e) {
            return failed(run, e);
        } catch (Throwable e) {
            // An Error says nothing about what state it left the thread's task objects in.
            thread.broken("error");
            return failed(run, e);
        }
    }

    private Outcome failed(Run run, Throwable thrown) {
        Outcome failed = Outcome.Failed.of(thrown);
        pool.failures().report(run, thrown);
        return failed;
    }
}
