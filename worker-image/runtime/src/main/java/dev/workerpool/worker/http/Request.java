package dev.workerpool.worker.http;

import dev.workerpool.task.InvalidInputException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The head of a request. Its path is as it came: none of ours needs decoding. */
record Request(String method, String path, String query, HttpHeaders headers) {
    private static final int MAX_PARAMETERS = 256;

    static Request of(String method, String target, HttpHeaders headers) {
        String origin = origin(target);
        int question = origin.indexOf('?');
        return question < 0
                ? new Request(method, origin, "", headers)
                : new Request(method, origin.substring(0, question), origin.substring(question), headers);
    }

    /** The path and query of an absolute target, which proxies send. */
    private static String origin(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        int scheme = target.indexOf("://");
        int path = scheme < 0 ? -1 : target.indexOf('/', scheme + 3);
        return path < 0 ? "/" : target.substring(path);
    }

    /**
     * The query's parameters, the last of a name.
     *
     * @throws InvalidInputException when they cannot be read
     */
    Map<String, String> parameters() {
        if (query.isEmpty()) {
            return Map.of();
        }
        var parameters = new LinkedHashMap<String, String>();
        try {
            new QueryStringDecoder(query, StandardCharsets.UTF_8, true, MAX_PARAMETERS)
                    .parameters()
                    .forEach((name, values) -> parameters.put(name, values.getLast()));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("query", "must have two hexadecimal digits behind each %");
        }
        return Collections.unmodifiableMap(parameters);
    }

    String contentType() {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
        return type == null || type.isEmpty() ? "application/octet-stream" : type;
    }
}
