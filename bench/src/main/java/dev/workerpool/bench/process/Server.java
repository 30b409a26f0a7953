package dev.workerpool.bench.process;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.bench.load.Client;
import dev.workerpool.bench.load.Client.Answer;
import dev.workerpool.bench.load.Endpoint;
import dev.workerpool.bench.tasks.Spin;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;

/** One side's processes, answering on a port of their own. Closed, they are gone. */
public final class Server implements Endpoint, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final long pid;
    private final int port;

    public Server(String name, long pid, int port) {
        this.name = name;
        this.pid = pid;
        this.port = port;
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return pid;
    }

    /** Processor time of all its processes, in seconds. */
    public double cpu() {
        return ProcFs.cpuOfTree(pid);
    }

    /** Resident memory of all its processes, in bytes. */
    public long resident() {
        return ProcFs.residentOfTree(pid);
    }

    @Override
    public Client connect() throws IOException {
        return new Client(port);
    }

    /** Asks until it answers, and answers right. @return when it did, as {@link System#nanoTime} */
    public long awaitCorrectAnswer() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            try (Client client = connect()) {
                Answer answer = client.post("/tasks/spin", "{\"n\":10}");
                if (isRight(answer, 10)) {
                    return System.nanoTime();
                }
            } catch (IOException notYet) {
                // Asked again.
            }
            Thread.sleep(1);
        }
        throw new IllegalStateException(name + " does not answer on port " + port);
    }

    /** @throws IllegalStateException when the result of the kernel is not what the kernel gives */
    public void check(Client client, int n) throws IOException {
        Answer answer = client.post("/tasks/spin", "{\"n\":" + n + "}");
        if (!isRight(answer, n)) {
            throw new IllegalStateException(name + " answers spin " + n + " with " + answer);
        }
    }

    private static boolean isRight(Answer answer, int n) throws IOException {
        JsonNode value = answer.status() == 200 ? answer.json().get("value") : null;
        return value != null && value.intValue() == Spin.spin(n);
    }

    @Override
    public void close() {
        ProcessHandle.of(pid).ifPresent(process -> {
            var below = process.descendants().toList();
            process.destroyForcibly();
            below.forEach(ProcessHandle::destroyForcibly);
            awaitEnd();
        });
    }

    /** It is the box's child, so nobody tells us. */
    private void awaitEnd() {
        try {
            while (ProcFs.isRunning(pid)) {
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
