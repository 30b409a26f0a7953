package dev.workerpool.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A shell that starts processes for us. Both sides are started in this way: the worker in the file system of its image,
 * Node in the machine's. They are processes of this machine like any other, in our control group and with our niceness, so
 * that the kernel shares the cores between them and the generator evenly. Should we be killed, the shell takes them along.
 */
public final class Box implements AutoCloseable {
    private static final String LISTEN =
            "started=''; while read -r line; do eval \"$line\"; done; kill -9 $started 2>/dev/null";

    private final Process shell;
    private final Writer in;
    private final BufferedReader out;

    private Box(List<String> command, Path folder) throws IOException {
        shell = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        in = shell.outputWriter(StandardCharsets.UTF_8);
        out = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
    }

    public static Box onMachine(Path folder) throws IOException {
        return new Box(List.of("sh", "-c", LISTEN), folder);
    }

    /** @param root the image's files. Mounts are seen by this shell and its children alone, and go with them */
    public static Box inImage(Path root) throws IOException {
        var command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!"root".equals(System.getProperty("user.name"))) {
            command.add("--map-root-user");
        }
        String enter = "for d in proc sys dev; do mount --rbind /$d \"$0/$d\" || exit 1; done; "
                + "exec chroot \"$0\" /bin/busybox sh -c \"$1\"";
        command.addAll(List.of("sh", "-c", enter, root.toString(), "cd /tmp; " + LISTEN));
        return new Box(command, root);
    }

    /** @return the process id. What it prints goes to the log, a path as the box sees it */
    synchronized long start(List<String> command, Map<String, String> environment, String log) {
        var line = new StringBuilder();
        new TreeMap<>(environment)
                .forEach((name, value) ->
                        line.append(name).append('=').append(quoted(value)).append(' '));
        command.forEach(word -> line.append(quoted(word)).append(' '));
        line.append(">>").append(quoted(log)).append(" 2>&1 & started=\"$started $!\"; echo $!\n");
        try {
            in.write(line.toString());
            in.flush();
            String pid = out.readLine();
            if (pid == null) {
                throw new IOException("The shell that starts the processes has ended: see its message above");
            }
            return Long.parseLong(pid);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    @Override
    public void close() throws IOException {
        in.close();
        shell.onExit().join();
    }
}
