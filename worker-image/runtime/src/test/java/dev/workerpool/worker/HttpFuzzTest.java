package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.http.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;

/**
 * Whatever bytes a client sends: what comes back is well-formed HTTP, nothing unexpected is logged, and the next client is
 * served. jqwik makes the bytes, and shrinks those that break something.
 */
class HttpFuzzTest {
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] [1-5][0-9]{2} [^\r\n]*");

    /** A server that has nothing to say to a broken request waits for the rest of it, and so long does no test wait. */
    private static final int SILENCE_MILLIS = 15;

    private static final int PATIENCE_MILLIS = 20_000;

    private static FuzzedWorker worker;

    @BeforeContainer
    static void start() throws Exception {
        worker = FuzzedWorker.start();
    }

    @AfterContainer
    static void stop() throws Exception {
        worker.close();
    }

    @AfterProperty
    void servesOthers() throws IOException {
        worker.assertServes();
    }

    @Property(tries = 200)
    void answersAnyBytesWithHttpOrNotAtAll(@ForAll @Size(max = 2000) byte[] bytes) throws IOException {
        assertWellFormed(exchange(bytes, SILENCE_MILLIS));
    }

    @Property(tries = 150)
    void answersEveryRequestThatIsWhole(@ForAll("requests") String request) throws IOException {
        byte[] answer = exchange(request.getBytes(StandardCharsets.ISO_8859_1), PATIENCE_MILLIS);

        assertThat(answer).isNotEmpty();
        assertWellFormed(answer);
    }

    @Property(tries = 600)
    void answersBrokenRequestsWithHttpOrNotAtAll(
            @ForAll("requests") String request, @ForAll @Size(max = 6) List<@IntRange(min = 0) Integer> mutations)
            throws IOException {
        byte[] answer = exchange(mutated(request, mutations), SILENCE_MILLIS);
        assertWellFormed(answer);
        // Or nothing was tested.
        Statistics.label("answered").collect(answer.length > 0).coverage(coverage -> coverage.check(true)
                .percentage(share -> share > 30));
    }

    @Property(tries = 60)
    void answersRequestsInPiecesAsInOne(@ForAll @Size(max = 5) List<@IntRange(min = 1, max = 60) Integer> cuts)
            throws IOException {
        String request = "POST /tasks/copy HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello";
        try (var client = new RawClient(worker.port())) {
            int from = 0;
            for (int cut : cuts.stream().sorted().distinct().toList()) {
                int to = Math.min(cut, request.length());
                client.send(request.substring(from, to));
                from = to;
            }
            assertThat(client.send(request.substring(from)).read().body()).isEqualTo("hello");
        }
    }

    @Property(tries = 150)
    void takesAnyHeaderValue(
            @ForAll("headers") String name, @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 255) Integer> value)
            throws IOException {
        var text = new StringBuilder();
        value.forEach(c -> text.append((char) (int) c));
        byte[] answer = exchange(
                ("POST /tasks/copy HTTP/1.1\r\nHost: t\r\n" + name + ": " + text + "\r\nContent-Length: 2\r\n\r\nhi")
                        .getBytes(StandardCharsets.ISO_8859_1),
                PATIENCE_MILLIS);

        assertThat(answer).isNotEmpty();
        assertWellFormed(answer);
    }

    @Provide
    Arbitrary<String> headers() {
        return Arbitraries.of(
                "Priority",
                "Prefer",
                "Workerpool-Timeout",
                "Workerpool-Peer",
                "Idempotency-Key",
                "Accept",
                "Expect",
                "Content-Type",
                "Transfer-Encoding",
                "Connection",
                "Last-Event-ID",
                "Authorization",
                "traceparent");
    }

    @Provide
    Arbitrary<String> requests() {
        Arbitrary<String> methods = Arbitraries.of("GET", "POST", "DELETE", "HEAD", "PUT", "OPTIONS", "PRI");
        Arbitrary<String> paths = Arbitraries.of(
                "/",
                "/tasks",
                "/tasks/copy",
                "/tasks/order",
                "/tasks/none",
                "/runs/x",
                "/runs/x/events",
                "/runs/x/messages",
                "/runs/x/result",
                "/openapi.json",
                "http://h/tasks/copy?a=%20&a",
                "/tasks/copy?%zz=1",
                "*");
        Arbitrary<String> bodies = Arbitraries.of(
                "Content-Length: 4\r\n\r\n1234",
                "Transfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n0\r\n\r\n",
                "\r\n",
                "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n1234",
                "Prefer: respond-async\r\nContent-Length: 2\r\n\r\n{}",
                "Accept: text/event-stream\r\nContent-Length: 2\r\n\r\n{}",
                "Content-Length: 99999999999\r\n\r\n",
                "Connection: close\r\nContent-Length: 0\r\n\r\n");
        return Combinators.combine(methods, paths, bodies)
                .as((method, path, body) -> method + " " + path + " HTTP/1.1\r\nHost: t\r\n" + body);
    }

    /** Each number says what is done to the bytes, and where. */
    private static byte[] mutated(String request, List<Integer> mutations) {
        var bytes = new StringBuilder(request);
        for (int mutation : mutations) {
            if (bytes.isEmpty()) {
                break;
            }
            int at = Math.floorMod(mutation >> 3, bytes.length());
            switch (mutation & 7) {
                case 0, 1 -> bytes.setCharAt(at, (char) (mutation >> 11 & 0xff));
                case 2, 3 -> bytes.insert(at, (char) (mutation >> 11 & 0xff));
                case 4 -> bytes.deleteCharAt(at);
                case 5 -> bytes.insert(at, bytes.substring(at));
                case 6 -> bytes.insert(at, "\r\n");
                default -> bytes.setLength(at + 1);
            }
        }
        return bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** @param patience for the first byte of an answer, in milliseconds */
    private static byte[] exchange(byte[] request, int patience) throws IOException {
        var answer = new ByteArrayOutputStream();
        try (var socket = new Socket("127.0.0.1", worker.port())) {
            socket.setSoTimeout(patience);
            socket.getOutputStream().write(request);
            byte[] buffer = new byte[8192];
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                answer.write(buffer, 0, n);
                socket.setSoTimeout(SILENCE_MILLIS);
            }
        } catch (SocketTimeoutException | SocketException silentOrReset) {
            // Both are fair answers to what is no request.
        }
        return answer.toByteArray();
    }

    private static void assertWellFormed(byte[] answer) {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        if (!text.isEmpty()) {
            assertThat(text.lines().findFirst().orElseThrow()).matches(STATUS_LINE);
            assertThat(text).doesNotStartWith("HTTP/1.1 500").doesNotContain("\tat ");
        }
        worker.assertNothingUnexpectedLogged();
    }
}
