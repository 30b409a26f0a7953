package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.TestNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every manifest among the examples is one that the cluster takes. */
@ClusterTest
class ExamplesE2E {
    private final TestNamespace namespace;

    ExamplesE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    List<Path> manifests() throws IOException {
        Path examples = namespace.cluster().settings().artefact("examples", "the examples");
        try (Stream<Path> files = Files.walk(examples)) {
            List<Path> manifests = files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .sorted()
                    .toList();
            assertThat(manifests).as("manifests under " + examples).isNotEmpty();
            return manifests;
        }
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void isAccepted(Path manifest) {
        assertThat(namespace
                        .kubectl("apply", "--dry-run=server", "-f", manifest.toString())
                        .out())
                .contains("(server dry run)");
    }
}
