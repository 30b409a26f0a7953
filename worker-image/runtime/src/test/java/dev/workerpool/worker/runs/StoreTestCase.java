package dev.workerpool.worker.runs;

import dev.workerpool.task.Content;
import dev.workerpool.worker.pool.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A store of runs before a pool of its own, which the test starts and which ends with it. */
abstract class StoreTestCase {
    @TempDir
    static java.nio.file.Path folder;

    RunStoreFixture fixture;

    @BeforeAll
    static void compile() {
        RunStoreFixture.compile(folder);
    }

    RunStore start(Duration period, long bytes, int runs) {
        fixture = new RunStoreFixture(new RetentionSettings(period, bytes, runs));
        return fixture.store;
    }

    RunStore start() {
        return start(Duration.ofMinutes(10), 1 << 20, 100);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    static String output(StoredRun run) {
        Content content = ((Outcome.Succeeded) run.ended().outcome()).content();
        return StandardCharsets.UTF_8.decode(content.bytes().duplicate()).toString();
    }

    /** One that another worker had, and that ended so long ago. */
    static RetainedRun another(String id, Duration ago) {
        var ended = new EndedRun(
                id,
                "echo",
                "a",
                1,
                Instant.now().minus(ago),
                Duration.ZERO,
                Duration.ZERO,
                new Outcome.Succeeded(null));
        return new RetainedRun(ended, List.of(), null);
    }
}
