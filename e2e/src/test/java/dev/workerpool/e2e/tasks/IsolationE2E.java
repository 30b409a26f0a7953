package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Count;
import dev.workerpool.e2e.fixtures.Resource;
import dev.workerpool.e2e.fixtures.Tally;
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

/** Whether a task's statics and resources are the process's or the thread's is the pool's choice; its memory is the replica's. */
@ClusterTest
class IsolationE2E {
    private final TestNamespace namespace;

    IsolationE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void putJar() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Count.class, Resource.class, Tally.class));
    }

    @Test
    void allThreadsShareStaticsResourcesAndMemory() {
        Pool pool = pool("shared", "Shared");

        Counts statics = countOnBothThreads(pool, "count");
        assertThat(statics.highest().values()).as(statics.toString()).contains(statics.runs());
        Counts resources = countOnBothThreads(pool, "resource");
        assertThat(resources.highest().values()).as(resources.toString()).contains(resources.runs());
        Counts memory = countOnBothThreads(pool, "tally");
        assertThat(memory.highest().values()).as(memory.toString()).contains(memory.runs());
    }

    @Test
    void eachThreadHasStaticsAndResourcesOfItsOwnAndTheMemoryIsShared() {
        Pool pool = pool("per-thread", "PerThread");

        Counts statics = countOnBothThreads(pool, "count");
        assertThat(statics.ofAllThreads()).as(statics.toString()).isEqualTo(statics.runs());
        Counts resources = countOnBothThreads(pool, "resource");
        assertThat(resources.ofAllThreads()).as(resources.toString()).isEqualTo(resources.runs());
        Counts memory = countOnBothThreads(pool, "tally");
        assertThat(memory.highest().values()).as(memory.toString()).contains(memory.runs());
    }

    private Pool pool(String name, String isolation) {
        return namespace
                .pool(name)
                .apply("threads: 2\ntasks: {isolation: %s, artifacts: [{configMap: fixtures}]}".formatted(isolation))
                .awaitSettled();
    }

    /** Counts until either thread has counted, and notes the highest count that each has seen. */
    private static Counts countOnBothThreads(Pool pool, String task) {
        Map<Integer, Integer> highest = new TreeMap<>();
        int[] runs = {0};
        Wait.until("both threads have counted", () -> {
            pool.sendAtOnce(6, new Http.Request("POST", "/tasks/" + task, Map.of(), new byte[0]))
                    .forEach(answer -> {
                        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
                        highest.merge(answer.thread(), Integer.parseInt(answer.body()), Math::max);
                        runs[0]++;
                    });
            return highest.size() == 2;
        });
        return new Counts(runs[0], highest);
    }

    private record Counts(int runs, Map<Integer, Integer> highest) {
        int ofAllThreads() {
            return highest.values().stream().mapToInt(Integer::intValue).sum();
        }
    }
}
