import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** One connection to a worker. Fails when an answer is not what it should be. */
final class TrainingClient implements AutoCloseable {
    record Answer(Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    TrainingClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** On a connection of its own. */
    static Answer once(int port, String method, String path, String headers, byte[] body, int status) throws IOException {
        try (var client = new TrainingClient(port)) {
            return client.exchange(method, path, headers, body, status);
        }
    }

    /** @param headers each with its line's end */
    Answer exchange(String method, String path, String headers, byte[] body, int status) throws IOException {
        var request = new ByteArrayOutputStream();
        String head = method + " " + path + " HTTP/1.1\r\nHost: training\r\nContent-Type: application/json\r\n"
                + headers + "Content-Length: " + body.length + "\r\n\r\n";
        request.write(head.getBytes(StandardCharsets.US_ASCII));
        request.write(body);
        out.write(request.toByteArray());
        String first = line();
        var answered = new HashMap<String, String>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            answered.put(header.substring(0, colon).toLowerCase(), header.substring(colon + 1).strip());
        }
        var answer = new Answer(answered, body(answered));
        if (!first.startsWith("HTTP/1.1 " + status)) {
            throw new IllegalStateException(
                    method + " " + path + ": expected " + status + ", got " + first + " " + answer.text());
        }
        return answer;
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if (!"chunked".equals(headers.get("transfer-encoding"))) {
            return in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }
        var body = new ByteArrayOutputStream();
        for (int size = chunk(); size > 0; size = chunk()) {
            body.write(in.readNBytes(size));
            line();
        }
        line();
        return body.toByteArray();
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("The worker closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
