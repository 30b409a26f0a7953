package dev.workerpool.operator.desired;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;

/**
 * Tells in one word all of which the children of a pool are made, and the states in which they are: the same in every process. The
 * pool's generation is left out: it is written into children only along with other changes.
 */
public final class ChildrenDigest {

    /** The spec's maps are in an order that each process has of its own. */
    private static final ObjectWriter SORTED =
            Serialization.jsonMapper().writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private ChildrenDigest() {}

    /** @param states numbers that change with the children, of one kind after the other */
    public static String of(WorkerPool pool, Release release, List<Long> states) {
        return Digest.of(text(pool, release, states));
    }

    static String text(WorkerPool pool, Release release, List<Long> states) {
        ObjectMeta metadata = pool.getMetadata();
        try {
            return SORTED.writeValueAsString(List.of(
                    List.of(pool.getApiVersion(), metadata.getNamespace(), metadata.getName(), metadata.getUid()),
                    pool.getSpec(),
                    release.parts(),
                    states));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
