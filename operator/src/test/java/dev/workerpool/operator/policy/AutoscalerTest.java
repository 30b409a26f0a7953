package dev.workerpool.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.AutoscalingSpec;
import dev.workerpool.operator.desired.Pools;
import dev.workerpool.operator.policy.Advice.Reason;
import dev.workerpool.operator.policy.PoolSimulation.Second;
import dev.workerpool.operator.status.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On simulated pools, a second at a time. Replicas have 4 threads unless said otherwise; at 70% they carry 2.8 tasks. */
class AutoscalerTest {

    private static final AutoscalingSpec DEFAULTS = spec("{minReplicas: 1, maxReplicas: 100}");

    @Nested
    class UnderSteadyLoad {

        @Test
        void settlesAtTheTargetAndStays() {
            var pool = new PoolSimulation(DEFAULTS, 1);

            pool.run(600, second -> 28);

            assertThat(pool.replicas()).isEqualTo(10);
            assertThat(pool.changesAfter(120)).isEmpty();
        }

        @Test
        void asksForOneReplicaMoreOnlyWhenTheTargetIsExceeded() {
            assertThat(settled(27.99)).isEqualTo(10);
            assertThat(settled(28.0)).isEqualTo(10);
            assertThat(settled(28.1)).isEqualTo(11);
        }

        @Test
        void takesAReplicaAwayOnlyWhenTheOthersHaveATenthToSpare() {
            var pool = new PoolSimulation(DEFAULTS, 11);

            assertThat(pool.run(600, second -> 28).replicas()).isEqualTo(11);
            assertThat(pool.run(600, second -> 25.4).replicas()).isEqualTo(10);
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5})
        void doesNotFollowNoise(long seed) {
            var random = new Random(seed);
            var pool = new PoolSimulation(DEFAULTS, 10);

            pool.run(1800, second -> 27 * (0.7 + 0.6 * random.nextDouble()));

            assertThat(pool.changesAfter(120)).hasSizeLessThanOrEqualTo(2);
            assertThat(pool.replicas()).isBetween(9, 11);
        }

        private static int settled(double tasks) {
            var pool = new PoolSimulation(DEFAULTS, 10);
            pool.run(300, second -> tasks);
            return pool.replicas();
        }
    }

    @Nested
    class InABurst {

        @Test
        void followsATwentyfoldLoadWithinSeconds() {
            var pool = new PoolSimulation(DEFAULTS, 1);
            pool.run(300, second -> 2);
            assertThat(pool.replicas()).isEqualTo(1);

            pool.run(10, second -> 40);

            assertThat(pool.replicas()).isEqualTo(15);
            assertThat(pool.advice().reason()).isEqualTo(Reason.Burst);
            assertThat(pool.advice().message())
                    .isEqualTo("40.0 tasks in flight, averaged over 6s, ask for 15 replicas of 4.00 threads at 70%");
        }

        @Test
        void takesNoReplicaAwayUntilAStableWindowHasPassedWithoutOne() {
            var pool = new PoolSimulation(spec("{maxReplicas: 100, scaleInDelay: 0s}"), 1);
            pool.run(120, second -> 2);
            pool.run(10, second -> 40);
            int peak = pool.replicas();

            pool.run(45, second -> 0);
            assertThat(pool.replicas()).isEqualTo(peak);
            pool.run(120, second -> 0);
            assertThat(pool.replicas()).isEqualTo(1);
        }

        @Test
        void doesNotOvershootWhileReplicasAreStarting() {
            var pool = new PoolSimulation(DEFAULTS, 1).withStartTime(Duration.ofSeconds(60));

            pool.run(120, second -> 40);

            assertThat(pool.most()).isEqualTo(15);
        }

        @Test
        void replicasThatAreNewAndUnheardAreNotTakenForBusy() {
            var autoscaler = autoscaler(1);
            var overloaded = List.of(Optional.of(new Load(4, 4, 36)));

            for (int second = 1; second <= 10; second++) {
                autoscaler.advise(DEFAULTS, Demand.of(overloaded, 0, 4), at(second));
            }
            assertThat(autoscaler.advice().replicas()).isEqualTo(15);
            for (int second = 11; second <= 20; second++) {
                autoscaler.advise(DEFAULTS, Demand.of(overloaded, 14, 4), at(second));
            }
            assertThat(autoscaler.advice().replicas()).isEqualTo(15);
        }

        @Test
        void aSlowRiseBelowThePanicThresholdIsFollowedByTheStableWindow() {
            var pool = new PoolSimulation(DEFAULTS, 10);
            pool.run(120, second -> 28);

            pool.run(60, second -> 42);

            assertThat(pool.replicas()).isEqualTo(15);
            assertThat(pool.advice().reason()).isEqualTo(Reason.Stable);
        }
    }

    @Nested
    class RefusingTasks {

        @Test
        void aPoolWithoutAQueueFollowsATwentyfoldLoadWithinHalfAMinute() {
            var pool = new PoolSimulation(DEFAULTS, 1).runWithoutQueue(300, 2);

            pool.runWithoutQueue(30, 40);

            assertThat(pool.replicas()).isEqualTo(15);
            assertThat(pool.runWithoutQueue(120, 40).most()).isEqualTo(15);
        }

        @Test
        void itIsToldThatSomeWereRefused() {
            var pool = new PoolSimulation(DEFAULTS, 1).run(60, second -> 1);

            pool.runWithoutQueue(10, 5.6);

            assertThat(pool.advice().message())
                    .isEqualTo(
                            "5.6 tasks in flight or refused, averaged over 6s, ask for 2 replicas of 4.00 threads at 70%");
        }

        @Test
        void whoIsRefusedAndComesAgainAThousandTimesAsksForNoMoreThanABurst() {
            var pool = new PoolSimulation(DEFAULTS, 2)
                    .withStartTime(Duration.ofMinutes(10))
                    .run(60, second -> 5);

            pool.runWithoutQueue(30, 100_000);

            assertThat(pool.replicas()).isEqualTo(4);
            assertThat(pool.advice().reason()).isEqualTo(Reason.Burst);
        }

        @Test
        void aMomentOfItIsNoBurst() {
            var pool = new PoolSimulation(DEFAULTS, 1).run(120, second -> 1.2);

            pool.runWithoutQueue(1, 8).run(120, second -> 1.2);

            assertThat(pool.most()).isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 3})
        void whoIsRefusedAndComesAgainInWavesMakesABurstToo(int apart) {
            var pool = new PoolSimulation(DEFAULTS, 1).run(120, second -> 2);

            pool.runWithoutQueue(60, 40, second -> second % apart == 0 ? 1 : 0);

            assertThat(pool.replicas()).isEqualTo(15);
            assertThat(pool.most()).isEqualTo(15);
        }

        @Test
        void whatWasRefusedBeforeAsksForNoMoreOnceThereAreThreadsForAll() {
            var pool = new PoolSimulation(DEFAULTS, 1).run(120, second -> 2);

            pool.runWithoutQueue(120, 40, second -> 10);

            assertThat(pool.most()).as("twice as many as the last that refuse").isLessThanOrEqualTo(18);
        }

        @Test
        void thatSomeWereRefusedIsToldOfTheWholeAverage() {
            var autoscaler = autoscaler(1);
            for (int second = 1; second <= 5; second++) {
                autoscaler.advise(DEFAULTS, new Demand(1, 4, OptionalDouble.of(4), 1.6), at(second));
            }

            autoscaler.advise(DEFAULTS, new Demand(1, 4, OptionalDouble.of(4), 0), at(6));

            assertThat(autoscaler.advice().message())
                    .isEqualTo(
                            "5.6 tasks in flight or refused, averaged over 60s, ask for 2 replicas of 4.00 threads at 70%");
        }

        @Test
        void whatWouldBeActiveStandsToWhatIsAsAllThatCameToTheCompleted() {
            assertThat(refused(new Load(4, 4, 0, 10, 15), new Load(4, 1, 0, 10, 5)))
                    .isEqualTo(5 * 20 / 20.0);
        }

        @Test
        void whatOneRefusesWhileOthersIdleIsNoWantOfThreads() {
            Load home = new Load(4, 4, 0, 10, 30);

            assertThat(refused(home, new Load(4, 1, 0, 10, 0))).isEqualTo(5 * 30 / 20.0 - 3);
            assertThat(refused(home, new Load(4, 0, 0, 0, 0), new Load(40, 0, 0, 0, 0)))
                    .isZero();
        }

        private static double refused(Load... told) {
            return Demand.of(Stream.of(told).map(Optional::of).toList(), 0, 1).refused();
        }
    }

    @Nested
    class ScalingIn {

        @Test
        void waitsForTheWholeDelay() {
            var pool = new PoolSimulation(spec("{maxReplicas: 100, scaleInDelay: 5m}"), 10);
            pool.run(300, second -> 28);

            pool.run(290, second -> 5);
            assertThat(pool.replicas()).isEqualTo(10);
            pool.run(120, second -> 5);
            assertThat(pool.replicas()).isEqualTo(2);
        }

        @Test
        void aSawtoothShorterThanTheDelayKeepsThePeaksReplicas() {
            var pool = new PoolSimulation(spec("{maxReplicas: 100, scaleInDelay: 3m}"), 10);

            pool.run(1800, second -> second % 120 < 60 ? 28 : 2.8);

            assertThat(pool.changesAfter(300)).isEmpty();
        }

        @Test
        void anIdlePoolGoesDownToTheMinimumAndNotFurther() {
            var pool = new PoolSimulation(spec("{minReplicas: 3, maxReplicas: 100}"), 10);

            pool.run(600, second -> 0);

            assertThat(pool.replicas()).isEqualTo(3);
            assertThat(pool.advice().reason()).isEqualTo(Reason.Minimum);
            assertThat(pool.advice().message()).endsWith("; minReplicas is 3");
        }

        @Test
        void goesDownInStepsWhereTheyAreLimited() {
            var pool = new PoolSimulation(spec("{maxReplicas: 100, maxScaleIn: 2}"), 20);

            List<Second> changes = pool.run(900, second -> 0).changesAfter(0);

            assertThat(changes).extracting(Second::replicas).startsWith(18, 16, 14, 12);
            assertThat(changes.get(1).at() - changes.get(0).at()).isGreaterThanOrEqualTo(60);
            assertThat(pool.replicas()).isEqualTo(1);
        }
    }

    @Nested
    class Bounds {

        @Test
        void theMaximumIsKeptAndTold() {
            var pool = new PoolSimulation(spec("{maxReplicas: 5}"), 1);

            pool.run(120, second -> 400);

            assertThat(pool.replicas()).isEqualTo(5);
            assertThat(pool.advice().reason()).isEqualTo(Reason.Maximum);
            assertThat(pool.advice().message())
                    .endsWith("ask for 143 replicas of 4.00 threads at 70%; maxReplicas is 5");
        }

        @Test
        void goesUpInStepsWhereTheyAreLimited() {
            var pool = new PoolSimulation(spec("{maxReplicas: 100, maxScaleOut: 3}"), 1);

            List<Second> changes = pool.run(60, second -> 40).changesAfter(0);

            assertThat(changes).extracting(Second::replicas).containsExactly(4, 7, 10, 13, 15);
            assertThat(changes.get(1).at() - changes.get(0).at()).isEqualTo(10);
        }

        @Test
        void newBoundsHoldAtOnceAlsoWithoutReports() {
            var autoscaler = autoscaler(3);

            assertThat(autoscaler
                            .advise(spec("{minReplicas: 7, maxReplicas: 9}"), silent(3), at(1))
                            .replicas())
                    .isEqualTo(7);
            assertThat(autoscaler
                            .advise(spec("{maxReplicas: 2, maxScaleIn: 1}"), silent(3), at(2))
                            .replicas())
                    .isEqualTo(2);
        }

        @Test
        void aLowerMaximumIsNoWayRoundTheStepsBelowIt() {
            var pool = new PoolSimulation(spec("{maxReplicas: 100, maxScaleIn: 1}"), 20).run(150, second -> 2);
            assertThat(pool.replicas()).isEqualTo(18);

            List<Second> changes = pool.with(spec("{maxReplicas: 15, maxScaleIn: 1}"))
                    .run(150, second -> 2)
                    .changesAfter(150);

            assertThat(changes).extracting(Second::replicas).containsExactly(15, 14, 13);
            assertThat(changes.get(2).at() - changes.get(1).at()).isEqualTo(60);
        }

        @Test
        void aHigherMinimumIsNoWayRoundTheStepsAboveIt() {
            var pool = new PoolSimulation(spec("{maxReplicas: 100, maxScaleOut: 3}"), 2).run(20, second -> 40);
            assertThat(pool.replicas()).isEqualTo(8);

            pool.with(spec("{minReplicas: 10, maxReplicas: 100, maxScaleOut: 3}"));

            assertThat(pool.run(1, second -> 40).replicas()).isEqualTo(10);
            assertThat(pool.run(10, second -> 40).replicas()).isEqualTo(13);
        }

        @Test
        void explainsAgainOnlyWhenSomethingChanged() {
            var pool = new PoolSimulation(spec("{maxReplicas: 5}"), 1);
            pool.run(120, second -> 400);
            Advice before = pool.advice();

            pool.run(600, second -> 300 + second % 100);

            assertThat(pool.advice()).isEqualTo(before);
        }
    }

    @Nested
    class WithoutReports {

        @Test
        void theNumberStays() {
            var autoscaler = autoscaler(8);
            for (int second = 0; second < 600; second++) {
                assertThat(autoscaler.advise(DEFAULTS, silent(8), at(second)).replicas())
                        .isEqualTo(8);
            }
            assertThat(autoscaler.advice().reason()).isEqualTo(Reason.Start);
        }

        @Test
        void theNumberStaysAlsoAfterThereWereReports() {
            var pool = new PoolSimulation(DEFAULTS, 10);
            pool.run(300, second -> 28);

            pool.silence(600);

            assertThat(pool.replicas()).isEqualTo(10);
        }

        @Test
        void aSilenceIsNotTakenForIdlenessWhenReportsComeBack() {
            var pool = new PoolSimulation(spec("{maxReplicas: 100, scaleInDelay: 0s}"), 10);
            pool.run(300, second -> 28);
            pool.silence(300);

            pool.run(30, second -> 0);
            assertThat(pool.replicas()).as("observed for too short a time").isEqualTo(10);
        }

        @Test
        void aSecondThatIsLeftOutIsNoSilenceForAShortPanicWindow() {
            AutoscalingSpec spec = spec("{maxReplicas: 100, panicWindow: 1s, scaleInDelay: 0s}");
            var pool = new PoolSimulation(spec, 10);

            pool.run(20, second -> 5);
            for (int i = 0; i < 20; i++) {
                pool.silence(1).run(3, second -> 5);
            }

            assertThat(pool.replicas()).isEqualTo(2);
        }

        @Test
        void thoseThatDoNotAnswerCountLikeThoseThatDo() {
            Demand demand = Demand.of(
                    List.of(Optional.of(new Load(4, 4, 2)), Optional.empty(), Optional.of(new Load(4, 2, 0))), 0, 1);

            assertThat(demand).isEqualTo(new Demand(3, 4, OptionalDouble.of(12), 0));
        }

        @Test
        void newOnesThatWereNotHeardYetHaveNothingInFlight() {
            Demand demand = Demand.of(List.of(Optional.of(new Load(4, 4, 2)), Optional.empty()), 2, 1);

            assertThat(demand).isEqualTo(new Demand(4, 4, OptionalDouble.of(12), 0));
        }

        @Test
        void newOnesAloneSayNothingOfTheLoad() {
            assertThat(Demand.of(List.of(Optional.empty()), 2, 4))
                    .isEqualTo(new Demand(3, 4, OptionalDouble.empty(), 0));
        }

        @Test
        void threadsAreThoseOfTheSpecUntilAReplicaTellsItsOwn() {
            assertThat(Demand.of(List.of(), 0, 3)).isEqualTo(new Demand(0, 3, OptionalDouble.empty(), 0));
            assertThat(Demand.of(List.of(Optional.of(Load.NONE)), 0, 3).threads())
                    .isEqualTo(3);
        }
    }

    @Nested
    class AfterTheOperatorStarted {

        @Test
        void aQuietMomentTakesNothingAway() {
            var pool = new PoolSimulation(spec("{maxReplicas: 100, scaleInDelay: 0s}"), 7);

            pool.run(59, second -> 0);

            assertThat(pool.replicas()).isEqualTo(7);
        }

        @Test
        void aBusyMomentAddsNothing() {
            var pool = new PoolSimulation(DEFAULTS, 7);

            pool.run(5, second -> 1000);

            assertThat(pool.replicas()).isEqualTo(7);
        }

        @Test
        void whatItKnewOfTheReasonStands() {
            Advice known = new Advice(7, Reason.Stable, "as it was", at(-600));
            var autoscaler = new Autoscaler(known, at(0));

            assertThat(autoscaler.advise(DEFAULTS, silent(7), at(1))).isEqualTo(known);
        }
    }

    @Test
    void remembersOnlyAsLongAsItLooksBack() {
        var window = new TimeWindow();
        for (int second = 0; second <= 3_000; second++) {
            window.add(at(second), 1, Duration.ofSeconds(60));
        }

        assertThat(window.sum(Duration.ofHours(1), at(3_000))).isEqualTo(61);
        assertThat(window.reaches(Duration.ofSeconds(60), at(3_000))).isTrue();
        assertThat(window.reaches(Duration.ofSeconds(90), at(3_000))).isFalse();
    }

    @Test
    void aMomentThatIsLookedAtTwiceHidesNothingOfTheHour() {
        var window = new TimeWindow();
        for (int second = 0; second <= 3_600; second++) {
            window.add(at(second), 1, Duration.ofHours(1));
        }
        window.add(at(3_600), 1, Duration.ofHours(1));

        assertThat(window.reaches(Duration.ofHours(1), at(3_600))).isTrue();
    }

    @Test
    void aDelayThatBecomesLongerIsWaitedForAsAWhole() {
        var autoscaler = autoscaler(10);
        AutoscalingSpec shorter = spec("{maxReplicas: 100}");
        AutoscalingSpec longer = spec("{maxReplicas: 100, scaleInDelay: 10m}");
        for (int second = 1; second <= 1_000; second++) {
            autoscaler.advise(shorter, new Demand(10, 4, OptionalDouble.of(28), 0), at(second));
        }

        for (int second = 1_001; second <= 1_400; second++) {
            autoscaler.advise(longer, new Demand(10, 4, OptionalDouble.of(1), 0), at(second));
        }
        assertThat(autoscaler.advice().replicas()).isEqualTo(10);
        for (int second = 1_401; second <= 1_700; second++) {
            autoscaler.advise(longer, new Demand(10, 4, OptionalDouble.of(1), 0), at(second));
        }
        assertThat(autoscaler.advice().replicas()).isEqualTo(1);
    }

    @Nested
    class AfterTheClockWasPutBack {

        private final PoolSimulation pool = new PoolSimulation(DEFAULTS, 10).run(300, second -> 28);

        @Test
        void theNumberStaysAndTheLoadIsFollowedAsAfterAStart() {
            pool.putBack(Duration.ofHours(1));

            assertThat(pool.run(5, second -> 84).replicas()).isEqualTo(10);
            assertThat(pool.run(10, second -> 84).replicas()).isEqualTo(30);
        }

        @Test
        void aPoolGoesDownOnceItWasObservedForLongEnough() {
            pool.putBack(Duration.ofHours(1));

            assertThat(pool.run(59, second -> 5).replicas()).isEqualTo(10);
            assertThat(pool.run(10, second -> 5).replicas()).isEqualTo(2);
        }

        @Test
        void aMomentIsNoReasonToForget() {
            pool.putBack(Duration.ofSeconds(3));

            assertThat(pool.run(5, second -> 84).replicas()).isGreaterThan(10);
        }
    }

    @Test
    void aQueueThatGrowsAsksForMoreThanTheThreadsCanShow() {
        var pool = new PoolSimulation(DEFAULTS, 2);

        pool.run(15, second -> 8 + 4 * second);

        assertThat(pool.replicas()).isGreaterThan(10);
    }

    @Test
    void aTargetOverAHundredPercentLetsTasksWait() {
        var pool = new PoolSimulation(spec("{maxReplicas: 100, targetUtilization: 200}"), 1);

        pool.run(300, second -> 16);

        assertThat(pool.replicas()).isEqualTo(2);
    }

    private static AutoscalingSpec spec(String yaml) {
        return Pools.pool("{autoscaling: " + yaml + "}").getSpec().autoscaling();
    }

    private static Instant at(long second) {
        return PoolSimulation.BEGINNING.plusSeconds(second);
    }

    private static Autoscaler autoscaler(int replicas) {
        return new Autoscaler(new Advice(replicas, Reason.Start, "", at(0)), at(0));
    }

    private static Demand silent(int ready) {
        return new Demand(ready, 4, OptionalDouble.empty(), 0);
    }
}
