package dev.workerpool.operator.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.dependent.Children;
import dev.workerpool.operator.desired.Pools;
import dev.workerpool.operator.status.Trouble;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When what may pass by itself is a trouble. */
class TroublesTest {

    private final WorkerPool pool = Pools.pool("{}");

    @Test
    void aFailureIsOneFromTheFifthAttemptOn() {
        assertThat(reasons(Optional.empty())).isEmpty();
        assertThat(reasons(failedBefore(3))).isEmpty();
        assertThat(reasons(failedBefore(4))).containsExactly(Trouble.APPLY_FAILED);
    }

    @Test
    void aFailureThatIsToldAlreadyIsOneForANewOperatorToo() {
        degraded("True", Trouble.APPLY_FAILED);

        assertThat(reasons(Optional.empty())).containsExactly(Trouble.APPLY_FAILED);
    }

    @Test
    void noneIsOneBecauseOfWhatElseIsToldOrWasOver() {
        degraded("True", Trouble.NAME_CONFLICT);
        assertThat(reasons(Optional.empty())).isEmpty();

        degraded("False", Trouble.APPLY_FAILED);
        assertThat(reasons(Optional.empty())).isEmpty();
    }

    private List<String> reasons(Optional<RetryInfo> retry) {
        var failure = new KubernetesClientException("the API server is away", 503, null);
        var children = new Children(Optional.empty(), Optional.empty(), List.of(), List.of(), List.of(failure));
        return Troubles.of(pool, new Unapplied(children, List.of()), retry, List.of(), null).stream()
                .map(Trouble::reason)
                .toList();
    }

    private static Optional<RetryInfo> failedBefore(int attempts) {
        return Optional.of(new RetryInfo() {
            @Override
            public int getAttemptCount() {
                return attempts;
            }

            @Override
            public boolean isLastAttempt() {
                return false;
            }
        });
    }

    private void degraded(String status, String reason) {
        var degraded = new Condition("Degraded", status, 1L, "2026-01-01T00:00:00Z", reason, "as it was");
        pool.setStatus(new WorkerPoolStatus(
                1L, 2, 0, 0, 0, null, 0, Map.of(), null, null, List.of(), List.of(), "", null, List.of(degraded)));
    }
}
