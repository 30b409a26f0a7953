package dev.workerpool.bench;

import dev.workerpool.bench.figures.Report;
import dev.workerpool.bench.load.ClosedLoop;
import dev.workerpool.bench.process.ProcFs;
import dev.workerpool.bench.process.Sides;
import dev.workerpool.bench.rows.CheckpointCost;
import dev.workerpool.bench.rows.EmptyTask;
import dev.workerpool.bench.rows.HandOver;
import dev.workerpool.bench.rows.KillStorm;
import dev.workerpool.bench.rows.Kills;
import dev.workerpool.bench.rows.KillsInARow;
import dev.workerpool.bench.rows.Memory;
import dev.workerpool.bench.rows.OpenLoopTail;
import dev.workerpool.bench.rows.Overload;
import dev.workerpool.bench.rows.RawEcho;
import dev.workerpool.bench.rows.Row;
import dev.workerpool.bench.rows.SizedTasks;
import dev.workerpool.bench.rows.Soak;
import dev.workerpool.bench.rows.Start;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code ./bench.sh worker} and {@code ./bench.sh soak}, after everything has been built. */
public final class WorkerBench {
    private static final List<Row> ROWS = List.of(
            new EmptyTask(),
            new SizedTasks(),
            new HandOver(),
            new CheckpointCost(),
            new OpenLoopTail(),
            new Overload(),
            new RawEcho(),
            new Kills(),
            new KillStorm(),
            new KillsInARow(),
            new Start(),
            new Memory());

    /** Cores that others may use before a run is worth nothing. */
    private static final double QUIET = 0.1;

    private final Options options;
    private final Report report = new Report(new PrintStream(System.out, true, StandardCharsets.UTF_8));

    private WorkerBench(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 1 && "--rows".equals(arguments[0])) {
            ROWS.forEach(row -> System.out.println(row.name()));
            return;
        }
        System.exit(new WorkerBench(Options.of(arguments)).run() ? 0 : 1);
    }

    /** @return whether every row could be measured */
    private boolean run() throws IOException {
        Path root = options.root();
        Path taskJar = TaskJarFile.write(root.resolve("tmp/bench-tasks/bench-tasks.jar"));
        List<String> flags = Files.readAllLines(root.resolve("opt/workerpool/jvm.options")).stream()
                .filter(line -> line.startsWith("-"))
                .toList();
        double busyBefore = ProcFs.cpuOfMachine();
        long began = System.nanoTime();
        var closedLoop = new ClosedLoop(options.script());
        boolean whole;
        try (var sides = new Sides(root, options.command(), "/tmp/bench-tasks", options.nodePeer(), options.folder())) {
            var bench = new Bench(sides, closedLoop, report, options.folder(), taskJar, flags, options.quick());
            whole = measure(bench);
        }
        if (!report.isEmpty()) {
            report.print();
            double seconds = (System.nanoTime() - began) / 1e9;
            double foreign = closedLoop.foreignCores();
            if (foreign > QUIET) {
                report.note(
                        "Others used %.2f cores of this machine meanwhile: take no figure of this run for a verdict."
                                .formatted(foreign));
            }
            write(Map.of(
                    "seconds", seconds,
                    "busyCores", (ProcFs.cpuOfMachine() - busyBefore) / seconds,
                    "foreignCores", foreign));
        }
        return whole;
    }

    private boolean measure(Bench bench) {
        boolean whole = true;
        for (Row row : options.soak() == null ? ROWS : List.<Row>of(new Soak(options.soak()))) {
            if (options.only().isEmpty() || options.only().contains(row.name())) {
                whole &= measure(bench, row);
            }
        }
        return whole;
    }

    /** One row that fails is told, and the others are measured all the same. */
    private boolean measure(Bench bench, Row row) {
        try {
            row.measure(bench);
            return true;
        } catch (Exception e) {
            report.note(row.name() + " could not be measured: " + e);
            e.printStackTrace();
            return false;
        }
    }

    private void write(Map<String, Object> run) throws IOException {
        String name = options.soak() == null ? "worker" : "soak";
        ResultFile.write(options.results(), name, options.commit(), options.quick(), report, run);
    }
}
