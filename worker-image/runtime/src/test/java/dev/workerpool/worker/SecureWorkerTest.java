package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.access.TestAuthority;
import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker whose task port speaks TLS and wants a token. */
class SecureWorkerTest {
    private static final String TOKEN = "an-example-of-a-token";

    @TempDir
    Path folder;

    private TestAuthority authority;
    private SSLContext trust;
    private Path certificates;
    private Path tokens;
    private LocalWorker worker;
    private HttpClient client;

    @BeforeEach
    void start() throws Exception {
        authority = new TestAuthority("authority");
        trust = TestAuthority.trusting(authority);
        certificates = folder.resolve("tls");
        authority.certify("localhost").writeTo(certificates);
        tokens = Files.writeString(folder.resolve("tokens"), TOKEN);
        Path tasks = Files.createDirectory(folder.resolve("tasks"));
        TaskJars.jar()
                .task("Copy", "Content", "Content", "return input;")
                .task(
                        "Count",
                        "Integer",
                        "java.util.stream.Stream<String>",
                        "return java.util.stream.Stream.iterate(0, i -> i + 1).limit(input).map(i -> \"n\" + i);")
                .task("Wait", "String", "String", "Thread.sleep(60_000); return input;")
                .writeTo(tasks.resolve("tasks.jar"));
        worker = new LocalWorker(tasks)
                .with("WORKERPOOL_TLS_DIR", certificates.toString())
                .with("WORKERPOOL_TOKENS_FILE", tokens.toString());
        client = HttpClient.newBuilder().sslContext(trust).build();
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        worker.close();
    }

    private HttpRequest.Builder request(String path) throws Exception {
        return HttpRequest.newBuilder(
                URI.create("https://localhost:" + worker.running().taskPort() + path));
    }

    private HttpRequest.Builder withToken(String path) throws Exception {
        return request(path).header("Authorization", "Bearer " + TOKEN);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private SSLSocket socket() throws Exception {
        var socket = (SSLSocket) trust.getSocketFactory()
                .createSocket("localhost", worker.running().taskPort());
        socket.startHandshake();
        return socket;
    }

    private static String head(String start, int length) {
        return start + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + TOKEN + "\r\nContent-Length: " + length
                + "\r\n\r\n";
    }

    private String metrics() throws Exception {
        return worker.get("/metrics").body();
    }

    @Test
    void answersWhoeverShowsAToken() throws Exception {
        HttpResponse<String> answer = send(withToken("/tasks/copy").POST(BodyPublishers.ofString("hello")));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.headers().firstValue("Workerpool-Replica")).hasValue("replica-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tasks", "/openapi.json", "/runs/abc", "/nothing/here", "/tasks/unknown"})
    void tellsNothingToOthers(String path) throws Exception {
        HttpResponse<String> answer = send(request(path));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"workerpool\"");
        assertThat(answer.headers().firstValue("Workerpool-Replica")).hasValue("replica-1");
        assertThat(answer.body()).contains("urn:workerpool:problem:unauthenticated");
    }

    @Test
    void refusesAnotherToken() throws Exception {
        HttpResponse<String> answer = send(request("/tasks/copy")
                .header("Authorization", "Bearer " + TOKEN + "x")
                .POST(BodyPublishers.ofString("hello")));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer realm=\"workerpool\", error=\"invalid_token\"");
        assertThat(answer.body()).doesNotContain(TOKEN);
        assertThat(metrics()).contains("workerpool_access_refused_total{reason=\"token-unknown\"} 1.0");
    }

    /** Before the body has come: nobody without a token takes memory. */
    @Test
    void refusesBeforeTheBody() throws Exception {
        try (var raw = new RawClient(socket())) {
            raw.send("POST /tasks/copy HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n");

            assertThat(raw.read().status()).isEqualTo(401);
        }
    }

    /** A token of the pool's peers lets in, not its place in the header. */
    @Test
    void refusesWhoeverOnlySaysToBeAPeer() throws Exception {
        HttpResponse<String> answer =
                send(request("/tasks/copy").header("Workerpool-Peer", TOKEN).POST(BodyPublishers.ofString("hello")));

        assertThat(answer.statusCode()).isEqualTo(403);
    }

    @Test
    void tellsPlainClientsWhatItSpeaks() throws Exception {
        try (var plain = worker.connect()) {
            Answer answer = plain.post("/tasks/copy", "hello").read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("urn:workerpool:problem:tls-required", "HTTPS");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(plain.isClosed()).isTrue();
        }
        assertThat(metrics()).contains("workerpool_access_refused_total{reason=\"plain\"} 1.0");
    }

    /** Its peer does not speak TLS yet, or no more: with this it asks another, and gives its client no such answer. */
    @Test
    void declinesWhatAPeerPassesPlainly() throws Exception {
        try (var plain = worker.connect()) {
            Answer answer = plain.send(
                            "POST /tasks/copy HTTP/1.1\r\nHost: t\r\nWorkerpool-Peer: x\r\nContent-Length: 1\r\n\r\nx")
                    .read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("Workerpool-Declined")).isEqualTo("tls-required");
        }
    }

    @Test
    void goesWhenItsClientSaysGoodbye() throws Exception {
        for (String version : List.of("TLSv1.3", "TLSv1.2")) {
            try (var socket = (SSLSocket) trust.getSocketFactory()
                    .createSocket("localhost", worker.running().taskPort())) {
                socket.setEnabledProtocols(new String[] {version});
                socket.setSoTimeout(5000);
                socket.startHandshake();
                socket.shutdownOutput();

                assertThat(socket.getInputStream().read()).as(version).isEqualTo(-1);
            }
        }
    }

    @Test
    void leavesTheManagementPortPlain() throws Exception {
        Answer status = worker.get("/status");

        assertThat(status.status()).isEqualTo(200);
        assertThat(status.body())
                .contains("\"access\":{\"tls\":{", "\"localhost\"", "\"tokens\":1")
                .doesNotContain(TOKEN);
    }

    @Test
    void hasLargeBodiesBothWays() throws Exception {
        byte[] body = new byte[10_000_000];
        new Random(1).nextBytes(body);

        HttpResponse<byte[]> answer = client.send(
                withToken("/tasks/copy").POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofByteArray());

        assertThat(answer.body()).isEqualTo(body);
    }

    @Test
    void hasLargeBodiesForThoseWhoDoNotReadAtOnce() throws Exception {
        byte[] body = new byte[8_000_000];
        new Random(2).nextBytes(body);
        try (var socket = socket()) {
            OutputStream out = socket.getOutputStream();
            out.write(head("POST /tasks/copy", body.length).getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            Thread.sleep(300);
            var raw = new RawClient(socket);
            byte[] read = raw.read().body().getBytes(StandardCharsets.ISO_8859_1);

            assertThat(read).isEqualTo(body);
        }
    }

    @Test
    void streams() throws Exception {
        HttpResponse<String> answer = send(withToken("/tasks/count").POST(BodyPublishers.ofString("20000")));

        assertThat(answer.body().lines()).hasSize(20_000).startsWith("\"n0\"").endsWith("\"n19999\"");
    }

    @Test
    void keepsConnectionsAndTakesWhatIsPipelined() throws Exception {
        try (var raw = new RawClient(socket())) {
            for (int i = 0; i < 100; i++) {
                raw.send(head("POST /tasks/copy", 3) + "%03d".formatted(i));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(raw.read().body()).isEqualTo("%03d".formatted(i));
            }
        }
    }

    /** Whoever cannot tell an end from a connection that was cut cannot tell whether there was more. */
    @Test
    void saysGoodbye() throws Exception {
        try (var socket = socket()) {
            var raw = new RawClient(socket);
            raw.send("GET /tasks HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer " + TOKEN
                    + "\r\n\r\n");
            assertThat(raw.read().status()).isEqualTo(200);

            assertThat(raw.untilClosed()).isEmpty(); // An exception where the end was not said.
        }
    }

    @Test
    void cancelsTheRunOfAClientThatGoes() throws Exception {
        try (var raw = new RawClient(socket())) {
            raw.send(head("POST /tasks/wait", 1) + "x");
            await().until(() -> metrics().contains("workerpool_active 1.0"));
        }
        await().until(() -> metrics().contains("workerpool_active 0.0"));
        assertThat(metrics()).contains("workerpool_runs_total{outcome=\"cancelled\",task=\"wait\"} 1.0");
    }

    @Test
    void countsClientsThatDoNotTrustIt() throws Exception {
        var others = TestAuthority.trusting(new TestAuthority("another"));
        int port = worker.running().taskPort();

        assertThatThrownBy(() -> {
                    try (var socket = (SSLSocket) others.getSocketFactory().createSocket("localhost", port)) {
                        socket.startHandshake();
                    }
                })
                .isInstanceOf(SSLHandshakeException.class);
        await().until(() -> metrics().contains("workerpool_access_refused_total{reason=\"handshake\"} 1.0"));
        answersWhoeverShowsAToken();
    }

    @Test
    void speaksNoOldVersions() throws Exception {
        assertThat(spoken("TLSv1.3")).isEqualTo("TLSv1.3");
        assertThat(spoken("TLSv1.2")).isEqualTo("TLSv1.2");
    }

    private String spoken(String version) throws Exception {
        try (var socket = (SSLSocket) trust.getSocketFactory()
                .createSocket("localhost", worker.running().taskPort())) {
            socket.setEnabledProtocols(new String[] {version});
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    @Test
    void bearsNoiseWhereTlsIsToBegin() throws Exception {
        List<Socket> noisy = new ArrayList<>();
        for (String noise : List.of(
                "",
                "\u0016",
                "\u0016\u0003\u0003\u0040\u0000xxxxxxxxxxx",
                "\u0016\u0003\u0001\u0000\u0005xxxxx",
                "\u0000\u0001\u0002\u0003\u0004\u0005",
                "GET")) {
            var socket = new Socket("localhost", worker.running().taskPort());
            socket.getOutputStream().write(noise.getBytes(StandardCharsets.ISO_8859_1));
            noisy.add(socket);
        }
        answersWhoeverShowsAToken();
        for (Socket each : noisy) {
            each.close();
        }
        answersWhoeverShowsAToken();
    }

    @Test
    void goesOnWithTheConnectionsItHasUnderAnotherCertificate() throws Exception {
        try (var before = socket()) {
            var raw = new RawClient(before);
            var next = new TestAuthority("the next");
            next.certify("localhost").writeTo(certificates);

            await().atMost(Duration.ofSeconds(20)).until(() -> shows(next));

            raw.send(head("POST /tasks/copy", 5) + "hello");
            assertThat(raw.read().body()).isEqualTo("hello");
            assertThat(shows(authority)).isFalse();
        }
    }

    private boolean shows(TestAuthority by) throws Exception {
        SSLContext context = TestAuthority.trusting(by);
        try (var socket = (SSLSocket) context.getSocketFactory()
                .createSocket("localhost", worker.running().taskPort())) {
            socket.startHandshake();
            return true;
        } catch (SSLException untrusted) {
            return false;
        }
    }

    @Test
    void drainsWithoutCuttingAnAnswer() throws Exception {
        byte[] body = new byte[4_000_000];
        try (var socket = socket()) {
            socket.getOutputStream().write(head("POST /tasks/copy", body.length).getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(body);
            var raw = new RawClient(socket);
            Answer head = raw.readHead();
            var drained = worker.drain();

            assertThat(head.status()).isEqualTo(200);
            assertThat(raw.untilClosed()).hasSize(body.length);
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void doesNotStartWithWhatCannotBeUsed() throws Exception {
        Files.delete(certificates.resolve("tls.key"));
        assertThatThrownBy(worker::running).hasMessage(certificates + ": tls.key is missing");

        worker.with("WORKERPOOL_TLS_DIR", folder.resolve("nowhere").toString());
        assertThatThrownBy(worker::running)
                .hasMessageContaining("WORKERPOOL_TLS_DIR must be a folder, but is '" + folder.resolve("nowhere"));

        worker.without("WORKERPOOL_TLS_DIR").with("WORKERPOOL_TOKENS_FILE", folder.toString());
        assertThatThrownBy(worker::running).hasMessageContaining("WORKERPOOL_TOKENS_FILE must be a file");
        worker.without("WORKERPOOL_TOKENS_FILE");
    }

    @Test
    void wantsTokensWithoutTlsToo() throws Exception {
        worker.without("WORKERPOOL_TLS_DIR");

        assertThat(worker.post("/tasks/copy", "hello").status()).isEqualTo(401);
        try (var plain = worker.connect()) {
            assertThat(plain.send(head("POST /tasks/copy", 5) + "hello").read().body())
                    .isEqualTo("hello");
        }
    }
}
