package dev.workerpool.operator.runtime;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import java.util.Set;

/** The operator's settings: environment variables {@code WORKERPOOL_…}, set by the chart. */
@ConfigMapping(prefix = "workerpool")
public interface Settings {

    /** The image of pools that name none. */
    String workerImage();

    /** Where to look for pools; none means in all namespaces. */
    Optional<Set<String>> watchNamespaces();

    /** Where the operator runs, and its lease is. */
    String operatorNamespace();

    /** The operator's own pod, by which it is known as a candidate. */
    String operatorPod();

    /** Without it nothing keeps two operators from writing at once. */
    boolean leaderElection();
}
