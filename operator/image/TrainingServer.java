import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** As much of HTTP/1.1 and WebSocket as the operator's clients speak; the JDK's own server does not upgrade connections. */
final class TrainingServer {

    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;

    record Request(String method, String path, String body) {}

    record Response(int status, String body) {}

    /** What is asked of the server, and what it is to answer. */
    interface Api {
        Response answer(Request request);

        /** @param listener takes the texts that are to be sent */
        void watched(String path, Consumer<String> listener);
    }

    private final ServerSocket socket;
    private final Api api;

    TrainingServer(ServerSocket socket, Api api) {
        this.socket = socket;
        this.api = api;
    }

    void start() {
        Thread.ofPlatform().daemon().start(() -> {
            while (true) {
                try {
                    Socket connection = socket.accept();
                    Thread.ofPlatform().daemon().start(() -> serve(connection));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                String[] words = line.split(" ");
                Map<String, String> headers = headers(in);
                String path = words[1].split("\\?")[0];
                if (headers.containsKey("sec-websocket-key")) {
                    watch(path, headers, in, out);
                    return;
                }
                byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
                send(out, api.answer(new Request(words[0], path, new String(body, StandardCharsets.UTF_8))));
            }
        } catch (IOException e) {
            // The operator left, as it may.
        }
    }

    private void watch(String path, Map<String, String> headers, InputStream in, OutputStream out) throws IOException {
        write(
                out,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                        + accepted(headers.get("sec-websocket-key")) + "\r\n\r\n",
                new byte[0]);
        api.watched(path, text -> {
            try {
                frame(out, TEXT, text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The operator left, as it may.
            }
        });
        while (true) {
            int type = in.read();
            if (type < 0 || type == CLOSE) {
                frame(out, CLOSE, new byte[0]);
                return;
            }
            // What the operator sends is short, and masked.
            in.skipNBytes((in.read() & 0x7f) + 4);
        }
    }

    private static String accepted(String key) {
        try {
            byte[] bytes = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII);
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void frame(OutputStream out, int type, byte[] content) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(content.length + 4).put((byte) type);
        if (content.length < 126) {
            frame.put((byte) content.length);
        } else {
            frame.put((byte) 126).putShort((short) content.length);
        }
        frame.put(content).flip();
        synchronized (out) {
            out.write(frame.array(), 0, frame.limit());
            out.flush();
        }
    }

    private static void send(OutputStream out, Response response) throws IOException {
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        write(
                out,
                "HTTP/1.1 " + response.status() + " OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length
                        + "\r\n\r\n",
                body);
    }

    private static void write(OutputStream out, String head, byte[] body) throws IOException {
        synchronized (out) {
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
        }
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int read = in.read(); read >= 0 && read != '\n'; read = in.read()) {
            if (read != '\r') {
                line.append((char) read);
            }
        }
        return line.toString();
    }
}
