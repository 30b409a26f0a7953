package dev.workerpool.worker.task;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.reflect.AccessFlag;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Weaves the classes of one jar: checkpoints, and {@code System.exit} to the end of a thread. A class that cannot be woven,
 * because it refers to classes that are not there, is loaded as it came, and so are methods that are too large: such loops
 * cannot be killed, and the pool has a second line for that.
 */
final class TaskWeaver {
    private static final Logger LOG = System.getLogger(TaskWeaver.class.getName());

    /** The first class files that have invokedynamic. */
    private static final int JAVA_7 = 51;

    /** Bytes of code. A method can have 65,535, and some that a machine wrote are so close to it that nothing can be added. */
    private static final int[] LONGEST = {65_535, 30_000};

    /** Jars that were told of. By their names, as each thread may open them for itself. */
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private final String jar;
    private final ClassHierarchyResolver relatives;

    /**
     * @param jar its name
     * @param loader the jar's own, or one below it, to find the relatives of classes by
     * @param api shows the JDK and the task API, which are in no jar
     */
    TaskWeaver(String jar, ClassLoader loader, ClassLoader api) {
        this.jar = jar;
        relatives = ClassHierarchyResolver.ofClassLoading(api)
                .orElse(ClassHierarchyResolver.ofResourceParsing(loader))
                .cached(ConcurrentHashMap::new); // Many threads may load classes of a jar at once.
    }

    /** @return the class file to define */
    byte[] weave(byte[] classFile) {
        RuntimeException failure = null;
        for (int longest : LONGEST) {
            try {
                ClassModel model = ClassFile.of().parse(classFile);
                return ClassFile.of(ClassHierarchyResolverOption.of(own(model).orElse(relatives)))
                        .transformClass(model, new Weaving(model.majorVersion() >= JAVA_7, longest, bridges(model)));
            } catch (RuntimeException e) {
                // Whatever the class-file API makes of it: what the JVM makes of the class is seen when it is defined.
                LOG.log(Level.DEBUG, "A class is loaded without checkpoints in methods of that length", e);
                failure = e;
            }
        }
        tell(failure);
        return rewriteExits(classFile);
    }

    /** Of a class made at run time nobody else can say what it extends. */
    private static ClassHierarchyResolver own(ClassModel model) {
        ClassDesc type = model.thisClass().asSymbol();
        if (model.flags().has(AccessFlag.INTERFACE)) {
            return ClassHierarchyResolver.of(List.of(type), Map.of());
        }
        return ClassHierarchyResolver.of(
                List.of(),
                model.superclass()
                        .map(parent -> Map.of(type, parent.asSymbol()))
                        .orElse(Map.of()));
    }

    /** Once for each jar: where libraries are left out, it may be many classes. */
    private void tell(RuntimeException failure) {
        if (TOLD.add(jar)) {
            LOG.log(
                    Level.WARNING,
                    "{0} has a class whose code cannot be killed, for it cannot be looked through: {1}. It may have more",
                    jar,
                    failure.toString());
        }
    }

    private static ReferenceBridges bridges(ClassModel model) {
        return new ReferenceBridges(model.thisClass().asSymbol(), model.flags().has(AccessFlag.INTERFACE));
    }

    /** Without checkpoints. What is not there is taken for an interface, of which the verifier asks nothing. */
    private byte[] rewriteExits(byte[] classFile) {
        try {
            ClassModel model = ClassFile.of().parse(classFile);
            if (!ProcessCallRewriter.mentionsOne(model)) {
                return classFile;
            }
            var lenient = relatives.orElse(missing -> ClassHierarchyResolver.ClassHierarchyInfo.ofInterface());
            return ClassFile.of(ClassHierarchyResolverOption.of(lenient))
                    .transformClass(model, TaskWeaver::rewriteExits);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "A class is loaded as it is", e);
            return classFile;
        }
    }

    /**
     * A class of its own and no lambda: of that interface they are not in the ahead-of-time cache.
     *
     * @param dynamic whether the class file may have invokedynamic
     * @param longest method that gets checkpoints, in bytes of code
     */
    private record Weaving(boolean dynamic, int longest, ReferenceBridges bridges) implements ClassTransform {
        @Override
        public void atEnd(ClassBuilder builder) {
            bridges.write(builder);
        }

        @Override
        public void accept(ClassBuilder builder, ClassElement element) {
            // A static initialiser that dies leaves its class unusable for every thread, which is worse than a lost
            // thread.
            if (element instanceof MethodModel method
                    && method.code().isPresent()
                    && !method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME)
                    && length(method) <= longest) {
                var inserter = new CheckpointInserter(method.code().get(), bridges, dynamic);
                builder.transformMethod(method, MethodTransform.transformingCode(inserter));
            } else {
                rewriteExits(builder, element);
            }
        }
    }

    private static int length(MethodModel method) {
        return method.findAttribute(Attributes.code())
                .map(CodeAttribute::codeLength)
                .orElse(0);
    }

    private static void rewriteExits(ClassBuilder builder, ClassElement element) {
        if (element instanceof MethodModel method && method.code().isPresent()) {
            builder.transformMethod(method, MethodTransform.transformingCode(ProcessCallRewriter::rewrite));
        } else {
            builder.with(element);
        }
    }
}
