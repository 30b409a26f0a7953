package dev.workerpool.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A process writes only while its lease holds by its own clock. */
class FenceTest {

    private final AtomicLong nanos = new AtomicLong();
    private final MemoryLock lock = new MemoryLock(() -> {});
    private final Lease lease = new Lease(lock, nanos::get);
    private final Fence fence = new Fence(lease::holds);

    @Test
    void holdsWritesBackBeforeTheLeaseIsWon() {
        assertThatThrownBy(() -> send("PATCH", "/apis/apps/v1/namespaces/a/deployments/b"))
                .isInstanceOf(Fence.NotLeadingException.class)
                .hasMessage("Not the leader: PATCH /apis/apps/v1/namespaces/a/deployments/b is left to the one who is");
    }

    @Test
    void letsReadsAndTheLeaseThroughAlways() {
        assertThatCode(() -> {
                    send("GET", "/api/v1/pods");
                    send("PUT", "/apis/coordination.k8s.io/v1/namespaces/a/leases/b");
                })
                .doesNotThrowAnyException();
    }

    @Test
    void letsWritesThroughWhileTheLeaseHolds() {
        lease.create(null, record("me"));
        pass(Lease.DURATION.minusNanos(1));
        assertThatCode(() -> send("POST", "/api/v1/namespaces/a/events")).doesNotThrowAnyException();
    }

    @Test
    void holdsWritesBackInAProcessThatWasFrozenPastItsLease() {
        lease.create(null, record("me"));
        pass(Lease.DURATION);
        assertThat(lease.holds()).isFalse();
        assertThatThrownBy(() -> send("POST", "/api/v1/namespaces/a/events"))
                .isInstanceOf(Fence.NotLeadingException.class);
    }

    @Test
    void holdsWritesBackOnceTheLeaseIsGivenBack() {
        lease.create(null, record("me"));
        lease.update(null, record(null));
        assertThat(lease.holds()).isFalse();
    }

    @Test
    void holdsWritesBackOnceAnotherIsSeenToHaveTheLease() {
        lease.create(null, record("me"));
        assertThat(lease.get(null).getHolderIdentity()).isEqualTo("me");
        assertThat(lease.holds()).isTrue();

        lock.stored = record("other");
        lease.get(null);

        assertThatThrownBy(() -> send("POST", "/api/v1/namespaces/a/events"))
                .isInstanceOf(Fence.NotLeadingException.class);
    }

    @Test
    void holdsWritesBackOnceAnybodyMayTakeTheLease() {
        lease.create(null, record("me"));
        lock.stored = record("");
        lease.get(null);
        assertThat(lease.holds()).isFalse();

        lease.create(null, record("me"));
        lock.stored = null;
        lease.get(null);
        assertThat(lease.holds()).as("it is gone").isFalse();
    }

    /** In an outage the lease runs out by itself. */
    @Test
    void aLeaseThatCannotBeReadIsHeldAsBefore() {
        lease.create(null, record("me"));
        lock.fails = true;

        assertThatThrownBy(() -> lease.get(null)).isInstanceOf(KubernetesClientException.class);

        assertThat(lease.holds()).isTrue();
    }

    @Test
    void countsARenewalFromWhenItWasSent() {
        var slow = new Lease(new MemoryLock(() -> pass(Duration.ofSeconds(5))), nanos::get);
        slow.update(null, record("me"));
        pass(Lease.DURATION.minusSeconds(5));
        assertThat(slow.holds()).isFalse();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void send(String method, String path) {
        HttpRequest request = new StandardHttpRequest.Builder()
                .uri("https://api" + path)
                .method(method, null, null)
                .build();
        fence.before(null, request, null);
    }

    private static LeaderElectionRecord record(String holder) {
        return new LeaderElectionRecord(holder, Lease.DURATION, ZonedDateTime.now(), ZonedDateTime.now(), 0);
    }

    private static final class MemoryLock implements Lock {

        private final Runnable onWrite;
        private LeaderElectionRecord stored;
        private boolean fails;

        private MemoryLock(Runnable onWrite) {
            this.onWrite = onWrite;
        }

        @Override
        public LeaderElectionRecord get(KubernetesClient client) {
            if (fails) {
                throw new KubernetesClientException("away");
            }
            return stored;
        }

        @Override
        public void create(KubernetesClient client, LeaderElectionRecord candidate) {
            onWrite.run();
            stored = candidate;
        }

        @Override
        public void update(KubernetesClient client, LeaderElectionRecord candidate) {
            onWrite.run();
            stored = candidate;
        }

        @Override
        public String identity() {
            return "me";
        }

        @Override
        public String describe() {
            return "memory";
        }
    }
}
