package dev.workerpool.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PastDeathTest {

    @Test
    void readsTheLinesOfThePrimaryAmongOthers() {
        String message = """
                died 1 137 signal 2026-01-01T10:00:00.250Z hold hold
                died 2 70 exit 2026-01-01T10:00:01.000Z
                died soon
                died 0 1 2026-01-01T10:00:01.000Z
                died 3 1 yesterday
                executing hold
                """;

        assertThat(PastDeath.in(message))
                .containsExactly(
                        new PastDeath(1, 137, "signal", "2026-01-01T10:00:00.250Z", List.of("hold", "hold")),
                        new PastDeath(2, 70, "exit", "2026-01-01T10:00:01.000Z", List.of()));
        assertThat(LastMoment.in(message).executing()).containsExactly("hold");
        assertThat(LastMoment.in(message).words()).isEqualTo("executing hold");
    }

    @Test
    void oneThatTheKernelKilledForMemoryHasTheNodesReason() {
        Replica replica = Pods.replica("a", true, 0, Pods.RUNNING)
                .with(List.of(
                        new PastDeath(1, 137, "oom", "2026-01-01T10:00:00Z", List.of()),
                        new PastDeath(2, 137, "signal", "2026-01-01T10:00:01Z", List.of()),
                        new PastDeath(3, 137, null, "2026-01-01T10:00:02Z", List.of())));

        assertThat(replica.deathsInPlace()).extracting(Death::reason).containsExactly("OOMKilled", "Error", "Error");
        assertThat(replica.deathsInPlace()).extracting(Death::mayBeOfATask).containsExactly(true, false, false);
    }

    @Test
    void theContainersOwnDeathComesAfterThoseInIt() {
        Replica replica = Pods.replica("a", false, 0, """
                state:
                  terminated:
                    exitCode: 137
                    finishedAt: '2026-01-01T10:00:05Z'
                    message: "died 1 137 signal 2026-01-01T10:00:05.700Z hold\\nexecuting spin  \\n"
                """);

        assertThat(replica.deaths().map(Death::executing)).containsExactly(List.of("hold"), List.of("spin"));
        assertThat(replica.restartsInPlace()).isEqualTo(1);
    }

    @Test
    void whatARunningWorkerTellsIsOfItsOwnContainer() {
        Replica replica = Pods.replica("a", true, 1, Pods.RUNNING + """

                lastState:
                  terminated:
                    exitCode: 137
                    finishedAt: '2026-01-01T09:59:00Z'
                    message: "died 1 137 signal 2026-01-01T09:58:00.000Z hold\\n"
                """)
                .with(List.of(new PastDeath(2, 137, "signal", "2026-01-01T10:00:00.250Z", List.of())));

        assertThat(replica.restartsInPlace()).isEqualTo(2);
        assertThat(replica.deathsInPlace()).extracting(Death::restart).containsExactly(0, 1);
        assertThat(replica.deaths()).hasSize(3);
    }

    /** The node moves the end to the last state, and counts the restart only when there is one. */
    @Test
    void inThePauseBeforeARestartTheLastContainerIsThePresentOne() {
        String end = """
                terminated:
                    exitCode: 137
                    finishedAt: '2026-01-01T10:00:05Z'
                    message: "died 1 137 signal 2026-01-01T10:00:04.500Z hold\\n"
                """;
        Replica dead = Pods.replica("a", false, 1, "state:\n  " + end);
        Replica pause =
                Pods.replica("a", false, 1, "state: {waiting: {reason: CrashLoopBackOff}}\nlastState:\n  " + end);
        Replica next = Pods.replica("a", false, 2, "state: {waiting: {}}\nlastState:\n  " + end);

        assertThat(List.of(dead, pause, next))
                .allSatisfy(replica ->
                        assertThat(replica.lastDeath().orElseThrow().restart()).isEqualTo(1));
        assertThat(dead.inPlace().restartsByContainer()).isEqualTo(Map.of(0, 0, 1, 1));
        assertThat(pause.inPlace().restartsByContainer()).isEqualTo(Map.of(0, 0, 1, 1));
        assertThat(pause.restartsInPlace()).isEqualTo(1);
        assertThat(next.inPlace().restartsByContainer()).isEqualTo(Map.of(1, 1, 2, 0));
    }
}
