package dev.workerpool.worker.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.worker.pool.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunKeyTest extends StoreTestCase {
    @Test
    void findsTheSameRunUnderTheSameKey() throws Exception {
        start();
        StoredRun first = fixture.submit("echo", "a", new RunKey("k", "f"));

        assertThat(fixture.submit("echo", "a", new RunKey("k", "f"))).isSameAs(first);
        fixture.awaitEnd(first);
        assertThat(fixture.submit("echo", "a", new RunKey("k", "f"))).isSameAs(first);
        assertThat(fixture.submit("echo", "a", new RunKey("other", "f"))).isNotSameAs(first);
        assertThatThrownBy(() -> fixture.submit("echo", "b", new RunKey("k", "g")))
                .isInstanceOf(KeyConflictException.class);
    }

    @Test
    void manyCallersWithOneKeyAtOnceGetOneRun() throws Exception {
        start();
        for (int round = 0; round < 100; round++) {
            var key = new RunKey("k" + round, "f");
            var barrier = new CyclicBarrier(4);
            var callers = IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                        try {
                            barrier.await();
                            return fixture.submit("echo", "a", key);
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    }))
                    .toList();

            var runs = callers.stream().map(CompletableFuture::join).distinct().toList();
            assertThat(runs).hasSize(1);
            fixture.awaitEnd(runs.getFirst()); // On a busy machine the rounds would fill the queue.
        }
    }

    @Test
    void aKeyThatIsFreeStaysFreeWhereTheRunIsHandedOver() throws Exception {
        start();
        fixture.occupy();
        var key = new RunKey("k", "f");
        StoredRun first = fixture.submit("echo", "a", key);
        fixture.maxWait(Duration.ZERO);
        fixture.awaitEnd(first);
        RetainedRun handedOver = fixture.store.retained(first.id());

        assertThat(handedOver.key()).isNull();
        try (var other = new RunStoreFixture(new RetentionSettings(Duration.ofMinutes(10), 1 << 20, 100))) {
            // An earlier release still hands the key over.
            other.store.adopt(new RetainedRun(handedOver.ended(), handedOver.events(), key));

            assertThat(other.store.find(first.id())).isNotNull();
            assertThat(other.submit("echo", "a", key).id()).isNotEqualTo(first.id());
        }
    }

    @Test
    void forgetsAKeyWithItsRun() throws Exception {
        RunStore store = start();
        StoredRun first = fixture.submit("echo", "a", new RunKey("k", "f"));
        fixture.awaitEnd(first);
        fixture.pass(Duration.ofMinutes(10));
        store.sweep();

        assertThat(fixture.submit("echo", "b", new RunKey("k", "g"))).isNotSameAs(first);
    }

    @Test
    void givesAKeyFreeWhoseRunNeverHadAThread() throws Exception {
        start();
        fixture.occupy();
        StoredRun first = fixture.submit("echo", "a", new RunKey("k", "f"));
        fixture.maxWait(Duration.ZERO);
        fixture.awaitEnd(first);
        assertThat(first.ended().outcome()).isInstanceOf(Outcome.WaitExceeded.class);
        fixture.maxWait(Duration.ofMinutes(5));

        assertThat(fixture.submit("echo", "a", new RunKey("k", "f"))).isNotSameAs(first);
    }
}
