package dev.workerpool.operator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.operator.desired.LiveEnvironment;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlKeyTest {

    private final AtomicLong nanos = new AtomicLong();

    @TempDir
    private Path folder;

    @Test
    void findsThePublicKeyThatBelongsToThePrivateOne() throws GeneralSecurityException, InvalidKeyFileException {
        KeyPair pair = pair("Ed25519");

        assertThat(SigningKey.parse(pem(pair)).getFirst().publicKey()).isEqualTo(publicKey(pair));
    }

    @Test
    void readsWhatOpensslWrites() throws InvalidKeyFileException {
        SigningKey key = SigningKey.parse("""
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
                -----END PRIVATE KEY-----
                """).getFirst();

        // The first key pair of RFC 8032, 7.1.
        assertThat(key.publicKey()).isEqualTo("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    }

    @Test
    void neverTellsThePrivateKey() throws InvalidKeyFileException, GeneralSecurityException {
        KeyPair pair = pair("Ed25519");

        assertThat(SigningKey.parse(pem(pair)).toString()).isEqualTo("[SigningKey[" + publicKey(pair) + "]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "key",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\n=\n-----END PRIVATE KEY-----",
                "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----"
            })
    void refusesWhatIsNoKeyAndSaysWhatItShouldBe(String text) {
        assertThatThrownBy(() -> SigningKey.parse(text))
                .isInstanceOf(InvalidKeyFileException.class)
                .hasMessageStartingWith("must be an Ed25519 private key in PEM (PKCS#8), as made by openssl genpkey");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed448", "EC", "RSA"})
    void refusesAKeyOfAnotherKind(String algorithm) throws GeneralSecurityException {
        String pem = pem(pair(algorithm));

        assertThatThrownBy(() -> SigningKey.parse(pem)).isInstanceOf(InvalidKeyFileException.class);
    }

    @Test
    void thereIsNoKeyWithoutAFile() {
        assertThat(new ControlKey(Optional.empty()).publicKeys()).isEmpty();
        assertThat(new ControlKey(Optional.of(folder.resolve("none"))).publicKeys())
                .isEmpty();
    }

    @Test
    void takesUpAKeyThatTakesThePlaceOfAnother() throws IOException, GeneralSecurityException {
        KeyPair one = pair("Ed25519");
        KeyPair other = pair("Ed25519");
        Path file = Files.writeString(folder.resolve("key"), pem(one));
        var key = new ControlKey(Optional.of(file), nanos::get);
        assertThat(key.publicKeys()).contains(publicKey(one));

        Files.writeString(file, pem(other));
        nanos.addAndGet(ControlKey.LOOK_AGAIN.toNanos());

        assertThat(key.publicKeys()).contains(publicKey(other));
    }

    @Test
    void twoKeysAreBothTrustedAndEachReplicaIsToldWithTheFirstThatItTrusts()
            throws IOException, GeneralSecurityException {
        KeyPair young = pair("Ed25519");
        KeyPair old = pair("Ed25519");
        Path file = Files.writeString(folder.resolve("key"), pem(young) + pem(old) + pem(young));
        var key = new ControlKey(Optional.of(file));

        assertThat(key.publicKeys()).contains(publicKey(young) + " " + publicKey(old));
        assertThat(key.eldest().orElseThrow().publicKey()).isEqualTo(publicKey(old));
        assertThat(key.trustedBy(trusting(publicKey(old))).orElseThrow().publicKey())
                .isEqualTo(publicKey(old));
        assertThat(key.trustedBy(trusting(publicKey(young) + " " + publicKey(old)))
                        .orElseThrow()
                        .publicKey())
                .isEqualTo(publicKey(young));
        assertThat(key.trustedBy(trusting(publicKey(pair("Ed25519"))))).isEmpty();
        assertThat(key.trustedBy(LiveEnvironment.in(List.of()))).isEmpty();
    }

    private static LiveEnvironment trusting(String keys) {
        return LiveEnvironment.in(List.of(new EnvVar("WORKERPOOL_CONTROL_KEY", keys, null)));
    }

    @Test
    void refusesMoreKeysThanAWorkerTakes() throws GeneralSecurityException {
        var pem = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            pem.append(pem(pair("Ed25519")));
        }
        assertThatThrownBy(() -> SigningKey.parse(pem.toString()))
                .isInstanceOf(InvalidKeyFileException.class)
                .hasMessage("must have at most 8 keys; there are 9 in it");
    }

    @Test
    void keepsAGoodKeyWhenTheFileTurnsBadOrGoesAway() throws IOException, GeneralSecurityException {
        KeyPair pair = pair("Ed25519");
        Path file = Files.writeString(folder.resolve("key"), pem(pair));
        var key = new ControlKey(Optional.of(file), nanos::get);
        assertThat(key.publicKeys()).contains(publicKey(pair));

        Files.writeString(file, "bad");
        nanos.addAndGet(ControlKey.LOOK_AGAIN.toNanos());
        assertThat(key.publicKeys()).contains(publicKey(pair));

        Files.delete(file);
        nanos.addAndGet(ControlKey.LOOK_AGAIN.toNanos());
        assertThat(key.publicKeys()).contains(publicKey(pair));
    }

    @Test
    void aKeyMayComeLater() throws IOException, GeneralSecurityException {
        Path file = folder.resolve("key");
        var key = new ControlKey(Optional.of(file), nanos::get);
        assertThat(key.publicKeys()).isEmpty();

        KeyPair pair = pair("Ed25519");
        Files.writeString(file, pem(pair));
        nanos.addAndGet(ControlKey.LOOK_AGAIN.toNanos());

        assertThat(key.publicKeys()).contains(publicKey(pair));
    }

    private static KeyPair pair(String algorithm) throws GeneralSecurityException {
        return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private static String publicKey(KeyPair pair) {
        return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    }
}
