package dev.workerpool.worker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.worker.control.ControlRefusedException.Reason;
import dev.workerpool.worker.pool.LiveSettings;
import dev.workerpool.worker.pool.PoolSettings;
import dev.workerpool.worker.pool.TaskPool;
import dev.workerpool.worker.pool.TerminationLog;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;

/** A channel of a pool that tests tell what to do, and the operator whose key it knows. */
abstract class ControlFixture {
    static final String POD = "shop/thumbnails-abc/0a1b";
    static final String BODY = "{\"generation\":7,\"threads\":2}";
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final LiveSettings INITIAL = new LiveSettings(
            5,
            1,
            256,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            0,
            Duration.ofSeconds(60),
            Map.of("quality", "80"));

    final OperatorKey operator = new OperatorKey();
    final PrometheusRegistry registry = new PrometheusRegistry();
    final TaskPool pool = new TaskPool(
            new PoolSettings("replica-1", Duration.ofSeconds(1), Duration.ofSeconds(1), INITIAL),
            TaskCatalog.load(List.of(), Isolation.SHARED),
            registry,
            TerminationLog.OFF,
            lost -> {});
    Instant now = START;
    int answer;
    final ControlChannel channel = channel(operator.encoded());

    ControlChannel channel(String keys) {
        return channel(keys, SettingsMemory.NONE);
    }

    ControlChannel channel(String keys, SettingsMemory memory) {
        var settings = new ControlSettings(keys == null ? List.of() : ControlSettings.KEYS.read(keys), POD);
        return new ControlChannel(
                settings,
                pool,
                Map.of("answer", this::answer),
                memory,
                keys == null || memory != SettingsMemory.NONE ? new PrometheusRegistry() : registry,
                () -> now);
    }

    /** A section of somebody else's. */
    Runnable answer(JsonNode value, BiConsumer<String, String> complaint) {
        if (value.asInt() != 42) {
            complaint.accept("", "must be 42");
        }
        return () -> answer = value.asInt();
    }

    @AfterEach
    void close() {
        pool.close();
        pool.interrupt();
    }

    LiveSettings send(String token, String body) throws Exception {
        return channel.change(token, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
    }

    LiveSettings send(String body) throws Exception {
        return send(operator.sign(POD, body, now), body);
    }

    void assertRefused(Reason reason, String token, String body) {
        double before = counted(reason);
        var refused = catchThrowableOfType(ControlRefusedException.class, () -> send(token, body));

        assertThat(refused).as("the refusal").isNotNull();
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(counted(reason)).isEqualTo(before + 1);
        assertThat(pool.live()).isEqualTo(INITIAL);
    }

    double counted(Reason reason) {
        return registry.scrape(name -> name.equals("workerpool_control_refused")).stream()
                .flatMap(snapshot -> ((CounterSnapshot) snapshot).getDataPoints().stream())
                .filter(point -> point.getLabels().get("reason").equals(reason.label()))
                .findFirst()
                .orElseThrow()
                .getValue();
    }
}
