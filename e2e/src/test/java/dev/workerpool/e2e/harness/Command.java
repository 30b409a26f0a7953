package dev.workerpool.e2e.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One run of a command-line tool, as a user would run it. {@link #out} is for commands that must succeed and fails
 * with what the tool printed; {@link #run} is for those whose refusal is the point of the test.
 */
public final class Command {
    private final List<String> words;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private byte[] input = {};
    private Duration timeout = Duration.ofSeconds(90);

    private Command(List<String> words) {
        this.words = words;
    }

    public static Command of(String tool, String... arguments) {
        List<String> words = new ArrayList<>();
        words.add(tool);
        words.addAll(List.of(arguments));
        return new Command(words);
    }

    public Command with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public Command input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    public Command input(byte[] bytes) {
        this.input = bytes;
        return this;
    }

    public Command within(Duration limit) {
        this.timeout = limit;
        return this;
    }

    /** What the tool printed; fails unless it exits with 0. */
    public String out() {
        Result result = run();
        if (result.exitCode() != 0) {
            throw new AssertionError("%s%nexited with %d:%n%s%s"
                    .formatted(String.join(" ", words), result.exitCode(), result.out(), result.err()));
        }
        return result.out();
    }

    public Result run() {
        Process process = start();
        try {
            CompletableFuture<String> out = drain(process.getInputStream());
            CompletableFuture<String> err = drain(process.getErrorStream());
            feed(process.getOutputStream());
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("%s%ndid not end within %s".formatted(String.join(" ", words), timeout));
            }
            return new Result(process.exitValue(), out.join(), err.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + words, e);
        } finally {
            process.destroyForcibly();
        }
    }

    Process start() {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The suite needs '%s' on the PATH (or its path in WORKERPOOL_%s): %s"
                            .formatted(words.getFirst(), words.getFirst().toUpperCase(), e.getMessage()),
                    e);
        }
    }

    private void feed(OutputStream stdin) {
        try (stdin) {
            stdin.write(input);
        } catch (IOException e) {
            // A tool that ends without reading its input has said why on stderr, and its exit code tells.
        }
    }

    private static CompletableFuture<String> drain(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (stream) {
                        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                        stream.transferTo(bytes);
                        return bytes.toString(StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }

    /** How the tool ended. */
    public record Result(int exitCode, String out, String err) {}
}
