package dev.workerpool.operator.control;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.report.Turns;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Has every pool looked at when the control keys change: by them it is decided who can be told anything, and by what the
 * replicas know each other. Nothing else would happen to a pool that is at rest.
 */
public final class KeyWatch extends AbstractEventSource<Void, WorkerPool> {

    private final ControlKey key;
    private final Turns turns;
    private final Supplier<Stream<ResourceID>> pools;
    private Optional<String> seen = Optional.empty();

    /** @param pools all that there are */
    public KeyWatch(ControlKey key, Turns turns, Supplier<Stream<ResourceID>> pools) {
        super(Void.class, "control-key");
        this.key = key;
        this.turns = turns;
        this.pools = pools;
    }

    /** What the keys are by now, the first passes see for themselves. */
    @Override
    public void start() {
        super.start();
        seen = key.publicKeys();
        lookLater();
    }

    private void lookLater() {
        turns.after(ControlKey.LOOK_AGAIN, this::look);
    }

    void look() {
        if (!isRunning()) {
            return;
        }
        lookLater();
        Optional<String> present = key.publicKeys();
        if (!present.equals(seen)) {
            seen = present;
            pools.get().forEach(pool -> getEventHandler().handleEvent(new Event(pool)));
        }
    }

    @Override
    public Set<Void> getSecondaryResources(WorkerPool pool) {
        return Set.of();
    }
}
