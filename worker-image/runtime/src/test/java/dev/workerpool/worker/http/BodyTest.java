package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BodyTest {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int CHUNKED = -1;

    private final BodyBudget budget = new BodyBudget(10 * MIB);

    private Body body(int announced) {
        return new Body(budget, announced, 10 * MIB);
    }

    private static boolean append(Body body, int size) {
        var part = new byte[size];
        Arrays.fill(part, (byte) size);
        return body.append(Unpooled.wrappedBuffer(part));
    }

    private static boolean appendInParts(Body body, int size) {
        for (int i = 0; i < size / (64 * KIB); i++) {
            if (!append(body, 64 * KIB)) {
                return false;
            }
        }
        return true;
    }

    @Test
    void takesLittleMemoryForALargeBodyThatHasHardlyBegun() {
        append(body(5 * MIB), 1);

        assertThat(budget.used()).isEqualTo(64 * KIB);
    }

    @Test
    void takesWhatIsAnnouncedForASmallBody() {
        append(body(1000), 1);

        assertThat(budget.used()).isEqualTo(1000);
    }

    @Test
    void takesMoreAsBytesReallyCome() {
        var body = body(5 * MIB);
        append(body, 64 * KIB);
        assertThat(budget.used()).isEqualTo(64 * KIB);
        append(body, 1);
        assertThat(budget.used()).isEqualTo(MIB);
        appendInParts(body, MIB);
        assertThat(budget.used()).isEqualTo(2 * MIB);
        appendInParts(body, 4 * MIB - 128 * KIB);
        assertThat(budget.used()).isEqualTo(5 * MIB);
    }

    @Test
    void keepsTheBytesWhileItGrows() {
        var body = body(200 * KIB);
        append(body, 10);
        append(body, 64 * KIB - 10);
        append(body, 7);

        byte[] bytes = new byte[64 * KIB + 7];
        body.whole().get(bytes);
        assertThat(bytes[9]).isEqualTo((byte) 10);
        assertThat(bytes[10]).isEqualTo((byte) (64 * KIB - 10));
        assertThat(bytes[64 * KIB]).isEqualTo((byte) 7);
        body.release();
        assertThat(budget.used()).isZero();
    }

    @Test
    void takesAChunkedBodyThatIsMostOfWhatThereIs() {
        var body = body(CHUNKED);

        assertThat(appendInParts(body, 9 * MIB)).isTrue();
        assertThat(body.length()).isEqualTo(9 * MIB);
        assertThat(budget.used()).isLessThanOrEqualTo(10 * MIB);
    }

    @Test
    void takesAChunkedBodyBesideOthersThatLeaveNoRoomToDouble() {
        budget.charge(4 * MIB);

        assertThat(appendInParts(body(CHUNKED), 5 * MIB)).isTrue();
    }

    @Test
    void takesAnAnnouncedBodyBesideOthersThatLeaveNoRoomToDouble() {
        budget.charge(4 * MIB);

        assertThat(appendInParts(body(10 * MIB), 5 * MIB)).isTrue();
    }

    @Test
    void takesAFewStepsOnlyWhereThereIsNoRoomToDouble() {
        var body = body(CHUNKED);
        appendInParts(body, 4 * MIB);
        budget.charge(4 * MIB);
        int steps = 0;
        long before = budget.used();
        for (int i = 0; i < MIB / KIB && append(body, KIB); i++) {
            if (budget.used() > before) {
                steps++;
                before = budget.used();
            }
        }

        assertThat(steps).isBetween(1, 4);
    }
}
