package dev.workerpool.mapping;

import dev.workerpool.task.Content;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A result on its way. Used by one thread at a time, that of the run. Writes wait while the receiver is behind and fail once
 * it is gone; nothing need be received before {@link #flush} or {@link #finish}.
 */
public abstract class ResultStream extends OutputStream {
    /** Has the receiver taken all that was flushed? If so, flushing again costs it nothing and saves it a wait. */
    public abstract boolean isIdle();

    /** All is written. @return the result if it was gathered, null if it has been sent */
    public abstract Content finish() throws IOException;

    @Override
    public abstract void flush() throws IOException;

    @Override
    public abstract void write(byte[] bytes, int offset, int length) throws IOException;

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /** A task may close its stream; what it wrote is only whole when the run is through. */
    @Override
    public final void close() throws IOException {
        flush();
    }
}
