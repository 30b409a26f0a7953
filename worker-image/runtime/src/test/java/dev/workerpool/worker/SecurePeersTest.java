package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.access.TestAuthority;
import dev.workerpool.worker.access.TestAuthority.Server;
import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that pass to each other by TLS what callers send by TLS. */
class SecurePeersTest extends PeerFixture {
    private static final String TOKEN_OF_CALLERS = "an-example-of-a-token";

    @TempDir
    Path secrets;

    private TestAuthority authority;
    private SSLContext trust;

    @BeforeEach
    void certify() throws Exception {
        authority = new TestAuthority("authority");
        trust = TestAuthority.trusting(authority);
        Files.writeString(secrets.resolve("tokens"), TOKEN_OF_CALLERS);
    }

    private Worker start(String replica, Server server) throws Exception {
        return start(
                replica,
                "WORKERPOOL_TLS_DIR",
                folderOf(replica, server).toString(),
                "WORKERPOOL_TOKENS_FILE",
                secrets.resolve("tokens").toString());
    }

    private Path folderOf(String replica, Server server) {
        Path folder = secrets.resolve(replica);
        server.writeTo(folder);
        return folder;
    }

    @Override
    RawClient call(Worker worker, String task, String input) throws Exception {
        return send(worker, "POST /tasks/" + task, "Content-Length: " + input.length(), input);
    }

    /** @return where the run is that was begun there */
    private String later(Worker worker, String input) throws Exception {
        String headers = "Prefer: respond-async\r\nContent-Length: " + input.length();
        return send(worker, "POST /tasks/quick", headers, input).read().header("Location");
    }

    private RawClient send(Worker worker, String start, String headers, String body) throws Exception {
        var client = new RawClient(trust.getSocketFactory().createSocket("localhost", worker.taskPort()));
        closeables.add(client);
        return client.send(start + " HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer " + TOKEN_OF_CALLERS + "\r\n"
                + headers + "\r\n\r\n" + body);
    }

    @Test
    void passWhatTheyHaveNoThreadFor() throws Exception {
        Server server = authority.certify("localhost");
        Worker a = start("a", server);
        start("b", server);
        introduceAll();
        hold(a, "first");

        Answer answer = call(a, "quick", "second").read();

        assertThat(answer.body()).isEqualTo("second");
        assertThat(answer.header("Workerpool-Replica")).isEqualTo("b");
        assertThat(answer.header("Via")).isEqualTo("1.1 a");
        assertThat(passes(a, "idle", "answered")).isEqualTo(1);
        String large = "x".repeat(3_000_000);
        assertThat(call(a, "quick", large).read().body()).isEqualTo(large);
        assertThat(call(a, "large", "5000000").read().body()).hasSize(5_000_000);
    }

    /** While a new certificate gets around, some replicas have it and others do not. */
    @Test
    void trustTheNextCertificateByTheSameAuthority() throws Exception {
        Worker a = start("a", authority.certify("localhost"));
        start("b", authority.certify("localhost"));
        introduceAll();
        hold(a, "first");

        assertThat(call(a, "quick", "second").read().header("Workerpool-Replica"))
                .isEqualTo("b");
    }

    /** It may be whoever has got the address of a pod that has gone. Nothing is sent to it, so the request is done here. */
    @Test
    void passNothingToWhoeverHasAnotherCertificate() throws Exception {
        Worker a = start("a", authority.certify("localhost"));
        Worker b = start("b", authority.certify("other.example"));
        var all = new HashMap<String, Integer>(Map.of("a", a.taskPort(), "b", b.taskPort()));
        introduce(a, all);
        await().atMost(PATIENCE).until(() -> metric(b, "workerpool_access_refused_total{reason=\"handshake\"}") > 0);
        hold(a, "first");
        RawClient second = call(a, "quick", "second");
        await().until(() -> metric(a, "workerpool_queued") == 1);

        release("first");

        assertThat(second.read().header("Workerpool-Replica")).isEqualTo("a");
        assertThat(metric(a, "workerpool_peers_heard")).isZero();
        assertThat(metric(b, "workerpool_passes_received_total")).isZero();
    }

    @Test
    void passNothingToWhoeverSpeaksPlainHttp() throws Exception {
        Worker a = start("a", authority.certify("localhost"));
        Worker b = start("b");
        introduce(a, Map.of("a", a.taskPort(), "b", b.taskPort()));
        hold(a, "first");
        RawClient second = call(a, "quick", "second");
        await().until(() -> metric(a, "workerpool_queued") == 1);

        release("first");

        assertThat(second.read().header("Workerpool-Replica")).isEqualTo("a");
        assertThat(metric(a, "workerpool_peers_heard")).isZero();
    }

    /** Asked of any replica: of one that does not have it, by TLS of the one that does. */
    @Test
    void answerForEachOthersRuns() throws Exception {
        Server server = authority.certify("localhost");
        Worker a = start("a", server);
        Worker b = start("b", server);
        introduceAll();
        String location = later(a, "hi");

        Answer result =
                send(b, "GET " + location + "/result", "Prefer: wait=10", "").read();

        assertThat(result.body()).isEqualTo("hi");
        assertThat(result.header("Via")).isEqualTo("1.1 b");
    }

    /** A replica that goes brings its runs to another one, by TLS as well. */
    @Test
    void takeOverRunsOfOneThatGoes() throws Exception {
        Server server = authority.certify("localhost");
        Worker a = start("a", server);
        Worker b = start("b", server);
        introduceAll();
        String location = later(a, "hi");

        workers.remove("a").stop();

        Answer result =
                send(b, "GET " + location + "/result", "Accept: */*", "").read();
        assertThat(result.body()).isEqualTo("hi");
    }
}
