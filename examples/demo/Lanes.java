import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Runs a number of steps on so many lanes at once, in order of their number as far as lanes allow. */
final class Lanes {

    /** One step; what it throws ends the whole. */
    interface Step {
        void run(int number) throws Exception;
    }

    private Lanes() {}

    static void run(int lanes, int steps, Step step) throws Exception {
        try (ExecutorService executor = Executors.newFixedThreadPool(lanes)) {
            List<Future<Void>> results = IntStream.range(0, steps)
                    .mapToObj(number -> executor.<Void>submit(() -> {
                        step.run(number);
                        return null;
                    }))
                    .toList();
            try {
                for (Future<Void> result : results) {
                    result.get();
                }
            } catch (ExecutionException e) {
                executor.shutdownNow();
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
    }
}
