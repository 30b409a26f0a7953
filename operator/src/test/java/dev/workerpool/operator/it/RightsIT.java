package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import dev.workerpool.operator.runtime.Candidate;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under the rights that README.md lists, and under fewer. */
@ExtendWith(ApiServer.class)
class RightsIT {

    private static final String ROLE = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: operator}
            rules:
            - {apiGroups: [workerpool.dev], resources: [workerpools], verbs: [get, list, watch]}
            - {apiGroups: [workerpool.dev], resources: [workerpools/status], verbs: [patch]}
            - {apiGroups: [apps], resources: [deployments], verbs: [get, list, watch, create, patch]}
            - {apiGroups: [""], resources: [services], verbs: [get, list, watch, create, patch]}
            - {apiGroups: [policy], resources: [poddisruptionbudgets], verbs: [get, list, watch, create, patch]}
            - {apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [get, list, watch, create, patch]}
            - {apiGroups: [""], resources: [pods], verbs: [get, list, watch, patch, delete]}
            - {apiGroups: [""], resources: [pods/resize], verbs: [patch]}
            - {apiGroups: [""], resources: [events], verbs: [create]}
            """;

    @AutoClose
    private Cluster cluster;

    private String user;

    @BeforeEach
    void makeCluster(ApiServer.Running server) {
        cluster = new Cluster(server);
        user = "operator-of-" + cluster.namespace();
    }

    @Test
    void theListedRightsAreEnough() {
        grant(cluster.namespace(), ROLE);
        cluster.startOperator(asOperator(), cluster.requests());
        cluster.apply("thumbnails", "{replicas: 1}");
        cluster.awaitReconciled("thumbnails");
        cluster.apply("thumbnails", "{replicas: 2}");
        awaitThat(() -> {
            assertThat(cluster.events("ScaledUp")).hasSize(1);
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
        });
    }

    @Test
    void aMissingRightIsNamedAndTheRestGoesOn() {
        grant(
                cluster.namespace(),
                ROLE.replace(
                        "[services], verbs: [get, list, watch, create, patch]",
                        "[services], verbs: [get, list, watch]"));
        cluster.startOperator(asOperator(), cluster.requests());
        cluster.apply("thumbnails", "{}");

        awaitThat(() -> {
            var degraded = cluster.condition("thumbnails", "Degraded");
            assertThat(degraded.reason()).isEqualTo("ApplyFailed");
            assertThat(degraded.message())
                    .contains("services")
                    .contains("forbidden")
                    .contains(user);
            assertThat(cluster.deployment("thumbnails")).isNotNull();
        });

        grant(cluster.namespace(), ROLE);
        cluster.awaitReconciled("thumbnails");
        awaitThat(() ->
                assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False"));
    }

    @Test
    void aNamespaceThatIsClosedDoesNotCloseTheOthers() {
        grant(cluster.namespace(), ROLE);
        cluster.alsoWatching("kube-public").startOperator(asOperator(), cluster.requests());

        cluster.apply("thumbnails", "{}");

        cluster.awaitReconciled("thumbnails");
        awaitThat(() -> assertThat(cluster.isReady()).isTrue());
    }

    @Test
    void anOperatorThatMayListNothingIsNotReady() {
        cluster.startOperator(asOperator(), cluster.requests());

        assertThat(cluster.isReady()).isFalse();

        grant(cluster.namespace(), ROLE);
        awaitThat(() -> assertThat(cluster.isReady()).isTrue());
    }

    @ParameterizedTest(name = "to patch {0}")
    @ValueSource(strings = {"deployments", "services"})
    void aRightThatIsTakenMeanwhileIsNamedAndTheRestGoesOn(String kind) {
        startWithAllRights(asOperator());

        take(kind, "patch");
        cluster.apply("thumbnails", "{replicas: 5, service: {port: 90, allowedNamespaces: [callers]}}");

        awaitThat(() -> {
            var degraded = cluster.condition("thumbnails", "Degraded");
            assertThat(degraded.reason()).isEqualTo("ApplyFailed");
            assertThat(degraded.message())
                    .contains("\"thumbnails\" is forbidden: User \"%s\" cannot patch resource \"%s\""
                            .formatted(user, kind));
            assertThat(cluster.child(NetworkPolicy.class, "thumbnails")
                            .getSpec()
                            .toString())
                    .contains("callers");
            assertThat(List.of(replicas(), port()))
                    .isEqualTo(kind.equals("services") ? List.of(5, 80) : List.of(2, 90));
        });

        grant(cluster.namespace(), ROLE);

        awaitThat(() -> {
            assertThat(List.of(replicas(), port())).isEqualTo(List.of(5, 90));
            assertThat(cluster.condition("thumbnails", "Degraded").status()).isEqualTo("False");
        });
    }

    @Test
    void withoutTheRightToWriteAStatusThePoolIsStillLookedAfter() {
        startWithAllRights(asOperator());
        Long generation = cluster.pool("thumbnails").getMetadata().getGeneration();

        take("workerpools/status", "patch");
        cluster.apply("thumbnails", "{replicas: 5}");

        awaitThat(() -> assertThat(replicas()).isEqualTo(5));
        // More often than events bring it to: it is tried again when nothing happens.
        int before = statusWrites();
        awaitThat(() -> assertThat(statusWrites()).isGreaterThan(before + 3));
        assertThat(cluster.pool("thumbnails").getStatus().observedGeneration()).isEqualTo(generation);

        grant(cluster.namespace(), ROLE);
        cluster.awaitReconciled("thumbnails");
    }

    @Test
    void aKindThatMayNoLongerBeListedIsSeenAgainWhenItMay() throws Exception {
        try (var api = new FaultyApi(cluster.config())) {
            startWithAllRights(new ConfigBuilder(api.config())
                    .withImpersonateUsername(user)
                    .build());

            take("services", "list", "watch");
            var attempts = new CopyOnWriteArrayList<String>();
            api.fail(request -> {
                if (request.getRequestURI().getPath().endsWith("/services")) {
                    attempts.add(request.getRequestURI().toString());
                }
                return 0;
            });
            // A watch that stands is not asked again whether it may.
            api.breakWatches();
            awaitThat(() -> assertThat(attempts).isNotEmpty());
            cluster.admin().resource(cluster.child(Service.class, "thumbnails")).delete();
            cluster.apply("thumbnails", "{replicas: 5}");
            awaitThat(() -> assertThat(replicas()).isEqualTo(5));
            assertThat(cluster.child(Service.class, "thumbnails"))
                    .as("seen to be missing")
                    .isNull();

            grant(cluster.namespace(), ROLE);

            awaitThat(
                    () -> assertThat(cluster.child(Service.class, "thumbnails")).isNotNull());
        }
    }

    @Test
    void whatItMayNotListIsCountedForAsLongAsThatIsSo() {
        String without = ROLE.replace("[services], verbs: [get, list, watch,", "[services], verbs: [get,");
        grant(cluster.namespace(), without);
        var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (var operator =
                new Candidate(asOperator(), new TestSettings(cluster.namespace(), "operator", false), meters)) {
            operator.start();
            awaitThat(() -> assertThat(refusedWatches(meters)).isEqualTo(1));

            grant(cluster.namespace(), ROLE);
            awaitThat(() -> assertThat(refusedWatches(meters)).isZero());
        }
    }

    private static double refusedWatches(MeterRegistry meters) {
        return meters.get("workerpool_operator_refused_watches").gauge().value();
    }

    private int statusWrites() {
        return (int) cluster.requests().writes().stream()
                .filter(write -> write.endsWith("/thumbnails/status"))
                .count();
    }

    private void startWithAllRights(Config config) {
        grant(cluster.namespace(), ROLE);
        cluster.startOperator(config, cluster.requests());
        cluster.apply("thumbnails", "{replicas: 2, service: {port: 80}}");
        cluster.awaitReconciled("thumbnails");
        awaitThat(() -> assertThat(cluster.isReady()).isTrue());
    }

    private int replicas() {
        return cluster.deployment("thumbnails").getSpec().getReplicas();
    }

    private int port() {
        return cluster.child(Service.class, "thumbnails")
                .getSpec()
                .getPorts()
                .getFirst()
                .getPort();
    }

    /** All but this, and waits until the API server goes by it: it learns of a Role by watching. */
    private void take(String kind, String... verbs) {
        Role role = Serialization.unmarshal(ROLE, Role.class);
        role.getRules()
                .removeIf(rule ->
                        rule.getResources().contains(kind) && rule.getVerbs().equals(List.of(verbs)));
        role.getRules().stream()
                .filter(rule -> rule.getResources().contains(kind))
                .forEach(rule -> rule.getVerbs().removeAll(List.of(verbs)));
        grant(cluster.namespace(), Serialization.asYaml(role));
        awaitThat(() -> assertThat(List.of(verbs)).noneMatch(verb -> mayDo(verb, kind)));
    }

    private boolean mayDo(String verb, String kind) {
        PolicyRule rule = Serialization.unmarshal(ROLE, Role.class).getRules().stream()
                .filter(listed -> listed.getResources().contains(kind))
                .findFirst()
                .orElseThrow();
        String[] resource = kind.split("/");
        return cluster.admin()
                .authorization()
                .v1()
                .subjectAccessReview()
                .create(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(user)
                        .withNewResourceAttributes()
                        .withNamespace(cluster.namespace())
                        .withVerb(verb)
                        .withGroup(rule.getApiGroups().getFirst())
                        .withResource(resource[0])
                        .withSubresource(resource.length > 1 ? resource[1] : null)
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .getStatus()
                .getAllowed();
    }

    private void grant(String namespace, String role) {
        Role rights = Serialization.unmarshal(role, Role.class);
        rights.getMetadata().setNamespace(namespace);
        cluster.admin().resource(rights).serverSideApply();
        cluster.admin()
                .load(new java.io.ByteArrayInputStream(
                        """
                        apiVersion: rbac.authorization.k8s.io/v1
                        kind: RoleBinding
                        metadata: {name: operator, namespace: %s}
                        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: operator}
                        subjects: [{kind: User, name: %s, apiGroup: rbac.authorization.k8s.io}]
                        """.formatted(namespace, user).getBytes()))
                .serverSideApply();
    }

    private Config asOperator() {
        return new ConfigBuilder(cluster.config()).withImpersonateUsername(user).build();
    }
}
