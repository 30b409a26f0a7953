package dev.workerpool.bench;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/** Makes the task jar as a user would: the tasks and the library they bring. */
final class TaskJarFile {
    private static final String TASKS = "dev/workerpool/bench/tasks/";
    private static final String PROVIDERS = "META-INF/services/dev.workerpool.task.Task";
    private static final String LIBRARY = "com/fasterxml/jackson/core/";

    private TaskJarFile() {}

    static Path write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file);
                var jar = new JarOutputStream(out)) {
            copy(TaskJarFile.class, jar, TASKS, PROVIDERS);
            copy(JsonFactory.class, jar, LIBRARY, LIBRARY);
        }
        return file;
    }

    /** A small one, of these alone; each class with those nested in it. */
    static Path write(Path file, Class<?>... tasks) throws IOException {
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file);
                var jar = new JarOutputStream(out)) {
            jar.putNextEntry(new JarEntry(PROVIDERS));
            for (Class<?> task : tasks) {
                jar.write((task.getName() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            for (Class<?> task : tasks) {
                copy(task, jar, TASKS + task.getSimpleName() + ".class", TASKS + task.getSimpleName() + "$");
            }
        }
        return file;
    }

    private static void copy(Class<?> member, JarOutputStream out, String... prefixes) throws IOException {
        String path = member.getProtectionDomain().getCodeSource().getLocation().getPath();
        try (var jar = new JarFile(path)) {
            for (JarEntry entry : java.util.Collections.list(jar.entries())) {
                if (!entry.isDirectory() && java.util.Arrays.stream(prefixes).anyMatch(entry.getName()::startsWith)) {
                    out.putNextEntry(new JarEntry(entry.getName()));
                    jar.getInputStream(entry).transferTo(out);
                }
            }
        }
    }
}
