package dev.workerpool.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.bench.load.OpenLoop.Call;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpreadConnectionsTest {
    private static final Call WORK = new Call("/tasks/work", "{}");
    private TwoReplicas replicas;

    @BeforeEach
    void listen() throws IOException {
        replicas = new TwoReplicas();
    }

    @AfterEach
    void close() {
        replicas.close();
    }

    /** Though two of three connections lead to the first. */
    @Test
    void spreadsRequestsEvenlyAndTheSameInEveryRun() throws Exception {
        Map<String, Integer> once = run(200);
        replicas.runs.clear();
        Map<String, Integer> again = run(200);

        assertThat(once).isEqualTo(again);
        assertThat(once.get("a")).isBetween(70, 130);
        assertThat(once.get("b")).isEqualTo(200 - once.get("a"));
    }

    private Map<String, Integer> run(int requests) throws Exception {
        try (var connections = new SpreadConnections(replicas, 2, 20, 7)) {
            OpenLoop.run(connections, Arrivals.constant(400, requests / 400.0), i -> WORK);
            assertThat(connections.hopped()).isZero();
        }
        return Map.copyOf(replicas.runs);
    }

    @Test
    void tellsWhatCameFromAnotherReplicaThanTheOneCalled() throws Exception {
        replicas.passTo = "a";
        try (var connections = new SpreadConnections(replicas, 2, 20, 7)) {
            OpenLoop.run(connections, Arrivals.constant(400, 0.5), i -> WORK);

            assertThat(connections.hopped()).isBetween(0.3, 0.7);
        }
    }

    @Test
    void saysWhenThereAreFewerReplicasThanThought() {
        assertThatThrownBy(() -> new SpreadConnections(replicas, 3, 5, 7))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Of 3 replicas only");
    }
}
