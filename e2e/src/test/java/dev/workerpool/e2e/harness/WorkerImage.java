package dev.workerpool.e2e.harness;

import java.util.ArrayList;
import java.util.List;

/** The worker image without a cluster. */
public final class WorkerImage {
    private WorkerImage() {}

    /**
     * Its primary, with a shell script in the place of the worker.
     *
     * @param options of {@code docker run}
     */
    public static Command primary(String script, String... options) {
        List<String> words = new ArrayList<>(List.of("run", "--rm", "--read-only"));
        words.addAll(List.of(options));
        words.addAll(List.of(
                "--entrypoint", "/opt/workerpool/primary", Settings.read().workerImage(), "sh", "-c", script));
        return Command.of("docker", words.toArray(String[]::new));
    }
}
