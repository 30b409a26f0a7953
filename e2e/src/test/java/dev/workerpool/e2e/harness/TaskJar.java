package dev.workerpool.e2e.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A jar of tasks as a user's build would make it: the classes, and the file by which ServiceLoader finds them. */
public record TaskJar(String name, byte[] bytes) {
    private static final String PROVIDERS = "META-INF/services/dev.workerpool.task.Task";

    /** A jar with these task classes, which must each be in one file, without nested classes. */
    public static TaskJar of(String name, Class<?>... tasks) {
        String providers = Arrays.stream(tasks).map(Class::getName).collect(Collectors.joining("\n"));
        return write(name, providers, tasks);
    }

    /** A jar that promises a task class which is not in it. */
    public static TaskJar promising(String name, String missingClass) {
        return write(name, missingClass);
    }

    /** Written into a folder of its own, which a container may be shown: whoever its user is can read there. */
    public Path inFolder() {
        try {
            Path folder = Files.createDirectories(Settings.read()
                    .root()
                    .resolve("e2e/target/jars")
                    .resolve(UUID.randomUUID().toString()));
            Files.write(folder.resolve(name), bytes);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TaskJar write(String name, String providers, Class<?>... classes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, PROVIDERS, providers.getBytes(StandardCharsets.UTF_8));
            for (Class<?> type : classes) {
                String file = type.getName().replace('.', '/') + ".class";
                try (InputStream code = type.getClassLoader().getResourceAsStream(file)) {
                    put(zip, file, code.readAllBytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new TaskJar(name, bytes.toByteArray());
    }

    private static void put(ZipOutputStream zip, String file, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(file));
        zip.write(content);
        zip.closeEntry();
    }
}
