package dev.workerpool.operator.event;

import dev.workerpool.operator.status.Death;
import dev.workerpool.operator.status.Replica;
import dev.workerpool.operator.status.Replica.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Reads from a replica what happened to it: Started, Ready, Died, Restarted, Draining, Exited. A pure function of what
 * the pod says, so that a pass that comes late, or an operator that was away, still tells it, with its true time.
 */
public final class LifeCycle {

    private LifeCycle() {}

    public static List<Occurrence> of(Collection<Replica> replicas) {
        List<Occurrence> occurrences = new ArrayList<>();
        for (Replica replica : replicas) {
            replica.deaths().map(death -> died(replica, death)).forEach(occurrences::add);
            replica.deathsInPlace().stream()
                    .map(death -> forkedAgain(replica, death))
                    .forEach(occurrences::add);
            started(replica).ifPresent(occurrences::add);
            ready(replica).ifPresent(occurrences::add);
            draining(replica).ifPresent(occurrences::add);
            replica.exitedAt().map(at -> exited(replica, at)).ifPresent(occurrences::add);
        }
        return occurrences;
    }

    /** A pod that was leaving and is gone from one look to the next, before it could show how it ended. */
    public static Occurrence vanished(Replica lastSeen, Instant now) {
        return exited(lastSeen, now);
    }

    /** Its worker died where the node would make it wait; a new replica comes at once in its place. */
    public static Optional<Occurrence> replaced(Replica replica) {
        return replica.lastDeath()
                .map(death -> Occurrence.normal(
                        "WorkerRestarted",
                        "Worker %s is replaced by a new replica at once, without waiting for its node's back-off (restart %d)"
                                .formatted(replica.name(), replica.restarts() + 1),
                        death.at(),
                        replica.uid() + "/" + death.at()));
    }

    private static Occurrence died(Replica replica, Death death) {
        String words = death.lastWords().isEmpty() ? "" : ". Last words: " + death.lastWords();
        return Occurrence.warning(
                "WorkerDied",
                "Worker %s died: %s%s".formatted(replica.name(), death.cause(), words),
                death.at(),
                replica.uid() + "/" + death.at());
    }

    private static Occurrence forkedAgain(Replica replica, Death death) {
        return Occurrence.normal(
                "WorkerRestarted",
                "Worker %s is forked again in its container at once (restart %d there)"
                        .formatted(replica.name(), death.restart() + 1),
                death.at(),
                replica.uid() + "/" + death.at() + "/in place");
    }

    private static Optional<Occurrence> started(Replica replica) {
        return replica.startedAt().map(at -> {
            String identity = replica.uid() + "/" + at;
            if (replica.restarts() == 0) {
                String node = replica.node().map(name -> " on node " + name).orElse("");
                return Occurrence.normal("WorkerStarted", "Worker " + replica.name() + " started" + node, at, identity);
            }
            String after = replica.lastDeath()
                    .map(death -> Duration.between(death.at(), at))
                    .map(away -> ", " + Math.max(0, away.toSeconds()) + " s after it died")
                    .orElse("");
            return Occurrence.normal(
                    "WorkerRestarted",
                    "Worker %s restarted%s (restart %d)".formatted(replica.name(), after, replica.restarts()),
                    at,
                    identity);
        });
    }

    /** Told once for each worker: one that turns unready and ready again under load is not news each time. */
    private static Optional<Occurrence> ready(Replica replica) {
        if (replica.state() != State.READY) {
            return Optional.empty();
        }
        return replica.startedAt()
                .map(started -> Occurrence.normal(
                        "WorkerReady",
                        "Worker " + replica.name() + " takes tasks",
                        replica.readyAt().orElse(started),
                        replica.uid() + "/" + started));
    }

    /** What is dead when its pod is asked to leave has nothing to finish. */
    private static Optional<Occurrence> draining(Replica replica) {
        return replica.leavingSince()
                .filter(at -> !replica.isDown())
                .map(at -> Occurrence.normal(
                        "WorkerDraining",
                        "Worker " + replica.name() + " takes no new tasks and finishes what it accepted",
                        at,
                        replica.uid()));
    }

    private static Occurrence exited(Replica replica, Instant at) {
        return Occurrence.normal("WorkerExited", "Worker " + replica.name() + " finished and left", at, replica.uid());
    }
}
