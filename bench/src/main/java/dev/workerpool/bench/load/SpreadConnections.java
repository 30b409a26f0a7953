package dev.workerpool.bench.load;

import dev.workerpool.bench.load.Client.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As many connections to each replica behind one Service, and for each request one of a replica drawn by lot: as from many
 * callers who keep their connections open and know nothing of each other. Left to chance, one replica would have more callers
 * than the other, which is hard on whoever does not pass requests on; so this spares plain spreading.
 */
public final class SpreadConnections implements Connections {
    private static final int ATTEMPTS_EACH = 40;

    private final Map<String, ConcurrentLinkedDeque<Client>> idle = new HashMap<>();
    private final Map<Client, String> homes = new ConcurrentHashMap<>();
    private final List<String> replicas;
    private final AtomicInteger hopped = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final long seed;

    /**
     * @param each how many to each replica: more than are ever in use at a time
     * @param seed of the lot
     */
    public SpreadConnections(Endpoint endpoint, int replicas, int each, long seed) throws IOException {
        this.seed = seed;
        int spare = 0;
        for (int open = 0; open < replicas * each; ) {
            Client client = endpoint.connect();
            // Not a task: whoever this connection leads to answers that itself.
            String home = client.get("/tasks").replica();
            var same = idle.computeIfAbsent(home, name -> new ConcurrentLinkedDeque<>());
            if (same.size() < each) {
                same.add(client);
                homes.put(client, home);
                open++;
            } else {
                client.close();
                if (++spare > replicas * each + ATTEMPTS_EACH * replicas) {
                    close();
                    throw new IOException("Of %d replicas only %s can be reached".formatted(replicas, idle.keySet()));
                }
            }
        }
        this.replicas = new ArrayList<>(idle.keySet().stream().sorted().toList());
    }

    public List<String> replicas() {
        return replicas;
    }

    /** One that leads to this replica. */
    public Client takeTo(String replica) throws IOException {
        Client client = idle.get(replica).pollFirst();
        if (client == null) {
            throw new IOException("All connections to " + replica + " are in use");
        }
        return client;
    }

    @Override
    public Client take(int request) throws IOException {
        // The same request goes to the same side of the pool in every run of the same seed.
        int lot = new SplittableRandom(seed * 1_000_003 + request).nextInt(replicas.size());
        return takeTo(replicas.get(lot));
    }

    @Override
    public void giveBack(Client client, Answer answer) {
        String home = homes.get(client);
        answered.incrementAndGet();
        if (!home.equals(answer.replica())) {
            hopped.incrementAndGet();
        }
        idle.get(home).addFirst(client);
    }

    /** Share of the answers that came from another replica than the one the connection leads to. */
    public double hopped() {
        return answered.get() == 0 ? 0 : hopped.get() / (double) answered.get();
    }

    @Override
    public void close() {
        homes.keySet().forEach(Client::close);
    }
}
