package dev.workerpool.worker.handover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.handover.SureDelivery.Fate;
import dev.workerpool.worker.peers.PeerReply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class SureDeliveryTest {
    private static final PeerReply LOST = new PeerReply.Lost("reset");
    private static final PeerReply UNREACHED = new PeerReply.Declined("refused", false);

    private Duration clock = Duration.ZERO;
    private Duration deadline = Duration.ofHours(1);

    private Fate deliver(PeerReply... replies) throws InterruptedException {
        Queue<PeerReply> left = new ArrayDeque<>(List.of(replies));
        var delivery = new SureDelivery(() -> clock.compareTo(deadline) < 0, duration -> clock = clock.plus(duration));
        Fate fate = delivery.deliver(left::remove);
        assertThat(left).as("attempts that were not made").isEmpty();
        return fate;
    }

    @Test
    void waitsBetweenAttemptsAndNotAfterTheLast() throws Exception {
        assertThat(deliver(LOST, LOST, LOST, LOST, LOST)).isEqualTo(Fate.UNKNOWN);
        assertThat(clock).isEqualTo(Duration.ofMillis(800));
    }

    @Test
    void aLostAnswerIsAskedForAgain() throws Exception {
        assertThat(deliver(LOST, UNREACHED, new PeerReply.Answered(204))).isEqualTo(Fate.TAKEN);
        assertThat(clock).isEqualTo(Duration.ofMillis(400));
    }

    @Test
    void whatTheFirstAttemptSettlesWaitsForNothing() throws Exception {
        assertThat(deliver(UNREACHED)).isEqualTo(Fate.NOT_TAKEN);
        assertThat(deliver(new PeerReply.Answered(404))).isEqualTo(Fate.NOT_TAKEN);
        assertThat(deliver(new PeerReply.Answered(204))).isEqualTo(Fate.TAKEN);
        assertThat(clock).isZero();
    }

    @Test
    void endsWithTheTime() throws Exception {
        deadline = Duration.ofMillis(300);

        assertThat(deliver(LOST, LOST)).isEqualTo(Fate.UNKNOWN);
    }
}
