package dev.workerpool.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DesiredNetworkPolicyTest {

    private static final int TASKS = 0;
    private static final int MANAGEMENT = 1;

    @Test
    void letsOnlyTheOwnNamespaceCall() {
        assertThat(from("{}", TASKS)).singleElement().satisfies(peer -> {
            assertThat(peer.getPodSelector()).isEqualTo(new LabelSelector());
            assertThat(peer.getNamespaceSelector()).isNull();
        });
    }

    @Test
    void letsNamedNamespacesCall() {
        assertThat(from("{service: {allowedNamespaces: [web]}}", TASKS)).last().satisfies(peer -> assertThat(
                        peer.getNamespaceSelector().getMatchLabels())
                .isEqualTo(Map.of("kubernetes.io/metadata.name", "web")));
    }

    @Test
    void letsAnybodyCallAServiceOpenToTheOutside() {
        assertThat(from("{service: {type: NodePort}}", TASKS)).isEmpty();
        assertThat(from("{service: {type: LoadBalancer}}", TASKS)).isEmpty();
    }

    @Test
    void letsOnlyOperatorAndScrapersReachTheManagementPort() {
        assertThat(rules("{service: {type: NodePort}}").get(MANAGEMENT).getPorts())
                .singleElement()
                .satisfies(port -> assertThat(port.getPort().getIntVal()).isEqualTo(9000));
        assertThat(from("{service: {type: NodePort}}", MANAGEMENT))
                .extracting(peer -> peer.getNamespaceSelector().getMatchLabels())
                .containsExactly(
                        Map.of("kubernetes.io/metadata.name", "workerpool-system"),
                        Map.of("workerpool.dev/metrics-scraper", "true"));
    }

    private static List<NetworkPolicyIngressRule> rules(String spec) {
        return DesiredNetworkPolicy.of(Pools.pool(spec), Pools.RELEASE)
                .getSpec()
                .getIngress();
    }

    private static List<NetworkPolicyPeer> from(String spec, int rule) {
        return rules(spec).get(rule).getFrom();
    }
}
