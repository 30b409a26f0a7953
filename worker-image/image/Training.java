import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The load under which the worker's ahead-of-time cache is trained: every task and every kind of answer, then many small
 * requests over a few connections, so that the profiles of the hot path are those of production. Fails when an answer is
 * not what it should be, for then the cache would be trained on an error path.
 */
public final class Training {
    private static final int ROUNDS = 3000;

    private final int port;

    private Training(int port) {
        this.port = port;
    }

    public static void main(String[] arguments) throws Exception {
        int tasks = Integer.parseInt(arguments[0]);
        int management = Integer.parseInt(arguments[1]);
        awaitListening(management);
        awaitListening(tasks);
        new Training(management).manage();
        new Training(management).change(new ControlTraining(Path.of(arguments[2])));
        var training = new Training(tasks);
        training.everyAnswer();
        training.load();
        new Training(management).manage();
    }

    private static void awaitListening(int port) throws Exception {
        for (int attempt = 0; ; attempt++) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return;
            } catch (IOException e) {
                if (attempt == 300) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private void manage() throws IOException {
        for (String path : List.of("/health/started", "/health/ready", "/health/live", "/metrics", "/status", "/settings")) {
            exchange("GET", path, "", 200);
        }
    }

    private void change(ControlTraining operator) throws IOException {
        for (int generation = 1; generation <= 20; generation++) {
            String body = "{\"generation\":" + generation + ",\"threads\":2,\"queue\":{\"maxWait\":\"10s\"},\"config\":{}}";
            exchange("PUT", "/settings", "Authorization: Bearer " + operator.token(body) + "\r\n", body, 200);
        }
        exchange("PUT", "/settings", "", "{}", 401);
    }

    private void everyAnswer() throws IOException {
        exchange("GET", "/tasks", "", 200);
        exchange("GET", "/nothing", "", 404);
        exchange("GET", "/runs/nothing", "", 404);
        exchange("GET", "/tasks/echo", "", 405);
        exchange("POST", "/tasks/unknown", "{}", 404);
        exchange("POST", "/tasks/primes", "{\"n\":-1}", 400);
        exchange("POST", "/tasks/primes", "{\"n\":\"x\"}", 400);
        exchange("POST", "/tasks/primes", "{\"n\":", 400);
        exchange("POST", "/tasks/primes", "{\"m\":1}", 400);
        exchange("POST", "/tasks/fibonacci", "{\"n\":20}", 200);
        exchange("POST", "/tasks/pbkdf2", "{\"password\":\"p\",\"salt\":\"s\",\"iterations\":1000}", 200);
        for (int i = 0; i < 3; i++) {
            byte[] picture = exchange("POST", "/tasks/mandelbrot", "{\"maxIterations\":100}", 200);
            byte[] thumbnail = exchange("POST", "/tasks/thumbnail?size=64", picture, 200);
            exchange("POST", "/tasks/thumbnail", thumbnail, 200);
        }
        exchange("POST", "/tasks/thumbnail", "not an image", 400);
        exchange("POST", "/tasks/echo", new byte[1 << 20], 200);
    }

    private void load() throws Exception {
        var clients = new ArrayList<Thread>();
        var failures = new ArrayList<Throwable>();
        for (int client = 0; client < 4; client++) {
            clients.add(Thread.ofPlatform().start(() -> {
                try (Socket socket = new Socket("127.0.0.1", port)) {
                    for (int i = 0; i < ROUNDS; i++) {
                        exchange(socket, "POST", "/tasks/echo", "", "{\"n\":1}".getBytes(StandardCharsets.UTF_8), 200);
                        exchange(socket, "POST", "/tasks/primes", "", "{\"n\":200}".getBytes(StandardCharsets.UTF_8), 200);
                    }
                } catch (IOException | RuntimeException e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException(failures.getFirst());
        }
    }

    private byte[] exchange(String method, String path, String body, int status) throws IOException {
        return exchange(method, path, body.getBytes(StandardCharsets.UTF_8), status);
    }

    private byte[] exchange(String method, String path, byte[] body, int status) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return exchange(socket, method, path, "", body, status);
        }
    }

    private void exchange(String method, String path, String headers, String body, int status) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            exchange(socket, method, path, headers, body.getBytes(StandardCharsets.UTF_8), status);
        }
    }

    private static byte[] exchange(
            Socket socket, String method, String path, String headers, byte[] body, int status) throws IOException {
        var request = new ByteArrayOutputStream();
        String head = method + " " + path + " HTTP/1.1\r\nHost: training\r\nContent-Type: application/json\r\n"
                + headers + "Content-Length: " + body.length + "\r\n\r\n";
        request.write(head.getBytes(StandardCharsets.US_ASCII));
        request.write(body);
        socket.getOutputStream().write(request.toByteArray());
        InputStream in = socket.getInputStream();
        String answer = line(in);
        if (!answer.startsWith("HTTP/1.1 " + status)) {
            throw new IllegalStateException(method + " " + path + ": expected " + status + ", got " + answer);
        }
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase().startsWith("content-length: ")) {
                length = Integer.parseInt(header.substring("content-length: ".length()));
            }
        }
        return in.readNBytes(length);
    }

    private static String line(InputStream in) throws IOException {
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
}
