package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.ServiceSpec;
import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * Who may reach the replicas: callers of tasks, and on the management port only the operator and the scrapers of metrics.
 * The kubelet's probes come from the node and are always let through.
 */
public final class DesiredNetworkPolicy {

    private static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";

    private DesiredNetworkPolicy() {}

    public static NetworkPolicy of(WorkerPool pool, Release release) {
        return new NetworkPolicyBuilder()
                .withMetadata(ChildMetadata.of(pool))
                .withNewSpec()
                .withPodSelector(ChildMetadata.selector(pool))
                .withPolicyTypes("Ingress")
                .withIngress(
                        rule(WorkerPoolNames.TASKS_PORT, callers(pool.getSpec().service())),
                        rule(WorkerPoolNames.MANAGEMENT_PORT, List.of(operator(release), metricsScrapers())))
                .endSpec()
                .build();
    }

    /** None named means anybody. A Service that is open to the outside shows the policy the address of a node. */
    private static List<NetworkPolicyPeer> callers(ServiceSpec service) {
        if (!service.type().equals("ClusterIP")) {
            return List.of();
        }
        var callers = new ArrayList<NetworkPolicyPeer>();
        callers.add(new NetworkPolicyPeerBuilder()
                .withPodSelector(new LabelSelector())
                .build());
        service.allowedNamespaces().forEach(name -> callers.add(namespace(NAMESPACE_NAME, name)));
        return callers;
    }

    private static NetworkPolicyPeer operator(Release release) {
        return new NetworkPolicyPeerBuilder()
                .withNamespaceSelector(label(NAMESPACE_NAME, release.operatorNamespace()))
                .withPodSelector(label("app.kubernetes.io/name", WorkerPoolNames.OPERATOR_APP))
                .build();
    }

    private static NetworkPolicyPeer metricsScrapers() {
        return namespace(WorkerPoolNames.METRICS_SCRAPER_LABEL, "true");
    }

    private static NetworkPolicyPeer namespace(String label, String value) {
        return new NetworkPolicyPeerBuilder()
                .withNamespaceSelector(label(label, value))
                .build();
    }

    private static LabelSelector label(String key, String value) {
        return new LabelSelectorBuilder().addToMatchLabels(key, value).build();
    }

    private static NetworkPolicyIngressRule rule(int port, List<NetworkPolicyPeer> from) {
        return new NetworkPolicyIngressRuleBuilder()
                .withFrom(from)
                .addNewPort()
                .withPort(new IntOrString(port))
                .withProtocol("TCP")
                .endPort()
                .build();
    }
}
