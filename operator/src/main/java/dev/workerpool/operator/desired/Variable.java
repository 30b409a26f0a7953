package dev.workerpool.operator.desired;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;

/** Environment variables of a worker. */
final class Variable {

    private Variable() {}

    /** The kubelet reads {@code $(NAME)} as a reference and {@code $$} as a dollar sign; a literal has neither. */
    static EnvVar literal(String name, String value) {
        return new EnvVar(name, value.replace("$", "$$"), null);
    }

    /** What a pod learns about itself. */
    static EnvVar ofThePod(String name, String field) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                // The default, written out: server-side apply holds the whole reference as one value and would find a
                // difference on every pass.
                .withApiVersion("v1")
                .withFieldPath(field)
                .endFieldRef()
                .endValueFrom()
                .build();
    }
}
