package dev.workerpool.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel tells of processes. Processor time comes in hundredths of a second. */
public final class ProcFs {
    private static final double TICKS = 100;

    private ProcFs() {}

    /** Processor time of a process and all below it, in seconds. */
    static double cpuOfTree(long pid) {
        return tree(pid).mapToDouble(ProcFs::cpu).sum();
    }

    /** Resident memory of a process and all below it, in bytes; what several share is counted once. */
    static long residentOfTree(long pid) {
        return tree(pid).mapToLong(ProcFs::resident).sum();
    }

    private static Stream<Long> tree(long pid) {
        return Stream.concat(Stream.of(pid), ProcessHandle.of(pid).stream().flatMap(process -> process.descendants()
                .map(ProcessHandle::pid)));
    }

    private static double cpu(long pid) {
        String stat = read(Path.of("/proc/" + pid + "/stat"));
        // The second field is the name in parentheses, which may have blanks in it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    }

    private static long resident(long pid) {
        return read(Path.of("/proc/" + pid + "/smaps_rollup"))
                        .lines()
                        .filter(line -> line.startsWith("Pss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                * 1024;
    }

    /** Processor time that processes have used on the whole machine, and what its host has taken away, in seconds. */
    public static double cpuOfMachine() {
        String[] fields =
                read(Path.of("/proc/stat")).lines().findFirst().orElseThrow().split(" +");
        double busy = 0;
        for (int field : new int[] {1, 2, 3, 8}) {
            busy += Long.parseLong(fields[field]);
        }
        return busy / TICKS;
    }

    /** Our own, in seconds. */
    public static double cpuOfSelf() {
        return cpu(ProcessHandle.current().pid());
    }

    /** Not so a process that has ended and whose parent has not looked yet. */
    static boolean isRunning(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException gone) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
