package dev.workerpool.worker.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
    private static final List<String> NAMES = IntStream.range(0, 10)
            .mapToObj(n -> "pool-7d9f8c6b5-x" + (char) ('a' + n))
            .toList();

    private static List<Peer> peers(List<String> names) {
        return names.stream()
                .map(name -> new Peer(name, new InetSocketAddress("127.0.0.1", 8000)))
                .toList();
    }

    private static List<String> names(List<Routing.Choice> choices) {
        return choices.stream().map(Routing.Choice::replica).toList();
    }

    /** All of them in order, as this one sees it. */
    private static List<String> order(String self, List<String> names, String key) {
        List<String> others = names.stream().filter(name -> !name.equals(self)).toList();
        KeyOrder order = KeyOrder.of(peers(others), self, key);
        var all = new ArrayList<>(names(order.before()));
        all.add(self);
        all.addAll(names(order.after()));
        return all;
    }

    @Test
    void allReplicasAgree() {
        for (int i = 0; i < 100; i++) {
            String key = "key" + i;
            assertThat(NAMES.stream().map(self -> order(self, NAMES, key)).distinct())
                    .hasSize(1);
        }
    }

    @Test
    void whoGoesMovesOnlyTheKeysItHad() {
        List<String> rest = NAMES.subList(1, NAMES.size());
        for (int i = 0; i < 1000; i++) {
            var without = new ArrayList<>(order(NAMES.getLast(), NAMES, "key" + i));
            without.remove(NAMES.getFirst());
            assertThat(order(NAMES.getLast(), rest, "key" + i)).isEqualTo(without);
        }
    }

    @Test
    void keysSpreadEvenly() {
        for (String name : NAMES) {
            long first = IntStream.range(0, 10_000)
                    .filter(i -> order(name, NAMES, "order-" + i).getFirst().equals(name))
                    .count();
            assertThat(first).isBetween(800L, 1200L);
        }
    }

    @Test
    void theFirstIsNotAskedWhetherItKnowsTheKeyForItHasTheRunAnyway() {
        List<String> others = NAMES.subList(1, NAMES.size());
        for (int i = 0; i < 100; i++) {
            KeyOrder order = KeyOrder.of(peers(others), NAMES.getFirst(), "key" + i);
            List<String> asked = names(order.asked());
            assertThat(asked).hasSize(KeyOrder.MOST_ASKED).doesNotHaveDuplicates();
            if (!order.before().isEmpty()) {
                assertThat(asked).doesNotContain(order.before().getFirst().replica());
            }
        }
    }
}
