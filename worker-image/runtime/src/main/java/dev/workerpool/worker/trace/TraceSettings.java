package dev.workerpool.worker.trace;

import java.net.URI;
import java.util.Map;

/**
 * Where traces go.
 *
 * @param endpoint of a collector that takes OTLP by HTTP, for traces; null when nothing is traced
 * @param headers of each message to it
 * @param service the name under which runs appear
 * @param replica which of the service's processes this is
 */
public record TraceSettings(URI endpoint, Map<String, String> headers, String service, String replica) {
    public boolean enabled() {
        return endpoint != null;
    }
}
