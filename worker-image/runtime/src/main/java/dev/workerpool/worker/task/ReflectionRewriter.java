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
        } else if (call.opcode() != Opcode.INVOKESTATIC
                && name.equals("defineClass")
                && call.type().stringValue().startsWith("(Ljava/lang/String;[BII")) {
            beforeDefine(code, call.typeSymbol());
        }
        return false;
    }

    /** Not in its place: {@code invoke} looks who calls it. */
    private static void beforeInvoke(CodeBuilder code) {
        int arguments = code.allocateLocal(TypeKind.REFERENCE);
        int target = code.allocateLocal(TypeKind.REFERENCE);
        code.astore(arguments).astore(target).dup().aload(target).aload(arguments);
        code.invokestatic(HOOKS, "invoking", INVOKING).aload(target).aload(arguments);
    }

    /** Of a class loader: {@code (name, bytes, offset, length, …)}. */
    private static void beforeDefine(CodeBuilder code, MethodTypeDesc type) {
        int[] more = new int[type.parameterCount() - 4];
        for (int i = more.length - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(type.parameterType(4 + i));
            more[i] = code.allocateLocal(kind);
            code.storeLocal(kind, more[i]);
        }
        int length = code.allocateLocal(TypeKind.INT);
        int offset = code.allocateLocal(TypeKind.INT);
        int bytes = code.allocateLocal(TypeKind.REFERENCE);
        int name = code.allocateLocal(TypeKind.REFERENCE);
        code.istore(length).istore(offset).astore(bytes).astore(name);
        code.dup().aload(bytes).iload(offset).iload(length).invokestatic(HOOKS, "woven", WOVEN);
        code.astore(bytes).aload(name).aload(bytes).iconst_0().aload(bytes).arraylength();
        for (int i = 0; i < more.length; i++) {
            code.loadLocal(TypeKind.from(type.parameterType(4 + i)), more[i]);
        }
    }
}
