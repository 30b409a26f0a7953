package dev.workerpool.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * An environment variable with a literal value.
 *
 * <p>No references to Secrets or ConfigMaps: who may create a WorkerPool need not be allowed to read those. And none of
 * the variables that steer the worker, its JVM or its loader: they would undo what the other fields promise.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EnvironmentVariable(
        @JsonPropertyDescription(
                "Name of the variable: letters, digits and '_', not starting with a digit; not WORKERPOOL_*, LD_*,"
                        + " JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS or _JAVA_OPTIONS, which steer the worker itself. 1-253"
                        + " characters. Rolling: a change replaces the pods.")
        @Required
        @Size(max = 253)
        @ValidationRule(
                value = "self.matches('^[A-Za-z_][A-Za-z0-9_]*$')",
                message = "name must be letters, digits and '_', and not start with a digit")
        @ValidationRule(
                value = "!self.startsWith('WORKERPOOL_') && !self.startsWith('LD_')"
                        + " && !(self in ['JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS'])",
                message = "name must not be WORKERPOOL_*, LD_*, JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS or _JAVA_OPTIONS:"
                        + " they steer the worker itself")
        String name,

        @JsonPropertyDescription(
                "Value of the variable, taken literally: a reference such as $(NAME) is not expanded. Default: empty."
                        + " At most 4096 characters. Rolling: a change replaces the pods.")
        @Size(max = 4096)
        @Default("\"\"")
        @ValidationRule(value = "!self.contains('\\x00')", message = "value must not contain the NUL character")
        String value) {

    public EnvironmentVariable {
        value = requireNonNullElse(value, "");
    }
}
