package dev.workerpool.operator.reconciler;

import dev.workerpool.api.v1alpha1.RefusedTask;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.api.v1alpha1.WorkerPoolSpec;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import dev.workerpool.operator.desired.Release;
import dev.workerpool.operator.policy.TaskRefusals;
import dev.workerpool.operator.policy.TaskRefusals.Verdict;
import dev.workerpool.operator.status.Replica;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Keeps for each pool which task types are refused, and says how the replicas are told. */
final class RefusedTaskTypes {

    /** The field of a settings message. */
    private static final String SECTION = "refusedTasks";

    private final Map<String, TaskRefusals> pools = new ConcurrentHashMap<>();
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** Where the replicas cannot be told, nothing is refused: a status must not say what is not so. */
    Verdict verdict(WorkerPool pool, List<Replica> replicas, Release release, Instant now) {
        if (release.controlKey().isEmpty()) {
            return new Verdict(List.of(), List.of(), List.of(), Optional.empty());
        }
        String code = code(pool.getSpec(), release);
        return pools.computeIfAbsent(pool.getMetadata().getUid(), _ -> new TaskRefusals(known(pool), past(pool), code))
                .update(replicas, code, now);
    }

    /**
     * A replica that was told of one, by whichever operator, must be told when there is none any more; before that, none
     * need be told anything.
     */
    Map<String, ?> section(WorkerPool pool, Verdict verdict) {
        String uid = pool.getMetadata().getUid();
        if (verdict.refused().isEmpty() && known(pool).isEmpty() && !told.contains(uid)) {
            return Map.of();
        }
        told.add(uid);
        var until = new TreeMap<String, String>();
        verdict.refused().forEach(task -> until.put(task.type(), task.until()));
        return Map.of(SECTION, until);
    }

    void forget(WorkerPool pool) {
        pools.remove(pool.getMetadata().getUid());
        told.remove(pool.getMetadata().getUid());
    }

    private static List<RefusedTask> known(WorkerPool pool) {
        return inStatus(pool, WorkerPoolStatus::refusedTasks);
    }

    private static List<RefusedTask> past(WorkerPool pool) {
        return inStatus(pool, WorkerPoolStatus::pastRefusals);
    }

    private static List<RefusedTask> inStatus(WorkerPool pool, Function<WorkerPoolStatus, List<RefusedTask>> field) {
        return Optional.ofNullable(pool.getStatus()).map(field).orElse(List.of()).stream()
                .filter(task -> task.type() != null && task.since() != null && task.until() != null)
                .toList();
    }

    /** What runs the tasks. */
    private static String code(WorkerPoolSpec spec, Release release) {
        String image = spec.image() == null ? release.workerImage() : spec.image();
        String code = image + " " + spec.tasks().artifacts();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(code.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
