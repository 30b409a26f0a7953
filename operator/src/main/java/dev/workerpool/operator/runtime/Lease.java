package dev.workerpool.operator.runtime;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease, and until when it holds by this process's own clock.
 *
 * <p>A process that was frozen wakes up in the middle of what it did and believes itself the leader still. Its monotonic
 * clock knows better: the lease holds from the moment the renewal was <em>sent</em>, for its duration, and no longer.
 */
final class Lease implements Lock {

    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    static final String NAME = "workerpool-operator";
    static final Duration DURATION = Duration.ofSeconds(15);
    static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
    static final Duration RETRY_PERIOD = Duration.ofSeconds(2);

    private static final ZonedDateTime NEVER = Instant.EPOCH.atZone(ZoneOffset.UTC);
    private static final LeaderElectionRecord HELD_BY_NOBODY =
            new LeaderElectionRecord("", Duration.ofSeconds(1), NEVER, NEVER, 0);

    private final Lock lease;
    private final LongSupplier nanoTime;
    private volatile boolean held;
    private volatile boolean failing;
    private volatile long renewedAt;

    Lease(String namespace, String identity, LongSupplier nanoTime) {
        this(new Read(namespace, identity), nanoTime);
    }

    Lease(Lock lease, LongSupplier nanoTime) {
        this.lease = lease;
        this.nanoTime = nanoTime;
    }

    /** Whether nobody else can hold it now. */
    boolean holds() {
        return held && nanoTime.getAsLong() - renewedAt < DURATION.toNanos();
    }

    @Override
    public LeaderElectionRecord get(KubernetesClient client) {
        LeaderElectionRecord present = told(() -> lease.get(client));
        if (present == null || !identity().equals(present.getHolderIdentity())) {
            // Somebody gave it to another, or to nobody, before its time: our clock knows nothing of that.
            held = false;
        }
        return present;
    }

    @Override
    public void create(KubernetesClient client, LeaderElectionRecord candidate) {
        long sentAt = nanoTime.getAsLong();
        told(() -> {
            lease.create(client, candidate);
            return candidate;
        });
        note(candidate, sentAt);
    }

    @Override
    public void update(KubernetesClient client, LeaderElectionRecord candidate) {
        long sentAt = nanoTime.getAsLong();
        told(() -> {
            lease.update(client, candidate);
            return candidate;
        });
        note(candidate, sentAt);
    }

    /**
     * An outage is told when it begins and when it ends, not at each attempt. A conflict is another candidate's luck. After any
     * other kind of failure the elector would stop for good, and tell nobody: so there is none.
     */
    private LeaderElectionRecord told(Supplier<LeaderElectionRecord> attempt) {
        try {
            LeaderElectionRecord answer = attempt.get();
            if (failing) {
                failing = false;
                LOG.info("The lease {} can be reached again", describe());
            }
            return answer;
        } catch (KubernetesClientException e) {
            if (!failing && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                failing = true;
                LOG.warn("The lease {} cannot be reached, trying on: {}", describe(), e.getMessage());
            }
            throw e;
        } catch (RuntimeException e) {
            if (!failing) {
                failing = true;
                LOG.error("The lease {} cannot be used, trying on", describe(), e);
            }
            throw new KubernetesClientException("The lease " + describe() + " cannot be used", e);
        }
    }

    private void note(LeaderElectionRecord written, long sentAt) {
        renewedAt = sentAt;
        held = identity().equals(written.getHolderIdentity());
    }

    @Override
    public String identity() {
        return lease.identity();
    }

    @Override
    public String describe() {
        return lease.describe();
    }

    /**
     * The object as it is read. One that does not say who holds it, and since when and for how long, was made by somebody else,
     * without a spec as a rule: nobody holds it.
     */
    static final class Read extends LeaseLock {

        Read(String namespace, String identity) {
            super(namespace, NAME, identity);
        }

        @Override
        protected LeaderElectionRecord toRecord(io.fabric8.kubernetes.api.model.coordination.v1.Lease object) {
            return isComplete(object.getSpec()) ? super.toRecord(object) : HELD_BY_NOBODY;
        }

        private static boolean isComplete(LeaseSpec spec) {
            return spec != null
                    && spec.getLeaseDurationSeconds() != null
                    && spec.getAcquireTime() != null
                    && spec.getRenewTime() != null;
        }
    }
}
