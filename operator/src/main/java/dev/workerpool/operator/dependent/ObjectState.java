package dev.workerpool.operator.dependent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
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
        return (long) rest << Integer.SIZE ^ spec(object);
    }

    /** Of a Service nobody counts the generations, though whoever makes it may write one. */
    private static long spec(HasMetadata object) {
        Long generation = object.getMetadata().getGeneration();
        return generation == null || object instanceof Service
                ? Long.parseUnsignedLong(object.getMetadata().getResourceVersion())
                : generation;
    }
}
