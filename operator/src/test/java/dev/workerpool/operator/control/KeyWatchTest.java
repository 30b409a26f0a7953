package dev.workerpool.operator.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.operator.report.Turns;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyWatchTest {

    private static final String ONE = """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
            -----END PRIVATE KEY-----
            """;
    private static final String OTHER = ONE.replace("rAMcrn9g", "rAMcrn9h");

    private final AtomicLong nanos = new AtomicLong();
    private final Turns turns = new Turns();
    private final List<ResourceID> woken = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        turns.close();
    }

    @Test
    void wakesAllPoolsWhenTheKeysChangeAndOnlyThen() throws IOException {
        var pools = List.of(new ResourceID("a", "images"), new ResourceID("b", "images"));
        Path file = Files.writeString(folder.resolve("key"), ONE);
        var watch = new KeyWatch(new ControlKey(Optional.of(file), nanos::get), turns, pools::stream);
        watch.setEventHandler(this::note);
        watch.start();

        look(watch);
        assertThat(woken).isEmpty();

        Files.writeString(file, OTHER + ONE);
        look(watch);
        assertThat(woken).containsExactlyElementsOf(pools);

        look(watch);
        assertThat(woken).as("once").hasSize(2);
        Files.writeString(file, OTHER);
        look(watch);
        assertThat(woken).hasSize(4);
    }

    private void look(KeyWatch watch) {
        nanos.addAndGet(ControlKey.LOOK_AGAIN.toNanos());
        watch.look();
    }

    private void note(Event event) {
        woken.add(event.getRelatedCustomResourceID());
    }
}
