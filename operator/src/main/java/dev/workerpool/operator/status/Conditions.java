package dev.workerpool.operator.status;

import dev.workerpool.api.v1alpha1.ArtifactSource;
import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.AccessSecrets;
import dev.workerpool.operator.desired.Cpu;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The three conditions of a pool. All three are there on every pass; the time moves only when the status flips. */
final class Conditions {

    private static final int MAX_MESSAGE = 4096;

    /** A condition before it has a generation and a time. */
    private record Finding(boolean status, String reason, String message) {}

    private final WorkerPool pool;
    private final Observed observed;
    private final Takeover takeover;
    private final Instant now;
    private final int desired;
    private final int ready;
    private final int present;

    Conditions(WorkerPool pool, Observed observed, Takeover takeover, Instant now) {
        this.pool = pool;
        this.observed = observed;
        this.takeover = takeover;
        this.now = now;
        this.desired = pool.getSpec().replicas();
        this.ready = (int) observed.replicas().stream()
                .filter(replica -> replica.state() == Replica.State.READY)
                .count();
        this.present =
                (int) observed.replicas().stream().filter(Replica::counts).count();
    }

    List<Condition> all() {
        return List.of(
                condition("Available", available()),
                condition("Progressing", progressing()),
                condition("Degraded", degraded()));
    }

    private Finding available() {
        if (ready > 0) {
            return new Finding(true, "ReplicasReady", ready + " of " + desired + " replicas take tasks");
        }
        return desired == 0
                ? new Finding(false, "ScaledToZero", "the pool is asked for 0 replicas")
                : new Finding(false, "NoReplicaReady", "none of " + desired + " replicas takes tasks yet");
    }

    private Finding progressing() {
        if (!observed.unapplied().isEmpty()) {
            // Whatever there is looks like: it is not yet what it is to be.
            return new Finding(true, Trouble.APPLY_FAILED, messages(observed.unapplied()));
        }
        if (observed.deployment().isEmpty()) {
            return new Finding(true, "Creating", "the replicas are being created");
        }
        var rollout = new Rollout(observed.deployment().get());
        if (present < desired) {
            return new Finding(true, "ScalingUp", present + " of " + desired + " replicas exist");
        }
        if (!rollout.isComplete(desired)) {
            return new Finding(true, "RollingOut", rollout.progress(desired) + whyCpuRolls());
        }
        if (present > desired) {
            return new Finding(true, "ScalingDown", present + " replicas exist, " + desired + " are asked for");
        }
        if (ready < desired) {
            return new Finding(true, "Starting", ready + " of " + desired + " replicas are Ready");
        }
        if (!takeover.pending().isEmpty()) {
            return new Finding(true, "TakingOverSettings", takeover.progress());
        }
        long waiting = observed.replicas().stream()
                .filter(replica -> replica.counts() && replica.cpu().isAwaited())
                .count();
        if (waiting > 0) {
            return new Finding(true, "ResizingCpu", waiting + " replicas wait for their node to change their CPU");
        }
        return leaving();
    }

    private String whyCpuRolls() {
        Optional<Replica> late = observed.replicas().stream()
                .filter(replica -> replica.counts() && replica.cpu().isOverdue(now))
                .findFirst();
        if (late.isPresent()) {
            return "; CPU is changed by replacing pods, for the node of replica "
                    + late.get().name() + " has not given it for a minute";
        }
        Cpu asked = Cpu.of(pool.getSpec().resources());
        Optional<Replica> other = observed.replicas().stream()
                .filter(replica -> replica.counts() && differs(replica.cpu(), asked))
                .findFirst();
        if (other.isEmpty() || asked.amounts().isEmpty()) {
            return "";
        }
        if (!observed.told().release().resizesPods()) {
            return "; CPU is changed by replacing pods, for this cluster cannot resize them (no pods/resize)";
        }
        return observed.replicas().stream()
                .filter(replica -> replica.counts() && !replica.cpu().canBecome(asked))
                .findFirst()
                .map(replica -> "; CPU is changed by replacing pods, for " + whyNotInPlace(replica, asked))
                .orElse("");
    }

    private static boolean differs(ReplicaCpu cpu, Cpu asked) {
        return !cpu.asked().amounts().equals(asked.amounts()) || cpu.keepsMoreThan(asked);
    }

    private static String whyNotInPlace(Replica replica, Cpu asked) {
        if (replica.cpu().keepsMoreThan(asked)) {
            return "replica " + replica.name() + " in place would keep the CPU of its init containers";
        }
        return replica.cpu().asked().canBecome(asked)
                ? "the node of replica " + replica.name() + " cannot resize them (Kubernetes before 1.33)"
                : "a pod in place can neither get nor lose a request or limit, nor come to another quality of service";
    }

    private Finding leaving() {
        long draining = observed.replicas().stream()
                .filter(replica -> replica.state() == Replica.State.DRAINING && !replica.isLost(now))
                .count();
        return draining > 0
                ? new Finding(true, "Draining", draining + " replicas finish what they accepted")
                : new Finding(false, "Settled", ready + " of " + desired + " replicas are up to date and Ready");
    }

    /** The first trouble gives the reason: they come worst first. The message has them all. */
    private Finding degraded() {
        var troubles = new ArrayList<>(observed.troubles());
        observed.replicas().forEach(replica -> troubles.addAll(replica.troubles()));
        observed.replicas().stream()
                .filter(replica -> replica.isLost(now))
                .forEach(replica -> troubles.add(Trouble.ofLost(replica)));
        troubles.addAll(takeover.troubles());
        troubles.addAll(notStarted());
        observed.refusedTasks().forEach(task -> troubles.add(Trouble.ofRefusedTask(task)));
        observed.deployment().map(Rollout::new).map(Rollout::troubles).ifPresent(troubles::addAll);
        if (troubles.isEmpty()) {
            return new Finding(false, "AsExpected", "nothing needs attention");
        }
        return new Finding(true, troubles.getFirst().reason(), messages(troubles));
    }

    private static String messages(List<Trouble> troubles) {
        return bounded(troubles.stream().map(Trouble::message).distinct().collect(Collectors.joining("; ")));
    }

    /**
     * The node says what is missing only in an Event; what the pool asks for says it nearly as well. Where that is nothing that
     * could be missing, it is what the node itself has to give.
     */
    private List<Trouble> notStarted() {
        String named = Stream.concat(
                        pool.getSpec().tasks().artifacts().stream()
                                .map(Conditions::volume)
                                .flatMap(Optional::stream),
                        new AccessSecrets(pool.getSpec().access()).needed().stream())
                .collect(Collectors.joining(", the "));
        String reason = named.isEmpty() ? Trouble.SANDBOX_NOT_READY : Trouble.VOLUMES_NOT_MOUNTED;
        String advice = named.isEmpty()
                ? "its sandbox, see that the network and the container runtime of its node work"
                : "its volumes or its network, see that there is the " + named;
        return observed.replicas().stream()
                .filter(replica -> replica.waitsTooLongForVolumes(now))
                .map(replica -> new Trouble(
                        reason,
                        "replica " + replica.name() + " waits for " + advice + "; kubectl describe pod tells more"))
                .toList();
    }

    private static Optional<String> volume(ArtifactSource artifact) {
        return Optional.ofNullable(artifact.configMap())
                .map("ConfigMap "::concat)
                .or(() -> Optional.ofNullable(artifact.persistentVolumeClaim()).map("PersistentVolumeClaim "::concat));
    }

    private static String bounded(String text) {
        return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE - 1) + "…";
    }

    private Condition condition(String type, Finding finding) {
        return condition(pool, type, finding.status() ? "True" : "False", finding.reason(), finding.message(), now);
    }

    /** What runs is not known to be what is asked for, for what is asked for is not known. */
    static List<Condition> undecodable(WorkerPool pool, String problem, Instant now) {
        String message = bounded(
                "the spec does not fit this version of the operator, its replicas are left as they are: " + problem);
        return List.of(
                condition(pool, "Available", "Unknown", Trouble.SPEC_NOT_UNDERSTOOD, message, now),
                condition(pool, "Progressing", "Unknown", Trouble.SPEC_NOT_UNDERSTOOD, message, now),
                condition(pool, "Degraded", "True", Trouble.SPEC_NOT_UNDERSTOOD, message, now));
    }

    private static Condition condition(
            WorkerPool pool, String type, String status, String reason, String message, Instant now) {
        return new Condition(
                type, status, pool.getMetadata().getGeneration(), transition(pool, type, status, now), reason, message);
    }

    private static String transition(WorkerPool pool, String type, String status, Instant now) {
        return Optional.ofNullable(pool.getStatus()).stream()
                .flatMap(before -> before.conditions().stream())
                .filter(before -> before.type().equals(type) && before.status().equals(status))
                .map(Condition::lastTransitionTime)
                .findFirst()
                .orElse(now.toString());
    }
}
