package dev.workerpool.bench.load;

import dev.workerpool.bench.process.ProcFs;
import dev.workerpool.bench.process.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** As many requests as the server can take, by wrk: 16 connections, each with one request at a time. */
public final class ClosedLoop {
    private static final double FOREIGN_CORES = 0.02;

    private final Path script;
    private double seconds;
    private double foreignSeconds;

    public ClosedLoop(Path script) {
        this.script = script;
    }

    /**
     * What happened in one window. Processor time in seconds.
     *
     * @param foreignCpu used by whoever else was on the machine
     */
    public record Window(
            double requests,
            double refused,
            double seconds,
            double p99Millis,
            double serverCpu,
            double generatorCpu,
            double foreignCpu) {
        public double rate() {
            return requests / seconds;
        }

        public double cpuMicrosPerRequest() {
            return serverCpu / requests * 1e6;
        }

        /** Did others use more than a fiftieth of a core? The least that the kernel counts is a hundredth of a second. */
        public boolean isDisturbed() {
            return foreignCpu > FOREIGN_CORES * seconds + 0.02;
        }

        /** How many cores the generator kept from the server. */
        public double generatorCores() {
            return generatorCpu / seconds;
        }
    }

    public record Load(String path, String type, String body, Path bodyFile, int connections) {
        public static Load json(String path, String body) {
            return new Load(path, "application/json", body, null, 16);
        }

        public static Load bytes(String path, Path file, int connections) {
            return new Load(path, "application/octet-stream", "", file, connections);
        }
    }

    public Window run(Server server, Load load, double seconds) throws IOException, InterruptedException {
        double machineBefore = ProcFs.cpuOfMachine();
        double selfBefore = ProcFs.cpuOfSelf();
        double serverBefore = server.cpu();
        String[] told = wrk(server, load, seconds).split(" ");
        double serverCpu = server.cpu() - serverBefore;
        double generatorCpu = Double.parseDouble(told[6]);
        double ours = serverCpu + generatorCpu + ProcFs.cpuOfSelf() - selfBefore;
        double answered = Double.parseDouble(told[1]);
        if (!"0".equals(told[4]) || answered == 0) {
            throw new IllegalStateException(
                    server.name() + ": " + told[4] + " broken connections, " + answered + " answers");
        }
        var window = new Window(
                answered,
                Double.parseDouble(told[3]),
                Double.parseDouble(told[2]) / 1e6,
                Double.parseDouble(told[5]) / 1e3,
                serverCpu,
                generatorCpu,
                Math.max(0, ProcFs.cpuOfMachine() - machineBefore - ours));
        this.seconds += window.seconds();
        this.foreignSeconds += window.foreignCpu();
        return window;
    }

    /** How many cores others used during all windows so far. */
    public double foreignCores() {
        return seconds == 0 ? 0 : foreignSeconds / seconds;
    }

    private String wrk(Server server, Load load, double seconds) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(List.of(
                        "wrk",
                        "-t1",
                        "-c" + load.connections(),
                        "-d" + Math.round(seconds) + "s",
                        "--timeout=30s",
                        "-s",
                        script.toString(),
                        "http://127.0.0.1:" + server.port() + load.path()))
                .redirectErrorStream(true);
        builder.environment().put("TYPE", load.type());
        builder.environment().put("BODY", load.body());
        builder.environment()
                .put("BODY_FILE", load.bodyFile() == null ? "" : load.bodyFile().toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines()
                .filter(line -> line.startsWith("RESULT "))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("wrk failed: " + output));
    }
}
