package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** The one port in front of all replicas, and who may call it. */
@ValidationRule(
        value = "!has(self.nodePort) || self.type != 'ClusterIP'",
        message = "nodePort may be set only with type NodePort or LoadBalancer",
        fieldPath = ".nodePort")
@ValidationRule(
        value = "!has(self.allowedNamespaces) || self.allowedNamespaces.size() == 0 || self.type == 'ClusterIP'",
        message = "allowedNamespaces may be set only with type ClusterIP: with NodePort and LoadBalancer anybody may"
                + " call",
        fieldPath = ".allowedNamespaces")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ServiceSpec(
        @JsonPropertyDescription(
                "Port of the Service at which every replica takes tasks. Default: 8000. 1-65535. Live: the pods stay.")
        @Min(1)
        @Max(65_535)
        @Default("" + ServiceSpec.DEFAULT_PORT)
        Integer port,

        @JsonPropertyDescription(
                "ClusterIP: reached from inside the cluster, by the pool's namespace and allowedNamespaces. NodePort,"
                        + " LoadBalancer: also from outside, by anybody. Default: ClusterIP. Live: the pods stay.")
        @SchemaFrom(type = ServiceSpec.Type.class)
        @Default(ServiceSpec.DEFAULT_TYPE)
        String type,

        @JsonPropertyDescription(
                "Port on every node, with type NodePort or LoadBalancer; the cluster allows a range of them, mostly"
                        + " 30000-32767. Default: the cluster picks one. 1-65535. Live: the pods stay.")
        @Min(1)
        @Max(65_535)
        Integer nodePort,

        @JsonPropertyDescription(
                "Namespaces besides the pool's own whose pods may call the pool, with type ClusterIP. Default: none."
                        + " At most 64. Live: the pods stay.")
        @Size(max = 64)
        @ValidationRule(
                value = "self.all(n, n.matches('" + Rules.DNS_LABEL + "'))",
                message = "allowedNamespaces must be names of namespaces: 1-63 characters of a-z, 0-9 and '-', starting"
                        + " and ending with a letter or digit")
        List<@Size(max = 63) String> allowedNamespaces) {

    static final int DEFAULT_PORT = 8000;
    static final String DEFAULT_TYPE = "ClusterIP";

    static final ServiceSpec DEFAULTS = new ServiceSpec(null, null, null, null);

    enum Type {
        ClusterIP,
        NodePort,
        LoadBalancer
    }

    public ServiceSpec {
        port = requireNonNullElse(port, DEFAULT_PORT);
        type = requireNonNullElse(type, DEFAULT_TYPE);
        allowedNamespaces = List.copyOf(requireNonNullElse(allowedNamespaces, List.of()));
    }
}
