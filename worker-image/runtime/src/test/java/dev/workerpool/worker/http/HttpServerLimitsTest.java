package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server refuses, and whom it closes, so that everything stays bounded. */
class HttpServerLimitsTest extends ServerTestCase {
    private static final String LARGE = "1001 bytes";

    @Test
    void refusesABodyOverTheLimitByItsLengthAndSkipsIt() throws Exception {
        try (var client = connect()) {
            var answer = client.post("/", "x".repeat(1001)).read();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
            assertThat(answer.body())
                    .contains("urn:workerpool:problem:body-too-large")
                    .contains("1000 bytes");
            assertThat(client.post("/", "next").read().body()).isEqualTo("POST next");
        }
    }

    @Test
    void closesWhenARefusedBodyIsNotWorthSkipping() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000000\r\n\r\nabc");
            var answer = client.read();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesAChunkedBodyOverTheLimitAsItComes() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + ("100\r\n" + "x".repeat(256) + "\r\n").repeat(5));

            assertThat(client.read().status()).isEqualTo(413);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesByTheHeadAndSkipsTheBody() throws Exception {
        try (var client = connect()) {
            assertThat(client.post("/refused", "body").read().status()).isEqualTo(404);
            assertThat(client.post("/", "next").read().body()).isEqualTo("POST next");
        }
    }

    @Test
    void refusesABodyThatTheBudgetHasNoRoomFor() throws Exception {
        budget.charge(10_000_000 - 100);
        try (var client = connect()) {
            var answer = client.post("/", "x".repeat(101)).read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isEqualTo("1");

            budget.release(10_000_000 - 100);
            assertThat(client.post("/", "x").read().status()).isEqualTo(200);
        }
    }

    @Test
    void refusesWhatIsNotHttp() throws Exception {
        try (var client = connect()) {
            var answer = client.send("\u0016\u0003\u0001 hello\r\n\r\n").read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("malformed-request");
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesTwoLengthsForOneBody() throws Exception {
        try (var client = connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.isClosed()).isTrue();
        }
    }

    /** The body of any other ends where it is not to be known (RFC 9112, sections 6.1 and 6.3). */
    @ParameterizedTest
    @CsvSource({
        "1.1, gzip",
        "1.1, 'gzip, chunked'",
        "1.1, 'chunked, chunked'",
        "1.1, 'chunked;q=1'",
        "1.1, 'chunked\r\nTransfer-Encoding: gzip'",
        "1.1, identity",
        "1.1, ''",
        "1.0, chunked"
    })
    void refusesTransferCodingsOtherThanChunked(String version, String coding) throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/" + version + "\r\nHost: t\r\nTransfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n");
            var answer = client.read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("malformed-request", "Transfer-Encoding");
            assertThat(client.isClosed()).isTrue();
        }
    }

    /** RFC 9112, 3.2. A client of HTTP/1.0 need not name any. */
    @ParameterizedTest
    @CsvSource({
        "1.1, '', 400",
        "1.1, 'Host: a\r\nhost: a\r\n', 400",
        "1.1, 'Host:\r\n', 200",
        "1.0, '', 200",
        "1.0, 'Host: a\r\nHost: b\r\n', 400"
    })
    void refusesARequestThatDoesNotNameOneHost(String version, String hosts, int status) throws Exception {
        try (var client = connect()) {
            client.send("GET / HTTP/" + version + "\r\n" + hosts + "\r\n");
            var answer = client.read();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body().contains("malformed-request")).isEqualTo(status == 400);
        }
    }

    @Test
    void takesChunkedHoweverItIsWritten() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: Chunked \r\n\r\n1\r\nx\r\n0\r\n\r\n");

            assertThat(client.read().body()).isEqualTo("POST x");
        }
    }

    @Test
    void refusesAMalformedChunk() throws Exception {
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n");

            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void refusesHeadersAndTargetsOverTheLimit() throws Exception {
        try (var client = connect()) {
            client.send("GET / HTTP/1.1\r\nHost: t\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(431);
        }
        try (var client = connect()) {
            client.send("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\nHost: t\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(414);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no request\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1001\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n" + LARGE,
                "POST / HTTP/1.1\r\nHost: t\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\nx",
                "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\ndrips",
                "GET / HTTP/1.1\r\nHost: t\r\nX",
            })
    void saysWhoItIsAlsoWhereNoRouteAnswers(String request) throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, LONG, SHORT, SHORT))) {
            client.send(request.replace(LARGE, "x".repeat(1001)));

            assertThat(client.read().header("Workerpool-Replica")).isEqualTo("replica-1");
        }
    }

    @Test
    void refusesMoreHeadersThanThereMayBe() throws Exception {
        try (var client = connect()) {
            client.send("GET / HTTP/1.1\r\nHost: t\r\n" + "a:\r\n".repeat(255) + "\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            client.send("GET / HTTP/1.1\r\nHost: t\r\n" + "a:\r\n".repeat(256) + "\r\n");
            assertThat(client.read().status()).isEqualTo(431);
        }
        try (var client = connect()) {
            client.send("GET / HTTP/1.1\r\nHost: t\r\n" + "a:\r\n".repeat(2000));
            assertThat(client.read().status()).as("before its end").isEqualTo(431);
        }
        try (var client = connect()) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
                    + "a:\r\n".repeat(2000));
            assertThat(client.read().status()).as("behind the body").isEqualTo(431);
        }
    }

    /** RFC 9112, 2.2. */
    @Test
    void takesALineEndBehindABodyForNothing() throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, LONG, SHORT, LONG))) {
            assertThat(client.post("/", "x").send("\r\n").read().status()).isEqualTo(200);
            Thread.sleep(SHORT.multipliedBy(2).plusSeconds(1));
            assertThat(client.send("\r\n\r\n").post("/", "y").read().body()).isEqualTo("POST y");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HT", "GET / HTTP/1.1\r\nHost: t\r\n"})
    void closesAHalfRequestThatCameAheadOfAnAnswerAndDoesNotGoOn(String half) throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, LONG, SHORT, LONG))) {
            client.post("/hold", "x").send(half);
            held().answer("held");

            assertThat(client.read().body()).isEqualTo("held");
            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void closesAHalfRequestThatDoesNotGoOn() throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, LONG, SHORT, LONG))) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Le");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void closesABodyThatDripsTooSlowly() throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, LONG, LONG, SHORT))) {
            client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void closesIdleConnections() throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, SHORT, LONG, LONG))) {
            assertThat(client.isClosed()).isTrue();
        }
    }

    /** For want of native memory, say. */
    @Test
    void closesIdleConnectionsAlsoAfterItCouldNotTellOneThatItIsTooSlow() throws Exception {
        var limits = new HttpLimits(1000, 100, SHORT, SHORT, LONG);
        failure.set(new OutOfMemoryError("for the test"));
        try (var half = connect(limits)) {
            half.send("GET / HT");
            assertThat(half.isClosed()).isTrue();
        }
        try (var idle = connect(limits)) {
            assertThat(idle.isClosed()).isTrue();
        }
    }

    @Test
    void closesTheConnectionIdleForLongestToMakeRoom() throws Exception {
        var limits = new HttpLimits(1000, 3, LONG, LONG, LONG);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(connect(limits));
            clients.getLast().get("/").read();
        }
        clients.get(0).get("/").read(); // The second is now the one idle for longest.

        try (var newcomer = connect(limits)) {
            assertThat(newcomer.get("/").read().status()).isEqualTo(200);
            assertThat(clients.get(1).isClosed()).isTrue();
            assertThat(clients.get(0).get("/").read().status()).isEqualTo(200);
        }
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void holdsLittleForEachOfManyClientsThatTakeNothing() throws Exception {
        int many = 8;
        int limit = 600 * 1024;
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            clients.add(connect(new HttpLimits(1000, 100, LONG, LONG, LONG, limit)));
            clients.getLast().get("/large").readHead();
        }

        assertThat(unsent()).isPositive().isLessThan(limit + many * 2L * Unsent.SMALL);
        for (RawClient client : clients) {
            client.close();
        }
        await().untilAsserted(() -> assertThat(unsent()).isZero());
    }

    /** They ask until the kernel takes no more of what they are answered. */
    @Test
    void holdsLittleForEachOfManyClientsThatTakeNothingOfManySmallAnswers() throws Exception {
        int many = 8;
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            clients.add(connect(new HttpLimits(1000, 100, LONG, LONG, LONG, 0)));
            clients.getLast().send("GET /small HTTP/1.1\r\nHost: t\r\n\r\n".repeat(2000));
        }

        await().until(() -> unsent() >= many * (long) Unsent.SMALL);
        assertThat(unsent()).isLessThan(many * (Unsent.SMALL + 1024L));
        for (RawClient client : clients) {
            client.close();
        }
        await().untilAsserted(() -> assertThat(unsent()).isZero());
    }

    private long unsent() throws Exception {
        EventExecutor loop = loops.loops().getFirst();
        return loop.submit(() -> server.unsent(loop).bytes()).get();
    }

    @Test
    void closesAClientThatDoesNotReadItsAnswer() throws Exception {
        try (var client = connect(new HttpLimits(1000, 100, LONG, LONG, SHORT))) {
            client.get("/large");

            await().until(() -> server.connections() == 0);
        }
    }
}
