package dev.workerpool.operator.desired;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map.Entry;

/** Tells one JSON tree, or text, from another in 16 characters. */
public final class Digest {

    private Digest() {}

    static String of(JsonNode tree) {
        var canonical = new StringBuilder(4096);
        write(tree, canonical);
        return of(canonical.toString());
    }

    public static String of(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /**
     * Sorted, and without what says nothing: whether a library writes an empty list or leaves it out must not look like a
     * change.
     */
    private static void write(JsonNode node, StringBuilder out) {
        switch (node.getNodeType()) {
            case OBJECT -> writeFields(node, out);
            case ARRAY -> writeElements(node, out);
            case STRING -> writeText(node.textValue(), out);
            default -> out.append(node.asText());
        }
    }

    /** As a node writes itself, which makes a generator each time: most of a tree are texts. */
    private static void writeText(String text, StringBuilder out) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }

    private static void writeFields(JsonNode object, StringBuilder out) {
        List<Entry<String, JsonNode>> fields = new ArrayList<>(object.properties());
        fields.sort(Entry.comparingByKey());
        out.append('{');
        boolean isFirst = true;
        for (Entry<String, JsonNode> field : fields) {
            int before = out.length();
            out.append(isFirst ? "\"" : ",\"").append(field.getKey()).append("\":");
            int start = out.length();
            write(field.getValue(), out);
            if (saysNothing(field.getValue(), out.length() - start)) {
                out.setLength(before);
            } else {
                isFirst = false;
            }
        }
        out.append('}');
    }

    /** @param length as written */
    private static boolean saysNothing(JsonNode value, int length) {
        return value.isNull() || value.isContainerNode() && length == 2;
    }

    private static void writeElements(JsonNode array, StringBuilder out) {
        out.append('[');
        for (int index = 0; index < array.size(); index++) {
            if (index > 0) {
                out.append(',');
            }
            write(array.get(index), out);
        }
        out.append(']');
    }
}
