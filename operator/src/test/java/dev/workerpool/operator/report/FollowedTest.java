package dev.workerpool.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.operator.status.SettingsInForce;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FollowedTest {

    private final Followed followed =
            new Followed(new ResourceID("tasks", "images"), "10.0.0.1", Duration.ofSeconds(30), 0);

    @Test
    void threadsThatAreMissingStaySoWhereAnAnswerDoesNotSay() {
        followed.note(new SettingsInForce(1, 500, 400));

        assertThat(followed.note(new SettingsInForce(1, 500))).as("no news").isFalse();
        assertThat(followed.note(new SettingsInForce(2, 500))).isTrue();
        assertThat(followed.settings()).contains(new SettingsInForce(2, 500, 400));
    }

    @Test
    void ofAnotherNumberOfThreadsNobodyKnowsYetWhatIsMissing() {
        followed.note(new SettingsInForce(1, 500, 400));

        followed.note(new SettingsInForce(2, 8));

        assertThat(followed.settings()).contains(new SettingsInForce(2, 8, 0));
    }

    @Test
    void thatNothingIsMissingIsNoNewsAfterAnAnswerThatDidNotSay() {
        assertThat(followed.note(new SettingsInForce(1, 8))).isTrue();

        assertThat(followed.note(new SettingsInForce(1, 8, 0))).isFalse();
        assertThat(followed.note(new SettingsInForce(1, 8, 2))).isTrue();
    }
}
