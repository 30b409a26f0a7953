package dev.workerpool.worker.task;

import dev.workerpool.mapping.InvalidTaskInputException;
import dev.workerpool.mapping.ResultReceiver;
import dev.workerpool.mapping.TaskMessages;
import dev.workerpool.task.Content;
import dev.workerpool.task.TaskContext;
import java.io.Closeable;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** The task objects of one thread, each made when it is first needed. For that thread only. */
public final class ThreadTasks implements Closeable {
    private final TaskCatalog catalog;
    private final BoundTask[] tasks;
    private final TaskJar[] jars;

    ThreadTasks(TaskCatalog catalog) {
        this.catalog = catalog;
        this.tasks = new BoundTask[catalog.size()];
        this.jars = new TaskJar[catalog.sources()];
    }

    /**
     * Reads the input, runs the task, writes the output.
     *
     * @param receiver takes the result if it streams
     * @return null when the task gives nothing, or the receiver has it
     * @throws InvalidTaskInputException when the input does not fit
     * @throws Exception whatever the task throws
     */
    public Content run(TaskEntry entry, Content body, TaskContext context, ResultReceiver receiver) throws Exception {
        BoundTask task = tasks[entry.index()];
        if (task == null) {
            task = bind(entry);
            tasks[entry.index()] = task;
        }
        // Libraries find their own parts through it. Set for each run, as tasks of several jars share the thread.
        Thread.currentThread().setContextClassLoader(task.task().getClass().getClassLoader());
        return task.run(body, context, receiver);
    }

    /** How messages of a task travel, once it runs. Also for threads that the task starts. */
    public TaskMessages messages(TaskEntry entry) {
        return tasks[entry.index()].messages();
    }

    /**
     * A resource that the tasks of the run's jar share: with all threads, or only on this one where it has the jar for itself.
     * During the run, from its thread or from one that it started.
     */
    public <T> T shared(TaskEntry entry, String name, Callable<? extends T> maker, BooleanSupplier cancelled)
            throws Exception {
        return jars[entry.source()].resources().get(name, () -> TaskHooks.making(maker), cancelled);
    }

    /** Memory that the tasks of the run's jar share with all threads. */
    public MemorySegment sharedMemory(TaskEntry entry, String name, long bytes) {
        return catalog.memory().segment(entry.source(), name, bytes);
    }

    private BoundTask bind(TaskEntry entry) throws Exception {
        TaskJar jar = jars[entry.source()];
        if (jar == null) {
            jar = catalog.open(entry.source());
            jars[entry.source()] = jar;
        }
        TaskBinding binding = jar.tasks().get(entry.type());
        if (binding == null) {
            throw new TaskLoadException("the jar was exchanged: it no longer has the task type " + entry.type());
        }
        // What its constructor starts is there for all runs of the thread.
        return TaskHooks.making(() -> newTask(binding));
    }

    private static BoundTask newTask(TaskBinding binding) throws Exception {
        try {
            return binding.newTask();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new TaskLoadException(e.toString(), e);
        }
    }

    /** Returns at once: the jars that are this thread's own are closed elsewhere. */
    @Override
    public void close() {
        if (!catalog.shared()) {
            for (TaskJar jar : jars) {
                if (jar != null) {
                    catalog.closer().close(jar);
                }
            }
        }
    }
}
