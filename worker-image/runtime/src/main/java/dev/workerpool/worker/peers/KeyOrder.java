package dev.workerpool.worker.peers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * In which order the replicas come into question for the run under a key: by what a hash of both names says (rendezvous
 * hashing, Thaler and Ravishankar 1998), so that a replica that comes or goes changes the first one of few keys only. All
 * replicas that know the same peers agree.
 *
 * @param before those that come before this replica
 * @param after those that come after it
 */
public record KeyOrder(List<Routing.Choice> before, List<Routing.Choice> after) {
    static final int MOST_ASKED = 8;

    static KeyOrder of(List<Peer> others, String self, String key) {
        var before = new ArrayList<Routing.Choice>();
        var after = new ArrayList<Routing.Choice>();
        Comparator<String> order = Comparator.<String>comparingLong(replica -> PeerList.weight(key, replica))
                .thenComparing(replica -> replica);
        others.stream()
                .sorted(Comparator.comparing(Peer::replica, order))
                .forEach(peer -> (order.compare(peer.replica(), self) < 0 ? before : after)
                        .add(new Routing.Choice(new PeerView(peer), PassReason.KEY, Integer.MAX_VALUE)));
        return new KeyOrder(before, after);
    }

    /** All peers. */
    public List<Routing.Choice> all() {
        return Stream.concat(before.stream(), after.stream()).toList();
    }

    /** Those that may know the key though they are not the first, the likeliest first. */
    public List<Routing.Choice> asked() {
        return all().stream()
                .skip(before.isEmpty() ? 0 : 1)
                .limit(MOST_ASKED)
                .map(choice -> new Routing.Choice(choice.view(), PassReason.KNOWN_KEY, Integer.MAX_VALUE))
                .toList();
    }
}
