package dev.workerpool.sharing;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * Resources by name, each made by the first who asks while all others who ask wait for it. One that could not be made is
 * made anew for whoever asks next. Thread-safe. {@link #close} closes those that can be, the newest first.
 */
public final class SharedResources implements AutoCloseable {
    private static final Logger LOG = System.getLogger(SharedResources.class.getName());

    /** Names are meant to be constants; a name per run would be a leak. */
    static final int MAX = 1000;

    private final ConcurrentHashMap<String, SharedResource> resources = new ConcurrentHashMap<>();

    /** Newest first. Guarded by itself. */
    private final ArrayDeque<SharedResource> made = new ArrayDeque<>();

    private volatile boolean closed;

    /**
     * @param cancelled whether the run that asks is over: its failure is then its own and not that of the resource
     * @throws Exception what the maker throws, to all who waited for it; {@link InterruptedException} when interrupted
     *     while waiting
     */
    @SuppressWarnings("unchecked") // Who asks by a name knows what is under it.
    public <T> T get(String name, Callable<? extends T> maker, BooleanSupplier cancelled) throws Exception {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(maker, "maker");
        while (true) {
            SharedResource resource = resources.get(name);
            if (resource == null) {
                var mine = new SharedResource(name);
                resource = add(name, mine);
                if (resource == null) {
                    return (T) make(mine, maker, cancelled);
                }
            }
            if (resource.await()) {
                return (T) resource.value();
            }
        }
    }

    private SharedResource add(String name, SharedResource mine) {
        if (closed) {
            throw new IllegalStateException(
                    "Shared resource '" + name + "' cannot be made: the replica is about to exit");
        }
        if (resources.size() >= MAX) {
            throw new IllegalStateException(
                    "Shared resource '" + name + "' cannot be made: there are " + MAX + " already, which is the most");
        }
        return resources.putIfAbsent(name, mine);
    }

    private Object make(SharedResource resource, Callable<?> maker, BooleanSupplier cancelled) throws Exception {
        Exception failure = null;
        try {
            Object value = Objects.requireNonNull(
                    maker.call(), () -> "The maker of shared resource '" + resource.name() + "' gave null");
            resource.made(value);
            keep(resource);
            return value;
        } catch (Exception e) {
            failure = e;
            throw e;
        } finally {
            // Also for an Error, the end of a thread among them: whoever waits must not wait for ever.
            if (!resource.isMade()) {
                resources.remove(resource.name(), resource);
                resource.failed(cancelled.getAsBoolean() ? null : failure);
            }
        }
    }

    private void keep(SharedResource resource) {
        synchronized (made) {
            if (!closed) {
                made.addFirst(resource);
                return;
            }
        }
        resource.close(LOG); // Made while the replica stopped.
    }

    public boolean isEmpty() {
        return resources.isEmpty();
    }

    @Override
    public void close() {
        ArrayDeque<SharedResource> closing;
        synchronized (made) {
            closed = true;
            closing = new ArrayDeque<>(made);
            made.clear();
        }
        for (SharedResource resource : closing) {
            LOG.log(Level.DEBUG, "Closing shared resource {0}", resource.name());
            resource.close(LOG);
        }
    }
}
