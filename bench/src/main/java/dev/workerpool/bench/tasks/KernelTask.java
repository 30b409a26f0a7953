package dev.workerpool.bench.tasks;

import dev.workerpool.task.Content;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntSupplier;

/** Gives out a kernel as this jar's class loader has it, that is woven, by the name in the input. */
@TaskType("kernel")
public final class KernelTask implements Task<String, Content> {
    /** Where the caller, who cannot see this jar's classes, finds it. */
    public static final String GIVEN_OUT = "dev.workerpool.bench.kernel";

    @Override
    public Content run(String name, TaskContext context) {
        IntSupplier kernel = Kernels.named(name);
        System.getProperties().put(GIVEN_OUT, kernel);
        byte[] result = Integer.toString(kernel.getAsInt()).getBytes(StandardCharsets.UTF_8);
        return new Content("text/plain", ByteBuffer.wrap(result));
    }
}
