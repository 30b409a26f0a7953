package dev.workerpool.e2e.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code kubectl port-forward} to a Service or a pod, on any free local port, until closed. */
public final class PortForward implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+) ->");

    private final Process process;
    private final int port;
    private Http.Opener opener = Http.Opener.PLAIN;

    PortForward(Command kubectl) {
        this.process = kubectl.start();
        try {
            this.port = awaitPort(process.inputReader());
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** From now on connections through it are made so. */
    public PortForward openedBy(Http.Opener way) {
        this.opener = way;
        return this;
    }

    /** A new connection. */
    public Http connect() throws IOException {
        return opener.open("127.0.0.1", port);
    }

    public Http.Answer send(Http.Request request) {
        try (Http connection = connect()) {
            return connection.send(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a request on a thread and a connection of its own. */
    public CompletableFuture<Http.Answer> sendInBackground(Http.Request request) {
        return CompletableFuture.supplyAsync(() -> send(request), Thread::startVirtualThread);
    }

    @Override
    public void close() {
        process.destroy();
    }

    private int awaitPort(BufferedReader output) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher matcher = PORT.matcher(line);
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
        }
        throw new AssertionError(
                "kubectl port-forward ended: " + process.errorReader().lines().toList());
    }
}
