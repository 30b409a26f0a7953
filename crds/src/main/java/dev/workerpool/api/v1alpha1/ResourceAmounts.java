package dev.workerpool.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;

/** An amount of CPU and of memory. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResourceAmounts(
        @JsonPropertyDescription(
                "CPUs per replica, as a quantity: 2, or 500m for half a CPU. 1m-10k. Default: none. Live: the pods"
                        + " get it without a restart where the cluster can resize them (Kubernetes 1.33 and later)."
                        + " Elsewhere, and where an amount is added or taken away, a change replaces the pods.")
        @ValidationRule(
                value = Rules.QUANTITY
                        + " && quantity(string(self)).compareTo(quantity('1m')) >= 0"
                        + " && quantity(string(self)).compareTo(quantity('10k')) <= 0",
                message = "cpu must be a quantity from 1m to 10k, such as 500m or 2")
        Quantity cpu,

        @JsonPropertyDescription(
                "Memory per replica in bytes, as a quantity such as 512Mi. From 32Mi, less than any worker starts with,"
                        + " to 1Pi. Default: none. Rolling: a change replaces the pods.")
        @ValidationRule(
                value = Rules.QUANTITY
                        + " && quantity(string(self)).compareTo(quantity('32Mi')) >= 0"
                        + " && quantity(string(self)).compareTo(quantity('1Pi')) <= 0",
                message = "memory must be a quantity from 32Mi to 1Pi, such as 512Mi (512m would be half a byte)")
        Quantity memory) {

    static final ResourceAmounts NONE = new ResourceAmounts(null, null);

    public ResourceAmounts {
        cpu = Rules.computable("cpu", cpu);
        memory = Rules.computable("memory", memory);
    }
}
