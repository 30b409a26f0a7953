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
    private static final String EXIT = "(I)V";
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
        // Not a switch over types: its code is made at run time, for which a start would have to wait.
        if (element instanceof InvokeInstruction call) {
            rewrite(code, call);
        } else if (element instanceof InvokeDynamicInstruction call && refersToExit(call)) {
            code.invokedynamic(redirected(call));
        } else {
            code.with(element);
        }
    }

    private static void rewrite(CodeBuilder code, InvokeInstruction call) {
        MethodTypeDesc type = call.type().equalsString(EXIT)
                ? replacement(call.owner().asSymbol(), call.name().stringValue(), EXIT)
                : null;
        if (type != null) {
            code.invokestatic(HOOKS, "exit", type);
        } else if (!ReflectionRewriter.rewrite(code, call)) {
            code.with(call);
        }
    }

    /** The type of the hook that stands in for the method, or null when it is not one of ours to replace. */
    private static MethodTypeDesc replacement(ClassDesc owner, String name, String type) {
        if (!EXIT.equals(type)) {
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
