package dev.workerpool.bench.tasks;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;

/** The kernel in a bare loop: how many fit into the time when nothing comes between them. The limit of any server. */
@TaskType("bare")
public final class Bare implements Task<Bare.Input, Bare.Output> {
    public record Input(int n, int millis) {}

    /** @param who the thread it ran on: two bare loops at a time must be on two */
    public record Output(long count, long nanos, int sum, String who) {}

    @Override
    public Output run(Input input, TaskContext context) {
        long start = System.nanoTime();
        int sum = 0;
        long count = 0;
        long took;
        do {
            sum ^= Spin.spin(input.n());
            count++;
            took = System.nanoTime() - start;
        } while (took < input.millis() * 1_000_000L);
        return new Output(count, took, sum, Integer.toString(context.thread()));
    }
}
