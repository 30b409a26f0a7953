package dev.workerpool.bench.tasks;

import dev.workerpool.task.InvalidInputException;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;
import java.util.ArrayList;
import java.util.List;

/** Loops of several shapes that nothing but a kill ends. Interrupts are ignored, as computing code ignores them. */
@TaskType("doomed")
public final class Doomed implements Task<Doomed.Input, Void> {
    public static final List<String> SHAPES =
            List.of("integer", "array", "nested", "recursion", "allocating", "catch-throwable");

    public record Input(String shape) {}

    /** When the last run started, for {@link Probe} to tell. */
    static volatile long startedAt;

    static volatile long sink;

    @Override
    public Void run(Input input, TaskContext context) {
        startedAt = System.nanoTime();
        switch (input.shape()) {
            case "integer" -> integer();
            case "array" -> array();
            case "nested" -> nested();
            case "recursion" -> recursion();
            case "allocating" -> allocating();
            case "catch-throwable" -> catchThrowable();
            default -> throw new InvalidInputException("shape", "must be one of " + SHAPES);
        }
        return null;
    }

    private static void integer() {
        long x = 1;
        while (x != 0) {
            x = x * 31 | 1;
        }
        sink = x;
    }

    private static void array() {
        int[] numbers = new int[4096];
        while (numbers[0] >= 0) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = numbers[i] + i & 0xffff;
            }
        }
    }

    private static void nested() {
        long sum = 0;
        while (sum >= 0) {
            for (int i = 0; i < 1000; i++) {
                for (int j = 0; j < 1000; j++) {
                    sum = sum + i * j & Long.MAX_VALUE;
                }
            }
        }
        sink = sum;
    }

    private static void recursion() {
        while (sink >= 0) {
            sink = fibonacci(35);
        }
    }

    private static int fibonacci(int n) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }

    private static void allocating() {
        while (sink >= 0) {
            var names = new ArrayList<String>();
            for (int i = 0; i < 1000; i++) {
                names.add("name-" + i);
            }
            sink = names.size();
        }
    }

    private static void catchThrowable() {
        while (true) {
            try {
                integer();
            } catch (Throwable swallowed) {
                sink++;
            }
        }
    }
}
