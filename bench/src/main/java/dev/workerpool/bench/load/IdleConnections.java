package dev.workerpool.bench.load;

import dev.workerpool.bench.load.Client.Answer;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedDeque;

/** The one that was used last is used next, as clients do; another is opened when none is free. */
final class IdleConnections implements Connections {
    private final Endpoint endpoint;
    private final ConcurrentLinkedDeque<Client> idle = new ConcurrentLinkedDeque<>();

    IdleConnections(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public Client take(int request) throws IOException {
        Client client = idle.pollFirst();
        return client == null ? endpoint.connect() : client;
    }

    @Override
    public void giveBack(Client client, Answer answer) {
        if (answer.closes()) {
            client.close();
        } else {
            idle.addFirst(client);
        }
    }

    @Override
    public void close() {
        idle.forEach(Client::close);
    }
}
