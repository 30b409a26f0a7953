package dev.workerpool.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedResourcesTest {
    private final SharedResources resources = new SharedResources();
    private final CountDownLatch making = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private volatile boolean cancelled;

    private Object get(String name, Callable<?> maker) throws Exception {
        return resources.get(name, maker, () -> cancelled);
    }

    private CompletableFuture<Object> start(String name, Callable<?> maker) {
        var result = new CompletableFuture<Object>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                result.complete(get(name, maker));
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result.orTimeout(20, TimeUnit.SECONDS);
    }

    private Callable<Object> slowly(Callable<?> maker) {
        return () -> {
            making.countDown();
            go.await();
            return maker.call();
        };
    }

    private static Callable<?> failing(Throwable thrown) {
        return () -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        };
    }

    @Test
    void areMadeOnceHoweverManyAsk() throws Exception {
        var calls = new AtomicInteger();
        Callable<?> maker = slowly(() -> "made " + calls.incrementAndGet());
        var results = new ArrayList<CompletableFuture<Object>>();
        for (int i = 0; i < 8; i++) {
            results.add(start("model", maker));
        }
        go.countDown();

        for (var result : results) {
            assertThat(result.join()).isEqualTo("made 1");
        }
        assertThat(get("model", maker)).isEqualTo("made 1");
        assertThat(get("other", () -> "other")).isEqualTo("other");
    }

    @Test
    void failForAllWhoWaitedAndAreMadeAnewForTheNext() throws Exception {
        var first = start("model", slowly(failing(new IOException("no such file"))));
        making.await();
        var asks = new CompletableFuture<Throwable>();
        Thread second = Thread.ofPlatform().daemon().start(() -> {
            try {
                get("model", () -> "by the second");
            } catch (Throwable e) {
                asks.complete(e);
            }
        });
        while (second.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        go.countDown();

        assertThatThrownBy(first::join).hasCauseInstanceOf(IOException.class);
        assertThat(asks.get(20, TimeUnit.SECONDS)).hasMessage("no such file");
        assertThat(get("model", () -> "anew")).isEqualTo("anew");
    }

    @Test
    void areMadeByAnotherWhenTheRunThatMadeThemIsCancelled() throws Exception {
        var first = start("model", slowly(failing(new IOException("interrupted"))));
        making.await();
        var second = start("model", () -> "by the second");
        cancelled = true;
        go.countDown();

        assertThatThrownBy(first::join).isInstanceOf(CompletionException.class);
        assertThat(second.join()).isEqualTo("by the second");
    }

    @Test
    void areMadeByAnotherWhenTheThreadThatMadeThemEnds() throws Exception {
        var first = start("model", slowly(failing(new StackOverflowError())));
        making.await();
        var second = start("model", () -> "by the second");
        go.countDown();

        assertThatThrownBy(first::join).hasCauseInstanceOf(StackOverflowError.class);
        assertThat(second.join()).isEqualTo("by the second");
    }

    @Test
    void leaveWhoWaitsInterruptible() throws Exception {
        start("model", slowly(() -> "slow"));
        making.await();
        var waiting = new CompletableFuture<Throwable>();
        Thread waiter = Thread.ofPlatform().daemon().start(() -> {
            try {
                get("model", () -> "unused");
            } catch (Throwable e) {
                waiting.complete(e);
            }
        });
        waiter.interrupt();

        assertThat(waiting.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        go.countDown();
    }

    @Test
    void sayThatTheyNeedThemselves() {
        assertThatThrownBy(() -> get("model", () -> get("model", () -> "inner")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("needs itself");
    }

    @Test
    void mayNeedEachOther() throws Exception {
        assertThat(get("outer", () -> get("inner", () -> "inner") + " and outer"))
                .isEqualTo("inner and outer");
    }

    @Test
    void areNotNull() {
        assertThatThrownBy(() -> get("model", () -> null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("'model' gave null");
    }

    @Test
    void areBoundedInNumber() throws Exception {
        for (int i = 0; i < SharedResources.MAX; i++) {
            get("name " + i, Object::new);
        }
        assertThatThrownBy(() -> get("one more", Object::new)).isInstanceOf(IllegalStateException.class);
        assertThat(get("name 0", Object::new)).isNotNull();
    }

    @Test
    void areClosedNewestFirstAndOneThatFailsToCloseLeavesTheOthers() throws Exception {
        List<String> closed = new ArrayList<>();
        get("first", () -> (AutoCloseable) () -> closed.add("first"));
        get("second", () -> (AutoCloseable) () -> {
            throw new IOException("expected by this test");
        });
        get("plain", Object::new);
        get("third", () -> (AutoCloseable) () -> closed.add("third"));

        resources.close();
        resources.close();

        assertThat(closed).containsExactly("third", "first");
        assertThatThrownBy(() -> get("late", Object::new)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void areClosedAtOnceWhenMadeWhileTheReplicaStops() throws Exception {
        var closed = new CountDownLatch(1);
        var late = start("late", slowly(() -> (AutoCloseable) closed::countDown));
        making.await();

        resources.close();
        go.countDown();

        assertThat(late.join()).isNotNull();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
