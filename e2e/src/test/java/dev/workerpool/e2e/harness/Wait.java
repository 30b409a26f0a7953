package dev.workerpool.e2e.harness;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/** How this suite waits: often enough to be quick, long enough for two busy cores, always with a reason to print. */
public final class Wait {
    static final Duration AT_MOST = Duration.ofSeconds(60);

    private Wait() {}

    public static void until(String what, Callable<Boolean> condition) {
        await(what).until(condition);
    }

    public static void untilAsserted(String what, ThrowingRunnable assertion) {
        await(what).untilAsserted(assertion);
    }

    /** Waits until there is such a thing, and returns it. */
    public static <T> T forPresent(String what, Callable<Optional<T>> search) {
        return await(what).until(search, Optional::isPresent).orElseThrow();
    }

    /** For what must not only come but come soon. */
    public static void within(Duration limit, String what, ThrowingRunnable assertion) {
        await(what).atMost(limit).untilAsserted(assertion);
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what)
                .atMost(AT_MOST)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .pollInSameThread();
    }
}
