package dev.workerpool.worker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are exchanged while they are in use. */
class AccessTest {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final String OLD = "the-token-of-before";
    private static final String NEW = "the-token-of-now--";

    @TempDir
    Path folder;

    private final PrometheusRegistry metrics = new PrometheusRegistry();
    private TestAuthority authority;
    private Path certificates;
    private Path tokens;
    private Access access;

    @BeforeEach
    void mount() throws Exception {
        authority = new TestAuthority("authority");
        certificates = folder.resolve("tls");
        authority.certify("one.example").writeTo(certificates);
        tokens = folder.resolve("tokens");
        Files.writeString(tokens, OLD);
    }

    @AfterEach
    void close() {
        if (access != null) {
            access.close();
        }
    }

    private Access open() throws Exception {
        access = Access.open(new AccessSettings(certificates, tokens), PAUSE, metrics);
        access.watch();
        return access;
    }

    private String scrape() throws Exception {
        var text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.builder().build().write(text, metrics.scrape());
        return text.toString(StandardCharsets.UTF_8);
    }

    private void put(String token) throws Exception {
        Path next = Files.writeString(folder.resolve("next"), token);
        Files.move(next, tokens, StandardCopyOption.ATOMIC_MOVE);
    }

    private Set<String> names() {
        return Set.copyOf((List<String>) section("tls").get("names"));
    }

    @SuppressWarnings("unchecked") // It is JSON.
    private Map<String, Object> section(String name) {
        return (Map<String, Object>) access.describe().get(name);
    }

    @Test
    void isOpenToAnybodyWhereNothingIsMounted() throws Exception {
        access = Access.open(AccessSettings.OPEN, metrics);

        assertThat(access.needsToken()).isFalse();
        assertThat(access.verdict(null)).isEqualTo(Verdict.KNOWN);
        assertThat(access.tls().isSpoken()).isFalse();
        assertThat(access.describe()).isEmpty();
        assertThat(scrape()).doesNotContain("not_after");
    }

    @Test
    void tellsWhatIsInForce() throws Exception {
        open();

        assertThat(access.describe()).containsEntry("tokens", 1).doesNotContainKey("notInForce");
        assertThat(names()).containsExactly("one.example");
        assertThat(scrape()).contains("workerpool_tls_not_after_timestamp_seconds ");
    }

    @Test
    void takesOtherTokens() throws Exception {
        open();
        assertThat(access.verdict("Bearer " + OLD)).isEqualTo(Verdict.KNOWN);

        put(NEW);

        await().until(() -> access.verdict("Bearer " + NEW) == Verdict.KNOWN);
        assertThat(access.verdict("Bearer " + OLD)).isEqualTo(Verdict.UNKNOWN);
        await().until(() -> scrape().contains("workerpool_access_reloads_total{outcome=\"taken\"} 1.0"));
    }

    @Test
    void keepsTheTokensItHasWhereTheNewOnesCannotBeUsed() throws Exception {
        open();

        put("short");

        await().until(() -> access.describe().containsKey("notInForce"));
        assertThat(access.describe().get("notInForce").toString())
                .contains("tokens, line 1: a token must be")
                .doesNotContain("short");
        assertThat(access.verdict("Bearer " + OLD)).isEqualTo(Verdict.KNOWN);
        Thread.sleep(PAUSE.multipliedBy(10));
        assertThat(scrape()).as("told once").contains("workerpool_access_reloads_total{outcome=\"failed\"} 1.0");

        put(NEW);
        await().until(() -> access.verdict("Bearer " + NEW) == Verdict.KNOWN);
        await().until(() -> !access.describe().containsKey("notInForce"));
    }

    @Test
    void keepsTheTokensItHasWhereTheFileIsGone() throws Exception {
        open();

        Files.delete(tokens);

        await().until(() -> access.describe().containsKey("notInForce"));
        assertThat(access.verdict("Bearer " + OLD)).isEqualTo(Verdict.KNOWN);
    }

    @Test
    void complainsNoLongerThanThereIsReasonTo() throws Exception {
        open();
        Files.delete(tokens);
        Files.createDirectory(tokens);
        await().until(() -> access.describe().containsKey("notInForce"));

        Files.delete(tokens);
        put(OLD);

        await().until(() -> !access.describe().containsKey("notInForce"));
    }

    @Test
    void keepsTheCertificateItHasWhereTheNewOneHasEnded() throws Exception {
        open();

        authority
                .certify(TestAuthority.keys("EC"), Duration.ofMinutes(-1), "two.example")
                .writeTo(certificates);

        await().until(() -> access.describe().containsKey("notInForce"));
        assertThat(access.describe().get("notInForce").toString())
                .contains("tls.crt is valid from ", ", and that of before is valid now");
        assertThat(names()).containsExactly("one.example");
    }

    /** The kubelet exchanges the link ..data, through which all files are reached. */
    @Test
    void readsFilesThatBelongTogetherFromOneState() throws Exception {
        authority.certify("one.example").writeTo(folder.resolve("mount/..1"));
        certificates = folder.resolve("mount");
        link("..1");
        for (String file : List.of(Identity.CERTIFICATE, Identity.KEY, Identity.AUTHORITY)) {
            Files.createSymbolicLink(certificates.resolve(file), Path.of("..data", file));
        }
        open();
        assertThat(names()).containsExactly("one.example");

        for (int state = 2; state <= 40; state++) {
            authority.certify("state-" + state + ".example").writeTo(certificates.resolve(".." + state));
            link(".." + state);
            Thread.sleep(5);
        }

        await().until(() -> names().contains("state-40.example"));
        assertThat(scrape())
                .as("a key read with the certificate of another state")
                .contains("workerpool_access_reloads_total{outcome=\"failed\"} 0.0");
    }

    private void link(String state) throws Exception {
        Path next = Files.createSymbolicLink(certificates.resolve("..data_tmp"), Path.of(state));
        Files.move(next, certificates.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void keepsTheCertificateItHasWhereTheNewOneCannotBeUsed() throws Exception {
        open();

        Files.writeString(certificates.resolve(Identity.KEY), TestAuthority.pkcs8(TestAuthority.keys("EC")));

        await().until(() -> access.describe().containsKey("notInForce"));
        assertThat(access.describe().get("notInForce").toString()).contains("tls.key is not the key");
        assertThat(names()).containsExactly("one.example");
    }

    @Test
    void doesNotOpenWithWhatCannotBeUsed() throws Exception {
        Files.delete(certificates.resolve(Identity.KEY));

        assertThatThrownBy(this::open)
                .isInstanceOf(InvalidAccessException.class)
                .hasMessage(certificates + ": tls.key is missing");
    }

    @Test
    void doesNotReadAFileWithoutEnd() throws Exception {
        Files.writeString(tokens, "x".repeat((1 << 20) + 1));

        assertThatThrownBy(this::open).hasMessageContaining("has more than 1048576 bytes");
    }

    @Test
    void countsWhomItTurnsAway() throws Exception {
        open();

        access.verdict(null);
        access.verdict("Bearer " + NEW);
        access.verdict("Bearer " + OLD);

        assertThat(scrape())
                .contains("workerpool_access_refused_total{reason=\"token-missing\"} 1.0")
                .contains("workerpool_access_refused_total{reason=\"token-unknown\"} 1.0");
    }
}
