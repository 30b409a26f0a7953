import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/** Answers like a pool of two replicas, with the faults it is told to have. One request for each connection. */
final class FakePool implements AutoCloseable {

    /** What goes wrong, and with which tile of the picture of 1024 × 1024, counted from 0. */
    enum Fault {
        NONE,
        DIES_ONCE,
        IS_LOST_WITH_A_PEER_ONCE,
        IS_LOST_WITH_ITS_WORKER_ONCE,
        REFUSES_ONCE,
        REFUSES_ALWAYS,
        FAILS,
        ANSWERS_HALF_A_TILE,
        ANSWERS_A_BROKEN_TILE
    }

    static final int FAULTY_TILE = 6;

    private static final int PICTURE = 1024;
    private static final int TILE = 256;

    private final ServerSocket socket;
    private final Fault fault;
    private final Set<Fault> happened = ConcurrentHashMap.newKeySet();

    FakePool(Fault fault) throws IOException {
        this.fault = fault;
        this.socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    /** The colour of a tile tells its number. */
    static int colour(int tile) {
        return 0x102030 * (tile % 8) + tile;
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                Thread.startVirtualThread(() -> serve(connection));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            String head = head(in);
            Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
            String body = length.find() ? new String(in.readNBytes(Integer.parseInt(length.group(1)))) : "";
            byte[] answer = answer(head.split(" ")[1], body);
            connection.getOutputStream().write(answer);
        } catch (IOException e) {
            System.err.println("fake pool: " + e);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        return head.toString();
    }

    private byte[] answer(String path, String body) throws IOException {
        return switch (path) {
            case "/tasks" -> ok("[\"fibonacci\",\"primes\",\"mandelbrot\",\"thumbnail\"]".getBytes());
            case "/tasks/fibonacci" -> ok("{\"value\":9227465}".getBytes());
            case "/tasks/primes" -> ok("{\"count\":78498}".getBytes());
            case "/tasks/thumbnail?size=256" -> ok(image(256, 192, 0x808080, "jpeg"));
            case "/tasks/mandelbrot" -> tile(number(body, "width"), number(body, "x"), number(body, "y"));
            default -> http("404 Not Found", "", path.getBytes());
        };
    }

    private byte[] tile(int width, int x, int y) throws IOException {
        int tile = y / TILE * (PICTURE / TILE) + x / TILE;
        if (width == PICTURE && tile == FAULTY_TILE) {
            boolean first = happened.add(fault);
            switch (fault) {
                case DIES_ONCE -> {
                    if (first) return new byte[0];
                }
                case IS_LOST_WITH_A_PEER_ONCE -> {
                    if (first) return http("502 Bad Gateway", "", "replica-lost".getBytes());
                }
                case IS_LOST_WITH_ITS_WORKER_ONCE -> {
                    if (first) {
                        String problem = "{\"type\":\"urn:workerpool:problem:worker-stopped\",\"exitCode\":137}";
                        return http("500 Internal Server Error", "", problem.getBytes());
                    }
                }
                case REFUSES_ONCE -> {
                    if (first) return http("503 Service Unavailable", "Retry-After: 1\r\n", "queue-full".getBytes());
                }
                case REFUSES_ALWAYS -> {
                    return http("503 Service Unavailable", "Retry-After: 1\r\n", "queue-full".getBytes());
                }
                case FAILS -> {
                    return http("422 Unprocessable Content", "", "task-failed".getBytes());
                }
                case ANSWERS_HALF_A_TILE -> {
                    return ok(image(TILE, TILE / 2, 0, "png"));
                }
                case ANSWERS_A_BROKEN_TILE -> {
                    return ok(Arrays.copyOf(image(TILE, TILE, 0, "png"), 60));
                }
                case NONE -> {}
            }
        }
        return ok(image(TILE, TILE, colour(tile), "png"));
    }

    private static int number(String json, String field) {
        Matcher matcher = Pattern.compile('"' + field + "\":(\\d+)").matcher(json);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + field + " in " + json);
        }
        return Integer.parseInt(matcher.group(1));
    }

    private static byte[] image(int width, int height, int rgb, String format) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, format, bytes);
        return bytes.toByteArray();
    }

    private static byte[] ok(byte[] body) {
        Map<String, String> headers = Map.of(
                "Workerpool-Replica", "fake-" + body.length % 2,
                "Workerpool-Thread", "1",
                "Server-Timing", "wait;dur=1.5, run;dur=250.0");
        StringBuilder lines = new StringBuilder();
        headers.forEach(
                (name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
        return http("200 OK", lines.toString(), body);
    }

    private static byte[] http(String status, String headers, byte[] body) {
        String head = "HTTP/1.1 " + status + "\r\n" + headers + "Connection: close\r\nContent-Length: " + body.length
                + "\r\n\r\n";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
