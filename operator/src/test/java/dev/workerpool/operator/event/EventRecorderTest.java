package dev.workerpool.operator.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.Pools;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NamespaceableResource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventRecorderTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Logger LOG = Logger.getLogger("dev.workerpool.events");

    private final List<String> attempts = new CopyOnWriteArrayList<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final WorkerPool pool = Pools.pool("{}");
    private final Handler reader = new Reader();
    private final EventRecorder recorder =
            new EventRecorder(cluster(), "workerpool-operator", "one", Clock.fixed(NOW, ZoneOffset.UTC));

    /** What the API server answers; 0: it has the Event now. */
    private volatile int answer;

    @BeforeEach
    void readTheLog() {
        LOG.addHandler(reader);
    }

    @AfterEach
    void close() {
        LOG.removeHandler(reader);
        mayAnswer.countDown();
        recorder.close();
    }

    @Test
    void logsWhatItRecords() {
        mayAnswer.countDown();

        recorder.record(pool, deaths(1));

        awaitThat(() -> assertThat(lines).containsExactly("WorkerDied images/thumbnails: death 1"));
    }

    @Test
    void logsOnceWhatCannotBeRecordedAndTriesAgain() {
        mayAnswer.countDown();
        answer = 403;
        recorder.record(pool, deaths(1));
        awaitThat(() -> assertThat(lines)
                .anyMatch(line -> line.startsWith("Events cannot be recorded"))
                .contains("WorkerDied images/thumbnails: death 1"));

        recorder.record(pool, deaths(1));
        awaitThat(() -> assertThat(attempts).hasSize(2));
        answer = 0;
        recorder.record(pool, deaths(2));

        awaitThat(() -> assertThat(attempts).hasSize(4));
        awaitThat(() -> assertThat(lines)
                .filteredOn(line -> line.startsWith("WorkerDied"))
                .containsExactly("WorkerDied images/thumbnails: death 1", "WorkerDied images/thumbnails: death 2"));
    }

    @Test
    void logsNothingThatAnOperatorBeforeHasTold() {
        mayAnswer.countDown();
        answer = 409;

        recorder.record(pool, deaths(3));

        awaitThat(() -> assertThat(attempts).hasSize(3));
        recorder.close();
        assertThat(lines).isEmpty();
    }

    @Test
    void letsNoMoreWaitThanCanBeToldAndTakesTheRestLater() {
        recorder.record(pool, deaths(1000));
        assertThat(attempts).hasSizeLessThan(2);

        mayAnswer.countDown();

        awaitThat(() -> assertThat(attempts).hasSize(EventRecorder.MOST_WAITING));
        awaitThat(() -> {
            recorder.record(pool, deaths(1000));
            assertThat(attempts).hasSize(1000);
        });
    }

    private static List<Occurrence> deaths(int number) {
        return IntStream.rangeClosed(1, number)
                .mapToObj(death -> Occurrence.warning("WorkerDied", "death " + death, NOW, "" + death))
                .toList();
    }

    private static void awaitThat(ThrowingRunnable assertion) {
        await().atMost(30, TimeUnit.SECONDS).untilAsserted(assertion);
    }

    private KubernetesClient cluster() {
        return (KubernetesClient) fake(
                KubernetesClient.class,
                (client, resource, arguments) ->
                        fake(NamespaceableResource.class, (proxy, create, none) -> answered((Event) arguments[0])));
    }

    private Event answered(Event event) throws InterruptedException {
        attempts.add(event.getMessage());
        mayAnswer.await();
        if (answer != 0) {
            throw new KubernetesClientException("made up", answer, null);
        }
        return event;
    }

    private static Object fake(Class<?> type, InvocationHandler answers) {
        return Proxy.newProxyInstance(EventRecorderTest.class.getClassLoader(), new Class<?>[] {type}, answers);
    }

    private final class Reader extends Handler {

        @Override
        public void publish(LogRecord record) {
            lines.add(
                    record instanceof org.jboss.logmanager.ExtLogRecord line
                            ? line.getFormattedMessage()
                            : record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
