package dev.workerpool.worker.peers;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Which replicas there are, as the operator tells.
 *
 * @param version of the list; a message that was overtaken by a later one has a lower one
 * @param token by which replicas of this pool know each other
 */
record PeerList(long version, String token, List<Peer> replicas) {
    static final PeerList NONE = new PeerList(0, "", List.of());

    static final int MAX_REPLICAS = 1000;
    private static final int MIN_TOKEN = 16;
    private static final int MAX_TOKEN = 256;
    private static final Set<String> FIELDS = Set.of("version", "token", "replicas");
    private static final Set<String> REPLICA_FIELDS = Set.of("replica", "address");

    /** The others: the operator tells all replicas the same. */
    PeerList without(String self) {
        return new PeerList(
                version,
                token,
                replicas.stream().filter(peer -> !peer.replica().equals(self)).toList());
    }

    /** Takes the same time whatever is wrong with it. */
    boolean isToken(String said) {
        return !token.isEmpty()
                && MessageDigest.isEqual(said.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The named one first, then the others by what a hash of both names says: which is next changes for few ids when a
     * replica comes or goes (rendezvous hashing, Thaler and Ravishankar 1998).
     */
    List<Peer> inOrderOf(String id, String first) {
        return replicas.stream()
                .sorted(Comparator.comparing((Peer peer) -> !peer.replica().equals(first))
                        .thenComparing(peer -> weight(id, peer.replica()))
                        .thenComparing(Peer::replica))
                .toList();
    }

    /** The last step of SplitMix64, which spreads what differs in few bits. */
    static long weight(String id, String replica) {
        long mixed = ((long) id.hashCode() << 32) ^ replica.hashCode();
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /**
     * Reads the section {@code peers} of a control message.
     *
     * @param violation is told field and rule of what is wrong
     * @return null when something is
     */
    static PeerList read(JsonNode node, BiConsumer<String, String> violation) {
        return new Reader(violation).read(node);
    }

    private static final class Reader {
        private final BiConsumer<String, String> report;
        private boolean broken;

        Reader(BiConsumer<String, String> report) {
            this.report = report;
        }

        private void violated(String field, String rule) {
            broken = true;
            report.accept(field, rule);
        }

        PeerList read(JsonNode node) {
            if (!hasOnly(node, "", FIELDS)) {
                return null;
            }
            JsonNode version = node.path("version");
            if (!version.isIntegralNumber() || !version.canConvertToLong() || version.asLong() < 1) {
                violated("version", "must be a whole number of at least 1");
            }
            String token = node.path("token").textValue();
            if (!isWellFormed(token)) {
                violated("token", "must be " + MIN_TOKEN + " to " + MAX_TOKEN + " visible ASCII characters");
            }
            List<Peer> replicas = replicas(node.path("replicas"));
            return broken ? null : new PeerList(version.asLong(), token, replicas);
        }

        private boolean hasOnly(JsonNode node, String path, Set<String> known) {
            if (!node.isObject()) {
                violated(path, "must be a JSON object");
                return false;
            }
            node.propertyStream()
                    .filter(field -> !known.contains(field.getKey()))
                    .forEach(field ->
                            violated(path.isEmpty() ? field.getKey() : path + "." + field.getKey(), "is unknown"));
            return true;
        }

        /** What may stand in a header. */
        private static boolean isWellFormed(String token) {
            return token != null
                    && token.length() >= MIN_TOKEN
                    && token.length() <= MAX_TOKEN
                    && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
        }

        private List<Peer> replicas(JsonNode node) {
            if (!node.isArray() || node.size() > MAX_REPLICAS) {
                violated("replicas", "must be an array of at most " + MAX_REPLICAS);
                return List.of();
            }
            var replicas = new ArrayList<Peer>(node.size());
            var names = new HashSet<String>();
            for (int i = 0; i < node.size(); i++) {
                Peer peer = replica(node.get(i), "replicas[" + i + "]");
                if (peer != null && !names.add(peer.replica())) {
                    violated("replicas[" + i + "].replica", "must not be there twice");
                }
                replicas.add(peer);
            }
            return broken ? List.of() : List.copyOf(replicas);
        }

        private Peer replica(JsonNode node, String path) {
            if (!hasOnly(node, path, REPLICA_FIELDS)) {
                return null;
            }
            String name = node.path("replica").asText();
            String text = node.path("address").asText();
            InetSocketAddress address = Peer.address(text);
            if (!Peer.isName(name)) {
                violated(path + ".replica", Peer.NAME_RULE);
            }
            if (address == null) {
                violated(path + ".address", Peer.ADDRESS_RULE);
            }
            return new Peer(name, address);
        }
    }
}
