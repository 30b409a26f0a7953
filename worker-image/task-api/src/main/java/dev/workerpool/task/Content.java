package dev.workerpool.task;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Raw bytes and what they are, for tasks whose input or output varies in its media type.
 *
 * @param mediaType such as {@code image/jpeg}; for an input, what the caller said it is
 * @param bytes from position to limit
 */
public record Content(String mediaType, ByteBuffer bytes) {
    public Content {
        Objects.requireNonNull(mediaType, "mediaType");
        Objects.requireNonNull(bytes, "bytes");
    }
}
