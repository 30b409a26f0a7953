package dev.workerpool.operator.policy;

import dev.workerpool.api.v1alpha1.AutoscalingSpec;
import dev.workerpool.operator.policy.Advice.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;

/** A pool that does what its autoscaler says: replicas come after their start time, and go at once. */
final class PoolSimulation {

    static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private static final double THREADS = 4;

    /** The number of replicas changed at this second to this one. */
    record Second(int at, int replicas) {}

    private final Autoscaler autoscaler;
    private final Deque<Integer> readyAt = new ArrayDeque<>();
    private final List<Second> changes = new ArrayList<>();
    private AutoscalingSpec spec;
    private Duration startTime = Duration.ofSeconds(2);
    private Instant clock = BEGINNING;
    private int second;
    private int most;

    PoolSimulation(AutoscalingSpec spec, int replicas) {
        this.spec = spec;
        this.autoscaler = new Autoscaler(new Advice(replicas, Reason.Start, "", BEGINNING), BEGINNING);
        for (int i = 0; i < replicas; i++) {
            readyAt.addLast(0);
        }
        this.most = replicas;
    }

    PoolSimulation withStartTime(Duration time) {
        startTime = time;
        return this;
    }

    /** Its user writes another spec. */
    PoolSimulation with(AutoscalingSpec changed) {
        spec = changed;
        return this;
    }

    PoolSimulation putBack(Duration back) {
        clock = clock.minus(back);
        return this;
    }

    /** @param load tasks in flight, by the seconds since this run began */
    PoolSimulation run(int seconds, IntToDoubleFunction load) {
        for (int i = 0; i < seconds; i++) {
            OptionalDouble inFlight = OptionalDouble.of(load.applyAsDouble(i));
            step(ready -> new Demand(ready, THREADS, inFlight, 0));
        }
        return this;
    }

    /**
     * No task waits.
     *
     * @param load tasks that would be in flight if none was refused
     */
    PoolSimulation runWithoutQueue(int seconds, double load) {
        return runWithoutQueue(seconds, load, second -> 1);
    }

    /** @param times that each which finds no thread is refused, by the seconds since this run began */
    PoolSimulation runWithoutQueue(int seconds, double load, IntToDoubleFunction times) {
        for (int i = 0; i < seconds; i++) {
            double refused = times.applyAsDouble(i);
            step(ready -> {
                double active = Math.min(load, ready * THREADS);
                return new Demand(ready, THREADS, OptionalDouble.of(active), (load - active) * refused);
            });
        }
        return this;
    }

    PoolSimulation silence(int seconds) {
        for (int i = 0; i < seconds; i++) {
            step(ready -> new Demand(ready, THREADS, OptionalDouble.empty(), 0));
        }
        return this;
    }

    private void step(IntFunction<Demand> demand) {
        second++;
        int ready = (int) readyAt.stream().filter(at -> at <= second).count();
        int before = replicas();
        Advice advice = autoscaler.advise(spec, demand.apply(ready), clock.plusSeconds(second));
        while (readyAt.size() < advice.replicas()) {
            readyAt.addLast(second + (int) startTime.toSeconds());
        }
        while (readyAt.size() > advice.replicas()) {
            readyAt.removeLast();
        }
        if (advice.replicas() != before) {
            changes.add(new Second(second, advice.replicas()));
        }
        most = Math.max(most, advice.replicas());
    }

    int replicas() {
        return autoscaler.advice().replicas();
    }

    int most() {
        return most;
    }

    Advice advice() {
        return autoscaler.advice();
    }

    List<Second> changesAfter(int seconds) {
        return changes.stream().filter(change -> change.at > seconds).toList();
    }
}
