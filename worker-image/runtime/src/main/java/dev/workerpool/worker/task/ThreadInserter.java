package dev.workerpool.worker.task;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc.Kind;
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

    private final boolean constructor;
    private boolean afterNew;

    /** @param constructor whether the method is one */
    ThreadInserter(boolean constructor) {
        this.constructor = constructor;
    }

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
        if ((call.opcode() == Opcode.INVOKEVIRTUAL || call.opcode() == Opcode.INVOKEINTERFACE)
                && starts(call.name().stringValue(), call.type().stringValue())) {
            code.dup().invokestatic(HOOKS, "starting", OBJECT);
        }
    }

    /** Whose method it is shows only when it runs: the class may be any subclass of Thread, the interface one of its, or none. */
    private static boolean starts(String name, String type) {
        return name.equals("start") && type.equals("()V");
    }

    /** Is a call of the method one that this looks for? @param type its descriptor */
    static boolean concerns(Kind kind, String owner, String name, String type) {
        return switch (kind) {
            case VIRTUAL, INTERFACE_VIRTUAL -> starts(name, type) || hasStarted(owner, name);
            case CONSTRUCTOR -> SERVICES.contains(owner);
            default -> opens(owner, name) || hasStarted(owner, name);
        };
    }

    private static boolean opens(String owner, String name) {
        return owner.equals("java/util/concurrent/Executors")
                && name.startsWith("new")
                && !ExecutorRewriter.concerns(owner, name); // These tell by themselves.
    }

    private static boolean hasStarted(String owner, String name) {
        return owner.equals("java/lang/Thread") && name.equals("startVirtualThread")
                || owner.startsWith("java/lang/Thread$Builder") && name.equals("start");
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
            if (!making.isEmpty()) {
                if (making.pop()) {
                    code.dup().invokestatic(HOOKS, "opened", OBJECT);
                }
            } else if (constructor) {
                // Where nothing was begun it is the call to the super class. Elsewhere, it is what a machine made:
                // begun
                // once, and made in one way or another. A static method has no receiver at all.
                code.aload(code.receiverSlot()).invokestatic(HOOKS, "opened", OBJECT);
            }
        } else if (opens(owner, call.name().stringValue())) {
            code.dup().invokestatic(HOOKS, "opened", OBJECT);
        } else if (hasStarted(owner, call.name().stringValue())) {
            code.dup().invokestatic(HOOKS, "starting", OBJECT);
        }
    }
}
