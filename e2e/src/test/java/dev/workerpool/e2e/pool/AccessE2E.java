package dev.workerpool.e2e.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.api.v1alpha1.Condition;
import dev.workerpool.e2e.fixtures.Hold;
import dev.workerpool.e2e.harness.CertificateAuthority;
import dev.workerpool.e2e.harness.ClusterTest;
import dev.workerpool.e2e.harness.Http;
import dev.workerpool.e2e.harness.Pool;
import dev.workerpool.e2e.harness.PortForward;
import dev.workerpool.e2e.harness.ServerCertificate;
import dev.workerpool.e2e.harness.TaskJar;
import dev.workerpool.e2e.harness.TestNamespace;
import dev.workerpool.e2e.harness.Wait;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** TLS and tokens at the task port, from Secrets that may change while the pool runs, and may come later than it. */
@ClusterTest
class AccessE2E {
    /** A node looks after the Secrets of its pods about every minute and a half, and as seldom in the end for a missing one. */
    private static final Duration UNTIL_THE_NODE_HAS_LOOKED = Duration.ofSeconds(150);

    private static final Http.Request LIST = Http.Request.get("/tasks");

    private final TestNamespace namespace;
    private final CertificateAuthority authority = new CertificateAuthority();
    private Pool pool;
    private String token = "the-first-token-of-all";

    AccessE2E(TestNamespace namespace) {
        this.namespace = namespace;
    }

    @BeforeAll
    void apply() {
        namespace.configMap("fixtures", TaskJar.of("fixtures.jar", Hold.class));
        pool = namespace.pool("guarded");
        namespace.secret("guarded-tls", authority.issue(pool.host()).secret());
        namespace.secret("guarded-tokens", Map.of("tokens", "# who calls\n\nanother-token-of-theirs\n" + token + "\n"));
        pool.openedBy(withToken()).apply("""
                        replicas: 2
                        threads: 1
                        tasks: {artifacts: [{configMap: fixtures}]}
                        access: {tls: {secretName: guarded-tls}, tokens: {secretName: guarded-tokens}}
                        """).awaitSettled().awaitPeers();
    }

    @Test
    void whoHasATokenIsAnsweredOverTls() {
        Http.Answer answer = pool.run("primes", "{\"n\":10}");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"count\":4}");
    }

    @Test
    void whoHasNoneIsRefused() throws IOException {
        assertRefused(overTls());
    }

    @Test
    void whoHasAnotherIsRefused() throws IOException {
        assertRefused(overTls().bearing("no-such-token-here"));
        assertRefused(overTls().bearing(token.substring(1)));
        // Blank lines of the Secret are no tokens.
        assertRefused(overTls().bearing(""));
    }

    @Test
    void plainHttpIsToldToComeOverTls() throws IOException {
        try (Http plain = pool.connect(Http.Opener.PLAIN)) {
            Http.Answer answer = plain.send(LIST.with("Authorization", "Bearer " + token));

            assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.body()).contains("urn:workerpool:problem:tls-required");
        }
    }

    @Test
    void aBusyReplicaPassesARequestOn() {
        Pod busy = pool.pods().getFirst();
        Pod free = pool.pods().getLast();
        try (PortForward toBusy = namespace.portForward(busy).openedBy(withToken())) {
            CompletableFuture<Http.Answer> held = toBusy.sendInBackground(hold(8000));
            pool.awaitTask(busy, "hold");

            Http.Answer passed = toBusy.send(hold(500));

            assertThat(passed.status()).as(passed.toString()).isEqualTo(200);
            assertThat(passed.replica()).isEqualTo(free.getMetadata().getName());
            assertThat(passed.header("Via"))
                    .isEqualTo("1.1 " + busy.getMetadata().getName());
            assertThat(held).as("the run that keeps the other busy").isNotDone();
            assertThat(held.join().body()).isEqualTo("held");
        }
    }

    @Test
    void anotherCertificateAndOtherTokensAreTakenOverWithoutARestart() throws IOException {
        Set<String> before = pool.podUids();
        ServerCertificate renewed = authority.issue(pool.host());
        String old = token;

        namespace.secret("guarded-tls", renewed.secretWithPkcs1Key());
        namespace.secret("guarded-tokens", Map.of("tokens", "the-second-token-of-all"));
        token = "the-second-token-of-all";
        pool.openedBy(withToken());

        for (Pod replica : pool.pods()) {
            try (PortForward there = namespace.portForward(replica)) {
                Wait.within(UNTIL_THE_NODE_HAS_LOOKED, replica.getMetadata().getName() + " has both", () -> {
                    there.openedBy(withToken());
                    try (Http connection = there.connect()) {
                        assertThat(connection.certificate()).isEqualTo(renewed.certificate());
                        assertThat(connection.send(LIST).status()).isEqualTo(200);
                    }
                });
                there.openedBy(overTls().bearing(old));
                assertThat(there.send(LIST).status())
                        .as("with a token of before")
                        .isEqualTo(401);
            }
        }
        assertThat(pool.podUids()).isEqualTo(before);
        assertThat(pool.status().restarts()).isZero();
        assertThat(pool.run("hold", "1").body()).isEqualTo("held");
    }

    @Test
    void tokensAreAskedForWithoutTlsToo() throws IOException {
        namespace.secret("plain-tokens", Map.of("tokens", "a-token-in-the-clear"));
        Pool plain = namespace.pool("plain");
        plain.openedBy(Http.Opener.PLAIN.bearing("a-token-in-the-clear"))
                .apply("access: {tokens: {secretName: plain-tokens}}")
                .awaitSettled();

        assertThat(plain.run("primes", "{\"n\":10}").status()).isEqualTo(200);
        try (Http connection = plain.connect(Http.Opener.PLAIN)) {
            assertThat(connection.send(LIST).status()).isEqualTo(401);
        }
    }

    @Test
    void aSecretThatIsMissingIsNamedAndMayComeLater() {
        Pool early = namespace.pool("early").apply("access: {tls: {secretName: late-tls}}");

        Condition degraded = early.awaitCondition("Degraded", "True");
        assertThat(degraded.reason()).isEqualTo("VolumesNotMounted");
        assertThat(degraded.message()).contains("Secret late-tls", "tls.crt and tls.key");
        assertThat(early.condition("Available").status()).isEqualTo("False");

        namespace.secret("late-tls", authority.issue(early.host()).secret());

        Wait.within(UNTIL_THE_NODE_HAS_LOOKED, "the pool is available", () -> assertThat(
                        early.condition("Available").status())
                .isEqualTo("True"));
        early.openedBy(authority.connectionsTo(early.host())).awaitSettled();
        early.awaitCondition("Degraded", "False");
        assertThat(early.status().restarts()).isZero();
    }

    private void assertRefused(Http.Opener way) throws IOException {
        try (Http connection = pool.connect(way)) {
            Http.Answer answer = connection.send(LIST);

            assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
        }
    }

    private Http.Opener overTls() {
        return authority.connectionsTo(pool.host());
    }

    private Http.Opener withToken() {
        return overTls().bearing(token);
    }

    private static Http.Request hold(int millis) {
        return Http.Request.json("/tasks/hold", "" + millis);
    }
}
