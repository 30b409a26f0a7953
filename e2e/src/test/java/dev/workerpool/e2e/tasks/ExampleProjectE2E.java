package dev.workerpool.e2e.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Command;
import dev.workerpool.e2e.harness.PortForward;
import dev.workerpool.e2e.harness.Settings;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from an empty folder to an own task in an own pool, step by step as the example's README tells it. */
@ClusterTest
class ExampleProjectE2E {
    private final TestNamespace namespace;
    private final Settings settings;

    ExampleProjectE2E(TestNamespace namespace) {
        this.namespace = namespace;
        this.settings = namespace.cluster().settings();
    }

    @Test
    void itsCommandsLeadToAnOwnTaskInAnOwnPool(@TempDir Path home) throws IOException {
        Path project = build(home);
        namespace
                .kubectl("create", "configmap", "qr-code-task", "--from-file=" + project.resolve("target/qr-code.jar"))
                .out();
        namespace
                .kubectl("apply", "-f", project.resolve("pool-configmap.yaml").toString())
                .out();
        awaitAvailable();
        assertMakesQrCodes(home);

        Command.of("docker", "build", "-q", "-t", "example/qr-code-task:1.0.0", project.toString())
                .out();
        namespace.cluster().load("example/qr-code-task:1.0.0");
        Command.of("docker", "image", "rm", "example/qr-code-task:1.0.0").out();
        namespace
                .kubectl("apply", "-f", project.resolve("pool.yaml").toString())
                .out();
        Wait.untilAsserted(
                "both replicas have the jar from the image, the old ones are gone", () -> assertThat(artifactImages())
                        .containsExactly("example/qr-code-task:1.0.0", "example/qr-code-task:1.0.0"));
        awaitAvailable();
        assertMakesQrCodes(home);
    }

    /** With the user's own Maven: first the task API into the local repository, then the copied project. */
    private Path build(Path home) {
        Command.of(
                        "mvn",
                        "-q",
                        "-B",
                        "-f",
                        settings.root().resolve("pom.xml").toString(),
                        "install",
                        "-pl",
                        "worker-image/task-api",
                        "-am",
                        "-DskipTests")
                .within(Duration.ofMinutes(3))
                .out();
        Path project = home.resolve("my-tasks");
        Path example = settings.artefact("examples/task-project", "the example project");
        Command.of("cp", "-r", example.toString(), project.toString()).out();
        Command.of("mvn", "-q", "-B", "-f", project.resolve("pom.xml").toString(), "package")
                .within(Duration.ofMinutes(3))
                .out();
        return project;
    }

    /** Of each pod, the image of its last init container; none where the jar comes from a ConfigMap. */
    private List<String> artifactImages() {
        return namespace
                .kubectl(
                        "get",
                        "pods",
                        "-o",
                        "jsonpath={range .items[*]}{.spec.initContainers[-1:].image}{\"\\n\"}{end}")
                .out()
                .lines()
                .toList();
    }

    private void awaitAvailable() {
        namespace
                .kubectl("wait", "--for=condition=Available", "workerpool/qr-codes", "--timeout=2m")
                .out();
    }

    private void assertMakesQrCodes(Path home) throws IOException {
        Path picture = home.resolve("code.png");
        try (PortForward forward = namespace.portForward("service/qr-codes", 8000)) {
            assertThat(curl(forward.url() + "/tasks")).contains("qr-code");
            curl(
                    "-d",
                    "{\"text\":\"https://example.com\"}",
                    "-o",
                    picture.toString(),
                    forward.url() + "/tasks/qr-code");
            BufferedImage code = ImageIO.read(picture.toFile());
            assertThat(code.getWidth()).isEqualTo(code.getHeight()).isGreaterThan(4 * 21);
            assertThat(curl("-d", "{\"text\":\"hello\",\"scale\":99}", forward.url() + "/tasks/qr-code"))
                    .contains("\"status\":400", "scale", "between");
        }
    }

    private static String curl(String... arguments) {
        return Command.of(
                        "curl",
                        Stream.concat(Stream.of("-sS"), Stream.of(arguments)).toArray(String[]::new))
                .out();
    }
}
