package dev.workerpool.operator.dependent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Optional;

/** A child object cannot be made: an object of its kind and name is there and is not the pool's. It is left alone. */
public final class NameConflictException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NameConflictException(HasMetadata existing, Optional<OwnerReference> holder) {
        super("%s %s exists and belongs to %s; it is left alone. Rename or delete it, or name the pool otherwise"
                .formatted(
                        existing.getKind(),
                        existing.getMetadata().getName(),
                        holder.map(NameConflictException::describe).orElse("no pool")));
    }

    private static String describe(OwnerReference holder) {
        return holder.getKind() + " " + holder.getName() + " (uid " + holder.getUid() + ")";
    }
}
