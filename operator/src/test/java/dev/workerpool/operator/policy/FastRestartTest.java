package dev.workerpool.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.operator.status.Pods;
import dev.workerpool.operator.status.Replica;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FastRestartTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private RestartBudget budget = RestartBudget.full(NOW);

    @Test
    void leavesTheFirstDeathToTheNodeWhichRestartsAtOnce() {
        assertThat(replaced(NOW, dead("a", 0))).isEmpty();
    }

    @Test
    void replacesAtTheSecondDeathBeforeTheNodeSaysThatItWaits() {
        assertThat(replaced(NOW, dead("a", 1), Pods.ready("b", 5))).containsExactly("a");
    }

    @Test
    void replacesAReplicaWhoseNodeWaits() {
        Pod pod = Pods.pod("a", false, 3, """
                state: {waiting: {reason: CrashLoopBackOff}}
                lastState: {terminated: {exitCode: 1, startedAt: '2026-01-01T11:50:00Z', finishedAt: '2026-01-01T11:59:58Z'}}
                """);
        pod.getStatus().getConditions().getFirst().setLastTransitionTime("2026-01-01T11:59:58Z");

        assertThat(replaced(NOW, new Replica(pod))).containsExactly("a");
    }

    @Test
    void leavesAWorkerThatDiesAtStartToTheNode() {
        Instant started = NOW.minusSeconds(5);

        // Not Ready since before it started: it never was.
        assertThat(replaced(NOW, Pods.dead("a", 4, started, started.minusSeconds(20), NOW)))
                .isEmpty();
        assertThat(replaced(NOW, Pods.dead("a", 4, started, started, NOW))).isEmpty();
    }

    @Test
    void replacesAWorkerThatWasReadyAndLostItBeforeItDied() {
        Instant started = NOW.minusSeconds(60);

        assertThat(replaced(NOW, Pods.dead("a", 1, started, started.plusSeconds(30), NOW)))
                .containsExactly("a");
    }

    @Test
    void leavesAWorkerThatLivedLongToTheNodeWhichHasForgottenItsDeaths() {
        Instant started = NOW.minus(Duration.ofMinutes(10)).minusSeconds(1);

        assertThat(replaced(NOW, Pods.dead("a", 7, started, NOW, NOW))).isEmpty();
    }

    @Test
    void leavesAloneWhatCannotStartForOtherReasons() {
        assertThat(replaced(NOW, Pods.replica("a", false, 2, """
                                state: {waiting: {reason: ImagePullBackOff}}
                                lastState: {terminated: {exitCode: 1, startedAt: '2026-01-01T11:50:00Z', finishedAt: '2026-01-01T11:59:58Z'}}
                                """))).isEmpty();
    }

    @Test
    void leavesAloneWhatIsGoingAnyway() {
        assertThat(replaced(NOW, Pods.left("a", 137), Pods.draining("b"))).isEmpty();
    }

    @Test
    void replacesAtMostTenInARowAndTellsWhenItMayAgain() {
        Replica[] all = IntStream.range(0, 12).mapToObj(i -> dead("r" + i, 1)).toArray(Replica[]::new);

        FastRestart.Plan plan = plan(NOW, all);

        assertThat(plan.replaced()).hasSize(10);
        assertThat(plan.lookAgain()).contains(Duration.ofMinutes(1));
    }

    @Test
    void hasOneMoreEachMinuteAndNeverMoreThanTen() {
        IntStream.range(0, 10).forEach(i -> plan(NOW, dead("r" + i, 1)));

        assertThat(plan(NOW.plusSeconds(59), dead("x", 1)).lookAgain()).contains(Duration.ofSeconds(1));
        assertThat(replaced(NOW.plusSeconds(60), dead("x", 1))).containsExactly("x");
        assertThat(replaced(NOW.plusSeconds(61), dead("y", 1))).isEmpty();

        Instant muchLater = NOW.plus(Duration.ofDays(1));
        Replica[] all = IntStream.range(0, 12).mapToObj(i -> dead("s" + i, 1)).toArray(Replica[]::new);
        assertThat(replaced(muchLater, all)).hasSize(10);
    }

    @Test
    void paysOnceForAPodThatHasToBeDeletedAgain() {
        IntStream.range(0, 20)
                .forEach(i -> assertThat(replaced(NOW, dead("a", 1))).containsExactly("a"));

        assertThat(budget.left()).isEqualTo(9);
    }

    @Test
    void leavesAPlaceThatNoOtherCouldTakeAndPaysNothingForIt() {
        FastRestart.Plan plan = FastRestart.plan(List.of(dead("a", 1)), false, budget, NOW);

        assertThat(plan.replaced()).isEmpty();
        assertThat(plan.lookAgain()).isEmpty();
        assertThat(plan.budget().left()).isEqualTo(10);
    }

    @Test
    void doesNotMindAClockThatGoesBack() {
        IntStream.range(0, 10).forEach(i -> plan(NOW, dead("r" + i, 1)));

        FastRestart.Plan plan = plan(NOW.minusSeconds(3600), dead("x", 1));

        assertThat(plan.replaced()).isEmpty();
        assertThat(plan.lookAgain()).isNotEmpty();
    }

    @Test
    void hasNothingToLookForWhenNothingWaits() {
        assertThat(plan(NOW, Pods.ready("a"), dead("b", 1)).lookAgain()).isEqualTo(Optional.empty());
    }

    private static Replica dead(String name, int restarts) {
        return Pods.dead(name, restarts, NOW.minusSeconds(30), NOW.minusSeconds(1), NOW.minusSeconds(1));
    }

    private List<String> replaced(Instant now, Replica... replicas) {
        return plan(now, replicas).replaced().stream().map(Replica::name).toList();
    }

    private FastRestart.Plan plan(Instant now, Replica... replicas) {
        FastRestart.Plan plan = FastRestart.plan(List.of(replicas), true, budget, now);
        budget = plan.budget();
        return plan;
    }
}
