package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** What a replica shows of itself to who connects. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TlsSpec(
        @JsonPropertyDescription(
                "The name of a Secret in the pool's namespace with tls.crt (the certificate, followed by those"
                        + " between it and its authority), tls.key (its private key, not encrypted) and"
                        + " optionally ca.crt (its authority, by which replicas know each other also while a new"
                        + " certificate gets around), all in PEM: as Secrets of the type kubernetes.io/tls have them and"
                        + " cert-manager makes them. Of its other keys nothing gets into the pods. Default: none, it must be given."
                        + " 1-253 characters. Rolling: a change replaces the pods. What is in the Secret is taken over"
                        + " live, within about a minute and a half of its change (the kubelet's sync period, and a look"
                        + " every 5 s); broken new content leaves the old in force, which the"
                        + " condition Degraded tells, but no worker starts with it.")
        @Required
        @Size(max = 253)
        @ValidationRule(
                value = "self.matches('" + Rules.DNS_SUBDOMAIN + "')",
                message = "secretName " + Rules.SECRET_FORM)
        String secretName) {}
