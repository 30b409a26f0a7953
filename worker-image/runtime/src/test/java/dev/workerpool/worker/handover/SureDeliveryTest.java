package dev.workerpool.worker.handover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.handover.SureDelivery.Fate;
import dev.workerpool.worker.peers.PeerReply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SureDeliveryTest {
    private static final PeerReply LOST = new PeerReply.Lost("reset");
    private static final PeerReply UNREACHED = new PeerReply.Declined("refused", false);
    private static final PeerReply TAKEN = new PeerReply.Answered(204);

    private final SureDelivery delivery = new SureDelivery();

    /** @return null when the last of them is no reason to end */
    private Fate hears(PeerReply... replies) {
        Fate fate = null;
        for (PeerReply reply : replies) {
            assertThat(fate).as("an end before the last reply").isNull();
            fate = delivery.heard(reply);
        }
        return fate;
    }

    @Test
    void asksAgainAsLongAsAnswersAreLostAndNotForEver() {
        assertThat(hears(LOST, LOST, LOST, LOST)).isNull();
        assertThat(hears(LOST)).isEqualTo(Fate.UNKNOWN);
    }

    @Test
    void aLostAnswerIsAskedForAgain() {
        assertThat(hears(LOST, UNREACHED, TAKEN)).isEqualTo(Fate.TAKEN);
    }

    @Test
    void whatWasTakenIsThere() {
        assertThat(hears(TAKEN)).isEqualTo(Fate.TAKEN);
    }

    @Test
    void whatHasNotReachedThePeerIsNotThere() {
        assertThat(hears(UNREACHED)).isEqualTo(Fate.NOT_TAKEN);
    }

    @Test
    void aPeerThatIsBusyMayTakeItLater() {
        assertThat(hears(LOST, new PeerReply.Declined("busy", true))).isEqualTo(Fate.NOT_TAKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unable", "full", "unknown-token"})
    void whatOnePeerDoesNotTakeNowAnotherMay(String why) {
        assertThat(hears(new PeerReply.Declined(why, true))).isEqualTo(Fate.NOT_TAKEN);
    }

    @Test
    void whatIsTooLargeForOneIsSoForAll() {
        assertThat(hears(new PeerReply.Declined("too-large", true))).isEqualTo(Fate.REFUSED);
    }

    @Test
    void aPeerThatDoesNotUnderstandItWillNotTakeItLaterEither() {
        assertThat(hears(new PeerReply.Answered(404))).isEqualTo(Fate.REFUSED);
    }

    @Test
    void whatAnotherWorkerMayHaveTakenIsNotKnown() {
        assertThat(hears(LOST, new PeerReply.Declined("unknown-token", true))).isNull();
        assertThat(hears(new PeerReply.Answered(502))).isEqualTo(Fate.UNKNOWN);
    }

    @Test
    void endsWithTheTime() {
        assertThat(delivery.outOfTime()).isEqualTo(Fate.NOT_TAKEN);
        hears(LOST);
        assertThat(delivery.outOfTime()).isEqualTo(Fate.UNKNOWN);
    }
}
