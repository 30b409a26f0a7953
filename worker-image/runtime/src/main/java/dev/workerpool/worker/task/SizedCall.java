package dev.workerpool.worker.task;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.Map;

/**
 * A method of the JDK that makes something as large as its caller says, and what is asked of {@link AllocationHooks} before.
 *
 * @param size the arguments that say it
 * @param hook with these arguments and {@code bytes}
 * @param bytes for each unit; 0 where the hook knows
 * @param above what lies on the stack above the arguments that say the size; null when nothing does
 */
record SizedCall(Size size, String hook, MethodTypeDesc type, int bytes, TypeKind above) {
    private static final int REFERENCE = 4;
    private static final ClassDesc HOOKS = ClassDesc.of(AllocationHooks.class.getName());
    private static final ClassDesc CHARS = ClassDesc.of("java.lang.CharSequence");
    private static final ClassDesc INTS = ConstantDescs.CD_int.arrayType();

    enum Size {
        LENGTH,
        FROM_TO,
        OBJECT_AND_COUNT
    }

    /** By owner, name and parameters. */
    private static final Map<String, SizedCall> KNOWN = new HashMap<>();

    static {
        buffers();
        collections();
        text();
        know("java/lang/reflect/Array.newInstance(Ljava/lang/Class;I)", of(ConstantDescs.CD_Class, "allocating"));
        know(
                "java/lang/reflect/Array.newInstance(Ljava/lang/Class;[I)",
                new SizedCall(Size.OBJECT_AND_COUNT, "allocating", hook(ConstantDescs.CD_Class, INTS), 0, null));
    }

    private static void buffers() {
        know("java/nio/ByteBuffer.allocate(I)", length(1));
        know("java/nio/CharBuffer.allocate(I)", length(2));
        know("java/nio/ShortBuffer.allocate(I)", length(2));
        know("java/nio/IntBuffer.allocate(I)", length(4));
        know("java/nio/FloatBuffer.allocate(I)", length(4));
        know("java/nio/LongBuffer.allocate(I)", length(8));
        know("java/nio/DoubleBuffer.allocate(I)", length(8));
        know("java/io/ByteArrayOutputStream.<init>(I)", length(1));
        know("java/util/concurrent/atomic/AtomicIntegerArray.<init>(I)", length(4));
        know("java/util/concurrent/atomic/AtomicLongArray.<init>(I)", length(8));
        know("java/util/concurrent/atomic/AtomicReferenceArray.<init>(I)", length(REFERENCE));
    }

    private static void collections() {
        for (String list : new String[] {
            "ArrayList.<init>",
            "ArrayList.ensureCapacity",
            "Vector.<init>",
            "ArrayDeque.<init>",
            "PriorityQueue.<init>",
            "concurrent/ArrayBlockingQueue.<init>"
        }) {
            know("java/util/" + list + "(I)", length(REFERENCE));
        }
        // Some make their table with the first entry, for which they ask nobody.
        for (String table : new String[] {
            "HashMap",
            "LinkedHashMap",
            "WeakHashMap",
            "Hashtable",
            "HashSet",
            "LinkedHashSet",
            "concurrent/ConcurrentHashMap"
        }) {
            know("java/util/" + table + ".<init>(I)", counted("allocatingTable", REFERENCE));
            know(
                    "java/util/" + table + ".<init>(IF)",
                    counted("allocatingTable", REFERENCE).under(TypeKind.FLOAT));
        }
        // Keys and values, and up to twice as many of them.
        know("java/util/IdentityHashMap.<init>(I)", counted("allocatingTable", 4 * REFERENCE));
        know("java/util/BitSet.<init>(I)", counted("allocatingBits", Byte.SIZE));
    }

    private static void text() {
        know("java/lang/String.repeat(I)", of(CHARS, "repeating"));
        for (String builder : new String[] {"java/lang/StringBuilder", "java/lang/StringBuffer"}) {
            know(builder + ".<init>(I)", length(1));
            // What is in it already may take two bytes for each character.
            know(builder + ".ensureCapacity(I)", length(2));
            know(builder + ".setLength(I)", length(2));
            know(builder + ".repeat(Ljava/lang/CharSequence;I)", of(CHARS, "repeating"));
            know(builder + ".repeat(II)", of(ConstantDescs.CD_int, "repeating"));
        }
    }

    private static void know(String call, SizedCall asked) {
        KNOWN.put(call, asked);
    }

    /** An array of so many units. */
    static SizedCall length(int bytes) {
        return counted("allocating", bytes);
    }

    private static SizedCall counted(String hook, int bytes) {
        return new SizedCall(Size.LENGTH, hook, hook(ConstantDescs.CD_int, ConstantDescs.CD_int), bytes, null);
    }

    private static SizedCall of(ClassDesc object, String hook) {
        return new SizedCall(Size.OBJECT_AND_COUNT, hook, hook(object, ConstantDescs.CD_int), 0, null);
    }

    private static MethodTypeDesc hook(ClassDesc... arguments) {
        return MethodTypeDesc.of(ConstantDescs.CD_void, arguments);
    }

    private SizedCall under(TypeKind last) {
        return new SizedCall(size, hook, type, bytes, last);
    }

    /** @return null when it makes nothing, or not of a size that it is told */
    static SizedCall of(InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        if (!owner.startsWith("java/")) {
            return null;
        }
        String type = call.type().stringValue();
        String parameters = type.substring(0, type.indexOf(')') + 1);
        String name = call.name().stringValue();
        return owner.equals("java/util/Arrays") ? copy(name, parameters) : KNOWN.get(owner + '.' + name + parameters);
    }

    /** {@code (array, length)} and {@code (array, from, to)}, of objects also with the class of the copy. */
    private static SizedCall copy(String name, String parameters) {
        if (!name.equals("copyOf") && !name.equals("copyOfRange")) {
            return null;
        }
        SizedCall copy = length(AllocationInserter.bytes(TypeKind.fromDescriptor(parameters.substring(2))));
        if (name.equals("copyOfRange")) {
            copy = new SizedCall(Size.FROM_TO, copy.hook, copy.type, copy.bytes, null);
        }
        return parameters.endsWith("Ljava/lang/Class;)") ? copy.under(TypeKind.REFERENCE) : copy;
    }

    /** @return whether the last argument is a length and nothing else */
    boolean endsWithLength() {
        return size == Size.LENGTH && above == null;
    }

    /** Puts the question before the call. */
    void ask(CodeBuilder code) {
        int kept = above == null ? -1 : code.allocateLocal(above);
        if (above != null) {
            code.storeLocal(above, kept);
        }
        if (size == Size.LENGTH) {
            code.dup();
        } else {
            code.dup2();
        }
        if (size == Size.FROM_TO) {
            code.swap().isub();
        }
        if (bytes > 0) {
            code.loadConstant(bytes);
        }
        code.invokestatic(HOOKS, hook, type);
        if (above != null) {
            code.loadLocal(above, kept);
        }
    }
}
