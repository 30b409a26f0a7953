import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Says once a second how far a stage is: a line each, so that it reads as well in a log as on a terminal. */
final class Progress implements AutoCloseable {

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("progress").factory());
    private final AtomicInteger done = new AtomicInteger();
    private final String what;
    private final int total;
    private final Pool pool;
    private final long started = System.nanoTime();

    Progress(String what, int total, Pool pool) {
        this.what = what;
        this.total = total;
        this.pool = pool;
        clock.scheduleAtFixedRate(this::print, 1, 1, TimeUnit.SECONDS);
    }

    /** Counts one more, and returns how many there are now. */
    int step() {
        return done.incrementAndGet();
    }

    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    private void print() {
        int now = done.get();
        double seconds = seconds();
        System.out.printf(
                "  %3.0f s  %4d of %d %s  %3d %%  %5.1f/s  retries %d%n",
                seconds, now, total, what, 100 * now / total, now / seconds, pool.retries());
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
