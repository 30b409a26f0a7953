package dev.workerpool.worker.task;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts checkpoints into one method, so that no code of it can go on for long without passing one:
 *
 * <ul>
 *   <li>before every jump backwards: no loop without one;
 *   <li>at the start of every method: no recursion without one, and no loop of the JDK that calls back;
 *   <li>at the start of {@code catch (Throwable)} and {@code catch (Error)}: who catches the kill throws it again.
 *       {@code finally} is left to run, and so are the handlers that release monitors or close resources.
 * </ul>
 */
final class CheckpointInserter implements CodeTransform {
    private static final DynamicCallSiteDesc CHECKPOINT = DynamicCallSiteDesc.of(
            MethodHandleDesc.ofMethod(
                    DirectMethodHandleDesc.Kind.STATIC,
                    ClassDesc.of(TaskHooks.class.getName()),
                    "bootstrap",
                    MethodTypeDesc.of(
                            ConstantDescs.CD_CallSite,
                            ConstantDescs.CD_MethodHandles_Lookup,
                            ConstantDescs.CD_String,
                            ConstantDescs.CD_MethodType)),
            "checkpoint",
            ConstantDescs.MTD_void);
    private static final Set<ClassDesc> SWALLOWING =
            Set.of(ConstantDescs.CD_Throwable, ClassDesc.of("java.lang.Error"));

    /** How javac 9 and 10 close the resources of a class: they have a method made for it. */
    private static final String CLOSER = "$closeResource";

    private final List<ExceptionCatch> swallowing;
    private final Set<Label> passed = new HashSet<>();
    private final ThreadInserter threads;
    private final ReferenceBridges bridges;
    private final boolean dynamic;
    private final boolean closer;
    private CodeElement previous;

    /** @param dynamic whether the class file may have invokedynamic */
    CheckpointInserter(CodeModel code, ReferenceBridges bridges, boolean dynamic) {
        this.bridges = bridges;
        this.dynamic = dynamic;
        this.closer = code.parent().filter(CheckpointInserter::isCloser).isPresent();
        threads = new ThreadInserter(
                code.parent().filter(CheckpointInserter::isConstructor).isPresent());
        swallowing = swallowing(code);
    }

    private static boolean isConstructor(MethodModel method) {
        return method.methodName().equalsString(ConstantDescs.INIT_NAME);
    }

    private static boolean isCloser(MethodModel method) {
        return method.flags().has(AccessFlag.SYNTHETIC) && method.methodName().equalsString(CLOSER);
    }

    private static List<ExceptionCatch> swallowing(CodeModel code) {
        List<ExceptionCatch> all = code.exceptionHandlers().stream()
                .filter(handler -> handler.catchType()
                        .filter(type -> SWALLOWING.contains(type.asSymbol()))
                        .isPresent())
                .toList();
        if (all.isEmpty()) {
            return all; // As most methods have none.
        }
        var closing = new ClosingHandlers(code);
        return all.stream().filter(one -> !closing.contain(one.handler())).toList();
    }

    @Override
    public void atStart(CodeBuilder code) {
        if (!closer) {
            checkpoint(code);
        }
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
        if (jumpsBack(element)) {
            checkpoint(code);
        }
        AllocationInserter.insert(code, element, previous);
        previous = element;
        threads.before(code, element);
        ProcessCallRewriter.rewrite(code, bridges.lead(element, code.constantPool()));
        threads.after(code, element);
        if (element instanceof LabelTarget target) {
            passed.add(target.label());
            if (swallows(target.label())) {
                checkpoint(code);
            }
        }
    }

    private void checkpoint(CodeBuilder code) {
        if (dynamic) {
            code.invokedynamic(CHECKPOINT);
        } else {
            code.invokestatic(ClassDesc.of(TaskHooks.class.getName()), "poll", ConstantDescs.MTD_void);
        }
    }

    private boolean jumpsBack(CodeElement element) {
        // Not a switch over types: its code is made at run time, for which a start would have to wait.
        if (element instanceof BranchInstruction branch) {
            return passed.contains(branch.target());
        }
        if (element instanceof TableSwitchInstruction table) {
            return jumpsBack(table.defaultTarget(), table.cases());
        }
        return element instanceof LookupSwitchInstruction lookup && jumpsBack(lookup.defaultTarget(), lookup.cases());
    }

    private boolean jumpsBack(Label otherwise, List<SwitchCase> cases) {
        return passed.contains(otherwise) || cases.stream().anyMatch(one -> passed.contains(one.target()));
    }

    /** Not where a handler covers its own start: thrown there, the kill would come back for ever. */
    private boolean swallows(Label handler) {
        return swallowing.stream()
                .anyMatch(one -> one.handler().equals(handler)
                        && !(passed.contains(one.tryStart()) && !passed.contains(one.tryEnd())));
    }
}
