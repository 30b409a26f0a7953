package dev.workerpool.operator.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
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

        assertThat(SigningKey.parse(pem(pair)).publicKey()).isEqualTo(publicKey(pair));
    }

    @Test
    void readsWhatOpensslWrites() throws InvalidKeyFileException {
        SigningKey key = SigningKey.parse("""
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
                -----END PRIVATE KEY-----
                """);

        // The first key pair of RFC 8032, 7.1.
        assertThat(key.publicKey()).isEqualTo("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    }

    @Test
    void neverTellsThePrivateKey() throws InvalidKeyFileException, GeneralSecurityException {
        KeyPair pair = pair("Ed25519");

        assertThat(SigningKey.parse(pem(pair)).toString()).isEqualTo("SigningKey[" + publicKey(pair) + "]");
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
        assertThat(new ControlKey(Optional.empty()).publicKey()).isEmpty();
        assertThat(new ControlKey(Optional.of(folder.resolve("none"))).publicKey())
                .isEmpty();
    }

    @Test
    void takesUpAKeyThatTakesThePlaceOfAnother() throws IOException, GeneralSecurityException {
        KeyPair one = pair("Ed25519");
        KeyPair other = pair("Ed25519");
        Path file = Files.writeString(folder.resolve("key"), pem(one));
        var key = new ControlKey(Optional.of(file), nanos::get);
        assertThat(key.publicKey()).contains(publicKey(one));

        Files.writeString(file, pem(other));
        nanos.addAndGet(ControlKey.LOOK_AGAIN.toNanos());

        assertThat(key.publicKey()).contains(publicKey(other));
    }

    @Test
    void keepsAGoodKeyWhenTheFileTurnsBadOrGoesAway() throws IOException, GeneralSecurityException {
        KeyPair pair = pair("Ed25519");
        Path file = Files.writeString(folder.resolve("key"), pem(pair));
        var key = new ControlKey(Optional.of(file), nanos::get);
        assertThat(key.publicKey()).contains(publicKey(pair));

        Files.writeString(file, "bad");
        nanos.addAndGet(ControlKey.LOOK_AGAIN.toNanos());
        assertThat(key.publicKey()).contains(publicKey(pair));

        Files.delete(file);
        nanos.addAndGet(ControlKey.LOOK_AGAIN.toNanos());
        assertThat(key.publicKey()).contains(publicKey(pair));
    }

    @Test
    void aKeyMayComeLater() throws IOException, GeneralSecurityException {
        Path file = folder.resolve("key");
        var key = new ControlKey(Optional.of(file), nanos::get);
        assertThat(key.publicKey()).isEmpty();

        KeyPair pair = pair("Ed25519");
        Files.writeString(file, pem(pair));
        nanos.addAndGet(ControlKey.LOOK_AGAIN.toNanos());

        assertThat(key.publicKey()).contains(publicKey(pair));
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
