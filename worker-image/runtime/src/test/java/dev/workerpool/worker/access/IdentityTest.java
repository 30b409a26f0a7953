package dev.workerpool.worker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.worker.access.TestAuthority.Server;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    private final Map<String, byte[]> files = new HashMap<>();
    private TestAuthority authority;

    @BeforeEach
    void certify() throws Exception {
        authority = new TestAuthority("authority");
        put(authority.certify("pool.example"));
    }

    private void put(Server server) {
        put(Identity.CERTIFICATE, TestAuthority.pem(server.certificate()));
        put(Identity.KEY, TestAuthority.pkcs8(server.keys()));
    }

    private void put(String name, String content) {
        files.put(name, content.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void hasAKeyOfAnyKindInPkcs8(String algorithm) throws Exception {
        Server server = authority.certify(TestAuthority.keys(algorithm), Duration.ofDays(1), "a.example", "b.example");
        put(server);

        Identity identity = Identity.parse(files);

        assertThat(identity.key()).isEqualTo(server.keys().getPrivate());
        assertThat(identity.names()).containsExactly("a.example", "b.example");
        assertThat(identity.notAfter())
                .isBetween(
                        Instant.now().plus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(25)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void hasAKeyInTheTraditionalForm(String algorithm) throws Exception {
        KeyPair keys = TestAuthority.keys(algorithm);
        put(authority.certify(keys, Duration.ofDays(1), "pool.example"));
        String pem = TestAuthority.traditional(keys);
        assertThat(pem).startsWith("-----BEGIN " + algorithm + " PRIVATE KEY");
        put(Identity.KEY, pem);

        // Only with the certificate's key it is taken.
        assertThat(Identity.parse(files).key().getAlgorithm()).isEqualTo(algorithm);
    }

    /** As older versions of OpenSSL write it: the curve stands before the key, and not in it. */
    @Test
    void hasAKeyBehindTheParametersOfItsCurve() throws Exception {
        KeyPair keys = TestAuthority.keys("EC");
        put(authority.certify(keys, Duration.ofDays(1), "pool.example"));
        put(Identity.KEY, TestAuthority.withParametersBefore(keys));

        assertThat(Identity.parse(files).key().getAlgorithm()).isEqualTo("EC");
    }

    @Test
    void hasTheChainAndTheAuthoritiesThatAreThere() throws Exception {
        Server server = authority.certify("pool.example");
        put(server);
        put(
                Identity.CERTIFICATE,
                "ours:\n" + TestAuthority.pem(server.certificate()) + TestAuthority.pem(authority.certificate()));
        put(Identity.AUTHORITY, TestAuthority.pem(authority.certificate()));

        Identity identity = Identity.parse(files);

        assertThat(identity.chain()).containsExactly(server.certificate(), authority.certificate());
        assertThat(identity.authorities()).containsExactly(authority.certificate());
    }

    @ParameterizedTest
    @ValueSource(strings = {Identity.CERTIFICATE, Identity.KEY})
    void needsBothFiles(String missing) {
        files.remove(missing);

        assertThatThrownBy(() -> Identity.parse(files)).hasMessage(missing + " is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void needsTheKeyOfItsCertificate(String algorithm) throws Exception {
        put(Identity.KEY, TestAuthority.pkcs8(TestAuthority.keys(algorithm)));

        assertThatThrownBy(() -> Identity.parse(files))
                .isInstanceOf(InvalidAccessException.class)
                .hasMessage("tls.key is not the key of the first certificate in tls.crt");
    }

    @Test
    void saysThatAKeyIsEncrypted() {
        put(Identity.KEY, """
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F

                AAECAwQFBgcICQoLDA0ODw==
                -----END RSA PRIVATE KEY-----
                """);

        assertThatThrownBy(() -> Identity.parse(files))
                .hasMessage("tls.key must not be encrypted: nobody is there to be asked for a password");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\n%%%%\n"
            })
    void saysWhichFileCannotBeRead(String content) {
        Map<String, byte[]> good = Map.copyOf(files);
        for (String name : new String[] {Identity.CERTIFICATE, Identity.KEY, Identity.AUTHORITY}) {
            files.putAll(good);
            put(name, content);

            assertThatThrownBy(() -> Identity.parse(files))
                    .as(name)
                    .isInstanceOf(InvalidAccessException.class)
                    .hasMessageStartingWith(name + " ");
            files.remove(Identity.AUTHORITY);
        }
    }
}
