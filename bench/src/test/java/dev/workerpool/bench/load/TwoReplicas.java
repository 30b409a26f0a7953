package dev.workerpool.bench.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Two servers behind one address, as a Service would have it: connections go to either in turn. */
final class TwoReplicas implements Endpoint, AutoCloseable {
    private final List<HttpServer> servers;
    private final AtomicInteger connections = new AtomicInteger();
    final ConcurrentHashMap<String, Integer> runs = new ConcurrentHashMap<>();

    /** From now on the task is passed by whoever is called to this one; null: by nobody. */
    volatile String passTo;

    volatile int status = 200;

    TwoReplicas() throws IOException {
        servers = List.of(listen("a"), listen("b"));
    }

    private HttpServer listen(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.createContext("/tasks", exchange -> answer(exchange, name, 200));
        server.createContext("/tasks/work", exchange -> {
            String by = passTo == null ? name : passTo;
            runs.merge(by, 1, Integer::sum);
            answer(exchange, by, status);
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return server;
    }

    private static void answer(HttpExchange exchange, String replica, int status) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Workerpool-Replica", replica);
        exchange.sendResponseHeaders(status, 2);
        exchange.getResponseBody().write("{}".getBytes());
        exchange.close();
    }

    int connections() {
        return connections.get();
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public Client connect() throws IOException {
        return new Client(servers.get(connections.getAndIncrement() % 3 % 2).getAddress());
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }
}
