package dev.workerpool.bench.tasks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;

/**
 * Kinds of computing code, each some hundred microseconds long: loops, calls, the JDK called back into, and a library that
 * the task jar brings. Loaded as a task jar is and loaded plainly, they show what the checkpoints cost.
 */
public final class Kernels {
    private static final int[] NUMBERS = numbers(1 << 16);
    private static final byte[] TEXT = text();
    private static final String JSON = json();
    private static final JsonFactory FACTORY = new JsonFactory();

    private static final Map<String, IntSupplier> ALL = new TreeMap<>(Map.of(
            "integer-loop", () -> Spin.spin(100_000),
            "nested-loops", Kernels::nestedLoops,
            "vector-sum", Kernels::vectorSum,
            "matrix-multiply", Kernels::matrixMultiply,
            "recursion", () -> fibonacci(21),
            "sort-comparator", Kernels::sortWithComparator,
            "string-building", Kernels::buildString,
            "hand-written-hash", Kernels::hash,
            "json-library", Kernels::parseJson));

    private Kernels() {}

    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    public static IntSupplier named(String name) {
        return ALL.get(name);
    }

    private static int nestedLoops() {
        int hits = 0;
        for (int i = 1; i < 300; i++) {
            for (int j = i; j < 300; j++) {
                if ((i * i + j * j) % 7 == 3) {
                    hits++;
                }
            }
        }
        return hits;
    }

    private static int vectorSum() {
        int sum = 0;
        for (int round = 0; round < 16; round++) {
            for (int i = 0; i < NUMBERS.length; i++) {
                sum += NUMBERS[i];
            }
        }
        return sum;
    }

    private static int matrixMultiply() {
        int size = 96;
        var a = new double[size][size];
        var b = new double[size][size];
        var c = new double[size][size];
        for (int i = 0; i < size; i++) {
            Arrays.fill(a[i], i);
            Arrays.fill(b[i], 2);
        }
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < size; k++) {
                double factor = a[i][k];
                for (int j = 0; j < size; j++) {
                    c[i][j] += factor * b[k][j];
                }
            }
        }
        return (int) c[size - 1][size - 1];
    }

    private static int fibonacci(int n) {
        return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
    }

    private static int sortWithComparator() {
        var numbers = new Integer[2000];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = NUMBERS[i];
        }
        Arrays.sort(numbers, Comparator.comparing((Integer n) -> n % 1000).thenComparing(n -> -n));
        return numbers[0];
    }

    private static int buildString() {
        var text = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            text.append(i).append(i % 3 == 0 ? ',' : ';').append("item");
        }
        return text.length();
    }

    private static int hash() {
        int hash = 0x811c9dc5;
        for (byte one : TEXT) {
            hash = (hash ^ one) * 0x01000193;
        }
        return hash;
    }

    private static int parseJson() {
        try (JsonParser parser = FACTORY.createParser(JSON)) {
            int sum = 0;
            while (parser.nextToken() != null) {
                if (parser.currentToken().isNumeric()) {
                    sum += parser.getIntValue();
                }
            }
            return sum;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int[] numbers(int length) {
        var numbers = new int[length];
        int x = 1;
        for (int i = 0; i < length; i++) {
            x = x * 1103515245 + 12345;
            numbers[i] = x >>> 8;
        }
        return numbers;
    }

    private static byte[] text() {
        var text = new byte[1 << 17];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) NUMBERS[i & 0xffff];
        }
        return text;
    }

    private static String json() {
        var text = new StringBuilder("[");
        for (int i = 0; i < 500; i++) {
            text.append(i == 0 ? "" : ",")
                    .append("{\"id\":")
                    .append(i)
                    .append(",\"name\":\"item ")
                    .append(i);
            text.append("\",\"tags\":[\"a\",\"b\"],\"size\":{\"width\":")
                    .append(i % 7)
                    .append("}}");
        }
        return text.append(']').toString();
    }
}
