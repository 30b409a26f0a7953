package dev.workerpool.e2e.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.e2e.harness.Command.Result;
import dev.workerpool.e2e.harness.WorkerImage;
import org.junit.jupiter.api.Test;

/** The primary as the image has it, with scripts in the place of the worker: when it forks again, and when it does not. */
class PrimaryE2E {
    private static final String READY = "echo ready >/proc/self/fd/$WORKERPOOL_READY_PIPE; ";

    @Test
    void whatDiesBeforeItIsReadyEndsTheContainerWithItsCode() {
        assertThat(run("exit 3").exitCode()).isEqualTo(3);
        assertThat(run("kill -9 $$").exitCode()).isEqualTo(137);
    }

    @Test
    void whatLeavesInOrderEndsTheContainer() {
        Result result = run("echo forked; " + READY + "exit 0");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines()).hasSize(1);
    }

    @Test
    void whatWasReadyIsForkedAgainUntilTheBudgetIsSpent() {
        Result result = run("echo forked; printf %s \"$WORKERPOOL_DEATHS\"; " + READY + "kill -9 $$");

        assertThat(result.exitCode()).isEqualTo(137);
        assertThat(result.out().lines().filter("forked"::equals)).hasSize(11);
        assertThat(result.out().lines().skip(result.out().lines().count() - 10))
                .as("the last one is told of all")
                .allMatch(line -> line.matches("died [0-9]+ 137 signal 20[0-9-]{8}T[0-9:.]{12}Z"));
    }

    @Test
    void whatTheKernelKilledForMemoryIsToldApart() {
        Result result = WorkerImage.primary(
                        "case $(printf %s \"$WORKERPOOL_DEATHS\" | wc -l) in "
                                + "0) " + READY + "x=$(head -c 200000000 /dev/zero | tr '\\0' x);; "
                                + "1) " + READY + "kill -9 $$;; "
                                + "*) printf %s \"$WORKERPOOL_DEATHS\"; exit 0;; esac",
                        "--memory=64m",
                        "--memory-swap=64m")
                .run();

        assertThat(result.out().lines().map(line -> line.split(" ")[3])).containsExactly("oom", "signal");
    }

    @Test
    void anExitCodeOtherThanZeroIsADeathToo() {
        Result result = run("case $WORKERPOOL_DEATHS in *' 70 '*) exit 0;; esac; " + READY + "exit 70");

        assertThat(result.exitCode()).isZero();
    }

    @Test
    void everyWorkerHasTheSameListeningSockets() {
        Result result =
                run("readlink /proc/self/fd/$WORKERPOOL_LISTENER /proc/self/fd/$WORKERPOOL_MANAGEMENT_LISTENER; "
                        + "case $WORKERPOOL_DEATHS in 'died 1'*) exit 0;; esac; " + READY + "kill -9 $$");

        assertThat(result.out().lines()).hasSize(4).allMatch(line -> line.startsWith("socket:"));
        assertThat(result.out().lines().limit(2).toList())
                .isEqualTo(result.out().lines().skip(2).toList());
    }

    @Test
    void aSignalToEndIsForwardedAndNothingIsForkedAfterIt() {
        Result drained = run("trap 'exit 0' TERM; " + READY + "kill -TERM 1; while :; do sleep 0.1; done");
        assertThat(drained.exitCode()).isZero();

        Result starting = run("kill -TERM 1; while :; do sleep 0.1; done");
        assertThat(starting.exitCode()).as("it has no handler yet").isEqualTo(143);

        Result stuck =
                run("echo forked; trap 'kill -9 $$' TERM; " + READY + "kill -TERM 1; while :; do sleep 0.1; done");
        assertThat(stuck.exitCode()).isEqualTo(137);
        assertThat(stuck.out().lines()).hasSize(1);
    }

    @Test
    void orphansAreReaped() {
        Result result = run(
                "(sh -c 'exit 0' & exec sleep 0.2) & wait; sleep 0.5; grep -l '^State:.Z' /proc/[0-9]*/status; exit 4");

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.out()).as("zombies").isEmpty();
    }

    @Test
    void whatADeadWorkerStartedEndsWithIt() {
        Result result = run("case $WORKERPOOL_DEATHS in 'died 1'*) grep -l sleep /proc/[0-9]*/comm; exit 5;; esac; "
                + "setsid sleep 600 & sleep 600 & sleep 0.2; " + READY + "kill -9 $$");

        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(result.out()).as("processes left").isEmpty();
    }

    @Test
    void asManyDescriptorsMayBeOpenAsThePlatformAllows() {
        Result result = WorkerImage.primary("ulimit -Sn; ulimit -Hn; exit 4", "--ulimit=nofile=1024:2048")
                .run();

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.out().lines()).containsExactly("2048", "2048");
    }

    private static Result run(String script) {
        return WorkerImage.primary(script).run();
    }
}
