package dev.workerpool.operator.runtime;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The operator's settings: environment variables {@code WORKERPOOL_…}, set by the chart. */
@ConfigMapping(prefix = "workerpool")
public interface Settings {

    /** The image of pools that name none. */
    String workerImage();

    /** {@code text} or {@code json}, of all workers; what they do by themselves if it is not set. */
    Optional<String> workerLogFormat();

    /** Where to look for pools; none means in all namespaces. */
    Optional<Set<String>> watchNamespaces();

    /** Where the operator runs, and its lease is. */
    String operatorNamespace();

    /** The operator's own pod, by which it is known as a candidate. */
    String operatorPod();

    /** The private key with which replicas are told their settings; without it every change rolls. */
    Optional<Path> controlKeyFile();

    /** Without it nothing keeps two operators from writing at once. */
    boolean leaderElection();
}
