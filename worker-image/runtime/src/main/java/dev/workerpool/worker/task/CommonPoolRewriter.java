package dev.workerpool.worker.task;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * Keeps task code off the threads of the common pool, which belong to nobody: {@code CompletableFuture} gets an executor that
 * binds its work to the run where it would take that pool, and what would be done in parallel is done by the thread that asks.
 */
final class CommonPoolRewriter {
    private static final ClassDesc HOOKS = ClassDesc.of(TaskHooks.class.getName());
    private static final ClassDesc EXECUTOR = ClassDesc.of("java.util.concurrent.Executor");
    private static final String FUTURE = "java/util/concurrent/CompletableFuture";
    private static final String STAGE = "java/util/concurrent/CompletionStage";
    private static final String STREAMS = "Ljava/util/stream/";

    private CommonPoolRewriter() {}

    /** Does the method use the common pool? @param type its descriptor */
    static boolean concerns(String owner, String name, String type) {
        return lacksExecutor(owner, name, type) || isParallelArray(owner, name) || makesParallel(owner, name, type);
    }

    private static boolean lacksExecutor(String owner, String name, String type) {
        return (owner.equals(FUTURE) || owner.equals(STAGE))
                && (name.endsWith("Async") || name.equals("delayedExecutor"))
                && !type.contains(";Ljava/util/concurrent/Executor;)");
    }

    /** Those that have a sequential counterpart. */
    private static boolean isParallelArray(String owner, String name) {
        return owner.equals("java/util/Arrays") && (name.equals("parallelSort") || name.equals("parallelSetAll"));
    }

    private static boolean makesParallel(String owner, String name, String type) {
        int result = type.indexOf(')') + 1;
        return type.startsWith(STREAMS, result)
                && type.endsWith("Stream;")
                && (name.equals("parallel") && result == 2
                        || name.equals("parallelStream") && result == 2
                        || owner.equals("java/util/stream/StreamSupport"));
    }

    /** @return false when the call is none of these */
    static boolean rewrite(CodeBuilder code, InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        String name = call.name().stringValue();
        String type = call.type().stringValue();
        if (lacksExecutor(owner, name, type)) {
            withExecutor(code, call);
        } else if (isParallelArray(owner, name)) {
            // What can only be compared is an object there.
            String sequential = type.replace("[Ljava/lang/Comparable;", "[Ljava/lang/Object;");
            code.invokestatic(
                    call.owner().asSymbol(),
                    name.equals("parallelSort") ? "sort" : "setAll",
                    MethodTypeDesc.ofDescriptor(sequential));
        } else if (makesParallel(owner, name, type)) {
            ClassDesc stream = call.typeSymbol().returnType();
            ClassDesc made =
                    stream.displayName().equals("Stream") ? ClassDesc.of("java.util.stream.BaseStream") : stream;
            code.with(call)
                    .invokeinterface(stream, "sequential", MethodTypeDesc.of(made))
                    .checkcast(stream);
        } else {
            return false;
        }
        return true;
    }

    /** The executor comes last; which one the future itself would take, it says. */
    private static void withExecutor(CodeBuilder code, InvokeInstruction call) {
        MethodTypeDesc type = call.typeSymbol();
        int[] arguments = new int[type.parameterCount()];
        for (int i = arguments.length - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(type.parameterType(i));
            arguments[i] = code.allocateLocal(kind);
            code.storeLocal(kind, arguments[i]);
        }
        if (call.opcode() == Opcode.INVOKESTATIC) {
            code.aconst_null();
        } else {
            code.dup();
        }
        int executor = code.allocateLocal(TypeKind.REFERENCE);
        code.invokestatic(HOOKS, "executor", MethodTypeDesc.of(EXECUTOR, ConstantDescs.CD_Object));
        code.astore(executor);
        for (int i = 0; i < arguments.length; i++) {
            code.loadLocal(TypeKind.from(type.parameterType(i)), arguments[i]);
        }
        code.aload(executor)
                .invoke(
                        call.opcode(),
                        call.owner().asSymbol(),
                        call.name().stringValue(),
                        type.insertParameterTypes(arguments.length, EXECUTOR),
                        call.isInterface());
    }
}
