package dev.workerpool.operator.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who may talk to a replica now. */
class TurnsTest {

    @Test
    void thousandsThatAreSilentDoNotHoldUpOneThatAnswers() throws Exception {
        var turns = new Turns();
        var timeOut = new CountDownLatch(1);
        var trying = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2000; i++) {
                threads.submit(() -> {
                    try (Turns.Turn _ = turns.take(1)) {
                        trying.incrementAndGet();
                        timeOut.await();
                    }
                    return null;
                });
            }
            await().until(() -> trying.get() > 0);

            var answer = threads.submit(() -> {
                try (Turns.Turn _ = turns.take(0)) {
                    return "here";
                }
            });

            assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("here");
            assertThat(trying).as("that try at a time").hasValueLessThan(10);
            timeOut.countDown();
        }
        assertThat(trying).as("each has its turn").hasValue(2000);
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
}
