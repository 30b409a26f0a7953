package dev.workerpool.worker.task;

/** Changes a class of a task jar while it is loaded. Kept apart from the class loader so that weavers compose. */
@FunctionalInterface
interface ClassWeaver {
    /**
     * @param loader the jar's own, to resolve the class's relatives by
     * @return the class file to define; {@code classFile} itself when there is nothing to change
     */
    byte[] weave(byte[] classFile, ClassLoader loader);
}
