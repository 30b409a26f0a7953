package dev.workerpool.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Builds task jars from source, as a user's build would: tests then see task code from where the worker sees it. */
public final class TaskJars {
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<String> providers = new ArrayList<>();
    private final List<String> omitted = new ArrayList<>();
    private final List<Path> libraries = new ArrayList<>();

    private TaskJars() {}

    public static TaskJars jar() {
        return new TaskJars();
    }

    /** A task whose class has the name, the type is that in lower case, and {@code body} is the method's. */
    public TaskJars task(String name, String input, String output, String body) {
        return taskClass(name, """
                @TaskType("%s")
                public class %s implements Task<%s, %s> {
                    public %4$s run(%3$s input, TaskContext context) throws Exception { %5$s }
                }
                """.formatted(name.toLowerCase(), name, input, output, body));
    }

    /** A whole class, listed as a provider. */
    public TaskJars taskClass(String name, String source) {
        providers.add("sample." + name);
        return source("sample." + name, """
                package sample;
                import dev.workerpool.task.*;
                import java.nio.ByteBuffer;
                import java.time.Duration;
                import java.util.*;
                import java.util.concurrent.*;
                """ + source);
    }

    public TaskJars source(String name, String source) {
        sources.put(name, source);
        return this;
    }

    public TaskJars provider(String name) {
        providers.add(name);
        return this;
    }

    /** Compiled against, and left out of the jar. */
    public TaskJars without(String name) {
        omitted.add(name);
        return this;
    }

    /** Compiled against before all others, and packed into the jar, as a user's build shades its dependencies. */
    public TaskJars library(Path jar) {
        libraries.add(jar);
        return this;
    }

    /** A gate that both the test and task code can reach: nothing of the worker's is visible to tasks. */
    public static String gate(String name) {
        return "((CountDownLatch) System.getProperties().get(\"" + name + "\"))";
    }

    public Path writeTo(Path jar) {
        try {
            Path work = Files.createTempDirectory(jar.getParent(), "compile");
            compile(work);
            pack(work.resolve("classes"), jar);
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compile(Path work) throws IOException {
        var files = new ArrayList<String>();
        for (var source : sources.entrySet()) {
            Path file = work.resolve("src/" + source.getKey().replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            files.add(Files.writeString(file, source.getValue()).toString());
        }
        Path classes = Files.createDirectories(work.resolve("classes"));
        if (files.isEmpty()) {
            return;
        }
        String classPath = Stream.concat(
                        libraries.stream().map(Path::toString), Stream.of(System.getProperty("java.class.path")))
                .collect(Collectors.joining(java.io.File.pathSeparator));
        var arguments = new ArrayList<>(List.of("-proc:none", "-cp", classPath, "-d", classes.toString()));
        arguments.addAll(files);
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        if (result != 0) {
            throw new IllegalArgumentException("The test's task does not compile");
        }
    }

    private void pack(Path classes, Path jar) throws IOException {
        var left =
                omitted.stream().map(name -> name.replace('.', '/') + ".class").collect(Collectors.toSet());
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = classes.relativize(file).toString();
                if (!left.contains(name)) {
                    out.putNextEntry(new ZipEntry(name));
                    Files.copy(file, out);
                }
            }
            for (Path library : libraries) {
                copy(library, out);
            }
            if (!providers.isEmpty()) {
                out.putNextEntry(new ZipEntry("META-INF/services/dev.workerpool.task.Task"));
                out.write(String.join("\n", providers).getBytes());
            }
        }
    }

    private static void copy(Path library, JarOutputStream out) throws IOException {
        try (var in = new JarFile(library.toFile())) {
            for (JarEntry entry : in.stream().toList()) {
                if (entry.getName().endsWith(".class")
                        && !entry.getName().contains("META-INF")
                        && !entry.getName().startsWith("module-info")) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    in.getInputStream(entry).transferTo(out);
                }
            }
        }
    }
}
