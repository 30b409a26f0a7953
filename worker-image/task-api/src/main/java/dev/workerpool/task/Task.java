package dev.workerpool.task;

/**
 * A unit of CPU-bound work. A worker finds it through {@link java.util.ServiceLoader}, names it by {@link TaskType} and
 * calls {@link #run} for every {@code POST /tasks/{type}}.
 *
 * <p>Each worker thread has an instance of its own, made with the public constructor without arguments when the thread
 * first runs the task. Fields are therefore never shared between threads; statics are, unless the pool's isolation is
 * {@code PerThread}.
 *
 * <p>What the worker makes of {@code I} and {@code O}:
 *
 * <ul>
 *   <li>{@code ByteBuffer} and {@code byte[]}: the body's raw bytes, not copied between worker and task;
 *   <li>{@code String}: the body as UTF-8 text;
 *   <li>{@link Content}: raw bytes with their media type;
 *   <li>{@code Void}: nothing;
 *   <li>any other type: JSON. A record's primitive components must be present; the others are {@code null} when absent.
 * </ul>
 *
 * @param <I> the input, made from the request's body
 * @param <O> the output, sent as the response's body; {@code null} answers with no content
 */
public interface Task<I, O> {
    /**
     * Runs on a worker thread, which it may keep busy. An {@link InvalidInputException} tells the caller what was wrong
     * with the input; any other exception is reported with its type and message, and the thread goes on with the next run.
     * A buffer or array that is returned belongs to the worker from then on, which may still be sending it while the thread
     * is in its next run.
     */
    O run(I input, TaskContext context) throws Exception;
}
