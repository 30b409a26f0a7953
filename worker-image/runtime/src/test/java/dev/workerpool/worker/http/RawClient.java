package dev.workerpool.worker.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends whatever bytes a test wants. */
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;

    public RawClient(int port) throws IOException {
        this(new Socket("127.0.0.1", port));
    }

    /** @param socket connected; closed with the client */
    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** An answer; header names are in lower case. */
    public record Answer(int status, Map<String, String> headers, String body) {
        public String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    public RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    public RawClient post(String path, String body) throws IOException {
        return send("POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    public RawClient get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
    }

    /**
     * From a management port.
     *
     * @param line the metric's name and labels
     * @return 0 when it is not told of
     */
    public double metric(String line) throws IOException {
        return get("/metrics")
                .read()
                .body()
                .lines()
                .filter(each -> each.startsWith(line + " "))
                .mapToDouble(each -> Double.parseDouble(each.substring(line.length() + 1)))
                .sum();
    }

    public Answer read() throws IOException {
        return read(true);
    }

    /** @param withBody false for an answer to HEAD, which tells a length and sends nothing */
    public Answer read(boolean withBody) throws IOException {
        Answer head = readHead();
        if (withBody && "chunked".equals(head.header("transfer-encoding"))) {
            return new Answer(head.status(), head.headers(), rest());
        }
        int length = withBody ? Integer.parseInt(head.headers().getOrDefault("content-length", "0")) : 0;
        String body = new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
        return new Answer(head.status(), head.headers(), body);
    }

    /** The head alone, of an answer whose body is read by {@link #chunk} or {@link #untilClosed}. */
    public Answer readHead() throws IOException {
        InputStream in = socket.getInputStream();
        String status = line(in);
        var headers = new TreeMap<String, String>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(status.split(" ")[1]), headers, "");
    }

    /** The next chunk of a body; null after the last. */
    public String chunk() throws IOException {
        InputStream in = socket.getInputStream();
        int size = Integer.parseInt(line(in), 16);
        String chunk = new String(in.readNBytes(size), StandardCharsets.ISO_8859_1);
        line(in);
        return size == 0 ? null : chunk;
    }

    private String rest() throws IOException {
        var body = new StringBuilder();
        for (String chunk = chunk(); chunk != null; chunk = chunk()) {
            body.append(chunk);
        }
        return body.toString();
    }

    public String untilClosed() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** @return whether the server has closed, waiting for it */
    public boolean isClosed() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    /** Ends the connection at once and with whatever was under way in it, as a process that is killed may. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("Closed after '" + line + "'");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
