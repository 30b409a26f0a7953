package dev.workerpool.worker.task;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;

/** Leads calls that find methods by name, and that define classes, through {@link TaskReflection}. */
final class ReflectionRewriter {
    private static final ClassDesc HOOKS = ClassDesc.of(TaskReflection.class.getName());
    private static final ClassDesc METHOD = ClassDesc.of("java.lang.reflect.Method");
    private static final MethodTypeDesc INVOKING = MethodTypeDesc.of(
            ConstantDescs.CD_void, METHOD, ConstantDescs.CD_Object, ConstantDescs.CD_Object.arrayType());
    private static final MethodTypeDesc WOVEN = MethodTypeDesc.of(
            ConstantDescs.CD_byte.arrayType(),
            ConstantDescs.CD_Object,
            ConstantDescs.CD_byte.arrayType(),
            ConstantDescs.CD_int,
            ConstantDescs.CD_int);

    private static final ClassDesc BUFFER = ClassDesc.of("java.nio.ByteBuffer");
    private static final MethodTypeDesc WOVEN_BUFFER = MethodTypeDesc.of(BUFFER, ConstantDescs.CD_Object, BUFFER);

    /** Of {@code Lookup}: the hook has its name and takes it first. */
    private static final Set<String> ON_LOOKUP = Set.of(
            "findStatic",
            "findVirtual",
            "bind",
            "unreflect",
            "defineClass",
            "defineHiddenClass",
            "defineHiddenClassWithClassData");

    private ReflectionRewriter() {}

    /** @return false when the call is none of these */
    static boolean rewrite(CodeBuilder code, InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        String name = call.name().stringValue();
        if (owner.equals("java/lang/invoke/MethodHandles$Lookup") && ON_LOOKUP.contains(name)) {
            ClassDesc lookup = call.owner().asSymbol();
            code.invokestatic(HOOKS, name, call.typeSymbol().insertParameterTypes(0, lookup));
            return true;
        }
        if (owner.equals("java/lang/reflect/Method") && name.equals("invoke")) {
            beforeInvoke(code);
        } else if (call.opcode() != Opcode.INVOKESTATIC && name.equals("defineClass")) {
            beforeDefine(code, call.type().stringValue(), call.typeSymbol());
        }
        return false;
    }

    /** Of a class loader, whichever has them; the class itself may have others of that name. */
    private static void beforeDefine(CodeBuilder code, String descriptor, MethodTypeDesc type) {
        if (descriptor.startsWith("(Ljava/lang/String;[BII")) {
            beforeDefine(code, type, 1);
        } else if (descriptor.equals("([BII)Ljava/lang/Class;")) {
            beforeDefine(code, type, 0);
        } else if (descriptor.startsWith("(Ljava/lang/String;Ljava/nio/ByteBuffer;")
                && descriptor.endsWith(")Ljava/lang/Class;")) {
            beforeDefineOfBuffer(code, type);
        }
    }

    /** Not in its place: {@code invoke} looks who calls it. */
    private static void beforeInvoke(CodeBuilder code) {
        int arguments = code.allocateLocal(TypeKind.REFERENCE);
        int target = code.allocateLocal(TypeKind.REFERENCE);
        code.astore(arguments).astore(target).dup().aload(target).aload(arguments);
        code.invokestatic(HOOKS, "invoking", INVOKING).aload(target).aload(arguments);
    }

    /** {@code (…, bytes, offset, length, …)}. @param at which argument the bytes are */
    private static void beforeDefine(CodeBuilder code, MethodTypeDesc type, int at) {
        int[] arguments = store(code, type);
        int bytes = arguments[at];
        code.dup().aload(bytes).iload(arguments[at + 1]).iload(arguments[at + 2]);
        code.invokestatic(HOOKS, "woven", WOVEN).astore(bytes);
        load(code, type, arguments, 0, at + 1);
        code.iconst_0().aload(bytes).arraylength();
        load(code, type, arguments, at + 3, arguments.length);
    }

    /** {@code (name, buffer, …)}. */
    private static void beforeDefineOfBuffer(CodeBuilder code, MethodTypeDesc type) {
        int[] arguments = store(code, type);
        code.dup()
                .aload(arguments[1])
                .invokestatic(HOOKS, "woven", WOVEN_BUFFER)
                .astore(arguments[1]);
        load(code, type, arguments, 0, arguments.length);
    }

    /** All arguments into variables. */
    private static int[] store(CodeBuilder code, MethodTypeDesc type) {
        int[] arguments = new int[type.parameterCount()];
        for (int i = arguments.length - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(type.parameterType(i));
            arguments[i] = code.allocateLocal(kind);
            code.storeLocal(kind, arguments[i]);
        }
        return arguments;
    }

    private static void load(CodeBuilder code, MethodTypeDesc type, int[] arguments, int from, int to) {
        for (int i = from; i < to; i++) {
            code.loadLocal(TypeKind.from(type.parameterType(i)), arguments[i]);
        }
    }
}
