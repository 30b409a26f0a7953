package dev.workerpool.worker.peers;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Replicas of one thread each behind one port that spreads blindly, in simulated time: Poisson arrivals, and the very
 * {@link Routing}, {@link PeerView} and {@link Asks} that a worker uses, with news that travels, is held back to one a
 * millisecond, and requests that take time to pass and may be refused.
 */
final class PoolSimulation {
    static final long RUN = 10_000_000;
    private static final long HOP = RUN / 50;
    private static final long NEWS = 50_000;
    private static final long NEWS_INTERVAL = 1_000_000;
    private static final long BEAT = PeerView.HEARTBEAT_MILLIS * 1_000_000;

    /** Runs that the mean remembers, as the pool's. */
    private static final int MEMORY = 16;

    private final Random random = new Random(1);
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Long> responses = new ArrayList<>();
    private final Lengths lengths;
    private final boolean routed;
    private int requests;
    private long now;
    private long sequence;
    int hops;
    int refused;
    int returned;

    /** How long runs take: all alike, or one in a hundred for very much longer. */
    enum Lengths {
        EQUAL(1),
        MIXED(160);

        private static final double LONG = 0.01;
        private final int longest;

        Lengths(int longest) {
            this.longest = longest;
        }

        private long next(Random random) {
            return random.nextDouble() < LONG ? longest * RUN : RUN;
        }

        private double mean() {
            return RUN * (1 + LONG * (longest - 1));
        }
    }

    private record Event(long at, long sequence, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
        }
    }

    PoolSimulation(int replicas, Lengths lengths, boolean routed) {
        this.lengths = lengths;
        this.routed = routed;
        for (int i = 0; i < replicas; i++) {
            nodes.add(new Node());
        }
        for (Node node : nodes) {
            node.watch();
        }
    }

    private void after(long delay, Runnable what) {
        events.add(new Event(now + delay, sequence++, what));
    }

    /** @return the time to the answer that 99 in 100 do not exceed, were all runs short, in run times */
    double p99(double load, int arrivals) {
        requests = arrivals;
        double rate = load * nodes.size() / lengths.mean();
        long at = 0;
        for (int i = 0; i < requests; i++) {
            at += (long) (-Math.log(1 - random.nextDouble()) / rate);
            long came = at;
            long length = lengths.next(random);
            events.add(new Event(at, sequence++, () -> arrive(came, length)));
        }
        nodes.forEach(Node::beat);
        for (Event event = events.poll(); event != null; event = events.poll()) {
            now = event.at();
            event.what().run();
        }
        if (responses.size() != requests) {
            throw new AssertionError(responses.size() + " answers to " + requests + " requests");
        }
        return percentile(responses);
    }

    private static double percentile(List<Long> responses) {
        long[] settled = responses.stream()
                .skip(responses.size() / 10)
                .mapToLong(r -> r)
                .sorted()
                .toArray();
        return settled[(int) (settled.length * 0.99)] / (double) RUN;
    }

    /** The same arrivals into one queue for as many threads: nothing can be better. */
    static double perfect(int threads, Lengths lengths, double load, int requests) {
        var random = new Random(1);
        double rate = load * threads / lengths.mean();
        long[] free = new long[threads];
        var responses = new ArrayList<Long>();
        long at = 0;
        for (int i = 0; i < requests; i++) {
            at += (long) (-Math.log(1 - random.nextDouble()) / rate);
            Arrays.sort(free);
            long start = Math.max(free[0], at);
            free[0] = start + lengths.next(random);
            responses.add(start - at + RUN);
        }
        return percentile(responses);
    }

    private void arrive(long came, long length) {
        Node node = nodes.get(random.nextInt(nodes.size()));
        node.arrive(new Job(came, length, node));
    }

    private record Listener(Node node, Consumer<Load> tell) {}

    private static final class Job {
        private final long came;
        private final long length;
        private final Node home;
        private boolean returned;

        Job(long came, long length, Node home) {
            this.came = came;
            this.length = length;
            this.home = home;
        }
    }

    /** A replica. */
    private final class Node {
        /** By when they came. */
        private final List<Job> queue = new ArrayList<>();

        private final List<Listener> listeners = new ArrayList<>();
        private final Asks asks = new Asks();
        private PeerView[] views = {};
        private Node[] behind = {};
        private boolean busy;
        private long startedAt;
        private long mean;
        private long knownMean;
        private long lastNews = -NEWS_INTERVAL;
        private boolean newsDue;

        void watch() {
            behind = nodes.stream().filter(node -> node != this).toArray(Node[]::new);
            views = new PeerView[routed ? behind.length : 0];
            for (int i = 0; i < views.length; i++) {
                var view =
                        new PeerView(new Peer("r" + i, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1 + i)));
                views[i] = view;
                view.report(new Load(0, 0, 1, false, 0), 0);
                Node peer = behind[i];
                peer.listeners.add(new Listener(this, load -> {
                    view.report(load, now);
                    passWaiting(view, peer, load);
                    if (load.queued() > 0 && !busy) {
                        changed();
                    }
                }));
            }
        }

        void beat() {
            if (responses.size() < requests) {
                knownMean = mean;
                tell();
                after(BEAT, this::beat);
            }
        }

        void arrive(Job job) {
            Routing.Choice choice = busy ? Routing.onArrival(here(), views, random.nextInt(1000), now) : null;
            if (choice == null) {
                admit(job);
            } else {
                pass(job, choice, () -> declined(job));
            }
        }

        private Node target(PeerView view) {
            return behind[Arrays.asList(views).indexOf(view)];
        }

        private void pass(Job job, Routing.Choice choice, Runnable otherwise) {
            hops++;
            choice.view().passed();
            Node peer = target(choice.view());
            after(HOP, () -> {
                if (!peer.busy || peer.queue.size() < choice.maxQueued()) {
                    peer.asks.answered();
                    peer.admit(job);
                } else {
                    refused++;
                    Load load = peer.load();
                    after(NEWS, () -> {
                        choice.view().report(load, now);
                        otherwise.run();
                    });
                }
            });
        }

        private void declined(Job job) {
            Routing.Choice choice = busy ? Routing.onArrival(here(), views, random.nextInt(1000), now) : null;
            if (choice != null && choice.reason() == PassReason.IDLE) {
                pass(job, choice, () -> declined(job));
            } else {
                admit(job);
            }
        }

        private void admit(Job job) {
            if (busy) {
                int place = queue.size();
                while (place > 0 && queue.get(place - 1).came > job.came) {
                    place--;
                }
                queue.add(place, job);
            } else {
                start(job);
            }
            changed();
        }

        private void start(Job job) {
            busy = true;
            startedAt = now;
            responses.add(now - job.came + RUN);
            after(job.length, () -> {
                mean += (job.length - mean) / MEMORY;
                busy = false;
                if (!queue.isEmpty()) {
                    start(queue.removeFirst());
                }
                changed();
            });
        }

        private void passWaiting(PeerView view, Node peer, Load load) {
            for (int n = Routing.toPass(here(), load); n > 0; n--) {
                Job job = next(peer);
                if (job == null) {
                    return;
                }
                queue.remove(job);
                changed();
                if (job.home == this) {
                    pass(job, new Routing.Choice(view, PassReason.WAITING, 0), () -> admit(job));
                } else {
                    returned++;
                    job.returned = true;
                    after(NEWS, () -> job.home.takeBack(job));
                }
            }
        }

        /** What was passed here goes back at most, and once. */
        private Job next(Node asker) {
            return queue.stream()
                    .filter(job -> job.home == this || job.home == asker && !job.returned)
                    .findFirst()
                    .or(() -> queue.stream().filter(job -> !job.returned).findFirst())
                    .orElse(null);
        }

        private void takeBack(Job job) {
            asks.answered();
            declined(job);
        }

        private Here here() {
            return new Here(queue.size(), 1, knownMean, busy ? now - startedAt : 0, Integer.MAX_VALUE, Long.MAX_VALUE);
        }

        private Load load() {
            return new Load(busy ? 1 : 0, queue.size(), 1, false, 0);
        }

        private void changed() {
            if (!newsDue) {
                newsDue = true;
                after(Math.max(0, lastNews + NEWS_INTERVAL - now), this::tell);
            }
        }

        private void tell() {
            newsDue = false;
            lastNews = now;
            Load load = load();
            Asks.Ask ask = asks.next(busy ? 0 : 1, views, random.nextInt(1000), now);
            Node asked = ask == null ? null : target(ask.view());
            after(
                    NEWS,
                    () -> listeners.forEach(
                            listener -> listener.tell().accept(listener.node() == asked ? load.asking(1) : load)));
        }
    }
}
