package dev.workerpool.bench.rows;

import dev.workerpool.bench.Bench;
import dev.workerpool.bench.figures.Bar;
import dev.workerpool.bench.figures.Figure;
import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.ClosedLoop.Load;
import dev.workerpool.bench.load.ClosedLoop.Window;
import dev.workerpool.bench.process.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A mebibyte there and back through a task, for which Node hands its buffer over by a transfer list. */
public final class RawEcho implements Row {
    private static final int SIZE = 1 << 20;

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public void measure(Bench bench) throws Exception {
        Path file = bench.folder().resolve("mebibyte");
        byte[] body = new byte[SIZE];
        new Random(1).nextBytes(body);
        Files.write(file, body);
        var load = Load.bytes("/tasks/echo", file, 4);
        try (var duel = new Duel(bench)) {
            duel.warm(load);
            Map<Server, List<Window>> windows = duel.inTurn(server -> {
                confirm(server, body);
                return duel.window(server, load);
            });
            bench.report()
                    .add(Figure.of(
                                    name(),
                                    "1 MiB: bytes per CPU-second, against Node",
                                    duel.ratios(windows, RawEcho::bytesPerCpuSecond, true),
                                    "×",
                                    Bar.atLeast(1.5, 3))
                            .noise(duel.noise(windows, RawEcho::bytesPerCpuSecond))
                            .detail("windows", EmptyTask.byName(windows)));
            for (Server server : windows.keySet()) {
                bench.report()
                        .note("%s: %,.0f MiB each way per CPU-second, %,.0f MiB/s"
                                .formatted(
                                        server.name(),
                                        Duel.median(windows, server, RawEcho::bytesPerCpuSecond) / SIZE,
                                        Duel.median(windows, server, Window::rate)));
            }
        }
    }

    private static void confirm(Server server, byte[] body) throws Exception {
        try (Client client = server.connect()) {
            var answer = client.post("/tasks/echo", "application/octet-stream", body);
            if (answer.status() != 200 || !Arrays.equals(answer.body(), body)) {
                throw new IllegalStateException(server.name() + " does not echo: status " + answer.status());
            }
        }
    }

    private static double bytesPerCpuSecond(Window window) {
        return window.requests() * SIZE / window.serverCpu();
    }
}
