package dev.workerpool.worker.peers;

import dev.workerpool.worker.pool.TaskPool;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells peers how loaded this replica is: the first change at once, what follows within {@link #INTERVAL_NANOS} together,
 * and an unchanged load with every heartbeat. Where runs are so short that hardly anything is worth passing, it says less.
 * While nobody listens the pool does not even tell this of changes. Publishes on one event loop.
 */
final class LoadPublisher {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONG_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Far more than watch one replica, also while the pool changes. */
    private static final int MOST_LISTENERS = 64;

    private final Peers peers;
    private final TaskPool pool;
    private final EventLoop loop;
    private final Asks asks = new Asks();
    private final List<LoadNews> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile boolean draining;
    private Load told;
    private long toldAt = System.nanoTime() - LONG_INTERVAL_NANOS;

    LoadPublisher(Peers peers, TaskPool pool, EventLoop loop) {
        this.peers = peers;
        this.pool = pool;
        this.loop = loop;
    }

    boolean isFull() {
        return listeners.size() >= MOST_LISTENERS;
    }

    void add(LoadNews listener) {
        change(() -> listeners.add(listener));
        listener.tell(load());
    }

    void remove(LoadNews listener) {
        change(() -> listeners.remove(listener));
    }

    /** One at a time, from several loops: or the pool would tell nothing though the one that came last listens. */
    private synchronized void change(Runnable of) {
        of.run();
        pool.onLoadChange(listeners.isEmpty() ? null : this::changed);
    }

    Load load() {
        int threads = pool.live().threads();
        int active = Math.max(0, threads - pool.idle());
        return new Load(active, pool.queued(), threads, draining, 0);
    }

    /** From any thread, on every change. */
    void changed() {
        if (!due.get() && due.compareAndSet(false, true)) {
            loop.execute(this::publishSoon);
        }
    }

    private void publishSoon() {
        long now = System.nanoTime();
        boolean areShort = peers.meanRun() > 0 && peers.meanRun() < Routing.HOP_NANOS;
        boolean isOutlier = pool.leastAge(now) >= Here.OUTLIER_NANOS;
        long interval = areShort && !isOutlier ? LONG_INTERVAL_NANOS : INTERVAL_NANOS;
        long left = toldAt + interval - now;
        if (left <= 0) {
            publish(false);
        } else {
            loop.schedule(() -> publish(false), left, TimeUnit.NANOSECONDS);
        }
    }

    /** @param anyway also when nothing has changed */
    void publish(boolean anyway) {
        due.set(false);
        long now = System.nanoTime();
        Load load = load();
        Asks.Ask ask = draining
                ? null
                : asks.next(
                        pool.idle(), peers.views(), ThreadLocalRandom.current().nextInt(), now);
        if (!anyway && ask == null && load.equals(told)) {
            return;
        }
        told = load;
        toldAt = now;
        for (LoadNews listener : listeners) {
            boolean asked = ask != null && ask.view().peer().replica().equals(listener.replica());
            listener.tell(asked ? load.asking(ask.runs()) : load);
        }
    }

    /** A run is on its way here, with so many bytes. On any thread. */
    void comes(int size) {
        loop.execute(() -> asks.comes(size, System.nanoTime()));
    }

    /** A run that was asked for has come. On any thread. */
    void askAnswered() {
        loop.execute(asks::answered);
    }

    /** From now on the peers know that this replica takes nothing. */
    void drain() {
        draining = true;
        loop.execute(() -> publish(true));
    }

    void close() {
        listeners.forEach(LoadNews::end);
        change(listeners::clear);
    }
}
