package dev.workerpool.worker.peers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which peers a replica watches. All of them in a small pool; in a large one the nearest on both sides in the circle of
 * names, so that watching is mutual and its cost does not grow with the pool. Knowing eight of many is nearly as good as
 * knowing all.
 */
final class Neighbours {
    static final int ON_EACH_SIDE = 4;

    private Neighbours() {}

    static List<Peer> of(String self, List<Peer> peers) {
        if (peers.size() <= 2 * ON_EACH_SIDE) {
            return peers;
        }
        List<Peer> sorted =
                peers.stream().sorted(Comparator.comparing(Peer::replica)).toList();
        int after = (int) sorted.stream()
                .filter(peer -> peer.replica().compareTo(self) < 0)
                .count();
        var near = new ArrayList<Peer>();
        for (int i = 0; i < ON_EACH_SIDE; i++) {
            near.add(sorted.get(Math.floorMod(after + i, sorted.size())));
            near.add(sorted.get(Math.floorMod(after - 1 - i, sorted.size())));
        }
        return near;
    }
}
