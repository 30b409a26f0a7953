package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Count;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whether a task's statics are the process's or the thread's is the pool's choice. */
@ClusterTest
class IsolationE2E {
    private final TestNamespace namespace;

    IsolationE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void putJar() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Count.class, Hold.class));
    }

    @Test
    void sharedStaticsCountForAllThreads() {
        Tally tally = countOnBothThreads("shared", "Shared");
        assertThat(tally.highest().values()).as(tally.toString()).contains(tally.runs());
    }

    @Test
    void eachThreadHasStaticsOfItsOwn() {
        Tally tally = countOnBothThreads("per-thread", "PerThread");
        assertThat(tally.highest().values().stream().mapToInt(Integer::intValue).sum())
                .as(tally.toString())
                .isEqualTo(tally.runs());
    }

    /** Counts until either thread has counted, and notes the highest count that each has seen. */
    private Tally countOnBothThreads(String name, String isolation) {
        Pool pool = namespace
                .pool(name)
                .apply("threads: 2\ntasks: {isolation: %s, artifacts: [{configMap: fixtures}]}".formatted(isolation))
                .awaitSettled();
        Map<Integer, Integer> highest = new TreeMap<>();
        int[] runs = {0};
        Wait.until("both threads have counted", () -> {
            pool.sendAtOnce(6, new Http.Request("POST", "/tasks/count", Map.of(), new byte[0]))
                    .forEach(answer -> {
                        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
                        highest.merge(answer.thread(), Integer.parseInt(answer.body()), Math::max);
                        runs[0]++;
                    });
            return highest.size() == 2;
        });
        return new Tally(runs[0], highest);
    }

    private record Tally(int runs, Map<Integer, Integer> highest) {}
}
