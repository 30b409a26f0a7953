package dev.workerpool.bench.tasks;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;

/** A kernel whose length is chosen: n steps of a 32-bit xorshift, which JIT compilers of either side do equally well. */
@TaskType("spin")
public final class Spin implements Task<Spin.Input, Spin.Output> {
    public record Input(int n) {}

    public record Output(int value) {}

    @Override
    public Output run(Input input, TaskContext context) {
        return new Output(spin(input.n()));
    }

    public static int spin(int n) {
        int x = 1;
        for (int i = 0; i < n; i++) {
            x ^= x << 13;
            x ^= x >>> 17;
            x ^= x << 5;
        }
        return x;
    }
}
