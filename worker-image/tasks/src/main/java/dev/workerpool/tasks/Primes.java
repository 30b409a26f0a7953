package dev.workerpool.tasks;

import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;

/** Counts the primes up to n by trial division: a plain integer loop. */
@TaskType("primes")
public final class Primes implements Task<Primes.Input, Primes.Output> {
    public record Input(int n) {
        public Input {
            Bounds.between("n", n, 0, 50_000_000);
        }
    }

    public record Output(int count) {}

    @Override
    public Output run(Input input, TaskContext context) {
        int n = input.n();
        int count = 0;
        for (int candidate = 2; candidate <= n; candidate++) {
            if (isPrime(candidate)) {
                count++;
                if (context.isCancelled()) {
                    break;
                }
            }
        }
        return new Output(count);
    }

    private static boolean isPrime(int candidate) {
        for (int divisor = 2; (long) divisor * divisor <= candidate; divisor++) {
            if (candidate % divisor == 0) {
                return false;
            }
        }
        return true;
    }
}
