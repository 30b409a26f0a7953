package dev.workerpool.mapping;

import java.io.IOException;

/** Takes results that are not there whole at once. */
@FunctionalInterface
public interface ResultReceiver {
    /** Called at most once per run, on the thread that runs it, before the first byte. */
    ResultStream begin(String mediaType) throws IOException;
}
