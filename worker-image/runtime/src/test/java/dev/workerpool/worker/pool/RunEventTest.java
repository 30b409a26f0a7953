package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunEventTest {
    private static final String EVENT = "dev.workerpool.Run";

    @TempDir
    static Path folder;

    private List<RecordedEvent> record(Recording recording, int runs) throws Exception {
        try (var fixture = PoolFixture.settings().start(folder)) {
            for (int i = 0; i < runs; i++) {
                fixture.submit("echo", "recorded").await();
            }
            fixture.submit("throws", "").await();
            fixture.pool.close();
            // The event comes after the outcome, and before the thread ends.
            assertThat(fixture.pool.awaitDrained(Duration.ofSeconds(20))).isTrue();
        }
        recording.stop();
        Path file = folder.resolve("recording" + recording.getId() + ".jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(EVENT))
                .toList();
    }

    @Test
    void tellsTaskRunThreadOutcomeWaitAndAllocation() throws Exception {
        try (var recording = new Recording()) {
            recording.enable(EVENT).withoutThreshold();
            recording.start();

            List<RecordedEvent> events = record(recording, 1);

            assertThat(events).extracting(event -> event.getString("task")).containsExactly("echo", "throws");
            assertThat(events).extracting(event -> event.getString("outcome")).containsExactly("succeeded", "failed");
            RecordedEvent event = events.getFirst();
            assertThat(event.getString("run")).startsWith("replica-1-");
            assertThat(event.getInt("workerThread")).isEqualTo(1);
            assertThat(event.getDuration("waitTime")).isPositive();
            assertThat(event.getLong("allocated")).isPositive();
            assertThat(event.getThread().getJavaName()).isEqualTo("worker-1");
        }
    }

    @Test
    void isNotThereWhenARecordingDoesNotWantIt() throws Exception {
        try (var recording = new Recording()) {
            recording.disable(EVENT);
            recording.start();

            assertThat(record(recording, 1)).isEmpty();
        }
    }
}
