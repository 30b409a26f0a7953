package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.TestNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every manifest among the examples is one that the cluster takes. */
@ClusterTest
class ExamplesE2E {
    /** A manifest may bring a namespace of its own, which a dry run does not make: it gets the test's. */
    private static final Pattern OWN_NAMESPACE =
            Pattern.compile("(kind: Namespace\\nmetadata:\\n  name: |\\n  namespace: )(\\S+)");

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
    void isAccepted(Path manifest) throws IOException {
        String yaml = OWN_NAMESPACE.matcher(Files.readString(manifest)).replaceAll("$1" + namespace.name());
        assertThat(namespace
                        .kubectl("apply", "--dry-run=server", "-f", "-")
                        .input(yaml)
                        .out())
                .contains("workerpool.workerpool.dev/", "(server dry run)");
    }
}
