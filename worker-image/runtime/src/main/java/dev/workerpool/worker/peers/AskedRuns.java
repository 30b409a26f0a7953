package dev.workerpool.worker.peers;

import dev.workerpool.worker.pool.Run;
import dev.workerpool.worker.pool.TaskPool;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Has what waits here leave for peers that ask for some. On the home loop only. */
final class AskedRuns {
    private final Peers peers;
    private final TaskPool pool;
    private final EventLoop home;
    private volatile AskListener listener = (peer, runs) -> {};
    private boolean looksAgain;

    AskedRuns(Peers peers, TaskPool pool, EventLoop home) {
        this.peers = peers;
        this.pool = pool;
        this.home = home;
    }

    /** @param more has others of the runs that wait here */
    void onAsked(AskListener more) {
        listener = more;
    }

    /** @param load that the peer told last, and with which it may have asked */
    void pass(PeerView view, Load load, long now) {
        if (load.asked() == 0) {
            return;
        }
        Here here = peers.here(now);
        int wanted = Math.min(Routing.toPass(here, load), view.idle(load));
        if (wanted == 0 && here.queued() > 0 && !looksAgain) {
            // By then it is known whether what is under way is as short as the runs before.
            looksAgain = true;
            home.schedule(this::lookAgain, Here.OUTLIER_NANOS, TimeUnit.NANOSECONDS);
        }
        for (; wanted > 0; wanted--) {
            Run run = next(view, now);
            if (run == null) {
                break;
            }
            ((Passable) run.observer()).pass(new Routing.Choice(view, PassReason.WAITING, 0));
        }
        if (wanted > 0) {
            listener.asked(new Routing.Choice(view, PassReason.MOVED, 0), wanted);
        }
    }

    /** Who asked may have no reason to ask again before the next beat. */
    private void lookAgain() {
        looksAgain = false;
        long now = System.nanoTime();
        for (PeerView view : peers.views()) {
            Load load = view.load(now);
            if (load != null) {
                pass(view, load, now);
            }
        }
    }

    /** What goes by way of the replica that it came from costs one hop more. @return null when nothing may leave */
    private Run next(PeerView asker, long now) {
        String replica = asker.peer().replica();
        Run direct = takeAway(waits -> waits.isPassableTo(replica) && asker.canRun(waits.type(), now));
        return direct == null ? takeAway(waits -> waits.isPassable() && asker.canRun(waits.type(), now)) : direct;
    }

    private Run takeAway(Predicate<Passable> wanted) {
        return pool.takeAway(observer -> observer instanceof Passable waits && wanted.test(waits));
    }
}
