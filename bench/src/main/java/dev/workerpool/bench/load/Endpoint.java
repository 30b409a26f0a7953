package dev.workerpool.bench.load;

import java.io.IOException;

/** Where requests go. */
public interface Endpoint {
    String name();

    /** Opens a connection. */
    Client connect() throws IOException;
}
