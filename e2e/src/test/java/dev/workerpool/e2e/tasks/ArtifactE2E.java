package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.fixtures.Count;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.fixtures.Setting;
import dev.workerpool.e2e.harness.ArtifactImage;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import org.junit.jupiter.api.Test;

/** Own tasks come from a ConfigMap, from an image with nothing but jars in it, and from a volume, in any mix. */
@ClusterTest
class ArtifactE2E {
    private static final TaskJar HOLD = TaskJar.of("hold.jar", Hold.class);
    private static final TaskJar COUNT = TaskJar.of("count.jar", Count.class);
    private static final TaskJar SETTING = TaskJar.of("setting.jar", Setting.class);

    private final TestNamespace namespace;

    ArtifactE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @Test
    void aConfigMapAnImageFromScratchAndAVolume() {
        namespace.configMap("with-hold", HOLD);
        String image = ArtifactImage.build(namespace.cluster(), "workerpool-e2e/count:1", COUNT);
        namespace.volume("with-setting", SETTING);
        Pool pool = namespace.pool("own").apply("""
                        replicas: 2
                        config: {colour: green}
                        tasks:
                          artifacts:
                          - configMap: with-hold
                          - image: %s
                          - persistentVolumeClaim: with-setting
                        """.formatted(image)).awaitSettled();

        assertThat(pool.send(Http.Request.get("/tasks")).body())
                .contains("\"hold\"", "\"count\"", "\"setting\"", "\"echo\"");
        assertThat(pool.run("hold", "1").body()).isEqualTo("held");
        assertThat(pool.send(Http.Request.bytes("/tasks/count", "application/json", new byte[0]))
                        .body())
                .matches("\\d+");
        assertThat(pool.send(Http.Request.bytes("/tasks/setting", "text/plain", "colour".getBytes()))
                        .body())
                .isEqualTo("green");
        pool.pods().forEach(pod -> assertThat(pool.management(pod, "/status"))
                .contains("/tasks/0/hold.jar", "/tasks/1/count.jar", "/tasks/2/setting.jar")
                .doesNotContain("Failed"));
    }
}
