package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.workerpool.worker.control.OperatorKey;
import dev.workerpool.worker.io.Port;
import dev.workerpool.worker.task.Isolation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerSettingsTest {
    @Test
    void hasADefaultForEverything() throws InvalidSettingsException {
        WorkerSettings settings = WorkerSettings.from(Map.of("HOSTNAME", "pod-1"));

        assertThat(settings.pool()).isEqualTo("standalone");
        assertThat(settings.port()).isEqualTo(Port.of(8000));
        assertThat(settings.managementPort()).isEqualTo(Port.of(9000));
        assertThat(settings.maxBodySize()).isEqualTo(64L << 20);
        assertThat(settings.isolation()).isEqualTo(Isolation.SHARED);
        assertThat(settings.taskFolders()).containsExactly(Path.of("/tasks"));
        assertThat(settings.threads().initial().drainTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.drainDelay()).isZero();
        assertThat(settings.threads().replica()).isEqualTo("pod-1");
        assertThat(settings.threads().initial().threads())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(settings.threads().initial().queueCapacity()).isEqualTo(256);
        assertThat(settings.threads().initial().maxWait()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.threads().initial().timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.threads().initial().maxAllocation()).isZero();
        assertThat(settings.threads().initial().generation()).isZero();
        assertThat(settings.threads().initial().config()).isEmpty();
    }

    @Test
    void namesVariablesThatAreNoSettings() throws InvalidSettingsException {
        WorkerSettings settings = WorkerSettings.from(Map.ofEntries(
                Map.entry("WORKERPOOL_THREADS", "2"),
                Map.entry("WORKERPOOL_TIMEOUT", "3s"),
                Map.entry("WORKERPOOL_MANAGMENT_PORT", "9001"),
                Map.entry("WORKERPOOL_NAMESPACE", "n"),
                Map.entry("WORKERPOOL_POD_UID", "u"),
                Map.entry("WORKERPOOL_OPERATOR_SERVICE_HOST", "10.0.0.1"),
                Map.entry("WORKERPOOL_OPERATOR_SERVICE_PORT_HTTP", "8080"),
                Map.entry("WORKERPOOL_OPERATOR_PORT_8080_TCP_ADDR", "10.0.0.1"),
                Map.entry("OTHER", "x")));

        assertThat(settings.warnings())
                .containsExactly(
                        "WORKERPOOL_MANAGMENT_PORT is no setting of a worker and changes nothing;"
                                + " did you mean WORKERPOOL_MANAGEMENT_PORT?",
                        "WORKERPOOL_TIMEOUT is no setting of a worker and changes nothing");
    }

    @Test
    void tellsOfATasksDirectoryThatIsNotThere(@TempDir Path folder) throws InvalidSettingsException {
        assertThat(WorkerSettings.from(Map.of("WORKERPOOL_TASKS_DIR", folder + "/typo"))
                        .warnings())
                .containsExactly("WORKERPOOL_TASKS_DIR is " + folder
                        + "/typo, which is no directory: no task is loaded from it");
        assertThat(WorkerSettings.from(Map.of("WORKERPOOL_TASKS_DIR", folder.toString()))
                        .warnings())
                .isEmpty();
        assertThat(WorkerSettings.from(Map.of()).warnings()).isEmpty();
    }

    @Test
    void takesWhatIsSet() throws InvalidSettingsException {
        WorkerSettings settings = WorkerSettings.from(Map.ofEntries(
                Map.entry("WORKERPOOL_POOL", "p"),
                Map.entry("WORKERPOOL_REPLICA", "r"),
                Map.entry("WORKERPOOL_THREADS", "3"),
                Map.entry("WORKERPOOL_QUEUE_MAX_WAIT", "1500ms"),
                Map.entry("WORKERPOOL_TASK_TIMEOUT", "2h"),
                Map.entry("WORKERPOOL_MAX_ALLOCATION", "512Mi"),
                Map.entry("WORKERPOOL_GENERATION", "7"),
                Map.entry("WORKERPOOL_MAX_BODY_SIZE", "1Gi"),
                Map.entry("WORKERPOOL_ISOLATION", "PerThread"),
                Map.entry("WORKERPOOL_CONFIG", "{\"quality\":\"80\"}"),
                Map.entry("WORKERPOOL_DRAIN_DELAY", "3s"),
                Map.entry("WORKERPOOL_LOG_FORMAT", "json")));

        assertThat(settings.threads().initial().threads()).isEqualTo(3);
        assertThat(settings.threads().initial().maxWait()).isEqualTo(Duration.ofMillis(1500));
        assertThat(settings.threads().initial().timeout()).isEqualTo(Duration.ofHours(2));
        assertThat(settings.threads().initial().maxAllocation()).isEqualTo(512L << 20);
        assertThat(settings.threads().initial().generation()).isEqualTo(7);
        assertThat(settings.threads().initial().config()).containsExactly(Map.entry("quality", "80"));
        assertThat(settings.maxBodySize()).isEqualTo(1L << 30);
        assertThat(settings.isolation()).isEqualTo(Isolation.PER_THREAD);
        assertThat(settings.drainDelay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.jsonLog()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "WORKERPOOL_THREADS         | 0            | must be a whole number from 1 to 512",
                "WORKERPOOL_THREADS         | 513          | must be a whole number from 1 to 512",
                "WORKERPOOL_THREADS         | two          | must be a whole number from 1 to 512",
                "WORKERPOOL_QUEUE_CAPACITY  | -1           | must be a whole number from 0 to 100000",
                "WORKERPOOL_QUEUE_MAX_WAIT  | 10           | must be a duration from 0s to 1h",
                "WORKERPOOL_QUEUE_MAX_WAIT  | 2h           | must be a duration from 0s to 1h",
                "WORKERPOOL_TASK_TIMEOUT    | 0s           | must be a duration from 1ms to 24h",
                "WORKERPOOL_TASK_TIMEOUT    | 1h30m        | must be a duration from 1ms to 24h",
                "WORKERPOOL_MAX_ALLOCATION  | 512Ki        | must be a number of bytes from 1Mi to 1Ti",
                "WORKERPOOL_CONTROL_KEY     | c2VjcmV0     | must be 1 to 8 Ed25519 public keys",
                "WORKERPOOL_GENERATION      | -1           | must be a whole number from 0 to 9223372036854775807",
                "WORKERPOOL_MAX_BODY_SIZE   | 2Gi          | must be a number of bytes from 1Ki to 1Gi",
                "WORKERPOOL_MAX_BODY_SIZE   | 999999999999Ti | must be a number of bytes from 1Ki to 1Gi",
                "WORKERPOOL_ISOLATION       | shared       | must be PerThread or Shared",
                "WORKERPOOL_CONFIG          | [1]          | must be a JSON object of strings",
                "WORKERPOOL_CONFIG          | {\"a\":1}    | must be a JSON object of strings",
                "WORKERPOOL_CONFIG          | {\"a\":null} | must be a JSON object of strings",
                "WORKERPOOL_DRAIN_TIMEOUT   | forever      | must be a duration from 0s to 1h",
                "WORKERPOOL_PORT            | 70000        | must be a whole number from 0 to 65535",
                "WORKERPOOL_LOG_FORMAT      | xml          | must be json or text",
                "WORKERPOOL_TERMINATION_LOG | /no/such     | must be a file that exists and can be written",
            })
    void namesVariableRuleAndValue(String variable, String value, String rule) {
        var refused = catchThrowableOfType(
                InvalidSettingsException.class, () -> WorkerSettings.from(Map.of(variable, value)));

        assertThat(refused).isNotNull();
        assertThat(refused.problems())
                .singleElement()
                .asString()
                .startsWith(variable + " " + rule)
                .endsWith("'" + value + "'");
    }

    @Test
    void takesControlMessagesForThisPodOnly() throws InvalidSettingsException {
        String key = new OperatorKey().encoded();
        WorkerSettings settings = WorkerSettings.from(Map.of(
                "WORKERPOOL_CONTROL_KEY", key + " " + key,
                "WORKERPOOL_NAMESPACE", "shop",
                "WORKERPOOL_REPLICA", "replica-1",
                "WORKERPOOL_POD_UID", "0a1b"));

        assertThat(settings.control().keys()).hasSize(2);
        assertThat(settings.control().audience()).isEqualTo("shop/replica-1/0a1b");
        assertThat(WorkerSettings.from(Map.of()).control().keys()).isEmpty();
    }

    @Test
    void needsToKnowItsPodToTakeControlMessages() {
        String key = new OperatorKey().encoded();
        var refused = catchThrowableOfType(
                InvalidSettingsException.class, () -> WorkerSettings.from(Map.of("WORKERPOOL_CONTROL_KEY", key)));

        assertThat(refused.problems())
                .containsExactly(
                        "WORKERPOOL_NAMESPACE must be set when WORKERPOOL_CONTROL_KEY is",
                        "WORKERPOOL_REPLICA must be set when WORKERPOOL_CONTROL_KEY is",
                        "WORKERPOOL_POD_UID must be set when WORKERPOOL_CONTROL_KEY is");
    }

    @Test
    void reportsAllProblemsAtOnce() {
        var refused = catchThrowableOfType(
                InvalidSettingsException.class,
                () -> WorkerSettings.from(Map.of("WORKERPOOL_THREADS", "0", "WORKERPOOL_PORT", "x")));

        assertThat(refused.problems()).hasSize(2);
    }
}
