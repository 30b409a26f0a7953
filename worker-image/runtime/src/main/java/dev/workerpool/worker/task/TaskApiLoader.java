package dev.workerpool.worker.task;

import dev.workerpool.task.Task;
import java.util.Set;

/**
 * The parent of every task jar's class loader. It shows the JDK, the task API and the hooks that {@link TaskWeaver}
 * weaves in, and hides everything else of the worker: whatever a jar brings along cannot clash with it.
 */
final class TaskApiLoader extends ClassLoader {
    private static final String API = Task.class.getPackageName();
    private static final Set<String> HOOKS = Set.of(
            TaskHooks.class.getName(),
            AllocationHooks.class.getName(),
            TaskExecutors.class.getName(),
            TaskReflection.class.getName());

    private final ClassLoader worker = TaskApiLoader.class.getClassLoader();

    static {
        registerAsParallelCapable();
    }

    TaskApiLoader() {
        super("task-api", ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (isOfApi(name) || HOOKS.contains(name)) {
            return worker.loadClass(name);
        }
        throw new ClassNotFoundException(name);
    }

    /** In that very package: what lies below it is the test kit's. */
    private static boolean isOfApi(String name) {
        return name.startsWith(API) && name.lastIndexOf('.') == API.length();
    }
}
