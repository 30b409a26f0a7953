package dev.workerpool.worker.task;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.util.Set;

/** Turns calls that make executors which do not tell whether they are idle into those of {@link TaskExecutors}. */
final class ExecutorRewriter {
    private static final ClassDesc HOOKS = ClassDesc.of(TaskExecutors.class.getName());

    /** The hooks have their names and types. */
    private static final Set<String> SILENT = Set.of(
            "newSingleThreadExecutor",
            "newSingleThreadScheduledExecutor",
            "newThreadPerTaskExecutor",
            "newVirtualThreadPerTaskExecutor");

    private ExecutorRewriter() {}

    static boolean concerns(String owner, String name) {
        return owner.equals("java/util/concurrent/Executors") && SILENT.contains(name);
    }

    /** @return false when the call is none of these */
    static boolean rewrite(CodeBuilder code, InvokeInstruction call) {
        String name = call.name().stringValue();
        if (!concerns(call.owner().asInternalName(), name)) {
            return false;
        }
        code.invokestatic(HOOKS, name, call.typeSymbol());
        return true;
    }
}
