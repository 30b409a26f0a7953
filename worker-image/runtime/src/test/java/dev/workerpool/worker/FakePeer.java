package dev.workerpool.worker;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A replica that says that it is idle, and then does with what it is passed whatever a test wants. */
final class FakePeer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final CountDownLatch silent = new CountDownLatch(1);
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final Queue<String> passed = new ConcurrentLinkedQueue<>();
    private final String replica;
    private final Behaviour behaviour;
    private volatile String load = "0 0 1 ready 0";

    /** What to do with a request whose head has been read. The connection is closed afterwards. */
    interface Behaviour {
        void accept(Socket socket, String head) throws Exception;
    }

    FakePeer(String replica, Behaviour behaviour) throws IOException {
        this.replica = replica;
        this.behaviour = behaviour;
        Thread.startVirtualThread(this::accept);
    }

    /** Reads the request to its end, answers with these bytes and closes. */
    static Behaviour answering(String answer) {
        return (socket, head) -> {
            int length = Integer.parseInt(head.lines()
                    .filter(line -> line.startsWith("content-length: "))
                    .findFirst()
                    .orElseThrow()
                    .substring(16));
            socket.getInputStream().readNBytes(length);
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        };
    }

    /** Reads the request to its end and says that nothing was begun. */
    static Behaviour declining(String replica, String why) {
        return answering("HTTP/1.1 503 Service Unavailable\r\nWorkerpool-Replica: " + replica
                + "\r\nWorkerpool-Declined: " + why + "\r\nContent-Length: 0\r\n\r\n");
    }

    int port() {
        return server.getLocalPort();
    }

    /** The heads of what it was passed. */
    Queue<String> passed() {
        return passed;
    }

    /** Another load than idle, of the same length. */
    void says(String line) {
        load = line;
    }

    /** Takes no more connections; says on that it is idle. */
    void refuseConnections() throws IOException {
        int port = port();
        server.close();
        // The kernel may go on taking them until whoever accepts has noticed.
        await().atMost(20, TimeUnit.SECONDS).until(() -> {
            try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return false;
            } catch (ConnectException refused) {
                return true;
            }
        });
    }

    /** Says nothing any more, with its connections open. */
    void fallSilent() {
        silent.countDown();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.startVirtualThread(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over, or wants no more connections.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            String head = head(socket.getInputStream());
            if (head.startsWith("GET /peers/load ")) {
                load(socket);
            } else {
                passed.add(head);
                behaviour.accept(socket, head);
            }
        } catch (Exception gone) {
            // Whoever it was has had enough.
        }
    }

    private void load(Socket socket) throws Exception {
        var out = socket.getOutputStream();
        out.write(("HTTP/1.1 200 OK\r\nWorkerpool-Replica: " + replica + "\r\nTransfer-Encoding: chunked\r\n\r\n")
                .getBytes());
        do {
            out.write(("e\r\n" + load + "\n\r\n").getBytes());
            out.flush();
        } while (!silent.await(100, TimeUnit.MILLISECONDS));
        new CountDownLatch(1).await(60, TimeUnit.SECONDS);
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("closed");
            }
            head.write(c);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
