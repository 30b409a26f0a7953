package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Command;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A pool of two replicas with two threads each comes up, says so, and works as one on one port. */
@ClusterTest
class FirstPoolE2E {
    private final TestNamespace namespace;
    private Pool pool;

    FirstPoolE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool("first").apply("replicas: 2\nthreads: 2").awaitSettled();
    }

    @Test
    void allThreeConditionsTellThatItIsAvailable() {
        assertThat(pool.status().conditions())
                .extracting(Condition::type, Condition::status)
                .contains(tuple("Available", "True"), tuple("Progressing", "False"), tuple("Degraded", "False"));
        long generation = pool.get().getMetadata().getGeneration();
        assertThat(pool.status().conditions())
                .extracting(Condition::observedGeneration)
                .containsOnly(generation);
    }

    @Test
    void kubectlShowsItInOneLine() {
        String[] table = namespace.kubectl("get", "wp", "first").out().split("\n");
        assertThat(table[0].split("\\s+")).containsExactly("NAME", "READY", "DESIRED", "THREADS", "RESTARTS", "AGE");
        assertThat(table[1].split("\\s+")).startsWith("first", "2", "2", "4", "0");
        assertThat(namespace.kubectl("get", "all").out()).contains("workerpool.workerpool.dev/first");
        assertThat(namespace.kubectl("explain", "workerpool.spec.threads").out())
                .contains("Worker threads per replica");
    }

    @Test
    void oneUrlReachesEveryThreadOfEveryReplica() {
        Set<String> reached = new ConcurrentSkipListSet<>();
        Wait.untilAsserted("two threads of each of two replicas have answered", () -> {
            pool.sendAtOnce(8, Http.Request.json("/tasks/fibonacci", "{\"n\":25}"))
                    .forEach(answer -> {
                        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
                        reached.add(answer.replica() + "/" + answer.thread());
                    });
            assertThat(reached).hasSize(4);
        });
        assertThat(pool.pods()).allSatisfy(pod -> assertThat(reached)
                .contains(pod.getMetadata().getName() + "/1", pod.getMetadata().getName() + "/2"));
    }

    @Test
    void curlGetsTheResultAndWhoComputedIt() {
        String answer = Command.of("curl", "-sS", "-i", "-d", "{\"n\":2000}", pool.url() + "/tasks/primes")
                .out();
        assertThat(answer).contains("200 OK", "{\"count\":303}").containsIgnoringCase("Workerpool-Replica: first-");
        assertThat(answer).containsPattern("(?i)server-timing: wait;dur=[0-9.]+, ?run;dur=[0-9.]+");
    }

    @Test
    void podsOfTheNamespaceCallItByName() {
        assertThat(namespace.clientPod().post("http://first:8000/tasks/primes", "{\"n\":2000}"))
                .isEqualTo("{\"count\":303}");
    }

    @Test
    void eventsTellWhichWorkersStartedAndTakeTasks() {
        pool.pods().stream().map(pod -> pod.getMetadata().getName()).forEach(name -> {
            pool.awaitEvent("WorkerStarted", event -> event.getMessage().contains(name));
            pool.awaitEvent("WorkerReady", event -> event.getMessage().contains(name));
        });
    }

    @Test
    void everyReplicaReportsItsThreadsAndMetrics() {
        pool.pods().forEach(pod -> {
            assertThat(pool.management(pod, "/status")).contains("\"pool\":\"first\"", "\"state\":\"Ready\"");
            assertThat(pool.management(pod, "/metrics")).contains("# TYPE");
        });
    }

    @Test
    void allItMadeIsNamedAndOwnedByIt() {
        String owner = pool.get().getMetadata().getUid();
        for (String kind : new String[] {"deployment", "service", "poddisruptionbudget", "networkpolicy"}) {
            String owners = namespace
                    .kubectl("get", kind, "first", "-o", "jsonpath={.metadata.ownerReferences[?(@.controller)].uid}")
                    .out();
            assertThat(owners).as("controlling owner of the " + kind).isEqualTo(owner);
        }
    }
}
