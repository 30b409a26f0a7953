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
 *   <li>{@code byte[]}, {@code ByteBuffer}, {@code MemorySegment}: the body's raw bytes, not copied between worker and task.
 *       An input lies on the heap, so a segment's multi-byte values want an unaligned layout. An output outside of the heap
 *       is copied if it is a segment, for its arena may be closed while it is still being sent;
 *   <li>{@code java.io.InputStream}: the received body to read from; as an output, read to its end, closed, and sent as it
 *       comes;
 *   <li>{@code String}: the body as UTF-8 text;
 *   <li>{@link Content}: raw bytes with their media type;
 *   <li>{@link ContentStream}, as an output: bytes that are sent while they are made;
 *   <li>{@code java.util.stream.Stream} and {@code java.util.Iterator}, as an output: each element is sent as it comes, as one
 *       line of JSON ({@code application/x-ndjson}), or as an element of an array if the task {@linkplain TaskType#produces
 *       produces} {@code application/json};
 *   <li>{@code Void}: nothing;
 *   <li>any other type: JSON.
 * </ul>
 *
 * <p>JSON is read strictly. Objects are records, or classes with setters, with components of
 * numbers, strings, booleans, enums, arrays, collections, maps, {@code java.time} (ISO-8601 strings), {@code byte[]} (Base64)
 * and such objects again. A primitive must be given and is in its range; everything else is {@code null} when absent, or an empty
 * {@code Optional}. A field
 * that is unknown or given twice is refused, and no value is turned into one of another kind. A sealed type is the object of
 * one of its subclasses with that one's simple name as {@code "type"}: {@code {"type":"Circle","radius":2}}. What a constructor
 * throws is a broken rule of the input and answers with 400, naming the path to the object.
 *
 * @param <I> the input, made from the request's body
 * @param <O> the output, sent as the response's body; {@code null} answers with no content
 */
public interface Task<I, O> {
    /**
     * Runs on a worker thread, which it may keep busy. An {@link InvalidInputException} tells the caller what was wrong
     * with the input; any other exception is reported with its type and message, and the thread goes on with the next run.
     * A buffer, array or segment that is returned belongs to the worker from then on, which may still be sending it while the
     * thread is in its next run.
     */
    O run(I input, TaskContext context) throws Exception;
}
