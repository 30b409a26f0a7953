package dev.workerpool.bench.load;

import dev.workerpool.bench.load.Client.Answer;
import java.io.IOException;

/** Connections that are kept between requests, each for one request at a time. Thread-safe. */
public interface Connections extends AutoCloseable {
    /** @param request its number */
    Client take(int request) throws IOException;

    /** After a whole answer. One that broke is closed by whoever took it. */
    void giveBack(Client client, Answer answer);

    @Override
    void close();
}
