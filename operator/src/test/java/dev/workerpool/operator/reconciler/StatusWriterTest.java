package dev.workerpool.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long a status waits for what comes after it. */
class StatusWriterTest {

    private static final String POOL = "uid-1";

    private final AtomicLong nanoTime = new AtomicLong(-1_000);
    private final StatusWriter writer = new StatusWriter(null, nanoTime::get);

    @Test
    void howFarAPoolIsWaitsFromItsFirstChangeOn() {
        assertThat(writer.left(POOL, null, progressing(0))).contains(StatusWriter.PATIENCE_AT_FIRST);

        pass(StatusWriter.PATIENCE_AT_FIRST.minusMillis(300));

        assertThat(writer.left(POOL, null, progressing(1))).contains(Duration.ofMillis(300));
    }

    @Test
    void doesNotWaitForEver() {
        writer.left(POOL, null, progressing(0));

        pass(StatusWriter.PATIENCE_AT_FIRST);

        assertThat(writer.left(POOL, null, progressing(1))).isEmpty();
    }

    @Test
    void poolsWaitEachByItself() {
        writer.left(POOL, null, progressing(0));
        pass(StatusWriter.PATIENCE_AT_FIRST);

        assertThat(writer.left("uid-2", null, progressing(0))).contains(StatusWriter.PATIENCE_AT_FIRST);
    }

    @Test
    void whatFollowsTheFirstStatusWaitsLessLong() {
        assertThat(writer.left(POOL, progressing(0), progressing(1))).contains(StatusWriter.PATIENCE);
        assertThat(StatusWriter.PATIENCE).isLessThan(StatusWriter.PATIENCE_AT_FIRST);
    }

    private void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }

    private static WorkerPoolStatus progressing(int replicas) {
        var condition = new Condition("Progressing", "True", 1L, "2026-01-01T00:00:00Z", "ScalingUp", "on its way");
        return new WorkerPoolStatus(
                1L,
                2,
                replicas,
                0,
                0,
                null,
                0,
                Map.of(),
                null,
                null,
                List.of(),
                List.of(),
                "",
                null,
                List.of(condition));
    }
}
