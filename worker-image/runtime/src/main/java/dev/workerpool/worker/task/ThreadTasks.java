package dev.workerpool.worker.task;

import dev.workerpool.mapping.InvalidTaskInputException;
import dev.workerpool.mapping.ResultReceiver;
import dev.workerpool.mapping.TaskMessages;
import dev.workerpool.task.Content;
import dev.workerpool.task.TaskContext;
import java.io.Closeable;
import java.io.IOException;

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
        try {
            return binding.newTask();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new TaskLoadException(e.toString(), e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!catalog.shared()) {
            for (TaskJar jar : jars) {
                if (jar != null) {
                    jar.close();
                }
            }
        }
    }
}
