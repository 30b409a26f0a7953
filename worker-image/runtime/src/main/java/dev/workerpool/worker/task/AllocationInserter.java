package dev.workerpool.worker.task;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.Set;

/**
 * Has {@link TaskHooks} asked before task code makes an array, itself or through the methods of the JDK that take its length:
 * what is large enough to fill the heap at one stroke is stopped before it does. What is asked for in small steps the pool
 * finds by itself.
 */
final class AllocationInserter {
    private static final ClassDesc HOOKS = ClassDesc.of(TaskHooks.class.getName());
    private static final MethodTypeDesc ARRAY =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final MethodTypeDesc BYTES = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long);
    private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
    private static final MethodTypeDesc MAX =
            MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int);
    private static final int REFERENCE = 4;

    /** Bytes per unit of the last argument, an int. */
    private static final Map<String, Integer> FACTORIES = Map.ofEntries(
            Map.entry("java/nio/ByteBuffer.allocate", 1),
            Map.entry("java/nio/CharBuffer.allocate", 2),
            Map.entry("java/nio/ShortBuffer.allocate", 2),
            Map.entry("java/nio/IntBuffer.allocate", 4),
            Map.entry("java/nio/FloatBuffer.allocate", 4),
            Map.entry("java/nio/LongBuffer.allocate", 8),
            Map.entry("java/nio/DoubleBuffer.allocate", 8),
            Map.entry("java/lang/String.repeat", 1),
            Map.entry("java/lang/StringBuilder.<init>", 1),
            Map.entry("java/lang/StringBuffer.<init>", 1),
            Map.entry("java/io/ByteArrayOutputStream.<init>", 1),
            Map.entry("java/util/ArrayList.<init>", REFERENCE),
            Map.entry("java/util/ArrayList.ensureCapacity", REFERENCE),
            Map.entry("java/util/Vector.<init>", REFERENCE),
            Map.entry("java/util/ArrayDeque.<init>", REFERENCE),
            Map.entry("java/util/PriorityQueue.<init>", REFERENCE),
            Map.entry("java/util/concurrent/ArrayBlockingQueue.<init>", REFERENCE),
            Map.entry("java/util/concurrent/atomic/AtomicIntegerArray.<init>", 4),
            Map.entry("java/util/concurrent/atomic/AtomicLongArray.<init>", 8),
            Map.entry("java/util/concurrent/atomic/AtomicReferenceArray.<init>", REFERENCE));

    /** The one copy whose length is not the last argument. */
    private static final String COPY_AS = "([Ljava/lang/Object;ILjava/lang/Class;)[Ljava/lang/Object;";

    private static final Set<String> TAKE_A_LENGTH = Set.of("(I)V", "(I)Ljava/lang/String;");

    private AllocationInserter() {}

    /** @param previous the element before; null at the start */
    static void insert(CodeBuilder code, CodeElement element, CodeElement previous) {
        // Not a switch over types: its code is made at run time, for which a start would have to wait.
        if (element instanceof NewMultiArrayInstruction array) {
            insert(code, array);
        } else if (element instanceof NewPrimitiveArrayInstruction array) {
            insert(code, bytes(array.typeKind()), previous);
        } else if (element instanceof NewReferenceArrayInstruction) {
            insert(code, REFERENCE, previous);
        } else if (element instanceof InvokeInstruction call) {
            if (call.type().equalsString(COPY_AS) && copies(call)) {
                insertCopyAs(code);
            } else {
                insert(code, bytes(call), previous);
            }
        }
    }

    private static void insert(CodeBuilder code, int bytes, CodeElement previous) {
        boolean small = previous instanceof ConstantInstruction constant
                && constant.constantValue() instanceof Integer length
                && length < TaskHooks.LARGE;
        if (bytes > 0 && !small) {
            code.dup().loadConstant(bytes).invokestatic(HOOKS, "allocating", ARRAY);
        }
    }

    private static void insertCopyAs(CodeBuilder code) {
        code.swap()
                .dup()
                .loadConstant(REFERENCE)
                .invokestatic(HOOKS, "allocating", ARRAY)
                .swap();
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

    private static int bytes(TypeKind element) {
        return switch (element) {
            case BOOLEAN, BYTE -> 1;
            case CHAR, SHORT -> 2;
            case LONG, DOUBLE -> 8;
            default -> 4;
        };
    }

    /** @return 0 when the call makes no array of a length that it is given last */
    private static int bytes(InvokeInstruction call) {
        String type = call.type().stringValue();
        String owner = call.owner().asInternalName();
        if (copies(call)) {
            return bytes(TypeKind.fromDescriptor(type.substring(2)));
        }
        boolean takesALength =
                call.opcode() == Opcode.INVOKESTATIC ? type.startsWith("(I)") : TAKE_A_LENGTH.contains(type);
        return takesALength ? FACTORIES.getOrDefault(owner + '.' + call.name().stringValue(), 0) : 0;
    }

    private static boolean copies(InvokeInstruction call) {
        return call.owner().asInternalName().equals("java/util/Arrays")
                && call.name().equalsString("copyOf");
    }
}
