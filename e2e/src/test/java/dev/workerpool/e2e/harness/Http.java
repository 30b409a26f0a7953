package dev.workerpool.e2e.harness;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One HTTP/1.1 connection, on a socket, plain or with TLS. The JDK's client repeats some requests by itself and does not say on
 * which connection one went; here nothing is repeated and the connection is in the caller's hands, so that a lost
 * request is seen and a call that opens a connection of its own is spread by the Service. Not thread-safe.
 */
public final class Http implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Socket socket;
    private final String host;
    private final Map<String, String> always = new TreeMap<>();
    private final InputStream in;
    private final BufferedOutputStream out;

    public Http(String host, int port) throws IOException {
        this(connected(host, port), host + ":" + port);
    }

    private Http(Socket socket, String host) throws IOException {
        this.socket = socket;
        this.host = host;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = new BufferedOutputStream(socket.getOutputStream());
    }

    /** @param server the name that the certificate has to be for, whatever the address is that leads there */
    static Http overTls(String host, int port, SSLContext trust, String server) throws IOException {
        SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket(connected(host, port), server, port, true);
        try {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new Http(socket, server + ":" + port);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket connected(String host, int port) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** How a connection is made. */
    @FunctionalInterface
    public interface Opener {
        Opener PLAIN = Http::new;

        Http open(String host, int port) throws IOException;

        /** The same, and each request has this token with it. */
        default Opener bearing(String token) {
            return (host, port) -> {
                Http connection = open(host, port);
                connection.always.put("Authorization", "Bearer " + token);
                return connection;
            };
        }
    }

    /** What the other side showed when the connection over TLS was made. */
    public Certificate certificate() throws IOException {
        return ((SSLSocket) socket).getSession().getPeerCertificates()[0];
    }

    public Answer send(Request request) throws IOException {
        write(request);
        return read();
    }

    /** Whether the other side has closed the connection since the last answer: a client that looks need not lose a request. */
    boolean closedByPeer() throws IOException {
        socket.setSoTimeout(1);
        try {
            in.mark(1);
            int next = in.read();
            in.reset();
            return next < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        } finally {
            socket.setSoTimeout(TIMEOUT_MILLIS);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // The connection is given up either way.
        }
    }

    private void write(Request request) throws IOException {
        StringBuilder head = new StringBuilder(request.method() + " " + request.path() + " HTTP/1.1\r\n");
        head.append("Host: ").append(host).append("\r\n");
        Map<String, String> headers = new TreeMap<>(always);
        headers.putAll(request.headers());
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(request.body().length).append("\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        out.write(request.body());
        out.flush();
    }

    private Answer read() throws IOException {
        String status = line();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).trim(), line.substring(colon + 1).trim());
        }
        return new Answer(Integer.parseInt(status.split(" ")[1]), headers, body(headers));
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("Transfer-Encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            return chunks();
        }
        return exactly(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
    }

    private byte[] chunks() throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            bytes.write(exactly(size));
            line();
        }
        line();
        return bytes.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().split(";")[0].trim(), 16);
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException(
                    "the connection ended after %d of %d bytes of the body".formatted(bytes.length, length));
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended before the answer was complete");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** What is asked: one request, with its whole body. */
    public record Request(String method, String path, Map<String, String> headers, byte[] body) {
        public static Request get(String path) {
            return new Request("GET", path, Map.of(), new byte[0]);
        }

        public static Request json(String path, String body) {
            return bytes(path, "application/json", body.getBytes(StandardCharsets.UTF_8));
        }

        public static Request bytes(String path, String type, byte[] body) {
            return new Request("POST", path, Map.of("Content-Type", type), body);
        }

        public static Request delete(String path) {
            return new Request("DELETE", path, Map.of(), new byte[0]);
        }

        public Request with(String header, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(header, value);
            return new Request(method, path, more, body);
        }
    }

    /** What was answered. Header names are compared without regard to case. */
    public record Answer(int status, Map<String, String> headers, byte[] bytes) {
        public String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        public String replica() {
            return header("Workerpool-Replica");
        }

        /** The replica that the connection leads to; it may have passed the request to the one that answers. */
        public String connectedTo() {
            String via = header("Via");
            return via.isEmpty() ? replica() : via.substring(via.indexOf(' ') + 1);
        }

        public int thread() {
            return Integer.parseInt(header("Workerpool-Thread"));
        }

        boolean closes() {
            return header("Connection").equalsIgnoreCase("close");
        }

        @Override
        public String toString() {
            return "%d %s %s".formatted(status, headers, bytes.length > 2_000 ? bytes.length + " bytes" : body());
        }
    }
}
