package dev.workerpool.operator.status;

import dev.workerpool.api.v1alpha1.SettingsStatus;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.LiveEnvironment;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How far the running replicas are with the settings of their pool. A replica runs them when it says so, and when it was
 * started with them.
 */
public final class Takeover {

    private static final int NAMED = 3;

    private final WorkerPool pool;
    private final Told told;
    private final LiveEnvironment newest;
    private final List<Replica> running;

    public Takeover(WorkerPool pool, Collection<Replica> replicas, Told told) {
        this.pool = pool;
        this.told = told;
        this.newest = LiveEnvironment.of(pool, told.release());
        this.running = replicas.stream().filter(Replica::isRunning).toList();
    }

    SettingsStatus status() {
        var byGeneration = new TreeMap<String, Integer>();
        running.forEach(replica -> byGeneration.merge("" + generation(replica), 1, Integer::sum));
        int pending = pending().size();
        return new SettingsStatus(target(), running.size() - pending, pending, byGeneration);
    }

    /** Whether some replica runs, and none of those that do runs anything else. */
    public boolean isComplete() {
        return !running.isEmpty() && pending().isEmpty();
    }

    public int replicas() {
        return running.size();
    }

    int threads(Replica replica) {
        return Optional.ofNullable(told.inForce().get(replica.uid()))
                .filter(said -> said.threads() > 0)
                .map(SettingsInForce::present)
                .orElseGet(replica::threads);
    }

    /** What holds it up. */
    String progress() {
        List<Replica> pending = pending();
        String names = pending.stream().limit(NAMED).map(this::describe).collect(Collectors.joining(", "));
        return "settings of generation %d are in force on %d of %d replicas; waiting for %s%s"
                .formatted(
                        target(),
                        running.size() - pending.size(),
                        running.size(),
                        names,
                        pending.size() > NAMED ? " and " + (pending.size() - NAMED) + " more" : "");
    }

    private String describe(Replica replica) {
        return replica.name()
                + (listens(replica)
                        ? ""
                        : " (started without the present control key: takes them over when it is replaced)");
    }

    List<Trouble> troubles() {
        return Stream.concat(refusals(), notStarted()).toList();
    }

    private Stream<Trouble> notStarted() {
        return running.stream()
                .flatMap(replica -> Stream.ofNullable(told.inForce().get(replica.uid()))
                        .filter(said -> said.lacking() > 0)
                        .map(said -> new Trouble(
                                Trouble.THREADS_NOT_STARTED,
                                "replica %s serves on with %d of %d threads: its node lets its worker have no more"
                                        .formatted(replica.name(), said.present(), said.threads()))));
    }

    /** What they answered who refuse; each text is told once. */
    private Stream<Trouble> refusals() {
        Map<String, List<String>> names = pending().stream()
                .filter(replica -> told.refusals().containsKey(replica.uid()))
                .collect(Collectors.groupingBy(
                        replica -> told.refusals().get(replica.uid()),
                        TreeMap::new,
                        Collectors.mapping(Replica::name, Collectors.toList())));
        return names.entrySet().stream()
                .map(refusal -> new Trouble(
                        Trouble.SETTINGS_REFUSED,
                        "settings of generation %d are refused: %s (by replica %s%s)"
                                .formatted(
                                        target(),
                                        refusal.getKey(),
                                        refusal.getValue().getFirst(),
                                        refusal.getValue().size() > 1
                                                ? " and " + (refusal.getValue().size() - 1) + " more"
                                                : "")));
    }

    List<Replica> pending() {
        return running.stream()
                .filter(replica -> generation(replica) < target())
                .toList();
    }

    private long generation(Replica replica) {
        LiveEnvironment started = replica.environment();
        long said = Optional.ofNullable(told.inForce().get(replica.uid()))
                .map(SettingsInForce::generation)
                .orElse(0L);
        // One that nobody can tell anything runs what it was started with.
        boolean same = !listens(replica) && said <= started.generation() && started.hasSettingsOf(newest);
        return same ? target() : Math.max(said, started.generation());
    }

    private boolean listens(Replica replica) {
        return told.release().controlKey().filter(replica.environment()::trusts).isPresent();
    }

    private long target() {
        return pool.getMetadata().getGeneration();
    }
}
