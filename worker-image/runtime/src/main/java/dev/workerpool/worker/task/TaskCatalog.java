package dev.workerpool.worker.task;

import dev.workerpool.mapping.TaskShape;
import dev.workerpool.sharing.SharedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * All task types of this worker, by name, and the jars they came from. Made once at start; immutable after that. A jar
 * that cannot be used is an {@link Artifact} with a reason, and no trouble to the others.
 */
public final class TaskCatalog {
    private final Isolation isolation;
    private final SharedMemory memory;
    private final JarCloser closer = new JarCloser();
    private final ClassLoader api = new TaskApiLoader();
    private final List<Source> sources = new ArrayList<>();
    private final List<Artifact> artifacts = new ArrayList<>();
    private final Map<String, TaskEntry> entries = new HashMap<>();

    /** @param jar kept open when threads share it, else null */
    private record Source(Path path, TaskJar jar) {}

    private TaskCatalog(Isolation isolation, SharedMemory memory) {
        this.isolation = isolation;
        this.memory = memory;
    }

    /** Without shared memory. */
    public static TaskCatalog load(List<Path> folders, Isolation isolation) {
        return load(folders, isolation, new SharedMemory(0));
    }

    /** Loads the jars under the folders, in their order. The first jar to bring a type keeps it. */
    public static TaskCatalog load(List<Path> folders, Isolation isolation, SharedMemory memory) {
        var catalog = new TaskCatalog(isolation, memory);
        for (Path folder : folders) {
            catalog.loadFolder(folder);
        }
        return catalog;
    }

    private void loadFolder(Path folder) {
        List<Path> jars;
        try {
            jars = jars(folder);
        } catch (IOException e) {
            artifacts.add(Artifact.failed(folder.toString(), "cannot be listed: " + e));
            return;
        }
        jars.forEach(this::loadJar);
    }

    /**
     * Jars in the folder and in its folders. Names that start with two dots are how Kubernetes keeps the versions of a
     * mounted ConfigMap: the jars there are the same ones again.
     */
    private static List<Path> jars(Path folder) throws IOException {
        var jars = new ArrayList<Path>();
        for (Path child : children(folder)) {
            if (Files.isDirectory(child)) {
                children(child).stream().filter(TaskCatalog::isJar).forEach(jars::add);
            } else if (isJar(child)) {
                jars.add(child);
            }
        }
        return jars;
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> !child.getFileName().toString().startsWith(".."))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isJar(Path path) {
        return path.getFileName().toString().endsWith(".jar") && !Files.isDirectory(path);
    }

    private void loadJar(Path path) {
        try {
            TaskJar jar = TaskJar.open(path, api);
            for (String type : jar.tasks().keySet()) {
                if (entries.containsKey(type)) {
                    jar.close();
                    throw new TaskLoadException("has the task type '" + type + "', which "
                            + sources.get(entries.get(type).source()).path() + " has already");
                }
            }
            add(path, jar);
        } catch (TaskLoadException e) {
            artifacts.add(Artifact.failed(path.toString(), e.getMessage()));
        } catch (IOException e) {
            artifacts.add(Artifact.failed(path.toString(), "cannot be closed: " + e));
        }
    }

    private void add(Path path, TaskJar jar) throws IOException {
        int source = sources.size();
        for (TaskBinding task : jar.tasks().values()) {
            entries.put(
                    task.type(),
                    new TaskEntry(
                            entries.size(),
                            task.type(),
                            task.mapping().input(),
                            task.mapping().output(),
                            source));
        }
        artifacts.add(Artifact.loaded(path.toString(), List.copyOf(jar.tasks().keySet())));
        if (isolation == Isolation.SHARED) {
            sources.add(new Source(path, jar));
        } else {
            jar.close();
            sources.add(new Source(path, null));
        }
    }

    /**
     * Describes what a task takes and gives. Takes a while, and opens the jar anew where threads do not share it.
     *
     * @throws IOException when the jar is no longer what it was
     */
    public TaskShape shape(TaskEntry entry) throws IOException {
        Source from = sources.get(entry.source());
        if (from.jar() != null) {
            return from.jar().tasks().get(entry.type()).mapping().shape(entry.type());
        }
        try (TaskJar jar = TaskJar.open(from.path(), api)) {
            return jar.tasks().get(entry.type()).mapping().shape(entry.type());
        } catch (TaskLoadException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** @return null when there is no such type */
    public TaskEntry find(String type) {
        return entries.get(type);
    }

    /** In alphabetical order. */
    public List<TaskEntry> entries() {
        return entries.values().stream()
                .sorted(Comparator.comparing(TaskEntry::type))
                .toList();
    }

    /** In the order of loading. */
    public List<Artifact> artifacts() {
        return Collections.unmodifiableList(artifacts);
    }

    /** The tasks as one new thread will see them. */
    public ThreadTasks forThread() {
        return new ThreadTasks(this);
    }

    int size() {
        return entries.size();
    }

    int sources() {
        return sources.size();
    }

    /** @return the jar for a thread to use; the thread closes it if it is its own */
    TaskJar open(int source) throws TaskLoadException {
        Source from = sources.get(source);
        return from.jar() != null ? from.jar() : TaskJar.open(from.path(), api);
    }

    SharedMemory memory() {
        return memory;
    }

    JarCloser closer() {
        return closer;
    }

    /** Closes the jars and what their tasks share, once nothing runs any more. Waits for that no longer than given. */
    public void close(Duration patience) throws InterruptedException {
        sources.stream().map(Source::jar).filter(Objects::nonNull).forEach(closer::close);
        closer.await(patience);
    }

    boolean shared() {
        return isolation == Isolation.SHARED;
    }
}
