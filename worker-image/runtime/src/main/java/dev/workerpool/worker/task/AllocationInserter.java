package dev.workerpool.worker.task;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * Has {@link AllocationHooks} asked before task code makes an array, itself or through the methods of the JDK that take its length:
 * what is large enough to fill the heap at one stroke is stopped before it does. What is asked for in small steps the pool
 * finds by itself.
 */
final class AllocationInserter {
    private static final ClassDesc HOOKS = ClassDesc.of(AllocationHooks.class.getName());
    private static final MethodTypeDesc BYTES = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long);
    private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
    private static final MethodTypeDesc MAX =
            MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final int REFERENCE = 4;

    private AllocationInserter() {}

    /** @param previous the element before; null at the start */
    static void insert(CodeBuilder code, CodeElement element, CodeElement previous) {
        // Not a switch over types: its code is made at run time, for which a start would have to wait.
        if (element instanceof NewMultiArrayInstruction array) {
            insert(code, array);
        } else if (element instanceof NewPrimitiveArrayInstruction array) {
            insert(code, SizedCall.length(bytes(array.typeKind())), previous);
        } else if (element instanceof NewReferenceArrayInstruction) {
            insert(code, SizedCall.length(REFERENCE), previous);
        } else if (element instanceof InvokeInstruction call) {
            insert(code, SizedCall.of(call), previous);
        }
    }

    private static void insert(CodeBuilder code, SizedCall sized, CodeElement previous) {
        boolean small = previous instanceof ConstantInstruction constant
                && constant.constantValue() instanceof Integer length
                && length < AllocationHooks.LARGE;
        if (sized != null && !(small && sized.endsWithLength())) {
            sized.ask(code);
        }
    }

    /** All dimensions are on the stack: into variables with them, and back. */
    private static void insert(CodeBuilder code, NewMultiArrayInstruction array) {
        int[] lengths = new int[array.dimensions()];
        for (int i = lengths.length - 1; i >= 0; i--) {
            lengths[i] = code.allocateLocal(TypeKind.INT);
            code.istore(lengths[i]);
        }
        // As doubles, which do not overflow. The JVM refuses negative lengths.
        code.loadConstant(bytes(array));
        for (int length : lengths) {
            code.iload(length).iconst_0().invokestatic(MATH, "max", MAX).i2d().dmul();
        }
        code.d2l().invokestatic(HOOKS, "allocating", BYTES);
        for (int length : lengths) {
            code.iload(length);
        }
    }

    private static double bytes(NewMultiArrayInstruction array) {
        ClassDesc element = array.arrayType().asSymbol();
        for (int i = 0; i < array.dimensions(); i++) {
            element = element.componentType();
        }
        return element.isPrimitive() ? bytes(TypeKind.from(element)) : REFERENCE;
    }

    static int bytes(TypeKind element) {
        return switch (element) {
            case BOOLEAN, BYTE -> 1;
            case CHAR, SHORT -> 2;
            case LONG, DOUBLE -> 8;
            default -> 4;
        };
    }
}
