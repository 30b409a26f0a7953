package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Answers for a test's thread, and remembers what it was told. Tests override what they test. */
class TestHost implements TaskHost {
    final List<Integer> exits = new ArrayList<>();

    /** Has the thread die at its next checkpoint, as the pool does: struck again, should it just go from one class into another. */
    static void strike(Thread thread) throws InterruptedException {
        var checkpoints = new Checkpoints();
        try {
            for (int i = 0; i < 200 && thread.isAlive(); i++) {
                checkpoints.arm(List.of(thread));
                thread.join(Duration.ofMillis(100));
            }
            assertThat(thread.isAlive()).as("the task goes on").isFalse();
        } finally {
            checkpoints.disarm();
        }
    }

    @Override
    public void exited(int exitCode) {
        exits.add(exitCode);
    }

    @Override
    public boolean isKilled() {
        return false;
    }

    @Override
    public boolean mayAllocate(long bytes) {
        return true;
    }

    @Override
    public void started(Thread thread) {}

    @Override
    public void opened(Object service) {}

    @Override
    public boolean print(byte[] bytes, int offset, int length) {
        return false;
    }

    @Override
    public void failed(Throwable thrown) {}

    @Override
    public void atWork(boolean begins) {}

    @Override
    public TaskHost forChild() {
        return this;
    }

    @Override
    public TaskHost forWork() {
        return this;
    }
}
