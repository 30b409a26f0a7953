package dev.workerpool.task;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** What a run knows about itself. Good for the time of {@link Task#run} only; safe to use from the threads a task starts. */
public interface TaskContext {
    /** Names this run; unique in the pool. */
    String runId();

    /** The replica, that is the pod, this run is on. */
    String replica();

    /** The worker thread, from 1 to the number of threads. */
    int thread();

    /** How long the run was queued. */
    Duration waitTime();

    /**
     * How long the run has been active by now, its wait not included: what counts to the pool's time limit, or to the call's.
     * In nanoseconds. Once the run is over, how long it was active until then.
     */
    Duration runTime();

    /** The pool's {@code spec.config}, which may change while the run goes on: the newest. Unmodifiable. */
    Map<String, String> config();

    /**
     * Has the listener called with the newest config once that is another than now, as often as it changes. Never beside the
     * task's own code: the listener is called on the run's own thread, from within {@link #config}, {@link #isCancelled},
     * {@link #emit} and {@code receive}. A loop that looks at {@code isCancelled} hears of a change at once; a run that calls
     * none of them does not hear of it. What the listener throws comes out of the method it was called from. It ends with the
     * run.
     *
     * @param listener replaces the one before; null for none
     * @throws IllegalStateException on another thread than the run's own
     */
    void onConfigChange(Consumer<Map<String, String>> listener);

    /** The query parameters of the call, the last one winning where a name is repeated. Unmodifiable. */
    Map<String, String> parameters();

    /**
     * What all runs of this jar's tasks on this replica share, such as a model or an index: made by the first run that asks,
     * while others that ask wait, and kept until the replica exits. If it is {@link AutoCloseable} it is closed then, the
     * newest first, after the last run. It must be safe for all threads; threads that it starts are its own and not the run's.
     * Where the pool's isolation is {@code PerThread}, each thread has its classes and so its resources for itself.
     *
     * <p>Making it is part of the run, within its time. If it fails, so do those who waited for it, and the next run that asks
     * tries again; if the run that makes it is stopped, one of those who wait takes over.
     *
     * @param name a constant; at most 1000 per jar
     * @param maker must not give null
     * @throws Exception what the maker throws; {@link InterruptedException} when the run is stopped while it waits
     * @throws IllegalStateException when the maker needs what it is making, or there are too many
     */
    <T> T shared(String name, Callable<? extends T> maker) throws Exception;

    /**
     * Memory that all runs of this jar's tasks on this replica share, whatever the isolation: outside of the heap, zero at
     * first, aligned to 64 bytes, never freed. Threads see each other's writes as with fields: through
     * {@link java.lang.invoke.VarHandle} with its volatile and atomic accesses, or under a common lock.
     *
     * @param name a constant
     * @param bytes its size, the same for all who ask; all of a replica's together at most {@code WORKERPOOL_SHARED_MEMORY}
     *     (64 MiB unless set)
     * @throws IllegalArgumentException when it has another size already, or the size is not positive
     * @throws IllegalStateException when it does not fit any more
     */
    MemorySegment sharedMemory(String name, long bytes);

    /**
     * True once nobody waits for the result any more: the run went over its time, its client left or the replica had to
     * stop. The thread is interrupted at the same moment. Code that neither blocks nor looks here is stopped a few
     * milliseconds later all the same, in the middle of its loop; its {@code finally} blocks run.
     */
    boolean isCancelled();

    /**
     * Tells whoever follows this run how it gets on, as a server-sent event whose data is the message as JSON: a record, a
     * map, a list or a number as one would expect, a {@code String} as a JSON string, bytes as a string in base64. At most
     * 64 KiB. Never waits: a follower who is slower than the run misses the oldest messages and is told how many.
     *
     * <p>Where nobody can follow, which is in a plain call, this does nothing at all, so that a task may always report.
     *
     * @throws IllegalArgumentException when the message cannot be JSON or is too large
     */
    void emit(Object message);

    /**
     * The next message that somebody sent to this run, waiting for one no longer than {@code patience}; zero only looks.
     * Nobody can send to a plain call, where this waits in vain.
     *
     * @return the message as it was sent, with its media type; empty when none came
     * @throws InterruptedException when the run is cancelled, or over, while this waits
     */
    Optional<Content> receive(Duration patience) throws InterruptedException;

    /**
     * As {@link #receive(Duration)}, with the message read as an input of that type would be: from JSON, or as text or bytes.
     *
     * @throws InvalidInputException when the message does not fit; it is gone, and the next one can be received
     */
    <M> Optional<M> receive(Class<M> type, Duration patience) throws InterruptedException;
}
