package dev.workerpool.operator.desired;

import dev.workerpool.api.v1alpha1.WorkerPool;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The part of a worker's environment that may lag behind the pool: what the control channel changes, and what the channel
 * itself needs. A pod whose variables of this part are old is told the new settings when its worker starts.
 */
public final class LiveEnvironment {

    private static final String CONTROL_KEY = "WORKERPOOL_CONTROL_KEY";

    private static final Set<String> SETTINGS = Set.of(
            "WORKERPOOL_THREADS",
            "WORKERPOOL_QUEUE_CAPACITY",
            "WORKERPOOL_QUEUE_MAX_WAIT",
            "WORKERPOOL_TASK_TIMEOUT",
            "WORKERPOOL_MAX_ALLOCATION",
            "WORKERPOOL_CONFIG");

    private static final Set<String> CHANNEL =
            Set.of("WORKERPOOL_GENERATION", CONTROL_KEY, "WORKERPOOL_NAMESPACE", "WORKERPOOL_POD_UID");

    private final List<EnvVar> variables;

    private LiveEnvironment(List<EnvVar> variables) {
        this.variables = variables.stream().filter(LiveEnvironment::isLive).toList();
    }

    /** As a worker that starts now should have it. Without a key it knows of no channel. */
    public static LiveEnvironment of(WorkerPool pool, Release release) {
        var environment = new ArrayList<>(LiveSettings.of(pool).environment());
        release.controlKey().ifPresent(key -> {
            environment.add(Variable.literal(
                    "WORKERPOOL_GENERATION", "" + pool.getMetadata().getGeneration()));
            environment.add(Variable.literal(CONTROL_KEY, key));
            environment.add(Variable.ofThePod("WORKERPOOL_NAMESPACE", "metadata.namespace"));
            environment.add(Variable.ofThePod("WORKERPOOL_POD_UID", "metadata.uid"));
        });
        return new LiveEnvironment(environment);
    }

    /** As a pod, or a template of pods, has it. */
    public static LiveEnvironment in(List<EnvVar> environment) {
        return new LiveEnvironment(environment);
    }

    static boolean isLive(EnvVar variable) {
        return isLive(variable.getName());
    }

    static boolean isLive(String variable) {
        return SETTINGS.contains(variable) || CHANNEL.contains(variable);
    }

    List<EnvVar> variables() {
        return variables;
    }

    /** Whether a worker that starts with the one works as one that starts with the other. */
    public boolean hasSettingsOf(LiveEnvironment other) {
        return settings().equals(other.settings());
    }

    /**
     * Whether a worker that started with it can tell that a message is from the holder of one of these keys.
     *
     * @param publicKeys separated by spaces
     */
    public boolean trusts(String publicKeys) {
        return value(CONTROL_KEY)
                .map(keys -> !Collections.disjoint(List.of(keys.split(" ")), List.of(publicKeys.split(" "))))
                .orElse(false);
    }

    /** The public keys of those whose messages a worker takes that started with it, separated by spaces; empty without any. */
    public String trustedKeys() {
        return value(CONTROL_KEY).orElse("");
    }

    /** 0 when it does not say. */
    public int threads() {
        return (int) number("WORKERPOOL_THREADS");
    }

    /** Of the pool that the settings are from; 0 when it does not say. */
    public long generation() {
        return number("WORKERPOOL_GENERATION");
    }

    /** What somebody put there by hand need not be one: then it says nothing. */
    private long number(String name) {
        return value(name)
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    private Optional<String> value(String name) {
        return variables.stream()
                .filter(variable -> variable.getName().equals(name))
                .map(EnvVar::getValue)
                .filter(Objects::nonNull)
                .findFirst();
    }

    private Map<String, String> settings() {
        var settings = new TreeMap<String, String>();
        variables.stream()
                .filter(variable -> SETTINGS.contains(variable.getName()) && variable.getValue() != null)
                .forEach(variable -> settings.put(variable.getName(), variable.getValue()));
        return settings;
    }
}
