package dev.workerpool.worker.task;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodHandles.Lookup.ClassOption;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What woven task code calls where it comes to methods by their names, and where it defines classes: exits found this way end
 * a thread too, and such classes are woven like those of its jar. Public and static like {@link TaskHooks}.
 */
public final class TaskReflection {
    private TaskReflection() {}

    private static boolean isExit(Class<?> owner, String name, Class<?>... parameters) {
        boolean ends = owner == System.class && name.equals("exit")
                || owner == Runtime.class && (name.equals("exit") || name.equals("halt"));
        return ends && parameters.length == 1 && parameters[0] == int.class;
    }

    private static MethodHandle exit(MethodType type) throws NoSuchMethodException, IllegalAccessException {
        return MethodHandles.lookup().findStatic(TaskHooks.class, "exit", type);
    }

    /** Before {@code method.invoke(target, arguments)}. */
    public static void invoking(Method method, Object target, Object[] arguments) {
        if (method != null
                && isExit(method.getDeclaringClass(), method.getName(), method.getParameterTypes())
                && arguments != null
                && arguments.length == 1
                && arguments[0] instanceof Integer status) {
            TaskHooks.exit(status);
        }
    }

    /** For {@code lookup.findStatic(owner, name, type)}. */
    public static MethodHandle findStatic(Lookup lookup, Class<?> owner, String name, MethodType type)
            throws NoSuchMethodException, IllegalAccessException {
        return isExit(owner, name, type.parameterArray()) ? exit(type) : lookup.findStatic(owner, name, type);
    }

    /** For {@code lookup.findVirtual(owner, name, type)}. */
    public static MethodHandle findVirtual(Lookup lookup, Class<?> owner, String name, MethodType type)
            throws NoSuchMethodException, IllegalAccessException {
        return isExit(owner, name, type.parameterArray())
                ? exit(type.insertParameterTypes(0, Runtime.class))
                : lookup.findVirtual(owner, name, type);
    }

    /** For {@code lookup.bind(receiver, name, type)}. */
    public static MethodHandle bind(Lookup lookup, Object receiver, String name, MethodType type)
            throws NoSuchMethodException, IllegalAccessException {
        return isExit(receiver.getClass(), name, type.parameterArray())
                ? exit(type)
                : lookup.bind(receiver, name, type);
    }

    /** For {@code lookup.unreflect(method)}. */
    public static MethodHandle unreflect(Lookup lookup, Method method)
            throws NoSuchMethodException, IllegalAccessException {
        if (!isExit(method.getDeclaringClass(), method.getName(), method.getParameterTypes())) {
            return lookup.unreflect(method);
        }
        MethodType type = MethodType.methodType(void.class, int.class);
        return exit(method.getDeclaringClass() == System.class ? type : type.insertParameterTypes(0, Runtime.class));
    }

    /** For {@code lookup.defineClass(classFile)}. */
    public static Class<?> defineClass(Lookup lookup, byte[] classFile) throws IllegalAccessException {
        return lookup.defineClass(woven(loader(lookup), classFile, 0, classFile.length));
    }

    /** For {@code lookup.defineHiddenClass(classFile, initialize, options)}. */
    public static Lookup defineHiddenClass(Lookup lookup, byte[] classFile, boolean initialize, ClassOption[] options)
            throws IllegalAccessException {
        return lookup.defineHiddenClass(woven(loader(lookup), classFile, 0, classFile.length), initialize, options);
    }

    /** For {@code lookup.defineHiddenClassWithClassData(classFile, data, initialize, options)}. */
    public static Lookup defineHiddenClassWithClassData(
            Lookup lookup, byte[] classFile, Object data, boolean initialize, ClassOption[] options)
            throws IllegalAccessException {
        return lookup.defineHiddenClassWithClassData(
                woven(loader(lookup), classFile, 0, classFile.length), data, initialize, options);
    }

    private static ClassLoader loader(Lookup lookup) {
        return lookup.lookupClass().getClassLoader();
    }

    /** The class file that a loader is to define. What is no class file, or nobody's loader, is left as it is. */
    public static byte[] woven(Object loader, byte[] bytes, int offset, int length) {
        return woven(loader, Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /** The same, in a buffer. */
    public static ByteBuffer woven(Object loader, ByteBuffer buffer) {
        byte[] classFile = new byte[buffer.remaining()];
        buffer.duplicate().get(classFile);
        return ByteBuffer.wrap(woven(loader, classFile));
    }

    private static byte[] woven(Object loader, byte[] classFile) {
        for (Object one = loader; one instanceof ClassLoader parent; one = parent.getParent()) {
            if (one instanceof TaskClassLoader jar) {
                return new TaskWeaver(jar.getName(), (ClassLoader) loader, jar.getParent()).weave(classFile);
            }
        }
        return classFile;
    }
}
