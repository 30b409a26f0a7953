package dev.workerpool.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.operator.status.Replica.State;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaTest {

    private static final Replica EVICTED = new Replica(Serialization.unmarshal("""
            apiVersion: v1
            kind: Pod
            metadata: {name: evicted, uid: u}
            spec: {containers: [{name: worker}]}
            status:
              phase: Failed
              reason: Evicted
              message: "The node was low on resource: memory."
              conditions: [{type: DisruptionTarget, status: "True", lastTransitionTime: "2026-01-01T09:00:00Z"}]
            """, Pod.class));

    @Test
    void passesThroughTheStatesOfItsLife() {
        assertThat(Pods.waiting("a", "ContainerCreating", "").state()).isEqualTo(State.PENDING);
        assertThat(Pods.starting("a").state()).isEqualTo(State.STARTED);
        assertThat(Pods.ready("a").state()).isEqualTo(State.READY);
        assertThat(Pods.draining("a").state()).isEqualTo(State.DRAINING);
        assertThat(EVICTED.state()).isEqualTo(State.EXITED);
    }

    @Test
    void isPendingBeforeTheKubeletSaysAnything() {
        Pod bare = Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: {name: new, uid: u}
                spec: {containers: [{name: worker}]}
                """, Pod.class);

        assertThat(new Replica(bare).state()).isEqualTo(State.PENDING);
        assertThat(new Replica(bare).lastDeath()).isEmpty();
        assertThat(new Replica(bare).troubles()).isEmpty();
    }

    @Test
    void tellsOfWhatItsWorkerDied() {
        assertThat(Pods.dead("a").lastDeath()).hasValueSatisfying(death -> {
            assertThat(death.pod()).isEqualTo("a");
            assertThat(death.restart()).isZero();
            assertThat(death.signal()).contains("SIGKILL");
            assertThat(death.cause()).isEqualTo("SIGKILL (exit code 137), OOMKilled");
            assertThat(death.lastWords()).isEqualTo("heap is full");
            assertThat(death.at()).isEqualTo(Instant.parse("2026-01-01T11:00:00Z"));
        });
    }

    @Test
    void tellsTheSameDeathBeforeAndAfterTheRestart() {
        assertThat(Pods.restarted("a").lastDeath()).isEqualTo(Pods.dead("a").lastDeath());
    }

    @Test
    void didNotDieWhenItDrained() {
        assertThat(Pods.left("a").lastDeath()).isEmpty();
        assertThat(Pods.left("a", 143).lastDeath()).isEmpty();
        assertThat(Pods.ready("a").lastDeath()).isEmpty();
    }

    @Test
    void diedWhenItWasKilledWhileItDrained() {
        assertThat(Pods.left("a", 137).lastDeath()).isPresent();
    }

    @Test
    void diedWhenItsPodWasEvicted() {
        assertThat(EVICTED.lastDeath()).hasValueSatisfying(death -> {
            assertThat(death.reason()).isEqualTo("Evicted");
            assertThat(death.exitCode()).isEmpty();
            assertThat(death.cause()).isEqualTo("no exit code, Evicted");
            assertThat(death.at()).isEqualTo(Instant.parse("2026-01-01T09:00:00Z"));
        });
    }

    @Test
    void namesTheSignalOnlyForDeathsBySignal() {
        assertThat(Signals.ofExitCode(137)).contains("SIGKILL");
        assertThat(Signals.ofExitCode(139)).contains("SIGSEGV");
        assertThat(Signals.ofExitCode(1)).isEmpty();
        assertThat(Signals.ofExitCode(0)).isEmpty();
        assertThat(Signals.ofExitCode(255)).isEmpty();
    }

    @Test
    void tellsOfAWorkerWithoutLastWordsWhatItsExitCodeMeans() {
        Death death = new Death("a", "u", 0, Optional.of(3), "Error", "", Instant.EPOCH, List.of());

        assertThat(death.cause()).isEqualTo("exit code 3, Error, its heap was full");
        assertThat(death.toStatus().message()).isEqualTo("its heap was full");
    }

    @Test
    void keepsTheEndOfLongLastWords() {
        Death death = new Death(
                "a", "u", 0, Optional.of(1), "Error", "x".repeat(5000) + " the end", Instant.EPOCH, List.of());

        assertThat(death.lastWords()).hasSize(Death.MAX_WORDS).endsWith(" the end");
    }

    @Test
    void tellsWhatWasExecutingAndWhatElseWasSaid() {
        String idle = " ".repeat(40);
        LastMoment busy = LastMoment.in(
                "executing spin" + " ".repeat(20) + "\n" + idle + "\nexecuting echo  \nexecuting spin \n");
        LastMoment both = LastMoment.in("executing spin   \n" + idle + "\njava.lang.OutOfMemoryError\n  at x\n");

        assertThat(busy.executing()).containsExactly("spin", "echo", "spin");
        assertThat(busy.words()).isEqualTo("executing echo, spin");
        assertThat(both.executing()).containsExactly("spin");
        assertThat(both.words()).isEqualTo("java.lang.OutOfMemoryError\n  at x");
        assertThat(LastMoment.in(idle + "\n" + idle)).isEqualTo(new LastMoment(List.of(), ""));
    }

    @Test
    void readsItsThreadsFromItsOwnPod() {
        assertThat(Pods.ready("a").threads()).isEqualTo(4);
        assertThat(EVICTED.threads()).isZero();
    }
}
