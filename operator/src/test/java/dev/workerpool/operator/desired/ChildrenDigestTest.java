package dev.workerpool.operator.desired;

import static dev.workerpool.operator.desired.Pools.RELEASE;
import static dev.workerpool.operator.desired.Pools.pool;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.WorkerPool;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildrenDigestTest {

    private static final List<Long> STATES = List.of(1L, 2L, 0L, Long.MIN_VALUE);

    private final String digest = ChildrenDigest.of(pool(), RELEASE, STATES);

    @Test
    void isTheSameForTheSame() {
        assertThat(ChildrenDigest.of(pool(), RELEASE, List.copyOf(STATES)))
                .isEqualTo(digest)
                .hasSize(16);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{threads: 3}",
                "{replicas: 3}",
                "{config: {a: b}}",
                "{service: {port: 80}}",
                "{env: [{name: A, value: b}]}",
                "{labels: {a: b}}",
                "{access: {tls: {secretName: tls}}}",
                "{autoscaling: {minReplicas: 1, maxReplicas: 4}}"
            })
    void changesWithTheSpec(String spec) {
        assertThat(ChildrenDigest.of(pool(spec), RELEASE, STATES)).isNotEqualTo(digest);
    }

    @Test
    void changesWithWhosePoolItIs() {
        assertThat(changed(pool -> pool.getMetadata().setName("other"))).isNotEqualTo(digest);
        assertThat(changed(pool -> pool.getMetadata().setNamespace("other"))).isNotEqualTo(digest);
        assertThat(changed(pool -> pool.getMetadata().setUid("other"))).isNotEqualTo(digest);
        assertThat(changed(pool -> pool.setSpec(pool.getSpec().withReplicas(9))))
                .isNotEqualTo(digest);
        assertThat(changed(pool -> pool.getMetadata().setResourceVersion("9"))).isEqualTo(digest);
    }

    @Test
    void changesWithTheOperatorThatMakesThem() {
        assertThat(List.of(
                        new Release("other", RELEASE.workerImage(), RELEASE.operatorNamespace()),
                        new Release(RELEASE.build(), "other", RELEASE.operatorNamespace()),
                        new Release(RELEASE.build(), RELEASE.workerImage(), "other"),
                        RELEASE.resizingPods(true),
                        RELEASE.withControlKey(Optional.of("key")),
                        RELEASE.loggingAs(Optional.of("json"))))
                .extracting(release -> ChildrenDigest.of(pool(), release, STATES))
                .doesNotContain(digest)
                .doesNotHaveDuplicates();
    }

    @Test
    void changesWithTheStateOfEachKind() {
        assertThat(ChildrenDigest.of(pool(), RELEASE, List.of(1L, 2L, 0L, 4L))).isNotEqualTo(digest);
        assertThat(ChildrenDigest.of(pool(), RELEASE, List.of(2L, 1L, 0L, Long.MIN_VALUE)))
                .isNotEqualTo(digest);
    }

    @Test
    void hasAllMapsInOneOrder() {
        String ten = "{a: '', b: '', c: '', d: '', e: '', f: '', g: '', h: '', i: '', j: ''}";

        assertThat(ChildrenDigest.text(
                                pool("{config: %s, labels: %s, scheduling: {nodeSelector: %s}}"
                                        .formatted(ten, ten, ten)),
                                RELEASE,
                                STATES)
                        .split("\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\",\"e\":\"\",\"f\":\"\"", -1))
                .hasSize(4);
    }

    private static String changed(Consumer<WorkerPool> change) {
        WorkerPool pool = pool();
        change.accept(pool);
        return ChildrenDigest.of(pool, RELEASE, STATES);
    }
}
