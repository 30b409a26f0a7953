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

/** A node taint that the replicas put up with; the rules are those the API server has for a pod. */
@ValidationRule(
        value = "has(self.key) || self.operator == 'Exists'",
        message = "operator must be Exists when key is not set",
        fieldPath = ".operator")
@ValidationRule(
        value = "!has(self.value) || self.operator == 'Equal'",
        message = "value may be set only with operator Equal",
        fieldPath = ".value")
@ValidationRule(
        value = "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
        message = "tolerationSeconds may be set only with effect NoExecute",
        fieldPath = ".tolerationSeconds")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TolerationSpec(
        @JsonPropertyDescription(
                "Key of the taint. Default: any key, with operator Exists. 1-316 characters. Rolling: a change replaces"
                        + " the pods.")
        @Size(max = 316)
        @ValidationRule(
                value = Rules.IS_LABEL_KEY,
                message = "key must be a taint key such as dedicated or example.com/dedicated")
        String key,

        @JsonPropertyDescription(
                "Equal: the taint's value must be equal to value. Exists: any value will do. Default: Equal. Rolling: a"
                        + " change replaces the pods.")
        @SchemaFrom(type = TolerationSpec.Operator.class)
        @Default(TolerationSpec.DEFAULT_OPERATOR)
        String operator,

        @JsonPropertyDescription(
                "Value of the taint, with operator Equal. Default: empty. At most 63 characters. Rolling: a change"
                        + " replaces the pods.")
        @Size(max = 63)
        @ValidationRule(
                value = "self.matches('" + Rules.LABEL_VALUE + "')",
                message = "value must be letters, digits, '-', '_' and '.', starting and ending with a letter or digit")
        String value,

        @JsonPropertyDescription(
                "Effect of the taint: NoSchedule, PreferNoSchedule or NoExecute. Default: all of them. Rolling: a change"
                        + " replaces the pods.")
        @SchemaFrom(type = TolerationSpec.Effect.class)
        String effect,

        @JsonPropertyDescription(
                "Seconds a replica stays on a node that gets such a taint, with effect NoExecute. Default: for good."
                        + " 0-86400. Rolling: a change replaces the pods.")
        @Min(0)
        @Max(86_400)
        Long tolerationSeconds) {

    static final String DEFAULT_OPERATOR = "Equal";

    enum Operator {
        Equal,
        Exists
    }

    enum Effect {
        NoSchedule,
        PreferNoSchedule,
        NoExecute
    }

    public TolerationSpec {
        operator = requireNonNullElse(operator, DEFAULT_OPERATOR);
    }
}
