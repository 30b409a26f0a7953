package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.task.TaskThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskPoolTest {
    private static final Duration SOON = Duration.ofMillis(20);

    @TempDir
    static Path folder;

    private static PoolFixture.Settings settings() {
        return PoolFixture.settings();
    }

    @Test
    void runsATaskAndTellsWhichThreadAndHowLong() throws Exception {
        try (var fixture = settings().start(folder)) {
            var run = fixture.submit("echo", "hello");

            assertThat(run.output()).isEqualTo("hello");
            assertThat(run.run().threadNumber()).isEqualTo(1);
            assertThat(run.run().waitNanos()).isPositive();
            assertThat(run.run().runNanos()).isPositive();
        }
    }

    @Test
    void tellsATaskAboutItsRun() throws Exception {
        try (var fixture = settings().start(folder)) {
            assertThat(fixture.submit("context", "").output()).isEqualTo("replica-1 1 {k=v} {p=q} true");
        }
    }

    @Test
    void tellsATaskHowLongItHasRun() throws Exception {
        try (var fixture = settings().start(folder)) {
            var run = fixture.submit("runtime", "");

            assertThat(Long.parseLong(run.output())).isBetween(0L, run.run().runNanos());
        }
    }

    @Test
    void succeedsWithoutContent() throws Exception {
        try (var fixture = settings().start(folder)) {
            assertThat(fixture.submit("nothing", "").await()).isEqualTo(new Outcome.Succeeded(null));
        }
    }

    @Test
    void tellsOfRunsThatLeaveTheQueueUnbegun() throws Exception {
        try (var fixture = settings().queueCapacity(2).start(folder)) {
            fixture.occupy("gate");
            var unwanted = fixture.submit("echo", "first");
            fixture.submit("echo", "second");
            var queued = new ArrayList<Integer>();
            fixture.pool.onLoadChange(() -> queued.add(fixture.pool.queued()));
            fixture.pool.cancel(unwanted.run());
            Run away = fixture.pool.takeAway(observer -> true);
            fixture.pool.onLoadChange(null);

            assertThat(queued).containsExactly(1, 0);
            fixture.pool.putBack(away);
        }
    }

    @Test
    void runsAsManyAtATimeAsThereAreThreads() throws Exception {
        try (var fixture = settings().threads(3).queueCapacity(3).start(folder)) {
            fixture.expect(3);
            for (int i = 0; i < 3; i++) {
                fixture.submit("gate", "");
            }
            fixture.awaitStarted();

            assertThat(fixture.pool.active()).isEqualTo(3);
            assertThat(fixture.pool.status()).extracting(ThreadStatus::id).containsExactly(1, 2, 3);
            assertThat(fixture.pool.status()).extracting(ThreadStatus::task).containsOnly("gate");
        }
    }

    @Test
    void refusesWhenTheQueueIsFull() throws Exception {
        try (var fixture = settings().queueCapacity(1).start(folder)) {
            fixture.occupy("gate");
            var queued = fixture.submit("echo", "second");

            assertThat(fixture.pool.isFull()).isTrue();
            assertThatThrownBy(() -> fixture.submit("echo", "third")).isInstanceOf(QueueFullException.class);
            assertThat(fixture.pool.counters().refusals()).containsEntry("queue-full", 1L);

            fixture.release();
            assertThat(queued.output()).isEqualTo("second");
        }
    }

    @Test
    void withoutAQueueAdmitsOnlyWhatAThreadCanTakeAtOnce() throws Exception {
        try (var fixture = settings().queueCapacity(0).start(folder)) {
            await().until(() -> !fixture.pool.isFull()); // until the thread has come up
            fixture.occupy("gate");

            assertThatThrownBy(() -> fixture.submit("echo", "")).isInstanceOf(QueueFullException.class);
        }
    }

    @Test
    void runsWhatWaitsInOrder() throws Exception {
        try (var fixture = settings().queueCapacity(10).start(folder)) {
            fixture.occupy("gate");
            var runs = new ArrayList<PoolFixture.Submitted>();
            for (int i = 0; i < 10; i++) {
                runs.add(fixture.submit("echo", ""));
            }
            fixture.release();
            runs.forEach(PoolFixture.Submitted::await);

            assertThat(runs).extracting(run -> run.run().startedAt()).isSorted();
        }
    }

    @Test
    void hasPlentyWhileMoreRunsWaitThanThereAreThreads() throws Exception {
        try (var fixture = settings().queueCapacity(10).start(folder)) {
            var scarcities = new ConcurrentLinkedQueue<Integer>();
            fixture.pool.onScarcity(() -> scarcities.add(fixture.pool.queued()));
            fixture.occupy("gate");
            var runs = new ArrayList<PoolFixture.Submitted>();
            runs.add(fixture.submit("echo", ""));
            assertThat(fixture.pool.hasPlenty()).isFalse();
            runs.add(fixture.submit("echo", ""));
            runs.add(fixture.submit("echo", ""));
            assertThat(fixture.pool.hasPlenty()).isTrue();
            assertThat(scarcities).isEmpty();

            fixture.release();
            runs.forEach(PoolFixture.Submitted::await);

            assertThat(scarcities)
                    .as("queued when there was not plenty any more")
                    .containsExactly(1);
            assertThat(fixture.pool.hasPlenty()).isFalse();
        }
    }

    @Test
    void runsTheUrgentFirst() throws Exception {
        try (var fixture = settings().queueCapacity(3).start(folder)) {
            fixture.occupy("gate");
            var patient = fixture.submit("echo", "", new RunOptions(7, null));
            var usual = fixture.submit("echo", "");
            var urgent = fixture.submit("echo", "", new RunOptions(0, null));
            fixture.release();

            var order = List.of(urgent, usual, patient);
            order.forEach(PoolFixture.Submitted::await);
            assertThat(order).extracting(run -> run.run().startedAt()).isSorted();
        }
    }

    @Test
    void refusesTheOneThatWaitsTooLongWhateverItsUrgency() throws Exception {
        try (var fixture = settings().queueCapacity(3).maxWait(SOON).start(folder)) {
            fixture.occupy("gate");
            var patient = fixture.submit("echo", "", new RunOptions(7, null));
            var urgent = fixture.submit("echo", "", new RunOptions(0, null));

            assertThat(patient.await()).isEqualTo(new Outcome.WaitExceeded(SOON));
            assertThat(urgent.await()).isEqualTo(new Outcome.WaitExceeded(SOON));
        }
    }

    @Test
    void refusesWhatWaitsTooLong() throws Exception {
        try (var fixture = settings().maxWait(SOON).start(folder)) {
            fixture.occupy("gate");
            var waiting = fixture.submit("echo", "");

            assertThat(waiting.await()).isEqualTo(new Outcome.WaitExceeded(SOON));
            assertThat(waiting.run().threadNumber()).isZero();
            assertThat(waiting.run().waitNanos()).isGreaterThanOrEqualTo(SOON.toNanos());
            assertThat(fixture.pool.queued()).isZero();
            assertThat(fixture.pool.counters().refusals()).containsEntry("wait-exceeded", 1L);
        }
    }

    @Test
    void interruptsWhatRunsTooLongAndKeepsTheThread() throws Exception {
        try (var fixture = settings().timeout(SOON).start(folder)) {
            var run = fixture.submit("gate", "");

            assertThat(run.await()).isEqualTo(new Outcome.TimedOut(SOON, false));
            assertThat(run.run().runNanos()).isGreaterThanOrEqualTo(SOON.toNanos());
            assertThat(fixture.submit("interrupted", "").output()).isEqualTo("false");
            assertThat(fixture.pool.lost()).isZero();
        }
    }

    @Test
    void interruptsWhatRunsLongerThanItsCallerAllows() throws Exception {
        try (var fixture = settings().start(folder)) {
            var run = fixture.submit("gate", "", new RunOptions(3, SOON));

            assertThat(run.await()).isEqualTo(new Outcome.TimedOut(SOON, true));
        }
    }

    @Test
    void letsNoCallerGoBeyondThePoolsTimeLimit() throws Exception {
        try (var fixture = settings().timeout(SOON).start(folder)) {
            var run = fixture.submit("gate", "", new RunOptions(3, Duration.ofMinutes(5)));

            assertThat(run.await()).isEqualTo(new Outcome.TimedOut(SOON, false));
        }
    }

    @Test
    void givesUpAThreadThatDoesNotListenAndTakesItBackWhenItEnds() throws Exception {
        try (var fixture = settings().timeout(SOON).patience(SOON).grace(SOON).start(folder)) {
            var deaf = fixture.submit("deaf", "");
            assertThat(deaf.await()).isInstanceOf(Outcome.TimedOut.class);
            await().until(() -> fixture.pool.lost() == 1);

            var next = fixture.submit("echo", "on the new thread");
            assertThat(next.output()).isEqualTo("on the new thread");
            assertThat(next.run().threadNumber()).isEqualTo(1);

            fixture.release();
            await().until(() -> fixture.pool.lost() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"spin", "stubborn"})
    void killsWhatDoesNotListenAndReplacesItsThread(String type) throws Exception {
        try (var fixture = settings().timeout(SOON).patience(SOON).start(folder)) {
            assertThat(fixture.submit(type, "").await()).isEqualTo(new Outcome.TimedOut(SOON, false));

            var next = fixture.submit("echo", "next");
            assertThat(next.output()).isEqualTo("next");
            assertThat(next.run().threadNumber()).isEqualTo(1);
            assertThat(fixture.pool.lost()).isZero();
        }
    }

    @Test
    void letsFinallyRunWhenItKills() throws Exception {
        try (var fixture = settings().timeout(SOON).patience(SOON).start(folder)) {
            fixture.submit("finally", "").await();
            fixture.submit("echo", "").await();

            assertThat(fixture.isReleased()).isTrue();
        }
    }

    @Test
    void killsNobodyElse() throws Exception {
        try (var fixture = settings().threads(2).patience(SOON).start(folder)) {
            var neighbour = fixture.occupy("gate");
            var victim = fixture.occupy("spin");

            fixture.pool.cancel(victim.run());

            assertThat(victim.await()).isEqualTo(new Outcome.Cancelled());
            await().until(() -> fixture.pool.active() == 1);
            fixture.release();
            assertThat(neighbour.output()).isEqualTo("gate");
        }
    }

    @Test
    void killsAgainAndAgain() throws Exception {
        try (var fixture = settings()
                .timeout(Duration.ofMillis(1))
                .patience(Duration.ofMillis(1))
                .start(folder)) {
            for (int i = 0; i < 100; i++) {
                assertThat(fixture.submit("spin", "").await()).isInstanceOf(Outcome.TimedOut.class);
            }
            await().until(() -> fixture.pool.active() == 0);
            assertThat(fixture.pool.lost()).isZero();
        }
    }

    @Test
    void reportsOnceThatTooManyThreadsAreLost() throws Exception {
        try (var fixture = settings()
                .timeout(SOON)
                .patience(SOON)
                .grace(SOON)
                .queueCapacity(10)
                .start(folder)) {
            for (int i = 0; i < 5; i++) {
                fixture.submit("deaf", "").await();
            }
            await().until(() -> fixture.pool.lost() == 5);

            assertThat(fixture.exhausted).hasValue(4);
        }
    }

    @Test
    void tellsExceptionAndMessageAndKeepsTheThread() throws Exception {
        try (var fixture = settings().start(folder)) {
            assertThat(fixture.submit("throws", "because").await())
                    .isEqualTo(new Outcome.Failed("java.lang.IllegalStateException", "because"));
            assertThat(fixture.submit("echo", "next").output()).isEqualTo("next");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "in a thread"})
    void tellsOfAnExceptionThatCannotBeRead(String where) throws Exception {
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
        TaskThreads.handleUncaught((thread, thrown) -> {});
        try (var fixture = settings().start(folder)) {
            Outcome outcome = fixture.submit("unreadable", where).await();

            assertThat(((Outcome.Failed) outcome).exceptionType()).isEqualTo("sample.Unreadable$Cause");
            assertThat(((Outcome.Failed) outcome).message()).contains("java.lang.StackOverflowError");
            assertThat(fixture.submit("echo", "next").output()).isEqualTo("next");
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(null);
            Awaitility.reset();
        }
    }

    @Test
    void tellsTheOutcomeOfARunThatItsObserverBreaks() throws Exception {
        try (var fixture = settings().start(folder)) {
            var outcome = new CompletableFuture<Outcome>();
            fixture.submit("echo", "", new RunObserver() {
                @Override
                public void starting() {
                    throw new IllegalStateException("broken");
                }

                @Override
                public void completed(Run run, Outcome how) {
                    outcome.complete(how);
                }
            });

            assertThat(outcome.orTimeout(20, TimeUnit.SECONDS).join())
                    .isEqualTo(new Outcome.Failed("java.lang.IllegalStateException", "broken"));
            assertThat(fixture.submit("echo", "next").output()).isEqualTo("next");
        }
    }

    @Test
    void tellsWhichFieldTheTaskRefused() throws Exception {
        try (var fixture = settings().start(folder)) {
            Outcome outcome = fixture.submit("picky", "2").await();

            assertThat(((Outcome.InvalidInput) outcome).errors())
                    .extracting(error -> error.field() + " " + error.rule())
                    .containsExactly("n must be odd");
        }
    }

    @Test
    void replacesTheThreadAfterAnError() throws Exception {
        try (var fixture = settings().start(folder)) {
            assertThat(fixture.submit("recurse", "").await())
                    .isEqualTo(new Outcome.Failed("java.lang.StackOverflowError", null));
            var next = fixture.submit("echo", "next");

            assertThat(next.output()).isEqualTo("next");
            assertThat(next.run().threadNumber()).isEqualTo(1);
        }
    }

    @Test
    void endsOnlyTheThreadWhenATaskExits() throws Exception {
        try (var fixture = settings().threads(2).start(folder)) {
            var neighbour = fixture.occupy("gate");

            assertThat(fixture.submit("exit", "7").await()).isEqualTo(new Outcome.Stopped(7));
            assertThat(fixture.submit("echo", "next").output()).isEqualTo("next");

            fixture.release();
            assertThat(neighbour.output()).isEqualTo("gate");
        }
    }

    @Test
    void endsTheRunWhenAThreadThatTheTaskStartedExits() throws Exception {
        try (var fixture = settings().start(folder)) {
            assertThat(fixture.submit("childexit", "").await()).isEqualTo(new Outcome.Stopped(5));
            assertThat(fixture.submit("echo", "next").output()).isEqualTo("next");
        }
    }

    @Test
    void cancelsAWaitingRunAtOnce() throws Exception {
        try (var fixture = settings().queueCapacity(3).start(folder)) {
            fixture.occupy("gate");
            var first = fixture.submit("echo", "first");
            var second = fixture.submit("echo", "second");
            var third = fixture.submit("echo", "third");

            fixture.pool.cancel(second.run());

            assertThat(second.await()).isEqualTo(new Outcome.Cancelled());
            assertThat(fixture.pool.queued()).isEqualTo(2);
            fixture.release();
            assertThat(List.of(first.output(), third.output())).containsExactly("first", "third");
        }
    }

    @Test
    void interruptsAnActiveRunThatIsCancelled() throws Exception {
        try (var fixture = settings().start(folder)) {
            var run = fixture.occupy("gate");

            fixture.pool.cancel(run.run());

            assertThat(run.await()).isEqualTo(new Outcome.Cancelled());
            assertThat(fixture.submit("echo", "next").output()).isEqualTo("next");
        }
    }

    @Test
    void startsNoRunThatIsCancelledWhileItsThreadTakesIt() throws Exception {
        try (var fixture = settings().start(folder)) {
            PoolThread thread = fixture.pool.roster().current().getFirst();
            PoolFixture.Submitted run;
            // Its thread needs this to start it.
            synchronized (thread) {
                run = fixture.submit("gate", "");
                await().until(() -> thread.thread().getState() == Thread.State.BLOCKED);

                fixture.pool.cancel(run.run());
            }

            assertThat(run.await()).isEqualTo(new Outcome.Cancelled());
            assertThat(fixture.submit("echo", "next").output()).isEqualTo("next");
        }
    }

    @Test
    void leavesNoInterruptOfATaskToTheNextRun() throws Exception {
        try (var fixture = settings().start(folder)) {
            fixture.submit("interrupts", "").await();

            assertThat(fixture.submit("interrupted", "").output()).isEqualTo("false");
        }
    }

    @Test
    void cancellingARunThatIsOverDoesNothing() throws Exception {
        try (var fixture = settings().start(folder)) {
            var run = fixture.submit("echo", "done");
            assertThat(run.output()).isEqualTo("done");

            fixture.pool.cancel(run.run());

            assertThat(run.output()).isEqualTo("done");
        }
    }

    @Test
    void drainsWhatWasAcceptedAndRefusesTheRest() throws Exception {
        try (var fixture = settings().start(folder)) {
            var active = fixture.occupy("gate");
            var queued = fixture.submit("echo", "queued");

            fixture.pool.close();

            assertThatThrownBy(() -> fixture.submit("echo", "")).isInstanceOf(DrainingException.class);
            assertThat(fixture.pool.awaitDrained(SOON)).isFalse();
            fixture.release();
            assertThat(fixture.pool.awaitDrained(Duration.ofSeconds(20))).isTrue();
            assertThat(List.of(active.output(), queued.output())).containsExactly("gate", "queued");
            assertThat(fixture.pool.interrupt()).isZero();
        }
    }

    @Test
    void interruptsWhatDoesNotDrain() throws Exception {
        try (var fixture = settings().start(folder)) {
            var active = fixture.occupy("gate");
            var queued = fixture.submit("echo", "queued");
            fixture.pool.close();

            assertThat(fixture.pool.interrupt()).isEqualTo(2);

            assertThat(active.await()).isEqualTo(new Outcome.Drained());
            assertThat(queued.await()).isEqualTo(new Outcome.Drained());
        }
    }

    @Test
    void giveEveryRunOneOutcomeUnderStress() throws Exception {
        try (var fixture = settings().threads(4).queueCapacity(50).start(folder)) {
            var runs = new ArrayList<PoolFixture.Submitted>();
            int refused = 0;
            for (int i = 0; i < 20_000; i++) {
                try {
                    var run = fixture.submit(i % 1000 == 0 ? "exit" : "echo", "1");
                    runs.add(run);
                    if (i % 7 == 0) {
                        fixture.pool.cancel(run.run());
                    }
                } catch (QueueFullException e) {
                    refused++;
                }
            }
            runs.forEach(PoolFixture.Submitted::await);

            assertThat(fixture.pool.queued()).isZero();
            assertThat(fixture.pool.counters().refusals())
                    .containsEntry("queue-full", (long) refused)
                    .allSatisfy((reason, count) -> assertThat(reason.equals("queue-full") || count == 0)
                            .as(reason)
                            .isTrue());
            await().until(() -> fixture.pool.active() == 0);
        }
    }
}
