package dev.workerpool.operator.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.operator.report.Turns.Outcome;
import dev.workerpool.operator.report.Turns.Prospect;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may talk to a replica now. */
class TurnsTest {

    private static final Prospect ANSWERING = new Prospect(0, true, false);

    private final Turns turns = new Turns();

    @AfterEach
    void close() {
        turns.close();
    }

    @Test
    void thousandsThatAreSilentDoNotHoldUpOneThatAnswers() throws Exception {
        var timeOut = new CountDownLatch(1);
        var trying = new AtomicInteger();
        for (int i = 0; i < 2000; i++) {
            turns.take(silent(1), () -> {
                trying.incrementAndGet();
                return isReachedAfter(timeOut);
            });
        }
        await().until(() -> trying.get() > 0);

        var answered = new CountDownLatch(1);
        turns.take(ANSWERING, () -> isReached(answered));

        assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(trying).as("that try at a time").hasValueLessThan(10);
        timeOut.countDown();
        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(trying).as("each has its turn").hasValue(2000));
    }

    @Test
    void thousandsThatNobodyEverReachesDoNotHoldUpOneThatMissedATurn() throws Exception {
        var timeOut = new CountDownLatch(1);
        for (int i = 0; i < 2000; i++) {
            turns.take(silent(4), () -> isReachedAfter(timeOut));
        }

        var answered = new CountDownLatch(3);
        for (int silences = 1; silences <= 3; silences++) {
            turns.take(silent(silences), () -> isReached(answered));
        }

        assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
        timeOut.countDown();
    }

    @Test
    void oneThatFailsTakesNoTurnWithIt() {
        var talks = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            turns.take(new Prospect(i % 6, i % 2 == 0, i % 3 == 0), () -> {
                talks.incrementAndGet();
                throw new IllegalStateException("expected by the test");
            });
        }

        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(talks).hasValue(1000));
    }

    @Test
    void whatIsPutOffIsDone() throws Exception {
        var done = new CountDownLatch(1);

        turns.after(Duration.ofMillis(1), done::countDown);

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothingIsSaidOnceItIsClosed() {
        turns.close();
        var said = new AtomicInteger();

        turns.take(ANSWERING, () -> {
            said.incrementAndGet();
            return Outcome.REACHED;
        });
        turns.after(Duration.ZERO, said::incrementAndGet);

        assertThat(said).hasValue(0);
    }

    @Test
    void whereOneAfterTheOtherIsSilentTheyAreTriedOneAtATimeUntilOneIsReached() {
        // So many more that those which are not counted yet make no difference.
        int silent = 2 * Turns.WAY_IS_CLOSED;
        var tried = new AtomicInteger();
        for (int i = 0; i < silent; i++) {
            turns.take(silent(1), () -> {
                tried.incrementAndGet();
                return Outcome.SILENT;
            });
        }
        await().atMost(30, TimeUnit.SECONDS).until(() -> tried.get() == silent);

        var trying = new AtomicInteger();
        var reached = new Semaphore(0);
        for (int i = 0; i < 100; i++) {
            turns.take(silent(1), () -> {
                trying.incrementAndGet();
                reached.acquireUninterruptibly();
                return Outcome.REACHED;
            });
        }
        await().atMost(30, TimeUnit.SECONDS).until(() -> trying.get() > 0);
        assertThat(trying).as("tried at a time").hasValue(1);
        var knownTried = new AtomicInteger();
        turns.take(new Prospect(1, true, false), () -> {
            knownTried.set(trying.get());
            return Outcome.LEFT_OUT;
        });

        reached.release();
        await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(trying)
                .as("tried at a time, beside the one that was reached")
                .hasValue(1 + 8));
        assertThat(knownTried)
                .as("tried before the one that was reached before")
                .hasValueBetween(1, 9);
        reached.release(100);
    }

    private static Prospect silent(int silences) {
        return new Prospect(silences, false, false);
    }

    private static Outcome isReached(CountDownLatch answered) {
        answered.countDown();
        return Outcome.REACHED;
    }

    private static Outcome isReachedAfter(CountDownLatch timeOut) {
        try {
            timeOut.await();
            return Outcome.REACHED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.LEFT_OUT;
        }
    }

    @Test
    void pausesGrowWithTheSilenceAndEnd() {
        assertThat(Turns.pause(1)).isEqualTo(Duration.ofSeconds(2));
        assertThat(Turns.pause(2)).isEqualTo(Duration.ofSeconds(4));
        assertThat(Turns.pause(7)).isEqualTo(Duration.ofMinutes(2));
        assertThat(Turns.pause(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void aWorkerThatIsNotUpYetIsNotSilent() {
        assertThat(Turns.isSilence(new HttpConnectTimeoutException("no answer")))
                .isTrue();
        assertThat(Turns.isSilence(new ConnectException("refused"))).isFalse();
        assertThat(Turns.isSilence(new HttpTimeoutException("slow"))).isFalse();
    }

    @Test
    void onlyOneThatIsThereAndDoesNotAnswerIsSlow() {
        assertThat(Turns.isSlowness(new HttpTimeoutException("slow"))).isTrue();
        assertThat(Turns.isSlowness(new HttpConnectTimeoutException("no answer")))
                .isFalse();
        assertThat(Turns.isSlowness(new ConnectException("refused"))).isFalse();
    }
}
