package dev.workerpool.worker.peers;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Replicas of one thread each behind one port that spreads blindly, in simulated time: runs of 10 ms, Poisson arrivals,
 * and the very {@link Routing} and {@link PeerView} that a worker uses, with news that travels, is held back to one a
 * millisecond, and requests that take time to pass and may be refused.
 */
final class PoolSimulation {
    static final long RUN = 10_000_000;
    private static final long HOP = RUN / 50;
    private static final long NEWS = 50_000;
    private static final long NEWS_INTERVAL = 1_000_000;

    private final Random random = new Random(1);
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Long> responses = new ArrayList<>();
    private final boolean routed;
    private long now;
    private long sequence;
    int hops;
    int refused;

    private record Event(long at, long sequence, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
        }
    }

    PoolSimulation(int replicas, boolean routed) {
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

    /** @return the response time that 99 in 100 do not exceed, in run times */
    double p99(double load, int requests) {
        double rate = load * nodes.size() / RUN;
        long at = 0;
        for (int i = 0; i < requests; i++) {
            at += (long) (-Math.log(1 - random.nextDouble()) / rate);
            events.add(new Event(at, sequence++, this::arrive));
        }
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
    static double perfect(int threads, double load, int requests) {
        var random = new Random(1);
        double rate = load * threads / RUN;
        long[] free = new long[threads];
        var responses = new ArrayList<Long>();
        long at = 0;
        for (int i = 0; i < requests; i++) {
            at += (long) (-Math.log(1 - random.nextDouble()) / rate);
            Arrays.sort(free);
            free[0] = Math.max(free[0], at) + RUN;
            responses.add(free[0] - at);
        }
        return percentile(responses);
    }

    private void arrive() {
        nodes.get(random.nextInt(nodes.size())).arrive(now);
    }

    private record Listener(Node node, Consumer<Load> tell) {}

    /** A replica. Runs are the times at which they came. */
    private final class Node {
        private final ArrayDeque<Long> queue = new ArrayDeque<>();
        private final List<Listener> listeners = new ArrayList<>();
        private final Asks asks = new Asks();
        private PeerView[] views = {};
        private Node[] behind = {};
        private boolean busy;
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

        void arrive(long came) {
            if (busy) {
                beat();
                var choice = Routing.onArrival(here(), views, random.nextInt(1000), now);
                if (choice != null) {
                    pass(came, choice.view(), target(choice.view()), choice.maxQueued());
                    return;
                }
            }
            admit(came);
        }

        /** Heartbeats, without an event for each. */
        private void beat() {
            for (PeerView view : views) {
                if (view.age(now) > PeerView.TRUSTED_NANOS / 2) {
                    Node peer = target(view);
                    view.report(peer.load(), now);
                }
            }
        }

        private Node target(PeerView view) {
            return behind[Arrays.asList(views).indexOf(view)];
        }

        private void pass(long came, PeerView view, Node peer, int maxQueued) {
            hops++;
            view.passed();
            after(HOP, () -> {
                if (!peer.busy || peer.queue.size() < maxQueued) {
                    peer.admit(came);
                } else {
                    refused++;
                    after(NEWS, () -> putBack(came));
                }
            });
        }

        private void putBack(long came) {
            if (busy) {
                var all = new ArrayList<>(queue);
                all.add(came);
                all.sort(null);
                queue.clear();
                queue.addAll(all);
                changed();
            } else {
                admit(came);
            }
        }

        private void admit(long came) {
            if (busy) {
                queue.add(came);
            } else {
                start(came);
            }
            changed();
        }

        private void start(long came) {
            busy = true;
            after(RUN, () -> {
                responses.add(now - came);
                busy = false;
                if (!queue.isEmpty()) {
                    start(queue.poll());
                }
                changed();
            });
        }

        private void passWaiting(PeerView view, Node peer, Load load) {
            for (int n = Routing.toPass(here(), load); n > 0; n--) {
                pass(queue.poll(), view, peer, 0);
            }
        }

        private Here here() {
            return new Here(queue.size(), 1, RUN, 0);
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
