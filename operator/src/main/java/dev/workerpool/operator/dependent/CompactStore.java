package dev.workerpool.operator.dependent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.TokenFilter;
import com.fasterxml.jackson.core.filter.TokenFilter.Inclusion;
import com.fasterxml.jackson.databind.ObjectReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;

/**
 * An informer's store that keeps objects as compressed JSON and makes them anew when they are asked for. An object of the
 * client's model takes some ten times the memory of that; with ten thousand pools this is most of the operator, and each of them
 * is read but now and then. Objects of one kind are much alike, so each is
 * compressed by what it has in common with a sample of them, to a tenth of what it would be alone. For one informer: as stores are told the whole
 * of what their informer sees, two informers would each throw out what the other put in. Thread-safe.
 */
public final class CompactStore<R extends HasMetadata> implements ItemStore<R> {

    /** Sample and length are needed to unpack it. */
    private record Packed(byte[] bytes, byte[] sample, int length, long state) {}

    /** No compression looks further back. */
    private static final int LONGEST_SAMPLE = 32 << 10;

    /** What is packed to no less than this part of it is not much like the sample. */
    private static final int ALIKE = 5;

    /** Where no two are alike, samples must not be what the memory goes for. */
    private static final int OBJECTS_PER_SAMPLE = 100;

    /** The first that finds what is alike; more effort saves little. */
    private static final int EFFORT = 3;

    private static final TokenFilter OUTLINE = new TokenFilter() {

        @Override
        public TokenFilter includeProperty(String name) {
            return switch (name) {
                case "apiVersion", "kind", "metadata" -> INCLUDE_ALL;
                default -> null;
            };
        }
    };

    private final Map<String, Packed> objects = new ConcurrentHashMap<>();
    private final ObjectReader reader;
    private final KubernetesSerialization serialization;
    private final UnaryOperator<R> stripped;
    private final Consumer<R> emptied;
    private byte[] sample = {};
    private int sinceSample = OBJECTS_PER_SAMPLE;

    /**
     * @param stripped leaves out what nobody reads
     * @param emptied takes out of an object that is kept, or listed, what no handler of events reads: while an informer starts,
     *     the events of all that it lists wait for it, and each holds its object
     */
    public CompactStore(
            Class<R> type, KubernetesSerialization serialization, UnaryOperator<R> stripped, Consumer<R> emptied) {
        this.emptied = emptied;
        this.stripped = stripped;
        this.reader = Serialization.jsonMapper().readerFor(type);
        this.serialization = serialization;
    }

    @Override
    public String getKey(R object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public R put(String key, R object) {
        Packed before = objects.put(key, packed(object));
        emptied.accept(object);
        return outline(before);
    }

    @Override
    public R remove(String key) {
        return outline(objects.remove(key));
    }

    @Override
    public R get(String key) {
        return unpacked(objects.get(key));
    }

    @Override
    public Stream<String> keySet() {
        return objects.keySet().stream();
    }

    /** All of them at a time, so without what no handler of events reads: nobody who wants more lists them. */
    @Override
    public Stream<R> values() {
        return objects.values().stream().map(this::outline);
    }

    /** What an informer lists is told of as it comes; it would else be kept to be told of, each made anew as a whole. */
    @Override
    public boolean isFullState() {
        return false;
    }

    /** As {@link ObjectState} has it, without the object's being made anew; {@link ObjectState#NONE} where there is none. */
    long state(String key) {
        Packed packed = objects.get(key);
        return packed == null ? ObjectState.NONE : packed.state;
    }

    /** What is kept of an object, without the sample that it shares with others. */
    int bytes(String key) {
        return objects.get(key).bytes.length;
    }

    @Override
    public int size() {
        return objects.size();
    }

    private Packed packed(R object) {
        byte[] json = serialization.asJson(stripped.apply(object)).getBytes(StandardCharsets.UTF_8);
        byte[] used = sample();
        byte[] bytes = deflated(json, used);
        if (bytes.length > json.length / ALIKE) {
            propose(json);
        }
        return new Packed(bytes, used, json.length, ObjectState.of(object));
    }

    private synchronized byte[] sample() {
        sinceSample++;
        return sample;
    }

    /** A kind's objects grow with time: they get a status, and others write to them. */
    private synchronized void propose(byte[] json) {
        if (sinceSample > OBJECTS_PER_SAMPLE) {
            sample = Arrays.copyOfRange(json, Math.max(0, json.length - LONGEST_SAMPLE), json.length);
            sinceSample = 0;
        }
    }

    private static byte[] deflated(byte[] json, byte[] sample) {
        var deflater = new Deflater(EFFORT);
        deflater.setDictionary(sample);
        var bytes = new ByteArrayOutputStream(1024);
        try (var out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private R unpacked(Packed packed) {
        if (packed == null) {
            return null;
        }
        try {
            return reader.readValue(inflated(packed));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Made of the metadata alone: the rest is passed over, not read. */
    private R outline(Packed packed) {
        if (packed == null) {
            return null;
        }
        try (JsonParser json = reader.createParser(inflated(packed));
                var metadata = new FilteringParserDelegate(json, OUTLINE, Inclusion.INCLUDE_ALL_AND_PATH, true)) {
            R object = reader.readValue(metadata);
            emptied.accept(object);
            return object;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] inflated(Packed packed) {
        var json = new byte[packed.length];
        var inflater = new Inflater();
        try {
            inflater.setInput(packed.bytes);
            int length = inflater.inflate(json);
            if (inflater.needsDictionary()) {
                inflater.setDictionary(packed.sample);
                length = inflater.inflate(json);
            }
            if (length != json.length) {
                throw new IllegalStateException("Unpacked " + length + " of " + json.length + " bytes");
            }
            return json;
        } catch (DataFormatException e) {
            throw new IllegalStateException(e);
        } finally {
            // At once: what it has outside the heap would else wait for the collector.
            inflater.end();
        }
    }
}
