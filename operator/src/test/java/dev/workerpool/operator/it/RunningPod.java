package dev.workerpool.operator.it;

import java.time.Instant;

/**
 * What a kubelet says of a pod whose worker runs, for {@link Cluster#setPodStatus}.
 *
 * @param since when the worker started, and became ready or unready
 * @param address empty while it has none
 * @param restarts of its container
 * @param resources of its container, as YAML; empty where the node cannot resize, by which the API server knows that
 * @param condition besides Ready, as YAML; empty when there is none
 * @param lastState of its container, as YAML; empty when it never ended
 */
record RunningPod(
        Instant since,
        boolean ready,
        String address,
        int restarts,
        String resources,
        String condition,
        String lastState) {

    static RunningPod since(Instant since) {
        return new RunningPod(since, true, "", 0, "", "", "");
    }

    RunningPod unready() {
        return new RunningPod(since, false, address, restarts, resources, condition, lastState);
    }

    RunningPod at(String its) {
        return new RunningPod(since, ready, its, restarts, resources, condition, lastState);
    }

    RunningPod restarts(int times) {
        return new RunningPod(since, ready, address, times, resources, condition, lastState);
    }

    RunningPod resources(String yaml) {
        return new RunningPod(since, ready, address, restarts, yaml, condition, lastState);
    }

    RunningPod condition(String yaml) {
        return new RunningPod(since, ready, address, restarts, resources, yaml, lastState);
    }

    RunningPod lastState(String yaml) {
        return new RunningPod(since, ready, address, restarts, resources, condition, yaml);
    }

    String yaml() {
        return """
                phase: Running
                %s
                conditions: [{type: Ready, status: "%s", lastTransitionTime: "%s"}, %s]
                containerStatuses:
                - name: worker
                  image: workerpool/worker:test
                  imageID: "1"
                  ready: %s
                  restartCount: %d
                  resources: %s
                  state: {running: {startedAt: "%s"}}
                  lastState: %s
                """.formatted(
                        address.isEmpty() ? "" : "podIP: %1$s\npodIPs: [{ip: %1$s}]".formatted(address),
                        ready ? "True" : "False",
                        since,
                        condition,
                        ready,
                        restarts,
                        resources,
                        since,
                        lastState);
    }
}
