package dev.workerpool.worker.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final RunMemory memory = new RunMemory(Long.MAX_VALUE);
    private final EventLog log = new EventLog(memory);

    private void append(String json) {
        log.append(json.getBytes(StandardCharsets.UTF_8));
    }

    private String after(long id) {
        RunEvent event = log.after(id);
        return event == null ? null : event.id() + " " + new String(event.json(), StandardCharsets.UTF_8);
    }

    @Test
    void countsEventsFromOne() {
        assertThat(after(0)).isNull();
        append("a");
        append("b");

        assertThat(after(0)).isEqualTo("1 a");
        assertThat(after(1)).isEqualTo("2 b");
        assertThat(after(2)).isNull();
        assertThat(log.latest()).isEqualTo(2);
    }

    @Test
    void keepsTheLatestOfAMillion() {
        for (int i = 1; i <= 1_000_000; i++) {
            append("" + i);
        }

        assertThat(after(0)).isEqualTo("999745 999745");
        assertThat(after(999_999)).isEqualTo("1000000 1000000");
        assertThat(log.all()).hasSize(EventLog.MAX_EVENTS);
        assertThat(log.bytes()).isLessThan(EventLog.MAX_EVENTS * (EventLog.OVERHEAD + 8));
    }

    @Test
    void keepsToItsBytes() {
        String large = "x".repeat(EventLog.MAX_BYTES / 4);
        for (int i = 0; i < 10; i++) {
            append(large);
        }

        assertThat(log.bytes()).isEqualTo(EventLog.MAX_BYTES + 4 * EventLog.OVERHEAD);
        assertThat(log.all()).extracting(RunEvent::id).containsExactly(7L, 8L, 9L, 10L);
    }

    @Test
    void takesNothingMoreOnceClosed() {
        append("a");
        log.close();

        assertThat(log.append("b".getBytes(StandardCharsets.UTF_8))).isFalse();
        assertThat(log.latest()).isEqualTo(1);
    }

    @Test
    void goesOnElsewhereUnderTheSameIds() {
        for (int i = 1; i <= 300; i++) {
            append("" + i);
        }
        EventLog copy = EventLog.of(log.all(), memory);

        assertThat(copy.after(0).id()).isEqualTo(45);
        assertThat(copy.latest()).isEqualTo(300);
        assertThat(copy.append(new byte[1])).isFalse();
        assertThat(EventLog.of(List.of(), memory).after(0)).isNull();
    }
}
