package dev.workerpool.task.test;

import dev.workerpool.mapping.GatheredResult;
import dev.workerpool.mapping.InvalidTaskInputException;
import dev.workerpool.mapping.TaskMapper;
import dev.workerpool.mapping.TaskMapping;
import dev.workerpool.mapping.UnmappableTaskException;
import dev.workerpool.sharing.SharedMemory;
import dev.workerpool.sharing.SharedResources;
import dev.workerpool.task.Content;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.test.TaskAnswer.FieldError;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a task as one replica of a pool would: {@link #run} with the input as the task gets it, {@link #call} with the bytes
 * that a caller posts, through the very mapping that the worker has. Between the two, everything a {@link TaskContext} gives
 * is what the test says.
 *
 * <p>Thread-safe. Each thread that runs it has a task object of its own, as each thread of a worker has; what tasks share is
 * shared by all threads of a tester. Close it to close the shared resources.
 *
 * <p>What a worker does to the classes of a jar is left out: {@code System.exit} ends the JVM of the tests, and code that does
 * not listen to its cancellation is not killed.
 *
 * {@snippet :
 * try (var tester = TaskTester.of(QrCodeTask.class).config("qr-code.scale", "3")) {
 *     byte[] png = tester.run(new QrCodeTask.Input("hello", null));
 *     assertEquals(400, tester.call("{\"text\":\"\"}").status());
 * }
 * }
 */
public final class TaskTester<I, O> implements AutoCloseable {
    private static final long SHARED_MEMORY = 64L << 20;
    private static final String JSON = "application/json";

    private final Class<? extends Task<I, O>> type;
    private final TaskMapper mapper = new TaskMapper();
    private final TaskMapping mapping;
    private final SharedResources resources = new SharedResources();
    private final SharedMemory memory = new SharedMemory(SHARED_MEMORY);
    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadLocal<OfThread<I, O>> ofThread = ThreadLocal.withInitial(this::newThread);
    private final Map<String, String> parameters = new ConcurrentHashMap<>();
    private final BlockingQueue<Content> messages = new LinkedBlockingQueue<>();
    private final List<String> emitted = new CopyOnWriteArrayList<>();
    private final Cancellation cancellation = new Cancellation();
    private volatile Map<String, String> config = Map.of();
    private volatile Duration waitTime = Duration.ZERO;

    private record OfThread<I, O>(int number, Task<I, O> task) {}

    private TaskTester(Class<? extends Task<I, O>> type) {
        this.type = type;
        try {
            this.mapping = mapper.map(type);
        } catch (UnmappableTaskException e) {
            throw new IllegalArgumentException("No worker would load this task: " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException when no worker would load the task, and why */
    public static <I, O> TaskTester<I, O> of(Class<? extends Task<I, O>> type) {
        return new TaskTester<>(type);
    }

    private OfThread<I, O> newThread() {
        try {
            var constructor = type.getDeclaredConstructor();
            if (!Modifier.isPublic(constructor.getModifiers())) {
                throw new IllegalArgumentException("No worker would load this task: its constructor is not public");
            }
            return new OfThread<>(threads.incrementAndGet(), constructor.newInstance());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("No worker could make an object of this task: " + e, e);
        }
    }

    /** Sets what {@code context.config()} has, from now on, also for runs that are active: who listens is told. */
    public synchronized TaskTester<I, O> config(String name, String value) {
        var changed = new HashMap<>(config);
        changed.put(name, value);
        config = Map.copyOf(changed);
        return this;
    }

    /** Sets a query parameter of the calls to come. */
    public TaskTester<I, O> parameter(String name, String value) {
        parameters.put(name, value);
        return this;
    }

    /** How long runs were queued, by what the task is told; zero unless set. */
    public TaskTester<I, O> waitTime(Duration queued) {
        waitTime = queued;
        return this;
    }

    /** Sends a message of JSON, for a run to receive, now or when it asks. */
    public TaskTester<I, O> message(String json) {
        return message(content(JSON, json.getBytes(StandardCharsets.UTF_8)));
    }

    /** Sends a message, for a run to receive, now or when it asks. */
    public TaskTester<I, O> message(Content message) {
        messages.add(message);
        return this;
    }

    /** Cancels the runs that are active: they find themselves cancelled, and their threads are interrupted. From any thread. */
    public void cancel() {
        cancellation.now();
    }

    /**
     * Cancels each run to come when it asks for the so-manieth time whether it is, counted from 1: without a clock, and always
     * at the same place.
     */
    public TaskTester<I, O> cancelAtCheck(int count) {
        cancellation.atCheck(count);
        return this;
    }

    /** Runs the task with its input on the calling thread, and gives or throws what it does. */
    public O run(I input) throws Exception {
        OfThread<I, O> thread = ofThread.get();
        try (var run = cancellation.begin()) {
            return thread.task().run(input, context(thread.number(), run));
        }
    }

    /** Posts JSON or any other text. */
    public TaskAnswer call(String body) {
        return call(content(JSON, body.getBytes(StandardCharsets.UTF_8)));
    }

    /** Posts bytes. */
    public TaskAnswer call(byte[] body) {
        return call(content("application/octet-stream", body));
    }

    /** Posts bytes of a media type. Results that stream are read to their end, up to 64 MiB. */
    public TaskAnswer call(Content body) {
        OfThread<I, O> thread = ofThread.get();
        try (var run = cancellation.begin()) {
            Content result = mapping.run(
                    thread.task(),
                    body,
                    context(thread.number(), run),
                    mediaType -> new GatheredResult(mediaType, GatheredResult.MAX));
            return result == null
                    ? new TaskAnswer(204, null, new byte[0], List.of(), null)
                    : new TaskAnswer(200, result.mediaType(), bytes(result), List.of(), null);
        } catch (InvalidTaskInputException e) {
            List<FieldError> errors = e.errors().stream()
                    .map(error -> new FieldError(error.field(), error.rule()))
                    .toList();
            return new TaskAnswer(400, null, new byte[0], errors, null);
        } catch (OutOfMemoryError e) {
            throw e; // A worker ends of it.
        } catch (Throwable e) {
            return new TaskAnswer(422, null, new byte[0], List.of(), e);
        }
    }

    private TaskContext context(int number, Cancellation.OfRun run) {
        return new TestContext(this, number, waitTime, Map.copyOf(parameters), run);
    }

    private static Content content(String mediaType, byte[] bytes) {
        return new Content(mediaType, ByteBuffer.wrap(bytes));
    }

    private static byte[] bytes(Content content) {
        byte[] bytes = new byte[content.bytes().remaining()];
        content.bytes().get(content.bytes().position(), bytes);
        return bytes;
    }

    /** All that was emitted so far, as the JSON that followers get; oldest first. */
    public List<String> emitted() {
        return List.copyOf(emitted);
    }

    /** Closes the shared resources, the newest first, as a replica does before it exits. */
    @Override
    public void close() {
        resources.close();
    }

    TaskMapper mapper() {
        return mapper;
    }

    Map<String, String> config() {
        return config;
    }

    SharedResources resources() {
        return resources;
    }

    SharedMemory memory() {
        return memory;
    }

    BlockingQueue<Content> messages() {
        return messages;
    }

    void emit(String json) {
        emitted.add(json);
    }
}
