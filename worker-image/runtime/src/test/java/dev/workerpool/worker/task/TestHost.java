package dev.workerpool.worker.task;

import java.util.ArrayList;
import java.util.List;

/** Answers for a test's thread, and remembers what it was told. Tests override what they test. */
class TestHost implements TaskHost {
    final List<Integer> exits = new ArrayList<>();

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
}
