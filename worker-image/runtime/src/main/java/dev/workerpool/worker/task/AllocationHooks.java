package dev.workerpool.worker.task;

/**
 * What woven task code calls before it makes something large. Public and static like {@link TaskHooks}. What is negative, null
 * or too large for a length is left to the JDK, which says so.
 */
public final class AllocationHooks {
    /** Arrays with fewer elements are made without a word. */
    static final int LARGE = 1 << 16;

    private static final int LARGEST_TABLE = 1 << 30;
    private static final int REFERENCE = 4;
    private static final long HEAP = Runtime.getRuntime().maxMemory();

    private AllocationHooks() {}

    /** An array of so many elements of so many bytes. */
    public static void allocating(int length, int bytes) {
        if (length >= LARGE) {
            allocating((long) length * bytes);
        }
    }

    /** A hash table for so many elements: its length is a power of two. */
    public static void allocatingTable(int elements, int bytes) {
        if (elements >= LARGE) {
            long length = elements >= LARGEST_TABLE ? LARGEST_TABLE : Integer.highestOneBit(elements - 1) << 1;
            allocating(length * bytes);
        }
    }

    /** A set of so many bits. */
    public static void allocatingBits(int bits, int inEachByte) {
        allocating(bits / inEachByte);
    }

    /** An array, by reflection. */
    public static void allocating(Class<?> component, int length) {
        if (component != null) {
            allocating(length, bytes(component));
        }
    }

    /** Arrays in each other, by reflection. */
    public static void allocating(Class<?> component, int[] lengths) {
        if (component != null && lengths != null) {
            // Doubles do not overflow.
            double bytes = bytes(component);
            for (int length : lengths) {
                bytes *= Math.max(length, 0);
            }
            allocating((long) bytes);
        }
    }

    private static int bytes(Class<?> component) {
        if (component == long.class || component == double.class) {
            return 8;
        }
        if (component == char.class || component == short.class) {
            return 2;
        }
        return component == byte.class || component == boolean.class ? 1 : REFERENCE;
    }

    /** Text that is repeated so often. */
    public static void repeating(CharSequence text, int count) {
        if (text != null && (long) text.length() * count >= LARGE) {
            boolean latin = text.chars().allMatch(one -> one <= 0xff);
            allocating((long) text.length() * count * (latin ? 1 : 2));
        }
    }

    /** A character that is repeated so often. */
    public static void repeating(int codePoint, int count) {
        allocating(count, codePoint <= 0xff ? 1 : 2 * Character.charCount(codePoint));
    }

    /** So many bytes. */
    public static void allocating(long bytes) {
        if (bytes < LARGE) {
            return;
        }
        TaskHooks.mustBeAllowed(bytes);
        if (bytes > HEAP) {
            // The JVM would say the same, and the worker would have to end: it cannot tell that from a full heap.
            throw new OutOfMemoryError(bytes + " bytes at once, and the heap has " + HEAP);
        }
    }
}
