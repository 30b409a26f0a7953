package dev.workerpool.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.api.v1alpha1.LastDeath;
import dev.workerpool.api.v1alpha1.RefusedTask;
import dev.workerpool.api.v1alpha1.WorkerPoolStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of a status has to be written at once. */
class HasteTest {

    private final WorkerPoolStatus goingOn = status("False", "True", "False", "", 0);

    @Test
    void aPoolThatIsJustBegunCanWait() {
        assertThat(Haste.canWait(null, goingOn)).isTrue();
    }

    @Test
    void howFarItIsCanWait() {
        assertThat(Haste.canWait(goingOn, status("False", "True", "False", "", 1)))
                .as("one more replica")
                .isTrue();
    }

    @Test
    void whatIsFinishedCannotWait() {
        assertThat(Haste.canWait(goingOn, status("True", "False", "False", "", 0)))
                .isFalse();
        assertThat(Haste.canWait(null, status("False", "False", "False", "", 0)))
                .isFalse();
    }

    @Test
    void thatSomethingBeginsInASettledPoolCannotWait() {
        var settled = status("True", "False", "False", "", 2);

        assertThat(Haste.canWait(settled, status("True", "True", "False", "", 2)))
                .isFalse();
    }

    @Test
    void becomingAvailableCanWaitWhileTheRestFollows() {
        var available = status("True", "True", "False", "", 0);

        assertThat(Haste.canWait(null, available)).isTrue();
        assertThat(Haste.canWait(goingOn, available)).isTrue();
    }

    @Test
    void beingNoLongerAvailableCannotWait() {
        var available = status("True", "True", "False", "", 0);

        assertThat(Haste.canWait(available, goingOn)).isFalse();
    }

    @Test
    void troubleCannotWaitNorItsChangeNorItsEnd() {
        var trouble = status("False", "True", "True", "an image", 0);
        var other = status("False", "True", "True", "another image", 0);

        assertThat(Haste.canWait(null, trouble)).isFalse();
        assertThat(Haste.canWait(goingOn, trouble)).isFalse();
        assertThat(Haste.canWait(trouble, other)).isFalse();
        assertThat(Haste.canWait(trouble, goingOn)).isFalse();
    }

    @Test
    void howFarItIsCanWaitAlsoWhereSomethingIsRefusedForGood() {
        var refused = conditions("False", "True", "ApplyFailed", "True", "a name is taken");

        assertThat(Haste.canWait(goingOn, status(0, refused))).isFalse();
        assertThat(Haste.canWait(status(0, refused), status(1, refused))).isTrue();
    }

    @Test
    void aDeathCannotWait() {
        var death = new LastDeath("a-1", 137, "SIGKILL", "OOMKilled", "", "2026-01-01T00:00:00Z");

        assertThat(Haste.canWait(goingOn, with(1, null, List.of()))).isFalse();
        assertThat(Haste.canWait(goingOn, with(0, death, List.of()))).isFalse();
    }

    @Test
    void aRefusedTaskCannotWait() {
        var refused = new RefusedTask("bad", 3, "2026-01-01T00:00:00Z", "2026-01-01T00:10:00Z", "image:1");

        assertThat(Haste.canWait(goingOn, with(0, null, List.of(refused)))).isFalse();
    }

    private static WorkerPoolStatus status(
            String available, String progressing, String degraded, String trouble, int replicas) {
        return status(replicas, conditions(available, progressing, "OnItsWay", degraded, trouble));
    }

    private static WorkerPoolStatus status(int replicas, List<Condition> conditions) {
        return new WorkerPoolStatus(
                1L, 2, replicas, 0, 0, null, 0, Map.of(), null, null, List.of(), List.of(), "", null, conditions);
    }

    private static WorkerPoolStatus with(int restarts, LastDeath death, List<RefusedTask> refused) {
        return new WorkerPoolStatus(
                1L,
                2,
                0,
                0,
                0,
                null,
                restarts,
                Map.of(),
                death,
                null,
                refused,
                List.of(),
                "",
                null,
                conditions("False", "True", "OnItsWay", "False", ""));
    }

    private static List<Condition> conditions(
            String available, String progressing, String why, String degraded, String trouble) {
        return List.of(
                condition("Available", available, "Reason", "none yet"),
                condition("Progressing", progressing, why, "on its way"),
                condition("Degraded", degraded, "Reason", trouble));
    }

    private static Condition condition(String type, String status, String reason, String message) {
        return new Condition(type, status, 1L, "2026-01-01T00:00:00Z", reason, message);
    }
}
