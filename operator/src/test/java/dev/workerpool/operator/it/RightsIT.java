package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

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

    private Cluster cluster;
    private String user;

    @BeforeEach
    void makeCluster(ApiServer.Running server) {
        cluster = new Cluster(server);
        user = "operator-of-" + cluster.namespace();
    }

    @AfterEach
    void closeCluster() {
        cluster.close();
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
