package dev.workerpool.worker.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.pool.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunMessagesTest extends StoreTestCase {
    @Test
    void tellsFollowersWhatTheTaskEmits() throws Exception {
        start();
        StoredRun run = fixture.ended("reports", "3");

        assertThat(run.events().all())
                .extracting(event -> new String(event.json(), StandardCharsets.UTF_8))
                .containsExactly("{\"step\":1}", "{\"step\":2}", "{\"step\":3}", "\"text\"", "\"AQI=\"", "null");
    }

    @Test
    void tellsTheTaskWhatItCannotEmit() throws Exception {
        start();

        assertThat(fixture.ended("reports", "large").ended().outcome())
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .isEqualTo("A message must have at most 65536 bytes as JSON, but has 70002"));
        assertThat(fixture.ended("reports", "impossible").ended().outcome())
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.message())
                        .startsWith("The message cannot be JSON: "));
    }

    @Test
    void hasAnEndForATaskThatEmitsWithoutEnd() throws Exception {
        RunStore store = start();
        StoredRun run = fixture.ended("reports", "1000000");

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.events().latest()).isEqualTo(1_000_003);
        assertThat(store.bytes()).isLessThan(100_000);
    }

    @Test
    void handsMessagesToTheTaskInOrder() throws Exception {
        RunStore store = start();
        StoredRun run = fixture.submit("listens", "2");
        fixture.send(run, "text/plain", "first");
        fixture.send(run, "application/json", "{\"n\":7}");
        fixture.awaitEnd(run);

        assertThat(output(run)).isEqualTo("text/plain first, Command[n=7]");
        assertThat(fixture.send(run, "text/plain", "late")).isEqualTo(Delivery.CLOSED);
        assertThat(store.bytes()).isLessThan(2 * RetentionSettings.OVERHEAD);
    }

    @Test
    void waitsForAMessageNoLongerThanAsked() throws Exception {
        start();

        assertThat(output(fixture.ended("listens", "0"))).isEqualTo("none");
    }

    @Test
    void tellsTheTaskThatAMessageDoesNotFit() throws Exception {
        start();
        StoredRun run = fixture.submit("listens", "2");
        fixture.send(run, "text/plain", "first");
        fixture.send(run, "application/json", "{\"n\":\"seven\"}");
        fixture.awaitEnd(run);

        assertThat(output(run)).isEqualTo("text/plain first, n must be a whole number of 32 bits");
    }

    @Test
    void cancellationWakesWhoWaitsForAMessage() throws Exception {
        start();
        StoredRun run = fixture.submit("listens", "1");
        await().until(() -> run.state() == RunState.ACTIVE);

        assertThat(run.cancel()).isTrue();
        await().until(() -> fixture.pool.active() == 0);
        assertThat(fixture.ended("echo", "next").thread()).isEqualTo(1);
    }

    @Test
    void refusesMessagesThatNobodyTakes() throws Exception {
        RunStore store = start(Duration.ofMinutes(10), 10 << 20, 100);
        StoredRun run = fixture.occupy();
        long before = store.bytes();
        for (int i = 0; i < Mailbox.MAX_MESSAGES; i++) {
            assertThat(fixture.send(run, "text/plain", "message")).isEqualTo(Delivery.ACCEPTED);
        }
        assertThat(fixture.send(run, "text/plain", "message")).isEqualTo(Delivery.FULL);
        assertThat(store.bytes()).isEqualTo(before + 7 * Mailbox.MAX_MESSAGES);

        fixture.release();
        fixture.awaitEnd(run);
        await().untilAsserted(() -> assertThat(store.bytes()).isLessThan(2 * RetentionSettings.OVERHEAD));
    }

    @Test
    void refusesMessagesThatThereIsNoMemoryFor() throws Exception {
        start(Duration.ofMinutes(10), 50_000, 100);
        StoredRun run = fixture.occupy();

        assertThat(fixture.send(run, "text/plain", "x".repeat(60_000))).isEqualTo(Delivery.FULL);
    }
}
