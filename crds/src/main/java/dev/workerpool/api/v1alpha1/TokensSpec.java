package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Who may call, by what they know. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TokensSpec(
        @JsonPropertyDescription(
                "The name of a Secret in the pool's namespace with the key tokens: one token a line, of 16 to 4096"
                        + " letters, digits and -._~+/, with = only at its end, 1 to 1000 of them; blank lines and lines"
                        + " that begin with # are skipped. Of its other keys nothing gets into the pods. Default:"
                        + " none, it must be given. 1-253 characters. Rolling: a change replaces the pods. What is in the"
                        + " Secret is taken over live, within about a minute and a half of its change (the kubelet's sync"
                        + " period, and a look every 5 s); broken new content leaves the old in force, which the"
                        + " condition Degraded tells, but no worker starts with it.")
        @Required
        @Size(max = 253)
        @ValidationRule(
                value = "self.matches('" + Rules.DNS_SUBDOMAIN + "')",
                message = "secretName " + Rules.SECRET_FORM)
        String secretName) {}
