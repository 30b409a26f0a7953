package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings that change while the pool works. */
class LiveSettingsTest {
    private static final Duration SOON = Duration.ofMillis(20);

    @TempDir
    static Path folder;

    private static PoolFixture.Settings settings() {
        return PoolFixture.settings().queueCapacity(10);
    }

    private static List<Integer> numbers(PoolFixture fixture) {
        return fixture.pool.status().stream().map(ThreadStatus::id).toList();
    }

    @Test
    void startsThreadsForWhatWaitsWhenMoreAreWanted() throws Exception {
        try (var fixture = settings().start(folder)) {
            var held = fixture.occupy("gate");
            var waiting = fixture.submit("echo", "waited");

            fixture.pool.apply(settings().threads(3).live());

            assertThat(waiting.output()).isEqualTo("waited");
            assertThat(waiting.run().threadNumber()).isBetween(2, 3);
            assertThat(numbers(fixture)).containsExactly(1, 2, 3);
            fixture.release();
            assertThat(held.output()).isEqualTo("gate");
        }
    }

    @Test
    void tellsHowLongARunMayStayAlsoOfLimitsThatWereLoweredSince() throws Exception {
        try (var fixture = settings()
                .maxWait(Duration.ofSeconds(2))
                .timeout(Duration.ofSeconds(30))
                .start(folder)) {
            fixture.pool.apply(settings()
                    .maxWait(Duration.ofSeconds(5))
                    .timeout(Duration.ofSeconds(1))
                    .live());

            assertThat(fixture.pool.longestStay()).isEqualTo(Duration.ofSeconds(35));
        }
    }

    @Test
    void letsActiveRunsFinishWhenFewerThreadsAreWanted() throws Exception {
        try (var fixture = settings().threads(3).start(folder)) {
            var active = List.of(fixture.occupy("gate"), fixture.occupy("gate"), fixture.occupy("gate"));
            var waiting = fixture.submit("echo", "waited");

            fixture.pool.apply(settings().threads(1).live());

            assertThat(fixture.pool.active()).isEqualTo(3);
            assertThat(numbers(fixture)).containsExactly(1, 2, 3);
            fixture.release();
            active.forEach(run -> assertThat(run.output()).isEqualTo("gate"));
            assertThat(waiting.output()).isEqualTo("waited");
            assertThat(waiting.run().threadNumber()).isEqualTo(1);
            await().until(() -> numbers(fixture).equals(List.of(1)));
        }
    }

    @Test
    void endsIdleThreadsWithTheHighestNumbers() throws Exception {
        try (var fixture = settings().threads(4).start(folder)) {
            fixture.pool.apply(settings().threads(2).live());

            await().until(() -> numbers(fixture).equals(List.of(1, 2)));
            assertThat(fixture.submit("echo", "still").output()).isEqualTo("still");
        }
    }

    @Test
    void keepsASurplusThreadThatIsWantedAgainBeforeItsRunIsOver() throws Exception {
        try (var fixture = settings().threads(2).start(folder)) {
            fixture.occupy("gate");
            var second = fixture.occupy("gate");
            fixture.pool.apply(settings().threads(1).live());
            fixture.pool.apply(settings().threads(2).live());
            fixture.release();

            assertThat(second.output()).isEqualTo("gate");
            await().until(() -> fixture.pool.active() == 0);
            assertThat(numbers(fixture)).containsExactly(1, 2);
        }
    }

    @Test
    void losesNoRunHoweverOftenTheNumberOfThreadsChanges() throws Exception {
        try (var fixture = settings().queueCapacity(100_000).start(folder)) {
            var done = new AtomicBoolean();
            var resizing = CompletableFuture.supplyAsync(() -> {
                var random = new Random(1);
                int changes = 0;
                for (; !done.get(); changes++) {
                    fixture.pool.apply(settings()
                            .queueCapacity(100_000)
                            .threads(1 + random.nextInt(6))
                            .live());
                }
                return changes;
            });
            var runs = new ArrayList<PoolFixture.Submitted>();
            for (int i = 0; i < 20_000; i++) {
                runs.add(fixture.submit(i % 1000 == 0 ? "exit" : "echo", "1"));
            }
            runs.forEach(PoolFixture.Submitted::await);
            done.set(true);

            assertThat(resizing.get(20, TimeUnit.SECONDS)).isPositive();
            fixture.pool.apply(settings().threads(3).live());
            await().until(() -> numbers(fixture).equals(List.of(1, 2, 3)));
            assertThat(fixture.pool.lost()).isZero();
        }
    }

    @Test
    void drainsWithThreadsThatAreSurplus() throws Exception {
        try (var fixture = settings().threads(2).start(folder)) {
            fixture.occupy("gate");
            var surplus = fixture.occupy("gate");
            fixture.pool.apply(settings().threads(1).live());
            fixture.pool.close();

            assertThat(fixture.pool.awaitDrained(SOON)).isFalse();
            fixture.release();
            assertThat(fixture.pool.awaitDrained(Duration.ofSeconds(20))).isTrue();
            assertThat(surplus.output()).isEqualTo("gate");
        }
    }

    @Test
    void keepsWhatWaitsBeyondASmallerCapacity() throws Exception {
        try (var fixture = settings().start(folder)) {
            fixture.occupy("gate");
            var waiting =
                    List.of(fixture.submit("echo", "1"), fixture.submit("echo", "2"), fixture.submit("echo", "3"));

            fixture.pool.apply(settings().queueCapacity(1).live());

            assertThat(fixture.pool.isFull()).isTrue();
            assertThatThrownBy(() -> fixture.submit("echo", ""))
                    .isInstanceOf(QueueFullException.class)
                    .hasMessageContaining("1 runs");
            fixture.release();
            assertThat(waiting).extracting(PoolFixture.Submitted::output).containsExactly("1", "2", "3");
        }
    }

    @Test
    void admitsMoreOnceTheCapacityIsLarger() throws Exception {
        try (var fixture = settings().queueCapacity(0).threads(1).start(folder)) {
            await().until(() -> !fixture.pool.isFull());
            fixture.occupy("gate");
            assertThatThrownBy(() -> fixture.submit("echo", "")).isInstanceOf(QueueFullException.class);

            fixture.pool.apply(settings().queueCapacity(1).live());

            var waiting = fixture.submit("echo", "admitted");
            fixture.release();
            assertThat(waiting.output()).isEqualTo("admitted");
        }
    }

    @Test
    void refusesWhatWaitsAlreadyOnceItIsLongerThanTheNewLongestWait() throws Exception {
        try (var fixture = settings().start(folder)) {
            fixture.occupy("gate");
            var waiting = fixture.submit("echo", "");

            fixture.pool.apply(settings().maxWait(SOON).live());

            assertThat(waiting.await()).isEqualTo(new Outcome.WaitExceeded(SOON));
        }
    }

    @Test
    void holdsANewTimeLimitForRunsThatStartLater() throws Exception {
        try (var fixture = settings().threads(2).start(folder)) {
            var before = fixture.occupy("gate");

            fixture.pool.apply(settings().threads(2).timeout(SOON).live());

            assertThat(fixture.submit("gate", "").await()).isEqualTo(new Outcome.TimedOut(SOON, false));
            assertThat(before.outcome()).isNotDone();
            fixture.release();
            assertThat(before.output()).isEqualTo("gate");
        }
    }

    @Test
    void tellsTasksTheNewestConfig() throws Exception {
        try (var fixture = settings().start(folder)) {
            fixture.pool.apply(settings().config("new").live());

            assertThat(fixture.submit("context", "").output()).contains("{k=new}");
        }
    }

    @Test
    void tellsARunningTaskOfAnotherConfigOnItsOwnThread() throws Exception {
        try (var fixture = settings().start(folder)) {
            var listening = fixture.occupy("listens");

            fixture.pool.apply(settings().live()); // the same config, which is no news
            fixture.pool.apply(settings().config("new").live());

            assertThat(listening.output()).isEqualTo("[{k=new} {k=new} worker-1]");
        }
    }

    @Test
    void callsNoListenerOfAnotherThread() throws Exception {
        try (var fixture = settings().start(folder)) {
            assertThat(fixture.submit("listenselsewhere", "").output()).contains("on the run's own thread");
        }
    }
}
