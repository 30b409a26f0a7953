package dev.workerpool.operator.policy;

import dev.workerpool.api.v1alpha1.AutoscalingSpec;
import dev.workerpool.operator.desired.Durations;
import dev.workerpool.operator.policy.Advice.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Says how many replicas a pool should have, from the tasks it has in flight: as many as keep their threads at the target
 * utilization. What waits counts like what runs, so a pool that falls behind asks for more than its threads can show. So does
 * what is refused for want of a thread, up to what makes a burst, until it can have come again.
 *
 * <p>The number follows the average over a long, stable window, and in a burst that over a short, panic window; until a
 * stable window has passed without a burst, no replica goes. Going down further needs the lower number to have been enough
 * for the whole scale-in delay, and a whole stable window of observation; going up, a panic window of it. So an operator
 * that has just started changes nothing on the strength of a moment. Without any report the number stays.
 *
 * <p>For one pool, asked once a second or so; not for concurrent use.
 *
 * @see <a href="https://knative.dev/docs/serving/autoscaling/kpa-specific/">Knative's autoscaler: stable and panic
 *     window</a>
 * @see <a href="https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/">Kubernetes'
 *     HorizontalPodAutoscaler: stabilization, step limits, missing metrics</a>
 */
public final class Autoscaler {

    /** The step limits are for these times. */
    static final Duration SCALE_OUT_STEP = Duration.ofSeconds(10);

    static final Duration SCALE_IN_STEP = Duration.ofSeconds(60);

    /** A number that stays is explained anew at most this often. */
    static final Duration EXPLAINED = Duration.ofSeconds(30);

    /** So much later than a second a question may come on a busy machine, and be about reports as old as this. */
    private static final Duration LATE = Duration.ofSeconds(5);

    /** Who is refused is asked to stay away for a second or more: so long it may be, and waits all the same. */
    private static final Duration AWAY = Duration.ofSeconds(3);

    /** Of a delay of zero too, the present moment is part. */
    private static final Duration NOW = Duration.ofMillis(1);

    /** What must be free of the replicas that stay when others go. */
    private static final double TO_SPARE = 1.1;

    /** So that 7 tasks in flight ask for 10 threads at 70%, and not, by a rounding error, for 11. */
    private static final double ROUNDING = 1e-9;

    private final TimeWindow inFlight = new TimeWindow();
    private final TimeWindow withRefused = new TimeWindow();
    private final TimeWindow wanted = new TimeWindow();
    private final TimeWindow added = new TimeWindow();
    private final TimeWindow taken = new TimeWindow();

    private Instant observedSince;
    private Instant lastObserved;
    private Instant lastAsked;
    private Instant burstUntil = Instant.MIN;
    private Advice advice;

    /** @param start what is advised at first: the number of replicas there are */
    public Autoscaler(Advice start, Instant now) {
        this.advice = start;
        this.observedSince = now;
        this.lastObserved = now;
        this.lastAsked = now;
    }

    public Advice advice() {
        return advice;
    }

    public Advice advise(AutoscalingSpec spec, Demand demand, Instant now) {
        if (now.plus(LATE).isBefore(lastAsked)) {
            beginAnew(now);
        }
        lastAsked = now;
        Duration panicWindow = Durations.parse(spec.panicWindow());
        demand.inFlight().ifPresent(tasks -> observe(tasks, spec, demand, now));
        boolean known = demand.inFlight().isPresent() && !now.isBefore(observedSince.plus(panicWindow));
        Advice next = known ? followingLoad(spec, demand, now) : bounded(spec, now);
        int change = next.replicas() - advice.replicas();
        if (change > 0) {
            added.add(now, change, SCALE_OUT_STEP);
        } else if (change < 0) {
            taken.add(now, -change, SCALE_IN_STEP);
        }
        boolean newReason = next.reason() != advice.reason()
                && Duration.between(advice.at(), now).abs().compareTo(EXPLAINED) >= 0;
        if (change != 0 || newReason) {
            advice = next;
        }
        return advice;
    }

    /** The clock was put back: what was seen would lie in the future, and hide what is seen now. */
    private void beginAnew(Instant now) {
        List.of(inFlight, withRefused, wanted, added, taken).forEach(TimeWindow::clear);
        observedSince = now;
        lastObserved = now;
        burstUntil = Instant.MIN;
    }

    /**
     * Whoever is refused may come again at once, and many times: how many tasks that makes, nobody knows. A bound of the moment:
     * one of the average would rise, as replicas turn Ready, for what was refused before.
     */
    private double withRefused(double tasks, AutoscalingSpec spec, Demand demand, Instant now) {
        if (demand.refused() > 0) {
            double most = Math.min(tasks + demand.refused(), burst(spec, demand));
            withRefused.add(now, most, Durations.parse(spec.stableWindow()));
        }
        return Math.max(tasks, withRefused.max(AWAY, now));
    }

    /** Tasks in flight that make one. */
    private static double burst(AutoscalingSpec spec, Demand demand) {
        return each(spec, demand) * Math.max(1, demand.ready()) * spec.panicThreshold() / 100.0;
    }

    /** Tasks that a replica should have in flight. */
    private static double each(AutoscalingSpec spec, Demand demand) {
        return demand.threads() * spec.targetUtilization() / 100.0;
    }

    /** After a silence, observation begins anew: what was before it says nothing of now. */
    private void observe(double tasks, AutoscalingSpec spec, Demand demand, Instant now) {
        Duration panicWindow = Durations.parse(spec.panicWindow());
        Duration longestSilence = panicWindow.compareTo(LATE) > 0 ? panicWindow : LATE;
        if (lastObserved.plus(longestSilence).isBefore(now)) {
            observedSince = now;
        }
        lastObserved = now;
        inFlight.add(now, withRefused(tasks, spec, demand, now), Durations.parse(spec.stableWindow()));
    }

    /** While nothing is known of the load, only the bounds count. */
    private Advice bounded(AutoscalingSpec spec, Instant now) {
        int current = advice.replicas();
        if (current < spec.minReplicas()) {
            return new Advice(spec.minReplicas(), Reason.Minimum, "minReplicas is " + spec.minReplicas(), now);
        }
        return current > spec.maxReplicas()
                ? new Advice(spec.maxReplicas(), Reason.Maximum, "maxReplicas is " + spec.maxReplicas(), now)
                : advice;
    }

    private Advice followingLoad(AutoscalingSpec spec, Demand demand, Instant now) {
        Duration stableWindow = Durations.parse(spec.stableWindow());
        Duration panicWindow = Durations.parse(spec.panicWindow());
        double each = each(spec, demand);
        double stable = inFlight.average(stableWindow, now);
        double panic = inFlight.average(panicWindow, now);
        if (panic / burst(spec, demand) + ROUNDING >= 1) {
            burstUntil = now.plus(stableWindow);
        }
        boolean burst = now.isBefore(burstUntil);
        boolean byPanic = burst && panic > stable;
        double tasks = byPanic ? panic : stable;
        int asked = replicas(tasks / each);
        wanted.add(
                now,
                replicas(tasks / each * TO_SPARE),
                Durations.parse(spec.scaleInDelay()).plus(NOW));

        String why = why(spec, demand, tasks, byPanic ? spec.panicWindow() : spec.stableWindow(), asked, now);
        Advice free = new Advice(asked, byPanic ? Reason.Burst : Reason.Stable, why, now);
        boolean mayGoDown =
                !burst && !now.isBefore(observedSince.plus(stableWindow)) && inFlight.reaches(stableWindow, now);
        return withinSteps(spec, withinBounds(spec, patient(spec, free, mayGoDown, now), now), now);
    }

    /** Down only to what was more than enough all through the delay: else a load near a boundary goes up and down. */
    private Advice patient(AutoscalingSpec spec, Advice free, boolean mayGoDown, Instant now) {
        int current = advice.replicas();
        if (free.replicas() >= current) {
            return free;
        }
        Duration delay = Durations.parse(spec.scaleInDelay());
        if (!mayGoDown || now.isBefore(observedSince.plus(delay)) || !wanted.reaches(delay, now)) {
            return advice;
        }
        int enough = (int) wanted.max(delay.plus(NOW), now);
        if (enough >= current) {
            return advice;
        }
        return enough == free.replicas()
                ? free
                : new Advice(
                        enough,
                        free.reason(),
                        free.message() + "; within the last " + spec.scaleInDelay()
                                + ", with a tenth to spare, for up to " + enough,
                        now);
    }

    private static int replicas(double exactly) {
        return (int) Math.min(1_000_000, Math.ceil(exactly - ROUNDING));
    }

    private static Advice withinBounds(AutoscalingSpec spec, Advice asked, Instant now) {
        if (asked.replicas() < spec.minReplicas()) {
            return new Advice(
                    spec.minReplicas(),
                    Reason.Minimum,
                    asked.message() + "; minReplicas is " + spec.minReplicas(),
                    now);
        }
        return asked.replicas() > spec.maxReplicas()
                ? new Advice(
                        spec.maxReplicas(),
                        Reason.Maximum,
                        asked.message() + "; maxReplicas is " + spec.maxReplicas(),
                        now)
                : asked;
    }

    private Advice withinSteps(AutoscalingSpec spec, Advice asked, Instant now) {
        // The bounds are the user's word and hold at once; the steps are for what the load asks for within them.
        int current = Math.clamp(advice.replicas(), spec.minReplicas(), spec.maxReplicas());
        int change = asked.replicas() - current;
        if (change == 0) {
            return asked;
        }
        boolean out = change > 0;
        int limit = out ? spec.maxScaleOut() : spec.maxScaleIn();
        double used = out ? added.sum(SCALE_OUT_STEP, now) : taken.sum(SCALE_IN_STEP, now);
        int left = Math.max(0, limit - (int) used);
        if (Math.abs(change) <= left) {
            return asked;
        }
        String name = out ? "; maxScaleOut is " : "; maxScaleIn is ";
        return new Advice(
                current + (out ? left : -left),
                out ? Reason.ScaleOutLimit : Reason.ScaleInLimit,
                asked.message() + name + limit,
                now);
    }

    private String why(AutoscalingSpec spec, Demand demand, double tasks, String window, int asked, Instant now) {
        return String.format(
                Locale.ROOT,
                "%.1f tasks in flight%s, averaged over %s, ask for %d replicas of %.3g threads at %d%%",
                tasks,
                withRefused.max(Durations.parse(window), now) > 0 ? " or refused" : "",
                window,
                asked,
                demand.threads(),
                spec.targetUtilization());
    }
}
