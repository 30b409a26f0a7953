package dev.workerpool.operator.control;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.desired.WorkerPoolNames;
import dev.workerpool.operator.status.Replica;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who the replicas of each pool are, as they are told, so that they pass requests to each other. All of a pool are told the
 * same, and each leaves itself out. A replica that drains stays in the list while its worker runs: others take what still
 * waits there.
 *
 * <p>The version is the time of the change, so that the list of a new leader counts as newer; where its clock is behind, a
 * replica's answer tells that it knows a later one, and the list is told anew under a version beyond that. The token by which replicas
 * know each other comes from the control key and is the same from every operator that has it.
 */
public final class PeerLists {

    /** The field of a settings message. */
    static final String SECTION = "peers";

    /** No clock says so; who answers that has another fault. */
    private static final long LATEST = Long.MAX_VALUE / 2;

    /** As many as a worker takes. */
    private static final int MOST = 1000;

    private final ControlKey key;
    private final Clock clock;
    private final Map<String, PeerList> pools = new ConcurrentHashMap<>();

    private record PeerList(long version, String token, List<Map<String, String>> replicas) {

        private boolean says(String otherToken, List<Map<String, String>> others) {
            return token.equals(otherToken) && replicas.equals(others);
        }
    }

    public PeerLists(ControlKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    /** Empty for a pool that never had two replicas at a time: alone there is nobody to know. */
    public Map<String, ?> section(WorkerPool pool, Collection<Replica> replicas) {
        Optional<SigningKey> signingKey = key.eldest();
        if (signingKey.isEmpty()) {
            return Map.of();
        }
        String uid = pool.getMetadata().getUid();
        String token = signingKey.get().derive("peers of pool " + uid);
        List<Map<String, String>> present = present(replicas, clock.instant());
        PeerList list = pools.compute(uid, (_, before) -> next(before, token, present));
        return list == null
                ? Map.of()
                : Map.of(
                        SECTION, Map.of("version", list.version(), "token", list.token(), "replicas", list.replicas()));
    }

    private PeerList next(PeerList before, String token, List<Map<String, String>> present) {
        if (before == null) {
            return present.size() < 2 ? null : new PeerList(clock.millis(), token, present);
        }
        return before.says(token, present)
                ? before
                : new PeerList(Math.max(before.version() + 1, clock.millis()), token, present);
    }

    private static List<Map<String, String>> present(Collection<Replica> replicas, Instant now) {
        return replicas.stream()
                .filter(replica -> isPresent(replica, now))
                .sorted(Comparator.comparing(Replica::name))
                .map(PeerLists::described)
                .filter(Objects::nonNull)
                .limit(MOST)
                .toList();
    }

    private static boolean isPresent(Replica replica, Instant now) {
        return switch (replica.state()) {
            case READY -> true;
            case DRAINING -> replica.startedAt().isPresent() && !replica.isLost(now);
            case PENDING, STARTED, EXITED -> false;
        };
    }

    private static Map<String, String> described(Replica replica) {
        return replica.address()
                .map(address -> Map.of("replica", replica.name(), "address", endpoint(address)))
                .orElse(null);
    }

    private static String endpoint(String address) {
        String host = address.indexOf(':') < 0 ? address : '[' + address + ']';
        return host + ':' + WorkerPoolNames.TASKS_PORT;
    }

    /** Of the list in the sections of a message; where there is none, later than any. */
    static long version(Map<String, ?> sections) {
        return sections.get(SECTION) instanceof Map<?, ?> list && list.get("version") instanceof Long version
                ? version
                : Long.MAX_VALUE;
    }

    /** A replica knows a list of that version, and takes none of a lower one. */
    void outbid(String uid, long version) {
        if (version < LATEST) {
            pools.computeIfPresent(
                    uid,
                    (_, list) ->
                            list.version() > version ? list : new PeerList(version + 1, list.token(), list.replicas()));
        }
    }

    public void forget(WorkerPool pool) {
        pools.remove(pool.getMetadata().getUid());
    }
}
