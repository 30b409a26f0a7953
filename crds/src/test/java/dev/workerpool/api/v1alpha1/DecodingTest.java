package dev.workerpool.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An object written under another version of the schema must still be read: one that cannot be stops an informer. */
class DecodingTest {

    @Test
    void ignoresFieldsItDoesNotKnow() {
        WorkerPool pool = decode("""
                spec: {threads: 3, autoscaling: {metric: cpu}, queue: {capacity: 5, priority: high}}
                status: {mood: fine, conditions: [{type: Available, colour: green}], lastDeath: {cause: age}}
                """);
        assertThat(pool.getSpec().threads()).isEqualTo(3);
        assertThat(pool.getSpec().queue()).isEqualTo(new QueueSpec(5, null));
        assertThat(pool.getStatus().conditions()).hasSize(1);
    }

    @Test
    void readsChoicesItDoesNotKnow() {
        WorkerPool pool = decode("spec: {tasks: {isolation: PerRun}, imagePullPolicy: Seldom}");
        assertThat(pool.getSpec().tasks().isolation()).isEqualTo("PerRun");
        assertThat(pool.getSpec().imagePullPolicy()).isEqualTo("Seldom");
    }

    @Test
    void readsAbsenceAsTheDefaults() {
        assertThat(decode("spec: {}").getSpec()).isEqualTo(WorkerPoolSpec.DEFAULTS);
        assertThat(decode("spec: {queue: null, access: {tls: null}, env: null, tasks: {timeout: null}}")
                        .getSpec())
                .isEqualTo(WorkerPoolSpec.DEFAULTS);
    }

    @Test
    void readsAPoolWhoseSpecDoesNotFitAndSaysWhy() {
        WorkerPool pool = decode("metadata: {name: a}\nspec: {replicas: many}\nstatus: {replicas: some}");
        assertThat(pool.getMetadata().getName()).isEqualTo("a");
        assertThat(pool.getSpec()).isNull();
        assertThat(pool.getStatus()).isNull();
        assertThat(pool.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("many"));
    }

    /** As another CRD than this one may have let it through: to compute with it would take hours, or all memory. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "resources: {limits: {cpu: '1e4294967296'}}",
                "resources: {requests: {memory: '1E+5000000'}}",
                "tasks: {maxBodySize: 1e-100}",
                "tasks: {maxAllocation: 1e100}",
                "tasks: {sharedMemory: 1e100}",
                "runs: {retentionSize: 1e100}",
            })
    void readsNoQuantityThatNobodyCanComputeWith(String field) {
        WorkerPool pool = decode("spec: {" + field + "}");

        assertThat(pool.getSpec()).isNull();
        assertThat(pool.problem()).hasValueSatisfying(problem -> assertThat(problem)
                .contains("must have an exponent of at most two digits"));
    }

    @Test
    void readsAnExponentOfTwoDigits() {
        WorkerPool pool = decode("spec: {resources: {limits: {cpu: 1e3, memory: '15E+08'}}}");

        assertThat(pool.getSpec().resources().limits())
                .isEqualTo(new ResourceAmounts(new Quantity("1", "e3"), new Quantity("15", "E+08")));
    }

    @Test
    void staysUndecodedWhenCopied() {
        WorkerPool copy = Serialization.clone(decode("spec: {queue: 5}"));
        assertThat(copy.getSpec()).isNull();
    }

    @Test
    void writesWhatItReads() {
        WorkerPool pool = decode("""
                spec:
                  threads: 3
                  config: {quality: "80"}
                  autoscaling: {maxReplicas: 5, mode: Advice}
                  resources: {limits: {cpu: 500m}}
                  access: {tls: {secretName: a}, tokens: {secretName: b}}
                  env: [{name: A, value: b}]
                  scheduling: {nodeSelector: {disk: ssd}}
                """);
        assertThat(Serialization.unmarshal(Serialization.asYaml(pool), WorkerPool.class)
                        .getSpec())
                .isEqualTo(pool.getSpec());
    }

    @Test
    void keepsZeroInAStatus() {
        WorkerPoolStatus status =
                new WorkerPoolStatus(1L, 0, 0, 0, 0, null, 0, Map.of(), null, null, null, null, null, null, null);
        assertThat(Serialization.asYaml(status))
                .contains("desiredReplicas: 0", "replicas: 0", "readyReplicas: 0", "threads: 0");
    }

    private static WorkerPool decode(String yaml) {
        return Serialization.unmarshal(
                "apiVersion: workerpool.dev/v1alpha1\nkind: WorkerPool\n" + yaml, WorkerPool.class);
    }
}
