package dev.workerpool.task.test;

import dev.workerpool.sharing.ConfigListener;
import dev.workerpool.task.Content;
import dev.workerpool.task.TaskContext;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What a run in a test knows about itself. */
final class TestContext implements TaskContext {
    private static final AtomicLong RUNS = new AtomicLong();
    private static final String REPLICA = "test";

    private final TaskTester<?, ?> tester;
    private final String runId = REPLICA + "-0-" + RUNS.incrementAndGet();
    private final int number;
    private final Duration waitTime;
    private final Map<String, String> parameters;
    private final Cancellation.OfRun run;
    private final Thread thread = Thread.currentThread();
    private final long startedAt = System.nanoTime();

    /** On the run's own thread only; null for those that do not listen. */
    private ConfigListener configListener;

    TestContext(
            TaskTester<?, ?> tester,
            int number,
            Duration waitTime,
            Map<String, String> parameters,
            Cancellation.OfRun run) {
        this.tester = tester;
        this.number = number;
        this.waitTime = waitTime;
        this.parameters = parameters;
        this.run = run;
    }

    @Override
    public String runId() {
        return runId;
    }

    @Override
    public String replica() {
        return REPLICA;
    }

    @Override
    public int thread() {
        return number;
    }

    @Override
    public Duration waitTime() {
        return waitTime;
    }

    @Override
    public Duration runTime() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    @Override
    public Map<String, String> parameters() {
        return parameters;
    }

    @Override
    public Map<String, String> config() {
        tellConfig();
        return tester.config();
    }

    @Override
    public void onConfigChange(Consumer<Map<String, String>> listener) {
        if (thread != Thread.currentThread()) {
            throw new IllegalStateException("onConfigChange has to be called on the run's own thread");
        }
        configListener = listener == null ? null : new ConfigListener(listener, tester.config());
    }

    private void tellConfig() {
        if (thread == Thread.currentThread() && configListener != null) {
            configListener.look(tester.config());
        }
    }

    @Override
    public boolean isCancelled() {
        tellConfig();
        return run.check();
    }

    @Override
    public <T> T shared(String name, Callable<? extends T> maker) throws Exception {
        return tester.resources().get(name, maker, run::isCancelled);
    }

    @Override
    public MemorySegment sharedMemory(String name, long bytes) {
        return tester.memory().segment(0, name, bytes);
    }

    @Override
    public void emit(Object message) {
        tellConfig();
        byte[] json = tester.mapper().messages().write(message);
        if (!run.isCancelled()) {
            tester.emit(new String(json, StandardCharsets.UTF_8));
        }
    }

    @Override
    public Optional<Content> receive(Duration patience) throws InterruptedException {
        tellConfig();
        var message = Optional.ofNullable(tester.messages().poll(patience.toNanos(), TimeUnit.NANOSECONDS));
        tellConfig();
        return message;
    }

    @Override
    public <M> Optional<M> receive(Class<M> type, Duration patience) throws InterruptedException {
        return receive(patience).map(message -> tester.mapper().messages().read(message, type));
    }
}
