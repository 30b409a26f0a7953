package dev.workerpool.tasks;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;

/** The naive recursion every article on worker threads computes. */
@TaskType("fibonacci")
public final class Fibonacci implements Task<Fibonacci.Input, Fibonacci.Output> {
    public record Input(int n) {
        public Input {
            Bounds.between("n", n, 0, 50);
        }
    }

    public record Output(long value) {}

    @Override
    public Output run(Input input, TaskContext context) {
        return new Output(fibonacci(input.n()));
    }

    private static long fibonacci(int n) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }
}
