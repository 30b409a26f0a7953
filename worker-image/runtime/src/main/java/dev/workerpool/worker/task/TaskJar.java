package dev.workerpool.worker.task;

import dev.workerpool.mapping.TaskMapper;
import dev.workerpool.sharing.SharedResources;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskType;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * One jar, opened: its class loader, its JSON mapper, and its tasks by type. With isolation {@code PerThread} every thread
 * opens the jar for itself.
 */
final class TaskJar implements Closeable {
    private static final Pattern TYPE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private final TaskClassLoader loader;
    private final Map<String, TaskBinding> tasks;
    private final SharedResources resources = new SharedResources();

    private TaskJar(TaskClassLoader loader, Map<String, TaskBinding> tasks) {
        this.loader = loader;
        this.tasks = tasks;
    }

    /** All or nothing: a jar with one task that cannot work is refused, so that nobody misses a task without a word. */
    @SuppressWarnings("resource") // Closed here on failure, by the TaskJar otherwise.
    static TaskJar open(Path path, ClassLoader api) throws TaskLoadException {
        TaskClassLoader loader;
        try {
            loader = new TaskClassLoader(path, api);
        } catch (IOException e) {
            throw new TaskLoadException("cannot be read as a jar: " + e.getMessage(), e);
        }
        try {
            return new TaskJar(loader, tasks(loader));
        } catch (TaskLoadException | ServiceConfigurationError | LinkageError | RuntimeException e) {
            var failure = e instanceof TaskLoadException refused ? refused : new TaskLoadException(reason(e), e);
            try {
                loader.close();
            } catch (IOException suppressed) {
                failure.addSuppressed(suppressed);
            }
            throw failure;
        }
    }

    @SuppressWarnings("rawtypes") // A class literal has no type arguments.
    private static Map<String, TaskBinding> tasks(TaskClassLoader loader) throws TaskLoadException {
        // A mapper of its own: its caches hold the jar's classes and must go when the jar goes.
        TaskMapper mapper = new TaskMapper();
        var tasks = new LinkedHashMap<String, TaskBinding>();
        for (var provider : ServiceLoader.load(Task.class, loader).stream().toList()) {
            Class<? extends Task<?, ?>> type = taskClass(provider.type());
            // Found through the parent, such as in the JDK: not this jar's.
            if (type.getClassLoader() == loader) {
                String name = name(type);
                if (tasks.put(name, TaskBinding.of(name, type, mapper)) != null) {
                    throw new TaskLoadException("has two tasks of type '" + name + "'");
                }
            }
        }
        if (tasks.isEmpty()) {
            throw new TaskLoadException(
                    "has no tasks: list their classes in META-INF/services/" + Task.class.getName());
        }
        return tasks;
    }

    @SuppressWarnings("unchecked") // A Task is a Task<?, ?>; ServiceLoader only knows the raw type.
    private static Class<? extends Task<?, ?>> taskClass(Class<?> type) {
        return (Class<? extends Task<?, ?>>) type;
    }

    private static String name(Class<? extends Task<?, ?>> type) throws TaskLoadException {
        TaskType annotation = type.getAnnotation(TaskType.class);
        if (annotation == null) {
            throw new TaskLoadException(type.getName() + " has no @TaskType");
        }
        if (!TYPE.matcher(annotation.value()).matches()) {
            throw new TaskLoadException(
                    type.getName() + " has the type '" + annotation.value()
                            + "': it must be lower-case letters, digits and '-', at most 63, starting and ending with a letter or digit");
        }
        if (Modifier.isAbstract(type.getModifiers())) {
            throw new TaskLoadException(type.getName() + " is abstract");
        }
        return annotation.value();
    }

    private static String reason(Throwable e) {
        Throwable cause = e instanceof ServiceConfigurationError && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
    }

    Map<String, TaskBinding> tasks() {
        return tasks;
    }

    ClassLoader loader() {
        return loader;
    }

    String name() {
        return loader.getName();
    }

    /** Of its tasks, for as long as it is open. */
    SharedResources resources() {
        return resources;
    }

    /** Its shared resources first, whose code is in it. */
    @Override
    public void close() throws IOException {
        try (loader) {
            resources.close();
        }
    }
}
