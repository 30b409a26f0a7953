import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Who did what: tasks and busy time for each thread of each replica. Safe for any number of threads. */
final class Ledger {

    private record Worker(String replica, String thread) implements Comparable<Worker> {

        private static final Comparator<Worker> ORDER = Comparator.comparing(Worker::replica)
                .thenComparing(worker -> worker.thread().length())
                .thenComparing(Worker::thread);

        @Override
        public int compareTo(Worker other) {
            return ORDER.compare(this, other);
        }
    }

    private static final class Tally {
        private final Map<String, Integer> tasks = new TreeMap<>();
        private double busyMillis;

        private int of(String task) {
            return tasks.getOrDefault(task, 0);
        }

        private int all() {
            return tasks.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    private final Map<Worker, Tally> tallies = new TreeMap<>();

    synchronized void add(String task, Answer answer) {
        Tally tally = tallies.computeIfAbsent(new Worker(answer.replica(), answer.thread()), worker -> new Tally());
        tally.tasks.merge(task, 1, Integer::sum);
        tally.busyMillis += answer.runMillis();
    }

    /** How many threads took part. */
    synchronized int threads() {
        return tallies.size();
    }

    synchronized String table() {
        int width = Math.max(
                "replica".length(),
                tallies.keySet().stream()
                        .mapToInt(worker -> worker.replica().length())
                        .max()
                        .orElse(0));
        String format = "  %-" + width + "s  %6s  %6s  %6s  %8s  %6s  %9s%n";
        StringBuilder table = new StringBuilder(
                format.formatted("replica", "thread", "tiles", "photos", "classics", "tasks", "busy"));
        Tally total = new Tally();
        tallies.forEach((worker, tally) -> {
            table.append(row(format, worker.replica(), worker.thread(), tally));
            tally.tasks.forEach((task, count) -> total.tasks.merge(task, count, Integer::sum));
            total.busyMillis += tally.busyMillis;
        });
        return table.append(row(format, "total", "", total)).toString();
    }

    private static String row(String format, String replica, String thread, Tally tally) {
        int tiles = tally.of("mandelbrot");
        int photos = tally.of("thumbnail");
        int classics = tally.all() - tiles - photos;
        return format.formatted(
                replica, thread, tiles, photos, classics, tally.all(), "%.1f s".formatted(tally.busyMillis / 1_000));
    }
}
