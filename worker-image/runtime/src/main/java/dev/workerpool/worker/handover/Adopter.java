package dev.workerpool.worker.handover;

import dev.workerpool.task.Content;
import dev.workerpool.worker.peers.PeerHeaders;
import dev.workerpool.worker.pool.RunRejectedException;
import dev.workerpool.worker.runs.Adoption;
import dev.workerpool.worker.runs.RunStore;
import dev.workerpool.worker.runs.RunsFullException;
import dev.workerpool.worker.task.TaskCatalog;
import dev.workerpool.worker.task.TaskEntry;
import java.nio.ByteBuffer;
import java.time.DateTimeException;

/** Takes over runs of replicas that go. Thread-safe. */
public final class Adopter {
    private final TaskCatalog catalog;
    private final RunStore store;

    public Adopter(TaskCatalog catalog, RunStore store) {
        this.catalog = catalog;
        this.store = store;
    }

    /** Is the run here already, so that it need not be sent again? */
    public boolean has(String id) {
        return store.hasAdopted(id);
    }

    /**
     * @param transfer one run, as {@link HandOver} sends it
     * @param stays whether this worker does, so that others may rely on what it keeps. One that goes says of a run that is
     *     over that it has not got it, even if it has: perhaps it was handed that very run by the worker that sends it, and
     *     if each counts on the other, both go and the run is lost
     * @return null once the run is this worker's, also when it was before; else why it is not, in a word
     */
    public String adopt(ByteBuffer transfer, boolean stays) throws MalformedTransferException {
        RunForm form = Transfer.readForm(transfer);
        if (form.ended() != null && !stays) {
            return PeerHeaders.DRAINING;
        }
        Content content = form.mediaType() == null ? null : new Content(form.mediaType(), transfer.slice());
        try {
            Adoption adoption = form.ended() != null ? store.adopt(form.retained(content)) : adopt(form, content);
            return adoption == null ? "unknown-task" : adoption.isSettled() ? null : "full";
        } catch (RunsFullException | RunRejectedException e) {
            return "full";
        } catch (DateTimeException | IllegalArgumentException | NullPointerException e) {
            throw new MalformedTransferException(e.toString());
        }
    }

    /** @return null when there is no such task here */
    private Adoption adopt(RunForm form, Content content) throws RunsFullException, RunRejectedException {
        TaskEntry task = catalog.find(form.task());
        return task == null ? null : store.adopt(form.waiting(content), task);
    }
}
