package dev.workerpool.e2e.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.ImageContainer;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The images run as they are, without a cluster: what they start with, and how they end. */
class ImagesE2E {
    /** The JVM ends at once if the cache does not fit; and it tells of each class where it came from. */
    private static final String CACHE_OR_NOTHING =
            "JAVA_TOOL_OPTIONS=-XX:AOTMode=on -Xlog:aot*=warning:stdout -Xlog:class+load:stdout";

    @ParameterizedTest
    @ValueSource(strings = {"128m", "4g"})
    void theWorkerStartsFromItsCacheInAnyMemory(String memory) {
        try (ImageContainer worker = ImageContainer.ofWorker("--memory", memory, "-e", CACHE_OR_NOTHING)) {
            assertStartsFromItsCache(worker, "INFO Worker ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"256m", "4g"})
    void theOperatorStartsFromItsCacheInAnyMemory(String memory) {
        try (ImageContainer operator = ImageContainer.ofOperator("--memory", memory, "-e", CACHE_OR_NOTHING)) {
            assertStartsFromItsCache(operator, "Installed features");
        }
    }

    @Test
    void aWorkerThatIsToldToGoFinishesWhatItExecutesAndExitsWithZero() {
        TaskJar jar = TaskJar.of("fixtures.jar", Hold.class);
        try (ImageContainer worker = ImageContainer.ofWorker(
                ImageContainer.publish(8000), ImageContainer.publish(9000), "-v", jar.inFolder() + ":/tasks:ro")) {
            Wait.untilAsserted("it is ready", () -> assertThat(status(worker)).contains("\"state\":\"Ready\""));
            CompletableFuture<Http.Answer> active = CompletableFuture.supplyAsync(
                    () -> send(worker, 8000, Http.Request.json("/tasks/hold", "3000")), Thread::startVirtualThread);
            Wait.untilAsserted("it holds", () -> assertThat(status(worker)).contains("\"task\":\"hold\""));

            worker.signal("TERM");

            assertThat(active.join().body()).isEqualTo("held");
            assertThat(worker.awaitExit()).isZero();
        }
    }

    /** By Docker, as a kubelet with --pod-max-pids does it. */
    @Test
    void aWorkerThatGetsFewerThreadsThanItIsToHaveServesWithThoseAndDrains() {
        try (ImageContainer worker = ImageContainer.ofWorker(
                ImageContainer.publish(8000),
                ImageContainer.publish(9000),
                "--pids-limit",
                "64",
                "-e",
                "WORKERPOOL_THREADS=500")) {
            Wait.untilAsserted("it is ready", () -> assertThat(status(worker))
                    .contains("\"state\":\"Ready\"")
                    .containsPattern("\"threadsMissing\":4[0-9]{2},"));
            assertThat(send(worker, 8000, Http.Request.json("/tasks/primes", "{\"n\":10}"))
                            .body())
                    .isEqualTo("{\"count\":4}");

            worker.signal("TERM");

            assertThat(worker.awaitExit()).isZero();
        }
    }

    /** Nothing yet where Docker takes the connection and has nobody to give it to. */
    private static String status(ImageContainer worker) {
        try (Http connection = worker.connect(9000)) {
            return connection.send(Http.Request.get("/status")).body();
        } catch (IOException e) {
            return "";
        }
    }

    private static Http.Answer send(ImageContainer worker, int port, Http.Request request) {
        try (Http connection = worker.connect(port)) {
            return connection.send(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertStartsFromItsCache(ImageContainer container, String started) {
        Wait.untilAsserted("it has started", () -> assertThat(container.log()).contains(started));
        String log = container.log();
        assertThat(log.lines().filter(line -> line.contains("[aot") && !line.startsWith("Picked up")))
                .as("complaints about the cache")
                .isEmpty();
        assertThat(loaded(log, "shared objects file"))
                .as("classes out of the cache, of all %d", loaded(log, ""))
                .isGreaterThan(loaded(log, "") * 95 / 100);
    }

    private static long loaded(String log, String from) {
        return log.lines()
                .filter(line -> line.contains("[class,load]") && line.contains("source: " + from))
                .count();
    }
}
