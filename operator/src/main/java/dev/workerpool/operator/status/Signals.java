package dev.workerpool.operator.status;

import java.util.Map;
import java.util.Optional;

/** Names of the signals a worker dies of. A container runtime reports the death by signal N as exit code 128 + N. */
final class Signals {

    private static final int BY_SIGNAL = 128;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"),
            Map.entry(6, "SIGABRT"),
            Map.entry(7, "SIGBUS"),
            Map.entry(8, "SIGFPE"),
            Map.entry(9, "SIGKILL"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(15, "SIGTERM"));

    private Signals() {}

    static Optional<String> ofExitCode(int exitCode) {
        return Optional.ofNullable(NAMES.get(exitCode - BY_SIGNAL));
    }
}
