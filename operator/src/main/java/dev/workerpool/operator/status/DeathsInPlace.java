package dev.workerpool.operator.status;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Deaths of workers that their primary forked again, in those containers of a replica that can still be known of: the
 * present one, of which its worker tells, and the one before it, whose last message has them. Containers are counted from 0,
 * as the node counts restarts.
 *
 * @param worker empty before its node has said anything
 * @param told by the worker that runs now
 */
record DeathsInPlace(Optional<ContainerStatus> worker, List<PastDeath> told) {

    Stream<PastDeath> deaths() {
        return containers().boxed().flatMap(container -> deaths(container).stream());
    }

    Map<Integer, Integer> restartsByContainer() {
        var restarts = new TreeMap<Integer, Integer>();
        containers().forEach(container -> restarts.put(container, PastDeath.restarts(deaths(container))));
        return restarts;
    }

    List<PastDeath> deaths(int container) {
        if (container == present() && worker.filter(Replica::hasStarted).isPresent()) {
            return told;
        }
        return worker.map(status -> state(status, container))
                .map(ContainerState::getTerminated)
                .map(ContainerStateTerminated::getMessage)
                .map(PastDeath::in)
                .orElse(List.of());
    }

    private ContainerState state(ContainerStatus status, int container) {
        if (container == LastDeath.containerBefore(status)) {
            return status.getLastState();
        }
        return container == present() ? status.getState() : null;
    }

    private IntStream containers() {
        return IntStream.rangeClosed(Math.max(0, present() - 1), present());
    }

    private int present() {
        return worker.map(ContainerStatus::getRestartCount).orElse(0);
    }
}
