package dev.workerpool.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The committed CRD is the one the types generate. With {@code -Dcrd.write} it writes the file instead of comparing:
 * {@code mvn -pl crds test -Dtest=CommittedCrdTest -Dcrd.write}.
 */
class CommittedCrdTest {

    private static final Path COMMITTED = Path.of("workerpools.workerpool.dev-v1.yaml");

    @Test
    void theCommittedCrdIsTheGeneratedOne() throws IOException {
        String generated = CrdYaml.generate();
        if (System.getProperty("crd.write") != null) {
            Files.writeString(COMMITTED, generated);
        }
        assertThat(COMMITTED)
                .as(
                        "%s is not what the types generate; run: mvn -pl crds test -Dtest=CommittedCrdTest -Dcrd.write",
                        COMMITTED)
                .hasContent(generated);
    }
}
