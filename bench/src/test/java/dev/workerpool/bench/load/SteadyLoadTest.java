package dev.workerpool.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.bench.cluster.Wait;
import dev.workerpool.bench.load.OpenLoop.Call;
import dev.workerpool.bench.load.SteadyLoad.Tally;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SteadyLoadTest {
    private static final Call WORK = new Call("/tasks/work", "{}");
    private TwoReplicas replicas;

    @BeforeEach
    void listen() throws Exception {
        replicas = new TwoReplicas();
    }

    @AfterEach
    void close() {
        replicas.close();
    }

    @Test
    void callsAllReplicasOnConnectionsThatItKeeps() throws Exception {
        try (SteadyLoad load = SteadyLoad.start(replicas, WORK, 500)) {
            await(() -> load.answered() >= 200);
            Tally tally = load.stop();

            assertThat(tally.answered()).isEqualTo(tally.sent());
            assertThat(tally.lost()).isZero();
            assertThat(tally.unreachable()).isZero();
            assertThat(load.byReplica()).containsOnlyKeys("a", "b");
            assertThat(replicas.connections()).isLessThan(tally.sent());
        }
    }

    @Test
    void countsWhatIsRefusedAndWhoRefusedIt() throws Exception {
        replicas.status = 503;
        try (SteadyLoad load = SteadyLoad.start(replicas, WORK, 500)) {
            await(() -> load.failures().size() >= 20);

            assertThat(load.failures().getFirst().what()).startsWith("503");
            assertThat(load.failures()).extracting(SteadyLoad.Failure::replica).contains("a", "b");
        }
    }

    @Test
    void tellsAConnectionThatIsRefusedFromARequestThatIsLost() throws Exception {
        try (SteadyLoad load = SteadyLoad.start(replicas, WORK, 500)) {
            await(() -> load.answered() >= 20);
            replicas.close();
            await(() -> load.unreachable() >= 20);
        }
    }

    private static void await(BooleanSupplier holds) throws InterruptedException {
        Wait.until(() -> "the load", Duration.ofSeconds(30), holds);
    }
}
