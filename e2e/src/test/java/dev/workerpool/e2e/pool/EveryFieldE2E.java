package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.e2e.harness.CertificateAuthority;
import dev.workerpool.e2e.harness.Cluster;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.PortForward;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A pool that says all there is to say, mostly as much of it as it may, has all of that. */
@ClusterTest
class EveryFieldE2E {
    private final TestNamespace namespace;
    private final CertificateAuthority authority = new CertificateAuthority();
    private EveryField every;
    private Pool pool;

    EveryFieldE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        pool = namespace.pool(EveryField.NAME);
        every = EveryField.in(namespace, authority.issue(pool.host()));
        namespace.apply(every.manifest());
        pool.awaitCondition("Available", "True");
        pool.awaitCondition("Progressing", "False");
    }

    @Test
    void noFieldIsLeftOut() {
        Cluster cluster = namespace.cluster();
        String crd = cluster.kubectl("get", "crd", "workerpools.workerpool.dev", "-o", "json")
                .out();
        JsonNode schema = Serialization.unmarshal(crd, JsonNode.class)
                .at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
        // As it is written: what is stored has the defaults too.
        JsonNode written = Serialization.unmarshal(every.manifest(), JsonNode.class);

        assertThat(schema.has("properties")).as("the schema is found").isTrue();
        assertAllSet("spec", schema, List.of(written.get("spec")));
    }

    /** @param values in a list each field has to be set in one element at least */
    private static void assertAllSet(String path, JsonNode schema, List<JsonNode> values) {
        assertThat(values).as(path).isNotEmpty();
        if (schema.has("items")) {
            List<JsonNode> elements = values.stream()
                    .flatMap(list -> StreamSupport.stream(list.spliterator(), false))
                    .toList();
            assertAllSet(path + "[]", schema.get("items"), elements);
        }
        schema.path("properties").properties().forEach(field -> {
            String child = path + "." + field.getKey();
            // Only for a Service that is open to the outside, and there are no allowedNamespaces then.
            if (!child.equals("spec.service.nodePort")) {
                List<JsonNode> set = values.stream()
                        .filter(value -> value.has(field.getKey()))
                        .map(value -> value.get(field.getKey()))
                        .toList();
                assertAllSet(child, field.getValue(), set);
            }
        });
    }

    @Test
    void itWorks() {
        assertThat(pool.condition("Degraded").status()).isEqualTo("False");
        assertThat(pool.status().readyReplicas()).isEqualTo(1);
        assertThat(pool.status().threads()).isEqualTo(512);
        assertThat(pool.status().settings().pending()).isZero();
        byte[] key = "unusual".getBytes(StandardCharsets.UTF_8);
        try (PortForward service = namespace.portForward("service/" + EveryField.NAME, 65_535)) {
            service.openedBy(authority.connectionsTo(pool.host()).bearing(EveryField.TOKEN));
            assertThat(service.send(Http.Request.bytes("/tasks/setting", "text/plain", key))
                            .body())
                    .isEqualTo(EveryField.UNUSUAL);
        }
    }

    @Test
    void theWorkerHasItsSettings() {
        JsonNode status = management("/status");
        assertThat(status.get("settings"))
                .isEqualTo(Serialization.unmarshal(
                        """
                        {"generation": %d, "threads": 512, "queue": {"capacity": 100000, "maxWait": "1h"},
                         "tasks": {"timeout": "24h", "maxAllocation": "1Ti"}, "drain": {"timeout": "1h"}}
                        """.formatted(pool.get().getMetadata().getGeneration()), JsonNode.class));
        assertThat(status.get("threads")).hasSize(512);
        assertThat(status.get("artifacts").findValuesAsText("state"))
                .as("the jars, and that of the tasks which are always there")
                .hasSize(EveryField.MOST_ARTIFACTS + 1)
                .containsOnly("Loaded");
        JsonNode config = management("/settings").get("config");
        assertThat(Serialization.jsonMapper().convertValue(config, Map.class)).isEqualTo(every.config());
    }

    @Test
    void thePodsHaveWhatIsFixedAtTheirStart() {
        PodTemplateSpec template = template();
        PodSpec pod = template.getSpec();
        Container worker = pod.getContainers().getFirst();
        assertThat(template.getMetadata().getLabels()).containsAllEntriesOf(every.labels());
        assertThat(pod.getTerminationGracePeriodSeconds())
                .as("an hour and some")
                .isBetween(3600L, 3660L);
        assertThat(pod.getNodeSelector()).isEqualTo(Map.of("kubernetes.io/os", "linux"));
        assertThat(pod.getTolerations()).extracting(Toleration::getKey).isEqualTo(every.taints());
        assertThat(pod.getTopologySpreadConstraints())
                .extracting(TopologySpreadConstraint::getTopologyKey)
                .isEqualTo(every.topologyKeys());
        assertThat(worker.getImage()).isEqualTo(every.image());
        assertThat(worker.getImagePullPolicy()).isEqualTo("Never");
        assertThat(worker.getResources().getRequests())
                .isEqualTo(Map.of("cpu", new Quantity("1m"), "memory", new Quantity("32Mi")));
        assertThat(worker.getResources().getLimits())
                .isEqualTo(Map.of("cpu", new Quantity("2"), "memory", new Quantity("4Gi")));
        assertThat(environment(worker))
                .containsEntry("WORKERPOOL_MAX_BODY_SIZE", "1Gi")
                .containsEntry("WORKERPOOL_SHARED_MEMORY", "1Gi")
                .containsEntry("WORKERPOOL_ISOLATION", "PerThread")
                .containsEntry("WORKERPOOL_TLS_DIR", "/etc/workerpool/tls")
                .containsEntry("WORKERPOOL_TOKENS_FILE", "/etc/workerpool/tokens/tokens")
                .containsEntry("WORKERPOOL_RUN_RETENTION", "86400s")
                .containsEntry("WORKERPOOL_RUN_RETENTION_SIZE", "64Gi")
                .containsKeys(every.env().keySet().toArray(String[]::new));
    }

    @Test
    void theWorkerHasTheVariablesLiterally() {
        String replica = pool.onlyPod().getMetadata().getName();
        String all = namespace
                .kubectl("exec", replica, "-c", "worker", "--", "/bin/busybox", "env")
                .out();

        assertThat(all.lines())
                .containsAll(every.env().entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList());
    }

    @Test
    void whoMayCallItIsInItsNetworkPolicyAndWhatTheLoadAsksForInItsStatus() {
        JsonNode policy = Serialization.unmarshal(
                namespace
                        .kubectl("get", "networkpolicy", EveryField.NAME, "-o", "json")
                        .out(),
                JsonNode.class);

        assertThat(policy.at("/spec/ingress/0/from").findValuesAsText("kubernetes.io/metadata.name"))
                .containsExactlyInAnyOrderElementsOf(every.allowedNamespaces());
        Wait.untilAsserted(
                "an advice",
                () -> assertThat(pool.status().autoscaling().advisedReplicas()).isEqualTo(1));
    }

    private PodTemplateSpec template() {
        return namespace
                .client()
                .apps()
                .deployments()
                .inNamespace(namespace.name())
                .withName(EveryField.NAME)
                .get()
                .getSpec()
                .getTemplate();
    }

    /** An empty value is none to the API server. */
    private static Map<String, String> environment(Container worker) {
        return worker.getEnv().stream()
                .collect(Collectors.toMap(
                        EnvVar::getName, variable -> Objects.requireNonNullElse(variable.getValue(), "")));
    }

    private JsonNode management(String path) {
        return Serialization.unmarshal(pool.management(pool.onlyPod(), path), JsonNode.class);
    }
}
