package dev.workerpool.worker.task;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ConstantDescs;

/**
 * Weaves the classes of one jar: checkpoints, and {@code System.exit} to the end of a thread. A class that cannot be woven,
 * because it is too old, too large, or refers to classes that are not there, is loaded as it came: its loops cannot be
 * killed, and the pool has a second line for that.
 */
final class TaskWeaver {
    private static final Logger LOG = System.getLogger(TaskWeaver.class.getName());

    /** The first class files that have invokedynamic. */
    private static final int JAVA_7 = 51;

    private final ClassHierarchyResolver relatives;

    /** @param loader the jar's own, to find the relatives of classes by */
    TaskWeaver(ClassLoader loader) {
        relatives = ClassHierarchyResolver.ofClassLoading(ClassLoader.getPlatformClassLoader())
                .orElse(ClassHierarchyResolver.ofResourceParsing(loader))
                .cached();
    }

    /** @return the class file to define */
    byte[] weave(byte[] classFile) {
        ClassModel model;
        try {
            model = ClassFile.of().parse(classFile);
            if (model.majorVersion() >= JAVA_7) {
                return ClassFile.of(ClassHierarchyResolverOption.of(relatives))
                        .transformClass(model, TaskWeaver::weave);
            }
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "A class is loaded without checkpoints", e);
        }
        return rewriteExits(classFile);
    }

    /** Without checkpoints. What is not there is taken for an interface, of which the verifier asks nothing. */
    private byte[] rewriteExits(byte[] classFile) {
        try {
            ClassModel model = ClassFile.of().parse(classFile);
            if (!ExitRewriter.mentionsExit(model)) {
                return classFile;
            }
            var lenient = relatives.orElse(missing -> ClassHierarchyResolver.ClassHierarchyInfo.ofInterface());
            return ClassFile.of(ClassHierarchyResolverOption.of(lenient))
                    .transformClass(model, TaskWeaver::rewriteExits);
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "A class is loaded as it is", e);
            return classFile;
        }
    }

    private static void weave(ClassBuilder builder, ClassElement element) {
        // A static initialiser that dies leaves its class unusable for every thread, which is worse than a lost thread.
        if (element instanceof MethodModel method
                && method.code().isPresent()
                && !method.methodName().equalsString(ConstantDescs.CLASS_INIT_NAME)) {
            var inserter = new CheckpointInserter(method.code().get());
            builder.transformMethod(method, MethodTransform.transformingCode(inserter));
        } else {
            rewriteExits(builder, element);
        }
    }

    private static void rewriteExits(ClassBuilder builder, ClassElement element) {
        if (element instanceof MethodModel method && method.code().isPresent()) {
            builder.transformMethod(method, MethodTransform.transformingCode(ExitRewriter::rewrite));
        } else {
            builder.with(element);
        }
    }
}
