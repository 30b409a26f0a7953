package dev.workerpool.e2e.harness;

/** The worker image without a cluster. */
public final class WorkerImage {
    private WorkerImage() {}

    /** Its primary, with a shell script in the place of the worker. */
    public static Command primary(String script) {
        return Command.of(
                "docker",
                "run",
                "--rm",
                "--read-only",
                "--entrypoint",
                "/opt/workerpool/primary",
                Settings.read().workerImage(),
                "sh",
                "-c",
                script);
    }
}
