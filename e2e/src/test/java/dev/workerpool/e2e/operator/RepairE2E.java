package dev.workerpool.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody deletes or changes by hand of a pool's own objects is put right; what they add is left. */
@ClusterTest
class RepairE2E {
    private final TestNamespace namespace;
    private Pool pool;

    RepairE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool("mended").apply("replicas: 2").awaitSettled();
    }

    @ParameterizedTest
    @ValueSource(strings = {"networkpolicy", "poddisruptionbudget", "service", "deployment"})
    void aDeletedObjectIsBack(String kind) {
        String before = field(kind, "{.metadata.uid}");
        namespace.kubectl("delete", kind, "mended").out();
        Wait.untilAsserted(
                "another " + kind,
                () -> assertThat(field(kind, "{.metadata.uid}")).isNotEmpty().isNotEqualTo(before));
        pool.awaitSettled();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            deployment          | {.spec.replicas}       | {"spec":{"replicas":4}}
            service             | {.spec.ports[0].port}  | {"spec":{"ports":[{"port":8000,"$patch":"delete"},{"name":"tasks","port":9999,"targetPort":"tasks"}]}}
            poddisruptionbudget | {.spec.maxUnavailable} | {"spec":{"maxUnavailable":5}}
            networkpolicy       | {.spec.policyTypes}    | {"spec":{"policyTypes":["Ingress","Egress"]}}
            """)
    void aChangedFieldIsBack(String kind, String field, String change) {
        String before = field(kind, field);
        namespace.kubectl("patch", kind, "mended", "-p", change).out();
        Wait.untilAsserted(
                field + " is back", () -> assertThat(field(kind, field)).isEqualTo(before));
        pool.awaitSettled();
    }

    @Test
    void anAnnotationOfSomebodyElseStays() {
        namespace
                .kubectl("annotate", "service", "mended", "example.com/note=kept")
                .out();
        pool.patch("{\"service\":{\"port\":8001}}");
        Wait.untilAsserted("the port is changed", () -> assertThat(field("service", "{.spec.ports[0].port}"))
                .isEqualTo("8001"));
        assertThat(field("service", "{.metadata.annotations.example\\.com/note}"))
                .isEqualTo("kept");
    }

    private String field(String kind, String path) {
        return namespace
                .kubectl("get", kind, "mended", "--ignore-not-found", "-o", "jsonpath=" + path)
                .out();
    }
}
