package dev.workerpool.operator.dependent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * An informer's store that keeps objects as compressed JSON and makes them anew when they are asked for. An object of the
 * client's model takes some twenty times the memory of that, most of it for who wrote which field; with ten thousand pools
 * this is most of the operator, and each of them is read but now and then. For one informer: as stores are told the whole
 * of what their informer sees, two informers would each throw out what the other put in. Thread-safe.
 */
public final class CompactStore<R extends HasMetadata> implements ItemStore<R> {
    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    private final Class<R> type;
    private final KubernetesSerialization serialization;
    private final UnaryOperator<R> stripped;

    /** @param stripped leaves out what nobody reads */
    public CompactStore(Class<R> type, KubernetesSerialization serialization, UnaryOperator<R> stripped) {
        this.stripped = stripped;
        this.type = type;
        this.serialization = serialization;
    }

    @Override
    public String getKey(R object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public R put(String key, R object) {
        return unpacked(objects.put(key, packed(object)));
    }

    @Override
    public R remove(String key) {
        return unpacked(objects.remove(key));
    }

    @Override
    public R get(String key) {
        return unpacked(objects.get(key));
    }

    @Override
    public Stream<String> keySet() {
        return objects.keySet().stream();
    }

    @Override
    public Stream<R> values() {
        return objects.values().stream().map(this::unpacked);
    }

    @Override
    public int size() {
        return objects.size();
    }

    private byte[] packed(R object) {
        var bytes = new ByteArrayOutputStream(1024);
        var deflater = new Deflater(Deflater.BEST_SPEED);
        try (var out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(serialization.asJson(stripped.apply(object)).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private R unpacked(byte[] packed) {
        if (packed == null) {
            return null;
        }
        // Closed at once: what an inflater has outside the heap would else wait for the collector.
        try (var in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
            return serialization.unmarshal(in, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
