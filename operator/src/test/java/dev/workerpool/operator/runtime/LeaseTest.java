package dev.workerpool.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.Lock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

/** What is read from the lease never ends a candidacy. */
class LeaseTest {

    private static final ZonedDateTime THEN =
            Instant.parse("2026-01-01T12:00:00Z").atZone(ZoneOffset.UTC);

    private static final LeaseSpec COMPLETE = new LeaseSpecBuilder()
            .withHolderIdentity("other")
            .withLeaseDurationSeconds(15)
            .withAcquireTime(THEN)
            .withRenewTime(THEN)
            .build();

    @Test
    void isHeldByWhomItNames() {
        assertThat(read(COMPLETE).getHolderIdentity()).isEqualTo("other");
    }

    @Test
    void whatSaysTooLittleNobodyHolds() {
        assertNobodyHolds(null);
        assertNobodyHolds(new LeaseSpec());
        assertNobodyHolds(
                new LeaseSpecBuilder(COMPLETE).withLeaseDurationSeconds(null).build());
        assertNobodyHolds(new LeaseSpecBuilder(COMPLETE).withAcquireTime(null).build());
        assertNobodyHolds(new LeaseSpecBuilder(COMPLETE).withRenewTime(null).build());
    }

    /** The elector goes on after this kind of failure alone. */
    @Test
    void everyFailureIsOneAfterWhichTheElectorTriesAgain() {
        var broken = new Lease(new BrokenLock(), () -> 0);

        assertThatThrownBy(() -> broken.get(null)).isInstanceOf(KubernetesClientException.class);
        assertThatThrownBy(() -> broken.create(null, null)).isInstanceOf(KubernetesClientException.class);
        assertThatThrownBy(() -> broken.update(null, null)).isInstanceOf(KubernetesClientException.class);
    }

    private static void assertNobodyHolds(LeaseSpec spec) {
        assertThat(read(spec).getHolderIdentity()).isNullOrEmpty();
    }

    private static LeaderElectionRecord read(LeaseSpec spec) {
        return new Lease.Read("a", "me")
                .toRecord(new LeaseBuilder().withSpec(spec).build());
    }

    private static final class BrokenLock implements Lock {

        @Override
        public LeaderElectionRecord get(KubernetesClient client) {
            throw new IllegalStateException("unforeseen");
        }

        @Override
        public void create(KubernetesClient client, LeaderElectionRecord candidate) {
            throw new IllegalStateException("unforeseen");
        }

        @Override
        public void update(KubernetesClient client, LeaderElectionRecord candidate) {
            throw new IllegalStateException("unforeseen");
        }

        @Override
        public String identity() {
            return "me";
        }

        @Override
        public String describe() {
            return "broken";
        }
    }
}
