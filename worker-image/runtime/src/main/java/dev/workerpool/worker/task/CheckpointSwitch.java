package dev.workerpool.worker.task;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The switch for the checkpoints of one class of task code. They share a call site, whose target the JIT treats as a constant
 * and compiles nothing for, until it changes: then what was compiled with it is thrown away. That alone, so while a thread
 * is killed in one class those in others go on at full speed. It is unloaded with its class. Thread-safe.
 */
final class CheckpointSwitch {
    private static final MethodType CHECKPOINT = MethodType.methodType(void.class);
    private static final MethodHandle NOTHING = MethodHandles.empty(CHECKPOINT);
    private static final MethodHandle CHECK = check();

    /** For code that cannot be told by what a stack trace says: hidden classes, and class files without invokedynamic. */
    static final CheckpointSwitch SHARED = new CheckpointSwitch();

    private static final ClassValue<CheckpointSwitch> BY_CLASS = new ClassValue<>() {
        @Override
        protected CheckpointSwitch computeValue(Class<?> type) {
            return type.isHidden() ? SHARED : known(type.getName());
        }
    };

    /** Several loaders may have a class of one name. Guarded by itself. */
    private static final Map<String, List<Known>> BY_NAME = new HashMap<>();

    private static final ReferenceQueue<CheckpointSwitch> UNLOADED = new ReferenceQueue<>();

    private final MutableCallSite site = new MutableCallSite(NOTHING);

    /** By so many kills. */
    private int wanted;

    private static final class Known extends WeakReference<CheckpointSwitch> {
        private final String className;

        Known(String className, CheckpointSwitch one) {
            super(one, UNLOADED);
            this.className = className;
        }
    }

    private static MethodHandle check() {
        try {
            return MethodHandles.lookup().findStatic(TaskHooks.class, "checkpoint", CHECKPOINT);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static CheckpointSwitch of(Class<?> woven) {
        return BY_CLASS.get(woven);
    }

    private static CheckpointSwitch known(String className) {
        var made = new CheckpointSwitch();
        synchronized (BY_NAME) {
            forgetUnloaded();
            BY_NAME.computeIfAbsent(className, name -> new ArrayList<>(1)).add(new Known(className, made));
        }
        return made;
    }

    private static void forgetUnloaded() {
        for (Reference<?> gone = UNLOADED.poll(); gone != null; gone = UNLOADED.poll()) {
            String name = ((Known) gone).className;
            List<Known> all = BY_NAME.get(name);
            all.remove(gone);
            if (all.isEmpty()) {
                BY_NAME.remove(name);
            }
        }
    }

    /** Those of the classes of that name which have come to a checkpoint; none when it is no task code. */
    static List<CheckpointSwitch> named(String className) {
        synchronized (BY_NAME) {
            return alive(BY_NAME.getOrDefault(className, List.of()));
        }
    }

    static List<CheckpointSwitch> all() {
        synchronized (BY_NAME) {
            return alive(BY_NAME.values().stream().flatMap(List::stream).toList());
        }
    }

    private static List<CheckpointSwitch> alive(List<Known> known) {
        return known.stream().map(Known::get).filter(Objects::nonNull).toList();
    }

    CallSite site() {
        return site;
    }

    synchronized void arm() {
        if (wanted++ == 0) {
            aim(CHECK);
        }
    }

    synchronized void disarm() {
        if (--wanted == 0) {
            aim(NOTHING);
        }
    }

    private void aim(MethodHandle target) {
        site.setTarget(target);
        MutableCallSite.syncAll(new MutableCallSite[] {site});
    }
}
