package dev.workerpool.operator.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.RefusedTask;
import dev.workerpool.operator.policy.TaskRefusals.Release;
import dev.workerpool.operator.policy.TaskRefusals.Verdict;
import dev.workerpool.operator.status.Pods;
import dev.workerpool.operator.status.Replica;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskRefusalsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private TaskRefusals refusals = new TaskRefusals(List.of(), List.of(), "image:1");
    private Instant now = NOW;
    private int deaths;

    @Test
    void refusesATypeThatRanAtThreeDeaths() {
        assertThat(died("spin").refused()).isEmpty();
        assertThat(died("spin").refused()).isEmpty();

        Verdict third = died("spin");

        assertThat(third.refused())
                .containsExactly(new RefusedTask(
                        "spin", 3, now.toString(), now.plusSeconds(600).toString(), "image:1"));
        assertThat(third.lookAgain()).contains(Duration.ofMinutes(10));
    }

    @Test
    void aDeathThatIsSeenAgainIsTheSame() {
        Replica dead = dead("executing spin");

        for (int pass = 0; pass < 10; pass++) {
            assertThat(refusals.update(List.of(dead), "image:1", now).refused()).isEmpty();
        }
    }

    @Test
    void deathsWithNothingRunningCountForNobody() {
        for (int i = 0; i < 20; i++) {
            assertThat(died().refused()).isEmpty();
        }
    }

    @Test
    void whoeverIsKilledFromOutsideSaysNothingOfWhatItExecuted() {
        for (int i = 0; i < 20; i++) {
            now = now.plusSeconds(1);
            assertThat(ended("exitCode: 137, reason: Error").refused()).isEmpty();
        }
    }

    @Test
    void whoeverTheKernelKillsForMemoryDoes() {
        ended("exitCode: 137, reason: OOMKilled");
        ended("exitCode: 137, reason: OOMKilled");

        assertThat(ended("exitCode: 137, reason: OOMKilled").refused()).hasSize(1);
    }

    @Test
    void deathsFarApartAreNoPattern() {
        for (int i = 0; i < 20; i++) {
            assertThat(died("spin").refused()).isEmpty();
            now = now.plus(Duration.ofMinutes(6));
        }
    }

    @Test
    void aTypeThatRanAtTheFewerDeathsIsNotIt() {
        died("other");
        died("third");
        died("fourth");
        died("spin");
        died("spin");

        assertThat(died("spin").refused()).as("3 of 6").isEmpty();
        assertThat(died("spin").refused())
                .as("4 of 7")
                .extracting(RefusedTask::type)
                .containsExactly("spin");
    }

    @Test
    void theOneThatAlsoDiedAloneIsTakenBeforeItsCompany() {
        died("echo", "spin");
        died("spin");

        assertThat(died("echo", "spin").refused()).extracting(RefusedTask::type).containsExactly("spin");
    }

    @Test
    void theCompanyIsNotChargedWithDeathsThatAreExplained() {
        for (int i = 0; i < 3; i++) {
            died("echo", "spin");
            died("spin");
        }

        assertThat(died("echo").refused()).extracting(RefusedTask::type).containsExactly("spin");
    }

    @Test
    void whatCannotBeToldApartNeedsFiveDeathsAndThenTheRarerIsTaken() {
        for (int i = 0; i < 4; i++) {
            assertThat(died("echo", "echo", "echo", "spin").refused()).isEmpty();
        }

        assertThat(died("echo", "echo", "echo", "spin").refused())
                .extracting(RefusedTask::type)
                .containsExactly("spin");
    }

    @Test
    void theWrongOneOfTwoIsLetInAgainWhenTheOtherGoesOnKilling() {
        for (int i = 0; i < 5; i++) {
            died("bystander", "killer", "killer");
        }
        died("killer");
        died("killer");

        Verdict verdict = died("killer");

        assertThat(verdict.refused()).extracting(RefusedTask::type).containsExactly("killer");
        assertThat(verdict.released())
                .extracting(release -> release.task().type())
                .containsExactly("bystander");
        assertThat(verdict.released()).extracting(Release::why).containsExactly("it was task type killer that killed");
    }

    @Test
    void letsInAgainWhenTheTimeIsOverAndRefusesForTwiceAsLongTheNextTime() {
        died("spin");
        died("spin");
        died("spin");
        now = now.plus(Duration.ofMinutes(10));

        Verdict over = refusals.update(List.of(), "image:1", now);
        assertThat(over.refused()).isEmpty();
        assertThat(over.released()).extracting(Release::why).containsExactly("its time is over");

        died("spin");
        died("spin");
        assertThat(died("spin").lookAgain()).contains(Duration.ofMinutes(20));
    }

    @Test
    void deathsWhileItWasRefusedDoNotCountWhenItIsLetInAgain() {
        died("spin");
        died("spin");
        died("spin");
        now = now.plus(Duration.ofMinutes(9));
        List<Replica> late = List.of(dead("executing spin"), dead("executing spin"), dead("executing spin"));
        assertThat(refusals.update(late, "image:1", now).refused()).hasSize(1);
        now = now.plus(Duration.ofMinutes(1));

        Verdict over = refusals.update(late, "image:1", now);

        assertThat(over.refused()).isEmpty();
        assertThat(over.released()).hasSize(1);
    }

    @Test
    void refusesForADayAtMost() {
        Verdict verdict = null;
        for (int i = 0; i < 12; i++) {
            died("spin");
            died("spin");
            verdict = died("spin");
            now = now.plus(verdict.lookAgain().orElseThrow());
            refusals.update(List.of(), "image:1", now);
        }
        assertThat(verdict.lookAgain()).contains(Duration.ofDays(1));
    }

    @Test
    void theNextOperatorRefusesForTwiceAsLongToo() {
        Verdict over = refusedOnce("spin");
        refusals = new TaskRefusals(over.refused(), over.past(), "image:1");

        died("spin");
        died("spin");
        Verdict again = died("spin");

        assertThat(again.lookAgain()).contains(Duration.ofMinutes(20));
        assertThat(again.past()).as("in force once more").isEmpty();
    }

    @Test
    void theNextOperatorBeginsAnewWhereTheImageChangedMeanwhile() {
        Verdict over = refusedOnce("spin");
        refusals = new TaskRefusals(over.refused(), over.past(), "image:2");

        assertThat(refusals.update(List.of(), "image:2", now).past()).isEmpty();
    }

    @Test
    void aDayAfterItsEndARefusalIsForgotten() {
        refusedOnce("spin");

        Instant aDayLater = now.plus(Duration.ofDays(1));
        assertThat(refusals.update(List.of(), "image:1", aDayLater).past()).hasSize(1);
        assertThat(refusals.update(List.of(), "image:1", aDayLater.plusSeconds(1))
                        .past())
                .isEmpty();
    }

    @Test
    void remembersNoMoreRefusalsThanTheStatusHasRoomFor() {
        Verdict last = null;
        for (int i = 0; i < 66; i++) {
            last = refusedOnce("spin" + i);
        }

        assertThat(last.past()).hasSize(64);
        assertThat(last.past().getFirst().type()).isEqualTo("spin2");
    }

    @Test
    void letsInAgainWhenTheImageOrTheArtifactsChangeAndForgetsWhatWas() {
        Replica last = dead("executing spin");
        died("spin");
        died("spin");
        refusals.update(List.of(last), "image:1", now);
        now = now.plusSeconds(1);

        Verdict changed = refusals.update(List.of(last), "image:2", now);

        assertThat(changed.refused()).isEmpty();
        assertThat(changed.released()).hasSize(1);
        now = now.plusSeconds(1);
        died("image:2", List.of("spin"));
        assertThat(died("image:2", List.of("spin")).refused()).isEmpty();
        assertThat(died("image:2", List.of("spin")).lookAgain())
                .as("not doubled")
                .contains(Duration.ofMinutes(10));
    }

    @Test
    void whatWasMadeBeforeTheImageChangedSaysNothingOfTheNewOne() {
        died("spin");
        died("spin");
        died("spin");
        Replica last = dead("image:1", "exitCode: 134", "executing spin");
        assertThat(refusals.update(List.of(last), "image:2", now).released()).hasSize(1);

        for (int i = 0; i < 5; i++) {
            now = now.plusSeconds(1);
            // Also one that was made only now, of the old template.
            Replica old = dead("image:1", "exitCode: 134", "executing spin");
            assertThat(refusals.update(List.of(old), "image:2", now).refused()).isEmpty();
        }
        died("image:2", List.of("spin"));
        died("image:2", List.of("spin"));
        assertThat(died("image:2", List.of("spin")).refused()).hasSize(1);
    }

    @Test
    void whatIsChangedBackCountsAtOnce() {
        refusals.update(List.of(dead("image:1", "exitCode: 134", "executing other")), "image:1", now);
        refusals.update(List.of(dead("image:1", "exitCode: 134", "executing other")), "image:2", now);
        now = now.plusSeconds(1);
        refusals.update(List.of(dead("image:2", "exitCode: 134", "executing other")), "image:1", now);

        died("spin");
        died("spin");
        assertThat(died("spin").refused()).hasSize(1);
    }

    /** At the moment of the change none of it was there: it had just been removed, to be made anew. */
    @Test
    void whatIsMadeAnewOfATemplateOfBeforeSaysNothingOfTheNewImage() {
        refusals.update(List.of(dead("image:1", "exitCode: 134", "executing other")), "image:1", now);
        refusals.update(List.of(), "image:2", now);

        for (int i = 0; i < 5; i++) {
            now = now.plusSeconds(1);
            Replica old = dead("image:1", "exitCode: 134", "executing spin");
            assertThat(refusals.update(List.of(old), "image:2", now).refused()).isEmpty();
        }
    }

    /** An image that cannot be pulled, or one that was changed back: the replicas from before stay. */
    @Test
    void whatWasMadeBeforeTheImageChangedCountsAgainWhereItIsNotReplaced() {
        refusals.update(List.of(dead("image:1", "exitCode: 134", "executing spin")), "image:2", now);
        now = now.plus(DeathLedger.WINDOW);

        Verdict verdict = null;
        for (int i = 0; i < 3; i++) {
            now = now.plusSeconds(1);
            verdict = refusals.update(List.of(dead("image:1", "exitCode: 134", "executing spin")), "image:2", now);
        }
        assertThat(verdict.refused()).hasSize(1);
    }

    /** Nobody knows which of them runs the code that is asked for now. */
    @Test
    void anOperatorThatComesInMidRolloutBlamesNobodyAtFirst() {
        refusals = new TaskRefusals(List.of(), List.of(), "image:2");
        Replica present = replica("image:2", Pods.RUNNING);
        Verdict verdict = refusals.update(List.of(dead("executing spin"), present), "image:2", now);
        for (int i = 0; i < 5; i++) {
            now = now.plusSeconds(1);
            verdict = refusals.update(List.of(dead("executing spin"), present), "image:2", now);
        }
        assertThat(verdict.refused()).isEmpty();

        now = now.plus(DeathLedger.WINDOW);
        for (int i = 0; i < 3; i++) {
            now = now.plusSeconds(1);
            verdict = refusals.update(
                    List.of(dead("image:2", "exitCode: 134", "executing spin"), present), "image:2", now);
        }
        assertThat(verdict.refused()).hasSize(1);
    }

    @Test
    void aReplicaOfAnotherTemplateThatIsLeavingMakesNoRollout() {
        Pod leaving = Pods.pod("left", true, 0, Pods.RUNNING);
        leaving.getMetadata().getLabels().put("pod-template-hash", "image:0");
        leaving.getMetadata().setDeletionTimestamp(now.toString());
        refusals.update(List.of(replica("image:1", Pods.RUNNING), new Replica(leaving)), "image:1", now);

        died("spin");
        died("spin");
        assertThat(died("spin").refused()).hasSize(1);
    }

    @Test
    void theNextOperatorKeepsToWhatTheStatusSays() {
        RefusedTask known = new RefusedTask(
                "spin",
                3,
                NOW.minusSeconds(300).toString(),
                NOW.plusSeconds(300).toString(),
                "image:1");
        var next = new TaskRefusals(List.of(known), List.of(), "image:1");

        assertThat(next.update(List.of(), "image:1", NOW).refused()).containsExactly(known);
        assertThat(next.update(List.of(), "image:1", NOW.plusSeconds(300)).refused())
                .isEmpty();
    }

    @Test
    void theNextOperatorLetsInWhatAnImageChangedMeanwhile() {
        RefusedTask known = new RefusedTask(
                "spin",
                3,
                NOW.minusSeconds(300).toString(),
                NOW.plusSeconds(300).toString(),
                "image:1");
        var next = new TaskRefusals(List.of(known), List.of(), "image:2");

        Verdict verdict = next.update(List.of(), "image:2", NOW);

        assertThat(verdict.refused()).isEmpty();
        assertThat(verdict.released()).extracting(Release::task).containsExactly(known);
    }

    @Test
    void aReplicaThatIsLeavingTellsNothing() {
        for (int i = 0; i < 5; i++) {
            Pod pod = Pods.pod("left" + i, false, 0, """
                    state: {terminated: {exitCode: 134, message: "executing spin", finishedAt: '%s'}}
                    """.formatted(now));
            pod.getMetadata().setDeletionTimestamp(now.toString());
            assertThat(refusals.update(List.of(new Replica(pod)), "image:1", now)
                            .refused())
                    .isEmpty();
        }
    }

    /** The verdict when its time is over. */
    private Verdict refusedOnce(String type) {
        died(type);
        died(type);
        Duration length = died(type).lookAgain().orElseThrow();
        now = now.plus(length);
        return refusals.update(List.of(), "image:1", now);
    }

    private Verdict died(String... executing) {
        return died("image:1", List.of(executing));
    }

    private Verdict died(String code, List<String> executing) {
        now = now.plusSeconds(1);
        String message =
                String.join("\\n", executing.stream().map("executing "::concat).toList());
        return refusals.update(List.of(dead(code, "exitCode: 134", message)), code, now);
    }

    private Verdict ended(String how) {
        return refusals.update(List.of(dead("image:1", how, "executing spin")), "image:1", now);
    }

    private Replica dead(String message) {
        return dead("image:1", "exitCode: 134", message);
    }

    private Replica dead(String template, String how, String message) {
        return replica(template, """
                state: {terminated: {%s, message: "%s", finishedAt: '%s'}}
                """.formatted(how, message, now));
    }

    private Replica replica(String template, String worker) {
        Pod pod = Pods.pod("r" + deaths++, false, 0, worker);
        pod.getMetadata().getLabels().put("pod-template-hash", template);
        return new Replica(pod);
    }
}
