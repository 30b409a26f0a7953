package dev.workerpool.operator.policy;

import dev.workerpool.api.v1alpha1.RefusedTask;
import dev.workerpool.operator.policy.DeathLedger.Suspect;
import dev.workerpool.operator.status.Death;
import dev.workerpool.operator.status.Replica;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which task types of a pool are refused because they keep killing their worker.
 *
 * <p>A type is refused for ten minutes when a {@link DeathLedger} says so, and each further time for twice as long as the
 * last, up to a day. It is let in again when its time is over, when the pool's image or artifacts change, for that may be
 * the cure, and when it was refused on evidence that fitted another type as well, and it turns out to be the other.
 *
 * <p>For one pool; not for concurrent use.
 */
public final class TaskRefusals {

    static final Duration FIRST = Duration.ofMinutes(10);
    static final Duration LONGEST = Duration.ofDays(1);
    private static final int MOST = 64;

    /** Is the code of no pool. */
    private static final String UNKNOWN = "";

    /** @param why readable after the name of the type */
    public record Release(RefusedTask task, String why) {}

    /**
     * @param refused those that are refused now
     * @param past refusals that ended within the last day, for the operator that comes after this one
     * @param released those that were until now
     * @param lookAgain when the next one's time is over
     */
    public record Verdict(
            List<RefusedTask> refused, List<RefusedTask> past, List<Release> released, Optional<Duration> lookAgain) {}

    private record Refusal(RefusedTask task, Set<String> alike) {

        private Instant until() {
            return Instant.parse(task.until());
        }

        private Duration length() {
            return Duration.between(Instant.parse(task.since()), until());
        }
    }

    private final DeathLedger ledger = new DeathLedger();
    private final Map<String, Refusal> refused = new LinkedHashMap<>();
    private final SequencedMap<String, Refusal> past = new LinkedHashMap<>();
    private String code;
    private boolean seen;

    /** By template of replicas, oldest first: the code that was the pool's when one was first seen. */
    private final SequencedMap<String, String> codes = new LinkedHashMap<>();

    /**
     * @param known refused by an operator before this one
     * @param ended refusals that ended before this operator came
     * @param code stands for the image and the artifacts of the pool
     */
    public TaskRefusals(Collection<RefusedTask> known, Collection<RefusedTask> ended, String code) {
        known.forEach(task -> refused.put(task.type(), new Refusal(task, Set.of())));
        ended.forEach(task -> past.put(task.type(), new Refusal(task, Set.of())));
        // The pool may have changed while nobody looked: the first update compares with what was then.
        this.code = Stream.concat(known.stream(), ended.stream())
                .map(RefusedTask::code)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(code);
    }

    public Verdict update(Collection<Replica> replicas, String presentCode, Instant now) {
        List<Release> released = new ArrayList<>();
        if (!seen && isRolling(replicas)) {
            ledger.beginAnew(now);
            replicas.forEach(replica -> codes.put(replica.template(), UNKNOWN));
        }
        seen = true;
        noteTemplates(replicas);
        if (!presentCode.equals(code)) {
            code = presentCode;
            ledger.beginAnew(now);
            releaseIf(refusal -> true, "the image or the artifacts of the pool have changed", released);
            past.clear();
        }
        releaseIf(refusal -> !refusal.until().isAfter(now), "its time is over", released);
        forgetPast(now);
        replicas.stream()
                .filter(Replica::counts)
                .filter(replica -> runsPresentCode(replica) || ledger.isSettled(now))
                .flatMap(Replica::deaths)
                .forEach(death -> note(death, now));
        convict(now, released);
        return new Verdict(
                refused.values().stream().map(Refusal::task).toList(),
                past.values().stream().map(Refusal::task).toList(),
                List.copyOf(released),
                refused.values().stream()
                        .map(refusal -> Duration.between(now, refusal.until()))
                        .min(Comparator.naturalOrder()));
    }

    /** An operator that comes in the middle cannot tell which of them runs which code, and vouches for none. */
    private static boolean isRolling(Collection<Replica> replicas) {
        return replicas.stream()
                        .filter(Replica::counts)
                        .map(Replica::template)
                        .distinct()
                        .count()
                > 1;
    }

    /** Before the code is looked at: what is there when it changes was made for the code of before. */
    private void noteTemplates(Collection<Replica> replicas) {
        replicas.forEach(replica -> codes.putIfAbsent(replica.template(), code));
        while (codes.size() > MOST) {
            codes.pollFirstEntry();
        }
    }

    /**
     * Those of another code serve on until they are replaced, and are made anew where one is lost meanwhile, so it is not their
     * age that tells them. That they are there for long only where the rollout does not go on makes up for what is not known.
     */
    private boolean runsPresentCode(Replica replica) {
        return code.equals(codes.getOrDefault(replica.template(), code));
    }

    /** Those that ended first go first: the status has room for so many, and a type that is not known begins anew. */
    private void forgetPast(Instant now) {
        past.values().removeIf(refusal -> refusal.until().plus(LONGEST).isBefore(now));
        while (past.size() > MOST) {
            past.pollFirstEntry();
        }
    }

    private void note(Death death, Instant now) {
        if (death.mayBeOfATask() && death.executing().stream().noneMatch(type -> wasRefused(type, death.at()))) {
            ledger.note(death, now);
        }
    }

    /**
     * It may still have been running then, or waiting; that it died says nothing new, neither while it is refused nor once it
     * is let in again.
     */
    private boolean wasRefused(String type, Instant then) {
        return Stream.of(refused, past)
                .map(refusals -> refusals.get(type))
                .filter(Objects::nonNull)
                .anyMatch(refusal -> then.isBefore(refusal.until()));
    }

    private void convict(Instant now, List<Release> released) {
        ledger.suspect(now).filter(_ -> refused.size() < MOST).ifPresent(suspect -> {
            String type = suspect.type();
            Duration length = Optional.ofNullable(past.remove(type))
                    .map(last -> last.length().multipliedBy(2))
                    .filter(doubled -> doubled.compareTo(FIRST) > 0)
                    .orElse(FIRST);
            Instant until = now.plus(length.compareTo(LONGEST) > 0 ? LONGEST : length);
            releaseIf(other -> other.alike().contains(type), "it was task type " + type + " that killed", released)
                    .forEach(past::remove);
            refused.put(type, refusal(suspect, now, until, code));
            ledger.explain(type);
        });
    }

    private static Refusal refusal(Suspect suspect, Instant now, Instant until, String code) {
        return new Refusal(
                new RefusedTask(suspect.type(), suspect.deaths(), now.toString(), until.toString(), code),
                suspect.alike());
    }

    /** @return the types that were released */
    private List<String> releaseIf(Predicate<Refusal> condition, String why, List<Release> released) {
        List<Refusal> going = refused.values().stream().filter(condition).toList();
        for (Refusal refusal : going) {
            refused.remove(refusal.task().type());
            past.put(refusal.task().type(), refusal);
            released.add(new Release(refusal.task(), why));
        }
        return going.stream().map(refusal -> refusal.task().type()).toList();
    }
}
