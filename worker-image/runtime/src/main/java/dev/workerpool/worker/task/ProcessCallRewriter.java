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
 * Turns calls that are about the whole process, made or as method references, into {@link TaskHooks}. {@code System.exit},
 * {@code Runtime.exit} and {@code Runtime.halt} end a worker thread in task code, also when they are reached by reflection;
 * {@code System.setIn}, {@code setOut} and {@code setErr} are refused.
 */
final class ProcessCallRewriter {
    private static final ClassDesc HOOKS = ClassDesc.of(TaskHooks.class.getName());
    private static final ClassDesc RUNTIME = ClassDesc.of("java.lang.Runtime");
    private static final ClassDesc SYSTEM = ClassDesc.of("java.lang.System");
    private static final String EXIT = "(I)V";
    private static final String SET_PRINT = "(Ljava/io/PrintStream;)V";
    private static final String SET_IN = "(Ljava/io/InputStream;)V";
    private static final Hook STATIC = new Hook("exit", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int));
    private static final Hook ON_RUNTIME =
            new Hook("exit", MethodTypeDesc.of(ConstantDescs.CD_void, RUNTIME, ConstantDescs.CD_int));
    private static final Hook STREAM =
            new Hook("setStream", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object));

    /** What is called instead, and how. */
    private record Hook(String name, MethodTypeDesc type) {}

    private ProcessCallRewriter() {}

    /** Nearly no class does. */
    static boolean mentionsOne(ClassModel model) {
        for (var entry : model.constantPool()) {
            if (entry instanceof MethodRefEntry method
                    && hook(
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
        } else if (element instanceof InvokeDynamicInstruction call && refersToOne(call)) {
            code.invokedynamic(redirected(call));
        } else {
            code.with(element);
        }
    }

    private static void rewrite(CodeBuilder code, InvokeInstruction call) {
        String type = call.type().stringValue();
        Hook hook = isOfOne(type) ? hook(call.owner().asSymbol(), call.name().stringValue(), type) : null;
        if (hook != null) {
            code.invokestatic(HOOKS, hook.name(), hook.type());
        } else if (!ReflectionRewriter.rewrite(code, call)
                && !CommonPoolRewriter.rewrite(code, call)
                && !ExecutorRewriter.rewrite(code, call)) {
            code.with(call);
        }
    }

    private static boolean isOfOne(String type) {
        return type.equals(EXIT) || type.equals(SET_PRINT) || type.equals(SET_IN);
    }

    /** The hook that stands in for the method, or null when it is not one of ours to replace. */
    private static Hook hook(ClassDesc owner, String name, String type) {
        boolean onSystem = owner.equals(SYSTEM);
        if (EXIT.equals(type)) {
            boolean ends = "exit".equals(name) || "halt".equals(name);
            return onSystem && "exit".equals(name) ? STATIC : ends && owner.equals(RUNTIME) ? ON_RUNTIME : null;
        }
        boolean prints = SET_PRINT.equals(type) && ("setOut".equals(name) || "setErr".equals(name));
        return onSystem && (prints || SET_IN.equals(type) && "setIn".equals(name)) ? STREAM : null;
    }

    private static boolean refersToOne(InvokeDynamicInstruction call) {
        return call.bootstrapArgs().stream().anyMatch(argument -> redirected(argument) != argument);
    }

    private static DynamicCallSiteDesc redirected(InvokeDynamicInstruction call) {
        ConstantDesc[] arguments = call.bootstrapArgs().stream()
                .map(ProcessCallRewriter::redirected)
                .toArray(ConstantDesc[]::new);
        return DynamicCallSiteDesc.of(call.bootstrapMethod(), call.name().stringValue(), call.typeSymbol(), arguments);
    }

    private static ConstantDesc redirected(ConstantDesc argument) {
        if (argument instanceof DirectMethodHandleDesc handle) {
            Hook hook = hook(handle.owner(), handle.methodName(), handle.lookupDescriptor());
            if (hook != null) {
                return MethodHandleDesc.ofMethod(Kind.STATIC, HOOKS, hook.name(), hook.type());
            }
        }
        return argument;
    }
}
