package dev.workerpool.bench;

import dev.workerpool.bench.figures.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** The file that keeps every sample of one call, and on what and when it was measured. */
final class ResultFile {
    private ResultFile() {}

    /** @param run more about this call */
    static void write(
            Path folder, String benchmark, String commit, boolean quick, Report report, Map<String, Object> run)
            throws IOException {
        Instant now = Instant.now();
        String stamp = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                .withZone(ZoneOffset.UTC)
                .format(now);
        var about = new LinkedHashMap<String, Object>();
        about.put("benchmark", benchmark);
        about.put("date", now.toString());
        about.put("commit", commit);
        about.put("quick", quick);
        about.put(
                "machine",
                Map.of(
                        "cpus", Runtime.getRuntime().availableProcessors(),
                        "kernel", System.getProperty("os.version"),
                        "loadAverage",
                                Files.readString(Path.of("/proc/loadavg")).strip(),
                        "java", Runtime.version().toString()));
        about.put("run", run);
        Path file = folder.resolve(benchmark + "-" + stamp + ".json");
        report.write(file, about);
        report.note("All samples: " + file);
    }
}
