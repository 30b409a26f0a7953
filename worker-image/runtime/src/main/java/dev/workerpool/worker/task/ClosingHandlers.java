package dev.workerpool.worker.task;

import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the handlers that close a resource, or do nothing at all, and throw what they caught: of a try-with-resources, which
 * compilers turn into a {@code catch (Throwable)} and not into a {@code finally}. For one method.
 */
final class ClosingHandlers {
    /** Instructions. With javac there are eight, and no more on all ways through them. */
    private static final int MOST = 32;

    private final List<CodeElement> elements;
    private final Map<Label, Integer> places = new HashMap<>();

    /** Of the walk through one handler. */
    private int walked;

    ClosingHandlers(CodeModel code) {
        elements = code.elementList();
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof LabelTarget target) {
                places.put(target.label(), i);
            }
        }
    }

    boolean contain(Label handler) {
        walked = 0;
        int first = nextInstruction(places.get(handler));
        return elements.get(first) instanceof StoreInstruction caught && throwsOn(first + 1, caught.slot());
    }

    private int nextInstruction(int from) {
        int at = from;
        while (!(elements.get(at) instanceof Instruction)) {
            at++;
        }
        return at;
    }

    /** Whichever way it goes, and without anything else than that. @param caught the variable that has what was caught */
    private boolean throwsOn(int from, int caught) {
        int loaded = -1;
        for (int at = nextInstruction(from); walked++ < MOST; at = nextInstruction(at)) {
            CodeElement element = elements.get(at++);
            // Not a switch over types: its code is made at run time, for which a start would have to wait.
            if (element instanceof LoadInstruction load) {
                loaded = load.slot();
            } else if (element instanceof ThrowInstruction) {
                return loaded == caught;
            } else if (element instanceof BranchInstruction branch) {
                int target = places.get(branch.target());
                if (target < at || !isForNull(branch) && !isGoto(branch)) {
                    return false;
                }
                if (isGoto(branch)) {
                    at = target;
                } else if (!throwsOn(target, caught)) {
                    return false;
                }
            } else if (!(element instanceof StoreInstruction store && store.slot() != caught)
                    && !(element instanceof InvokeInstruction call && closes(call))) {
                return false;
            }
        }
        return false;
    }

    private static boolean isForNull(BranchInstruction branch) {
        return branch.opcode() == Opcode.IFNULL || branch.opcode() == Opcode.IFNONNULL;
    }

    private static boolean isGoto(BranchInstruction branch) {
        return branch.opcode() == Opcode.GOTO || branch.opcode() == Opcode.GOTO_W;
    }

    private static boolean closes(InvokeInstruction call) {
        return (call.opcode() == Opcode.INVOKEVIRTUAL || call.opcode() == Opcode.INVOKEINTERFACE)
                && call.name().equalsString("close")
                && call.type().equalsString("()V");
    }
}
