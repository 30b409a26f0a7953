package dev.workerpool.worker.pool;

import dev.workerpool.sharing.ConfigListener;
import dev.workerpool.task.Content;
import dev.workerpool.task.TaskContext;
import dev.workerpool.worker.task.ThreadTasks;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** A run, as its task sees it. */
final class RunContext implements TaskContext {
    private final Run run;
    private final TaskPool pool;
    private final ThreadTasks tasks;
    private Map<String, String> parameters;

    /** Set and used on the run's own thread only; null for those that do not listen. */
    private ConfigListener configListener;

    RunContext(Run run, TaskPool pool, ThreadTasks tasks) {
        this.run = run;
        this.pool = pool;
        this.tasks = tasks;
    }

    @Override
    public String runId() {
        return run.id(pool.runIds());
    }

    @Override
    public String replica() {
        return pool.settings().replica();
    }

    @Override
    public int thread() {
        return run.threadNumber();
    }

    @Override
    public Duration waitTime() {
        return Duration.ofNanos(run.waitNanos());
    }

    @Override
    public Duration runTime() {
        return Duration.ofNanos(run.isOver() ? run.runNanos() : System.nanoTime() - run.startedAt());
    }

    @Override
    public Map<String, String> config() {
        tellConfig();
        return pool.live().config();
    }

    @Override
    public void onConfigChange(Consumer<Map<String, String>> listener) {
        if (!isOwnThread()) {
            throw new IllegalStateException("onConfigChange has to be called on the run's own thread");
        }
        configListener = listener == null
                ? null
                : new ConfigListener(listener, pool.live().config());
    }

    private boolean isOwnThread() {
        PoolThread thread = run.thread();
        return thread != null && thread.thread() == Thread.currentThread();
    }

    private void tellConfig() {
        if (configListener != null && isOwnThread()) {
            configListener.look(pool.live().config());
        }
    }

    @Override
    public synchronized Map<String, String> parameters() {
        if (parameters == null) {
            parameters = run.parameters();
        }
        return parameters;
    }

    @Override
    public <T> T shared(String name, Callable<? extends T> maker) throws Exception {
        return tasks.shared(run.task(), name, maker, run::isOver);
    }

    @Override
    public MemorySegment sharedMemory(String name, long bytes) {
        return tasks.sharedMemory(run.task(), name, bytes);
    }

    @Override
    public boolean isCancelled() {
        tellConfig();
        return run.isOver();
    }

    @Override
    public void emit(Object message) {
        tellConfig();
        RunLink link = run.link();
        if (link != null && !run.isOver()) {
            link.emit(tasks.messages(run.task()).write(message));
        }
    }

    @Override
    public Optional<Content> receive(Duration patience) throws InterruptedException {
        tellConfig();
        Optional<Content> message = await(patience);
        tellConfig();
        return message;
    }

    private Optional<Content> await(Duration patience) throws InterruptedException {
        RunLink link = run.link();
        if (link == null) {
            // As long as with a link: a task that asks again and again must not become a busy loop.
            Thread.sleep(patience);
            return Optional.empty();
        }
        return Optional.ofNullable(link.receive(patience));
    }

    @Override
    public <M> Optional<M> receive(Class<M> type, Duration patience) throws InterruptedException {
        return receive(patience).map(message -> tasks.messages(run.task()).read(message, type));
    }
}
