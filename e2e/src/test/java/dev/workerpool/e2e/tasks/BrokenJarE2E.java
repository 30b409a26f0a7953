package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.ExpectedLogErrors;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import org.junit.jupiter.api.Test;

/** A jar that does not load is named on the resource with the reason; the tasks of the others serve on. */
@ClusterTest
@ExpectedLogErrors("Not loaded: /tasks/0/broken.jar")
class BrokenJarE2E {
    private final TestNamespace namespace;

    BrokenJarE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @Test
    void isNamedWithItsReasonWhileTheOthersServe() {
        namespace.configMap("broken", TaskJar.promising("broken.jar", "com.example.Missing"));
        namespace.configMap("good", TaskJar.of("good.jar", Hold.class));
        Pool pool = namespace.pool("mixed").apply("tasks: {artifacts: [{configMap: broken}, {configMap: good}]}");

        Condition degraded = pool.awaitCondition("Degraded", "True");
        assertThat(degraded.reason()).isEqualTo("ArtifactNotLoaded");
        assertThat(degraded.message())
                .contains("broken.jar", "com.example.Missing")
                .doesNotContain("good.jar");
        assertThat(pool.awaitCondition("Available", "True")).isNotNull();
        pool.awaitSettled();
        assertThat(pool.run("hold", "1").body()).isEqualTo("held");
        assertThat(pool.run("primes", "{\"n\":10}").body()).isEqualTo("{\"count\":4}");

        pool.patch("{\"tasks\":{\"artifacts\":[{\"configMap\":\"good\"}]}}").awaitSettled();
        pool.awaitCondition("Degraded", "False");
    }

    @Test
    void aMissingConfigMapIsNamed() {
        Pool pool = namespace.pool("lacking").apply("tasks: {artifacts: [{configMap: not-there}]}");
        assertThat(pool.awaitCondition("Degraded", "True").message()).contains("not-there");
        assertThat(pool.condition("Available").status()).isEqualTo("False");
    }

    @Test
    void anImageThatCannotBePulledIsNamed() {
        Pool pool = namespace.pool("unpullable").apply("image: registry.invalid/nobody/nothing:1");
        assertThat(pool.awaitCondition("Degraded", "True").message()).contains("registry.invalid/nobody/nothing:1");
        assertThat(pool.condition("Available").status()).isEqualTo("False");
    }
}
