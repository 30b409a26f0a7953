package dev.workerpool.worker.task;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DirectMethodHandleDesc.Kind;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Turns {@code System.exit}, {@code Runtime.exit} and {@code Runtime.halt}, called or as method references, into
 * {@link TaskHooks}: in task code they end a worker thread, not the process; also when they are reached by reflection.
 */
final class ExitRewriter {
    private static final ClassDesc HOOKS = ClassDesc.of(TaskHooks.class.getName());
    private static final ClassDesc RUNTIME = ClassDesc.of("java.lang.Runtime");
    private static final ClassDesc SYSTEM = ClassDesc.of("java.lang.System");
    private static final MethodTypeDesc STATIC = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    private static final MethodTypeDesc ON_RUNTIME =
            MethodTypeDesc.of(ConstantDescs.CD_void, RUNTIME, ConstantDescs.CD_int);

    private ExitRewriter() {}

    /** Nearly no class does. */
    static boolean mentionsExit(ClassModel model) {
        for (var entry : model.constantPool()) {
            if (entry instanceof MethodRefEntry method
                    && replacement(
                                    method.owner().asSymbol(),
                                    method.name().stringValue(),
                                    method.type().stringValue())
                            != null) {
                return true;
            }
        }
        return false;
    }

    static void rewrite(CodeBuilder code, CodeElement element) {
        switch (element) {
            case InvokeInstruction call
            when replacement(
                            call.owner().asSymbol(),
                            call.name().stringValue(),
                            call.type().stringValue())
                    instanceof MethodTypeDesc type -> code.invokestatic(HOOKS, "exit", type);
            case InvokeDynamicInstruction call when refersToExit(call) -> code.invokedynamic(redirected(call));
            default -> {
                if (!(element instanceof InvokeInstruction call && ReflectionRewriter.rewrite(code, call))) {
                    code.with(element);
                }
            }
        }
    }

    /** The type of the hook that stands in for the method, or null when it is not one of ours to replace. */
    private static MethodTypeDesc replacement(ClassDesc owner, String name, String type) {
        if (!"(I)V".equals(type)) {
            return null;
        }
        if ("exit".equals(name) && owner.equals(SYSTEM)) {
            return STATIC;
        }
        boolean ends = "exit".equals(name) || "halt".equals(name);
        return ends && owner.equals(RUNTIME) ? ON_RUNTIME : null;
    }

    private static boolean refersToExit(InvokeDynamicInstruction call) {
        return call.bootstrapArgs().stream().anyMatch(argument -> redirected(argument) != argument);
    }

    private static DynamicCallSiteDesc redirected(InvokeDynamicInstruction call) {
        ConstantDesc[] arguments =
                call.bootstrapArgs().stream().map(ExitRewriter::redirected).toArray(ConstantDesc[]::new);
        return DynamicCallSiteDesc.of(call.bootstrapMethod(), call.name().stringValue(), call.typeSymbol(), arguments);
    }

    private static ConstantDesc redirected(ConstantDesc argument) {
        if (argument instanceof DirectMethodHandleDesc handle) {
            MethodTypeDesc type = replacement(handle.owner(), handle.methodName(), handle.lookupDescriptor());
            if (type != null) {
                return MethodHandleDesc.ofMethod(Kind.STATIC, HOOKS, "exit", type);
            }
        }
        return argument;
    }
}
