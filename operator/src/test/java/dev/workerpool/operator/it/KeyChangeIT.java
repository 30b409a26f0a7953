package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Another control key reaches a pool to which nothing else happens. */
@ExtendWith(ApiServer.class)
class KeyChangeIT extends LiveChange {

    @Test
    void aKeyThatChangesWhileThePoolRestsIsSeenAndTold() throws Exception {
        runPool("{replicas: 2, threads: 2}", 2);
        awaitThat(() -> assertThat(token()).isNotEmpty());
        String before = token();
        assertThat(withOldKey()).isZero();

        Path file = folder.resolve("key");
        String old = Files.readString(file);
        Files.writeString(file, old + Files.readString(newKey("young")));
        awaitThat(() -> assertThat(token()).as("of the eldest").isNotEqualTo(before));
        assertThat(withOldKey()).isZero();

        Files.writeString(file, Files.readString(folder.resolve("young")) + old);
        awaitThat(() -> assertThat(withOldKey()).isEqualTo(2));
    }

    private Double withOldKey() {
        return cluster.metric("workerpool_pool_replicas_old_key", "thumbnails");
    }

    private String token() {
        return workers.getFirst().settings().at("/peers/token").asText();
    }
}
