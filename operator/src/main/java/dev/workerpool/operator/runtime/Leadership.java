package dev.workerpool.operator.runtime;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One candidacy: waits for the lease, renews it while it can, and gives it back when closed, so that the next one need
 * not wait until it runs out. The callbacks must not block. For one use; after {@code onLost}, which comes once, however it
 * ends unless it is closed, stand again with a new one.
 */
final class Leadership implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final LeaderElector elector;
    private final String identity;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Runnable onLost;
    private CompletableFuture<?> candidacy;

    Leadership(KubernetesClient client, Lease lease, Executor threads, Runnable onWon, Runnable onLost) {
        this.identity = lease.identity();
        this.onLost = onLost;
        this.elector = new LeaderElector(
                client,
                new LeaderElectionConfig(
                        lease,
                        Lease.DURATION,
                        Lease.RENEW_DEADLINE,
                        Lease.RETRY_PERIOD,
                        new LeaderCallbacks(onWon, this::end, this::tell),
                        true,
                        Lease.NAME),
                threads);
    }

    void stand() {
        candidacy = elector.start();
        candidacy.whenComplete((_, failure) -> {
            if (failure != null && !candidacy.isCancelled()) {
                LOG.error("Standing for the lease ended unexpectedly", failure);
            }
            end();
        });
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            onLost.run();
        }
    }

    private void tell(String leader) {
        if (identity.equals(leader)) {
            LOG.info("This operator leads now");
        } else if (leader != null && !leader.isEmpty()) {
            LOG.info("Standing by: {} leads", leader);
        }
    }

    /** Returns once the lease is given back, if it was held and the API server answers. */
    @Override
    public void close() {
        ended.set(true);
        if (candidacy != null) {
            candidacy.cancel(true);
        }
    }
}
