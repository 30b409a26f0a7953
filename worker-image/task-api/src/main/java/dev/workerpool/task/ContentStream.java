package dev.workerpool.task;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * An output that is sent while it is being made, for results that are large or slow: the caller has the first bytes before
 * the last ones exist, and the worker never holds the whole. Returned by {@link Task#run}, which is then through; the body is
 * written on the same thread right after, and counts as part of the run: its time, its cancellation, its failure.
 *
 * @param mediaType such as {@code text/csv}
 * @param body writes the content
 */
public record ContentStream(String mediaType, Body body) {
    public ContentStream {
        Objects.requireNonNull(mediaType, "mediaType");
        Objects.requireNonNull(body, "body");
    }

    /** Writes what is to be sent. */
    @FunctionalInterface
    public interface Body {
        /**
         * Called once. A write waits while the caller takes its bytes more slowly than they are made, and throws an
         * {@link IOException} once the caller has gone or the run is over; an exception after the first bytes cuts the answer
         * off, so that nobody takes a part for the whole.
         *
         * @param out gathers small writes; {@code flush} sends what there is
         */
        void writeTo(OutputStream out) throws Exception;
    }
}
