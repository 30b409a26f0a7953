import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A command of the caller's that runs beside the picture from its half on: how a worker gets killed in the middle. */
final class AtHalf implements AutoCloseable {

    private static final long LIMIT_SECONDS = 120;

    private final String command;
    private Process process;

    AtHalf(String command) {
        this.command = command;
    }

    synchronized void start() throws IOException {
        System.out.println("  half of the picture is done");
        if (!command.isEmpty()) {
            process = new ProcessBuilder("sh", "-c", command).inheritIO().start();
        }
    }

    /** Waits for its end. True also when there was no command. */
    synchronized boolean succeeded() throws InterruptedException {
        if (process == null) {
            return true;
        }
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            System.out.printf("  the command at half did not end in %d s%n", LIMIT_SECONDS);
            return false;
        }
        if (process.exitValue() != 0) {
            System.out.printf("  the command at half failed with exit code %d%n", process.exitValue());
        }
        return process.exitValue() == 0;
    }

    @Override
    public synchronized void close() {
        if (process != null) {
            process.destroy();
        }
    }
}
