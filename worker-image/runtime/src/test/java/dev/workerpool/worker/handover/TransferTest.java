package dev.workerpool.worker.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.mapping.InvalidTaskInputException.FieldError;
import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import dev.workerpool.worker.pool.RunOptions;
import dev.workerpool.worker.runs.EndedRun;
import dev.workerpool.worker.runs.RetainedRun;
import dev.workerpool.worker.runs.RunEvent;
import dev.workerpool.worker.runs.RunKey;
import dev.workerpool.worker.runs.WaitingRun;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one replica writes another reads. */
class TransferTest {
    private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00.123456789Z");
    private static final Content BYTES = new Content("a/b; c=d", ByteBuffer.wrap(new byte[] {0, 1, -1}));

    static Stream<Outcome> outcomes() {
        return Stream.of(
                new Outcome.Succeeded(BYTES),
                new Outcome.Succeeded(null),
                new Outcome.InvalidInput(List.of(new FieldError("n", "must be ü"))),
                new Outcome.Failed("a.B", null),
                new Outcome.Failed("a.B", "why"),
                new Outcome.Stopped(-7),
                new Outcome.TimedOut(Duration.ofMillis(1500), true),
                new Outcome.TimedOut(Duration.ofHours(24), false),
                new Outcome.AllocationExceeded(1L << 40),
                new Outcome.WaitExceeded(Duration.ZERO),
                new Outcome.Refused(Duration.ofMinutes(15)),
                new Outcome.Cancelled(),
                new Outcome.Drained());
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void aRunThatIsOverComesThroughWhole(Outcome outcome) throws Exception {
        var ended = new EndedRun("a-1-1", "copy", "a", 3, CREATED, Duration.ofNanos(5), Duration.ofDays(2), outcome);
        var run = new RetainedRun(
                ended,
                List.of(new RunEvent(7, "{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8))),
                new RunKey("k", "f"));

        ByteBuffer transfer = Transfer.write(run);
        RunForm form = Transfer.readForm(transfer);
        Content content = form.mediaType() == null ? null : new Content(form.mediaType(), transfer.slice());
        RetainedRun read = form.retained(content);

        assertThat(read.ended()).isEqualTo(ended);
        assertThat(read.key()).isEqualTo(run.key());
        assertThat(read.events()).singleElement().satisfies(event -> {
            assertThat(event.id()).isEqualTo(7);
            assertThat(new String(event.json(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":\"ü\"}");
        });
    }

    @Test
    void aRunThatWaitsComesThroughWhole() throws Exception {
        var run = new WaitingRun(
                "a-1-1",
                "copy",
                CREATED,
                Duration.ofMillis(20),
                BYTES,
                Map.of("size", "ü"),
                new RunOptions(0, Duration.ofMillis(500)),
                null,
                3);

        ByteBuffer transfer = Transfer.write(run);
        RunForm form = Transfer.readForm(transfer);

        assertThat(form.waiting(new Content(form.mediaType(), transfer.slice())))
                .isEqualTo(run);
    }

    @Test
    void fieldsOfALaterReleaseArePassedOver() throws Exception {
        RunForm form = Transfer.readForm(transfer("""
                {"id":"a-1-1","task":"copy","createdAt":"2026-01-01T00:00:00Z","later":[1],
                 "waiting":{"waitedNanos":5,"urgency":3,"parameters":{},"later":true}}"""));

        assertThat(form.waiting().waitedNanos()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{\"id\":\"a-1-1\",\"task\":\"copy\",\"createdAt\":\"2026-01-01T00:00:00Z\"}",
                "{\"id\":5,\"task\":{},\"createdAt\":[]}"
            })
    void whatIsNoRunIsRefused(String document) {
        assertThatThrownBy(() -> Transfer.readForm(transfer(document))).isInstanceOf(MalformedTransferException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, Integer.MAX_VALUE})
    void aLengthThatCannotBeIsRefused(int length) {
        assertThatThrownBy(() ->
                        Transfer.readForm(ByteBuffer.allocate(4).putInt(length).flip()))
                .isInstanceOf(MalformedTransferException.class);
    }

    private static ByteBuffer transfer(String document) {
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .flip();
    }
}
