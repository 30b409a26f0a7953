package dev.workerpool.worker.task;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Tells {@link TaskHooks} of the threads that task code starts and of the executors and timers that it makes, so that a run
 * leaves none behind. For one method.
 */
final class ThreadInserter {
    private static final ClassDesc HOOKS = ClassDesc.of(TaskHooks.class.getName());
    private static final MethodTypeDesc OBJECT = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object);
    private static final Set<String> SERVICES = Set.of(
            "java/util/Timer",
            "java/util/concurrent/ThreadPoolExecutor",
            "java/util/concurrent/ScheduledThreadPoolExecutor",
            "java/util/concurrent/ForkJoinPool");

    /** For each service being made, whether a second reference to it will be left on the stack; the innermost first. */
    private final Deque<Boolean> making = new ArrayDeque<>();

    private boolean afterNew;

    /** Puts in what comes before the element. */
    void before(CodeBuilder code, CodeElement element) {
        if (!(element instanceof Instruction instruction)) {
            return;
        }
        if (afterNew) {
            making.push(instruction.opcode() == Opcode.DUP);
        }
        afterNew = instruction instanceof NewObjectInstruction made
                && SERVICES.contains(made.className().asInternalName());
        if (instruction instanceof InvokeInstruction call) {
            before(code, call);
        }
    }

    private void before(CodeBuilder code, InvokeInstruction call) {
        String type = call.type().stringValue();
        if (call.opcode() == Opcode.INVOKEVIRTUAL && call.name().equalsString("start") && type.equals("()V")) {
            // Whose method it is shows only when it runs: the class may be any subclass of Thread, or none.
            code.dup().invokestatic(HOOKS, "starting", OBJECT);
        } else if (isOneOf(call, "java/util/concurrent/CompletableFuture", "runAsync", "supplyAsync")
                && type.indexOf(';') == type.indexOf(")") - 1) {
            ClassDesc task = call.typeSymbol().parameterType(0);
            code.invokestatic(HOOKS, "bound", MethodTypeDesc.of(task, task));
        }
    }

    /** Puts in what comes after the element. */
    void after(CodeBuilder code, CodeElement element) {
        if (!(element instanceof InvokeInstruction call)) {
            return;
        }
        String owner = call.owner().asInternalName();
        if (call.opcode() == Opcode.INVOKESPECIAL
                && SERVICES.contains(owner)
                && call.name().equalsString("<init>")) {
            // Where nothing was begun it is a constructor's call to its super class.
            if (!making.isEmpty() && making.pop()) {
                code.dup().invokestatic(HOOKS, "opened", OBJECT);
            }
        } else if (owner.equals("java/util/concurrent/Executors")
                && call.name().stringValue().startsWith("new")) {
            code.dup().invokestatic(HOOKS, "opened", OBJECT);
        } else if (isOneOf(call, "java/lang/Thread", "startVirtualThread")
                || owner.startsWith("java/lang/Thread$Builder") && call.name().equalsString("start")) {
            code.dup().invokestatic(HOOKS, "starting", OBJECT);
        }
    }

    private static boolean isOneOf(InvokeInstruction call, String owner, String... names) {
        return call.owner().asInternalName().equals(owner)
                && Set.of(names).contains(call.name().stringValue());
    }
}
