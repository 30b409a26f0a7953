package dev.workerpool.worker.task;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DirectMethodHandleDesc.Kind;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Method references to what {@link ThreadInserter}, {@link CommonPoolRewriter} and {@link ExecutorRewriter} look for in calls
 * ({@code Thread::start}, {@code Executors::newCachedThreadPool}, …) lead to a method of the class itself that makes the call. For
 * one class.
 */
final class ReferenceBridges {
    private static final ClassDesc METAFACTORY = ClassDesc.of("java.lang.invoke.LambdaMetafactory");

    /** Which of its arguments is the method. */
    private static final int IMPLEMENTATION = 1;

    private static final String NAME = "workerpool$reference$";

    /** Those that the class can make for all who refer to them; not fields, and not what only {@code super} can say. */
    private static final Set<Kind> CALLS =
            Set.of(Kind.STATIC, Kind.INTERFACE_STATIC, Kind.VIRTUAL, Kind.INTERFACE_VIRTUAL, Kind.CONSTRUCTOR);

    private final ClassDesc owner;
    private final boolean ofInterface;
    private final Map<Reference, DirectMethodHandleDesc> bridges = new LinkedHashMap<>();

    private record Reference(DirectMethodHandleDesc target, MethodTypeDesc type) {}

    /** @param owner the class */
    ReferenceBridges(ClassDesc owner, boolean ofInterface) {
        this.owner = owner;
        this.ofInterface = ofInterface;
    }

    /** @return the same when it is no reference to such a method */
    CodeElement lead(CodeElement element, ConstantPoolBuilder pool) {
        if (!(element instanceof InvokeDynamicInstruction call)
                || !call.bootstrapMethod().owner().equals(METAFACTORY)
                || !(call.bootstrapArgs().get(IMPLEMENTATION) instanceof DirectMethodHandleDesc target)
                || !concerns(target)) {
            return element;
        }
        ConstantDesc[] arguments = call.bootstrapArgs().toArray(ConstantDesc[]::new);
        arguments[IMPLEMENTATION] =
                bridges.computeIfAbsent(new Reference(target, type(target, call.typeSymbol())), this::bridge);
        return InvokeDynamicInstruction.of(pool.invokeDynamicEntry(DynamicCallSiteDesc.of(
                call.bootstrapMethod(), call.name().stringValue(), call.typeSymbol(), arguments)));
    }

    /** What is bound to it, such as the object whose method it is, must be of the very type of the parameter. */
    private static MethodTypeDesc type(DirectMethodHandleDesc target, MethodTypeDesc bound) {
        MethodTypeDesc type = target.invocationType();
        for (int i = 0; i < bound.parameterCount(); i++) {
            type = type.changeParameterType(i, bound.parameterType(i));
        }
        return type;
    }

    private static boolean concerns(DirectMethodHandleDesc handle) {
        if (!CALLS.contains(handle.kind())) {
            return false;
        }
        String type = handle.lookupDescriptor();
        return ThreadInserter.concerns(handle.kind(), internalName(handle.owner()), handle.methodName(), type)
                || CommonPoolRewriter.concerns(internalName(handle.owner()), handle.methodName(), type)
                || ExecutorRewriter.concerns(internalName(handle.owner()), handle.methodName());
    }

    private static String internalName(ClassDesc type) {
        String descriptor = type.descriptorString();
        return type.isArray() ? descriptor : descriptor.substring(1, descriptor.length() - 1);
    }

    private DirectMethodHandleDesc bridge(Reference reference) {
        return MethodHandleDesc.ofMethod(
                ofInterface ? Kind.INTERFACE_STATIC : Kind.STATIC, owner, NAME + bridges.size(), reference.type());
    }

    /** Adds the methods, at the end of the class. */
    void write(ClassBuilder builder) {
        bridges.forEach((reference, bridge) -> builder.withMethodBody(
                bridge.methodName(),
                bridge.invocationType(),
                ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
                code -> write(code, reference)));
    }

    private static void write(CodeBuilder code, Reference reference) {
        var threads = new ThreadInserter(false);
        DirectMethodHandleDesc handle = reference.target();
        MethodTypeDesc type = reference.type();
        boolean makes = handle.kind() == Kind.CONSTRUCTOR;
        if (makes) {
            put(code, threads, NewObjectInstruction.of(code.constantPool().classEntry(handle.owner())));
            put(code, threads, StackInstruction.of(Opcode.DUP));
        }
        for (int i = 0; i < type.parameterCount(); i++) {
            code.loadLocal(TypeKind.from(type.parameterType(i)), code.parameterSlot(i));
        }
        put(code, threads, call(code.constantPool(), handle));
        code.return_(TypeKind.from(type.returnType()));
    }

    private static void put(CodeBuilder code, ThreadInserter threads, CodeElement element) {
        threads.before(code, element);
        ProcessCallRewriter.rewrite(code, element);
        threads.after(code, element);
    }

    private static InvokeInstruction call(ConstantPoolBuilder pool, DirectMethodHandleDesc handle) {
        ClassDesc owner = handle.owner();
        if (handle.kind() == Kind.CONSTRUCTOR) {
            var type = MethodTypeDesc.ofDescriptor(handle.lookupDescriptor());
            return InvokeInstruction.of(
                    Opcode.INVOKESPECIAL, pool.methodRefEntry(owner, ConstantDescs.INIT_NAME, type));
        }
        MethodTypeDesc type = MethodTypeDesc.ofDescriptor(handle.lookupDescriptor());
        Opcode opcode =
                switch (handle.kind()) {
                    case STATIC, INTERFACE_STATIC -> Opcode.INVOKESTATIC;
                    case INTERFACE_VIRTUAL -> Opcode.INVOKEINTERFACE;
                    default -> Opcode.INVOKEVIRTUAL;
                };
        return handle.isOwnerInterface()
                ? InvokeInstruction.of(opcode, pool.interfaceMethodRefEntry(owner, handle.methodName(), type))
                : InvokeInstruction.of(opcode, pool.methodRefEntry(owner, handle.methodName(), type));
    }
}
