package dev.workerpool.operator.runtime;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.Arrays;
import java.util.stream.Stream;

/** The client by which an operator sees and changes the cluster. */
public final class OperatorClient {

    /** Who wrote which field is most of an object, and nobody here reads it: it is passed over where it comes. */
    @JsonIgnoreProperties("managedFields")
    private interface Unmanaged {}

    /**
     * Lists come compressed, to a tenth: what is not sent need not be decrypted, which the simple compiler of this JVM makes dear.
     * The API server compresses what is large and nothing else.
     */
    private static final class Compressed extends VertxHttpClientFactory {
        @Override
        protected void additionalConfig(WebClientOptions options) {
            options.setDecompressionSupported(true);
        }
    }

    private OperatorClient() {}

    /** @param interceptors see every request before it is sent, and what comes back; one of each class */
    public static KubernetesClient of(Config config, Interceptor... interceptors) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new Compressed())
                .withKubernetesSerialization(serialization())
                .withHttpClientBuilderConsumer(http -> Arrays.stream(interceptors)
                        .forEach(each ->
                                http.addOrReplaceInterceptor(each.getClass().getName(), each)))
                .build();
    }

    /**
     * One mapper for all of the process, for it keeps much of each kind that it has read or written once. The kinds that watches
     * bring are named: looked for on the class path, each of 300 would be loaded with its builders to be known by name.
     */
    private static KubernetesSerialization serialization() {
        var serialization = new KubernetesSerialization(
                Serialization.jsonMapper().addMixIn(ObjectMeta.class, Unmanaged.class), false);
        Stream.of(
                        Status.class,
                        Pod.class,
                        Deployment.class,
                        Service.class,
                        PodDisruptionBudget.class,
                        NetworkPolicy.class)
                .forEach(serialization::registerKubernetesResource);
        return serialization;
    }
}
