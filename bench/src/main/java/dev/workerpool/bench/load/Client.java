package dev.workerpool.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One connection, kept alive: one write and few reads per call, so that the client is no part of the figure. Whoever calls
 * waits for the answer, or else is told of it by a thread that waits for nothing else; not both on one connection.
 */
public final class Client implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    /** Of the request that was sent last by {@link #send}; null when none was. */
    private volatile Receiver receiver;

    /** Set before the last receiver is told: one that comes later is told nothing. */
    private volatile boolean ended;

    /** Hears what became of a request. */
    interface Receiver {
        void answered(Answer answer);

        void broken();
    }

    /**
     * @param replica that answered, as the answer says; null where it does not
     * @param closes whether the server takes no more requests on this connection
     */
    public record Answer(int status, byte[] body, String replica, boolean closes) {
        public JsonNode json() throws IOException {
            return JSON.readTree(body);
        }

        @Override
        public String toString() {
            return status + " " + new String(body, StandardCharsets.UTF_8);
        }
    }

    public Client(int port) throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    public Client(InetSocketAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        try {
            socket.connect(address, TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    public Answer post(String path, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return post(path, "application/json", body);
    }

    /** @param headers more of them, such as {@code Priority: u=1} */
    public Answer post(String path, String type, byte[] body, String... headers) throws IOException {
        socket.getOutputStream().write(request(path, type, body, headers));
        return read();
    }

    private static byte[] request(String path, String type, byte[] body, String... headers) {
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: bench\r\nContent-Type: " + type + "\r\nContent-Length: "
                        + body.length + "\r\n"
                        + Stream.of(headers).map(header -> header + "\r\n").collect(Collectors.joining())
                        + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        var request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }

    /**
     * Sends a request and does not wait. The thread that reads the answer is there already, asleep in the kernel: between an
     * answer that comes and the note of when it came is nothing but its waking.
     *
     * @throws IOException when it was not sent; the receiver hears nothing then
     */
    void send(String path, String json, Receiver to) throws IOException {
        boolean isFirst = receiver == null;
        receiver = to;
        if (isFirst) {
            socket.setSoTimeout(0); // With one, each read would be three calls of the kernel.
            Thread.ofPlatform().name("receiver").daemon().start(this::receive);
        }
        socket.getOutputStream().write(request(path, "application/json", json.getBytes(StandardCharsets.UTF_8)));
        if (ended) {
            throw new EOFException("The server closed the connection");
        }
    }

    private void receive() {
        try {
            while (true) {
                Answer answer = read();
                receiver.answered(answer);
            }
        } catch (IOException e) {
            ended = true;
            receiver.broken();
        }
    }

    public Answer get(String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return read();
    }

    private Answer read() throws IOException {
        String line = line();
        int status = Integer.parseInt(line.split(" ")[1]);
        int length = 0;
        String replica = null;
        boolean closes = false;
        for (line = line(); !line.isEmpty(); line = line()) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).strip());
            } else if (header.startsWith("workerpool-replica:")) {
                replica = header.substring("workerpool-replica:".length()).strip();
            } else if (header.startsWith("connection:")) {
                closes = header.endsWith("close");
            }
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("The server closed the connection within an answer");
        }
        return new Answer(status, body, replica, closes);
    }

    /** Whether the server has closed the connection since the last answer: a client that looks need not lose a request. */
    boolean isClosedByServer() throws IOException {
        socket.setSoTimeout(1);
        try {
            in.mark(1);
            boolean end = in.read() < 0;
            in.reset();
            return end;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (SocketException broken) {
            return true;
        } finally {
            socket.setSoTimeout(TIMEOUT_MILLIS);
        }
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("The server closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** A page as text, over a connection of its own. */
    public static String get(int port, String path) throws IOException {
        URLConnection connection =
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is to go in any case.
        }
    }
}
