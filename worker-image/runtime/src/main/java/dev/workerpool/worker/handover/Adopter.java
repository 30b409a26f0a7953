package dev.workerpool.worker.handover;

import dev.workerpool.task.Content;
import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.pool.DrainingException;
import dev.workerpool.worker.pool.RunRejectedException;
import dev.workerpool.worker.runs.Adoption;
import dev.workerpool.worker.runs.RunStore;
import dev.workerpool.worker.runs.RunsFullException;
import dev.workerpool.worker.task.TaskEntry;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.function.Function;

/** Takes over runs of other replicas: of those that go, and what this one has a thread for. Thread-safe. */
public final class Adopter {
    private static final String FULL = "full";

    /** Longer than a request is on its way. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(5);

    private final Function<String, TaskEntry> able;
    private final RunStore store;
    private final long startedAt = System.nanoTime();

    /** @param able the task of a type; null when this worker does not run such, at least for now */
    public Adopter(Function<String, TaskEntry> able, RunStore store) {
        this.able = able;
        this.store = store;
    }

    /** @param name what follows {@link HandOver#PATH}: is what it names here already, so that it need not be sent again? */
    public boolean has(String name) {
        return store.hasAdopted(name);
    }

    /**
     * May an earlier attempt to bring a run have been made with the worker before this one, so that it is not known whether that
     * began with it?
     *
     * @param tried for how long it has been tried; zero for the first time
     */
    public boolean isYoungerThan(Duration tried) {
        Duration age = Duration.ofNanos(System.nanoTime() - startedAt);
        return tried.isPositive() && age.compareTo(tried.plus(ON_THE_WAY)) < 0;
    }

    /**
     * @param transfer one run, as {@link HandOver} and {@link RunMover} send it
     * @param maxQueued one that waits is taken only while fewer than so many do
     * @param stays whether this worker does, so that others may rely on what it keeps. One that goes says of a run that is
     *     over that it has not got it, even if it has: perhaps it was handed that very run by the worker that sends it, and
     *     if each counts on the other, both go and the run is lost
     * @return null once the run is this worker's, also when it was before; else why it is not, in a word
     */
    public String adopt(ByteBuffer transfer, int maxQueued, boolean stays) throws MalformedTransferException {
        RunForm form = Transfer.readForm(transfer);
        if (form.ended() != null && !stays) {
            return PeerHeaders.DRAINING;
        }
        Content content = form.mediaType() == null ? null : new Content(form.mediaType(), transfer.slice());
        try {
            Adoption adoption =
                    form.ended() != null ? store.adopt(form.retained(content)) : adopt(form, content, maxQueued);
            return adoption == null ? PeerHeaders.UNABLE : why(adoption);
        } catch (RunsFullException e) {
            return e.isForGood() ? PeerHeaders.TOO_LARGE : FULL;
        } catch (RunRejectedException e) {
            return e instanceof DrainingException ? PeerHeaders.DRAINING : PeerHeaders.BUSY;
        } catch (DateTimeException | IllegalArgumentException | NullPointerException e) {
            throw new MalformedTransferException(e.toString());
        }
    }

    private static String why(Adoption adoption) {
        return switch (adoption) {
            case ADOPTED, KNOWN, EXPIRED -> null;
            case LEAVING -> PeerHeaders.BUSY;
            case NO_ROOM -> FULL;
        };
    }

    /** @return null when such a task is not run here */
    private Adoption adopt(RunForm form, Content content, int maxQueued)
            throws RunsFullException, RunRejectedException {
        TaskEntry task = able.apply(form.task());
        return task == null ? null : store.adopt(form.waiting(content), task, maxQueued);
    }
}
