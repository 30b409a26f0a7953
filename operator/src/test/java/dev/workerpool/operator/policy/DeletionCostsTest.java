package dev.workerpool.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.operator.status.Load;
import dev.workerpool.operator.status.Pods;
import dev.workerpool.operator.status.Replica;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeletionCostsTest {

    @Test
    void theIdleGoFirstThenThoseWithLessInFlightAndLastThoseThatDidNotSay() {
        List<Replica> replicas =
                List.of(Pods.ready("silent"), Pods.ready("busy"), Pods.ready("idle"), Pods.ready("queueing"));

        Map<Replica, Integer> costs = DeletionCosts.of(
                replicas,
                Map.of(
                        replicas.get(1).uid(), new Load(4, 2, 0),
                        replicas.get(2).uid(), new Load(4, 0, 0),
                        replicas.get(3).uid(), new Load(4, 4, 2_000_000)));

        assertThat(costs.entrySet().stream()
                        .sorted(Comparator.comparing(Map.Entry::getValue))
                        .map(entry -> entry.getKey().name()))
                .containsExactly("idle", "busy", "queueing", "silent");
    }
}
