package dev.workerpool.operator.it;

import dev.workerpool.operator.runtime.Settings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Of an operator that watches the namespace that it is in. */
record TestSettings(String operatorNamespace, String operatorPod, boolean leaderElection) implements Settings {

    @Override
    public String workerImage() {
        return Cluster.RELEASE.workerImage();
    }

    @Override
    public Optional<String> workerLogFormat() {
        return Optional.empty();
    }

    @Override
    public Optional<Set<String>> watchNamespaces() {
        return Optional.of(Set.of(operatorNamespace));
    }

    @Override
    public Optional<Path> controlKeyFile() {
        return Optional.empty();
    }
}
