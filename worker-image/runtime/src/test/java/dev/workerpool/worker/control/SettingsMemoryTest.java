package dev.workerpool.worker.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker was told is in force in the one that is forked after its death. */
class SettingsMemoryTest extends ControlFixture {
    @TempDir
    Path folder;

    private Path memory;

    @BeforeEach
    void create() throws Exception {
        memory = Files.createFile(folder.resolve("memory"));
    }

    @Test
    void theNextWorkerBeginsWithTheLastMessage() throws Exception {
        tell("{\"generation\":6,\"threads\":3,\"config\":{\"quality\":\"90\"}}");
        String last = "{\"generation\":7,\"threads\":2,\"answer\":42}";
        tell(last);
        assertThat(memory).content().endsWith("\n" + last);
        pool.apply(INITIAL);
        answer = 0;

        channel(operator.encoded(), SettingsMemory.in(memory)).recall();

        assertThat(pool.live().generation()).isEqualTo(7);
        assertThat(pool.live().threads()).isEqualTo(2);
        assertThat(answer).isEqualTo(42);
    }

    @Test
    void theFirstWorkerBeginsWithItsEnvironment() {
        channel(operator.encoded(), SettingsMemory.in(memory)).recall();
        channel.recall();

        assertThat(pool.live()).isEqualTo(INITIAL);
    }

    @Test
    void aMessageThatWasKeptInPartIsNone() throws Exception {
        tell(BODY);
        String whole = Files.readString(memory);
        pool.apply(INITIAL);
        for (int length = 0; length < whole.length(); length++) {
            Files.writeString(memory, whole.substring(0, length));
            channel(operator.encoded(), SettingsMemory.in(memory)).recall();

            assertThat(pool.live()).isEqualTo(INITIAL);
        }
    }

    private void tell(String body) throws Exception {
        channel(operator.encoded(), SettingsMemory.in(memory))
                .change(operator.sign(POD, body, now), ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
    }
}
