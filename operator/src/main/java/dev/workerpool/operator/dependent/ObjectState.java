package dev.workerpool.operator.dependent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Objects;

/** A number that tells one state of an object from another, in all that may be applied: the status is left out where it can be. */
public final class ObjectState {

    /** No object. */
    public static final long NONE = 0;

    private ObjectState() {}

    public static long of(HasMetadata object) {
        ObjectMeta metadata = object.getMetadata();
        int rest = Objects.hash(
                metadata.getUid(), metadata.getLabels(), metadata.getAnnotations(), metadata.getOwnerReferences());
        return (long) rest << Integer.SIZE ^ spec(metadata);
    }

    /** A kind without a status of its own may have no generation. */
    private static long spec(ObjectMeta metadata) {
        Long generation = metadata.getGeneration();
        return generation != null ? generation : Long.parseUnsignedLong(metadata.getResourceVersion());
    }
}
