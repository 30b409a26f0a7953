package dev.workerpool.operator.status;

import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a pod says of itself, each with its value and since when it has it. */
record PodConditions(List<PodCondition> all) {

    boolean has(String type, String value) {
        return find(type, value).isPresent();
    }

    Optional<PodCondition> find(String type, String value) {
        return all.stream()
                .filter(condition -> condition.getType().equals(type)
                        && condition.getStatus().equals(value))
                .findFirst();
    }

    Optional<Instant> since(String type, String value) {
        return find(type, value).map(PodCondition::getLastTransitionTime).map(Instant::parse);
    }
}
