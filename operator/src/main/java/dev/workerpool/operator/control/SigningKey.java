package dev.workerpool.operator.control;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key with which the operator signs.
 *
 * @param publicKey what workers verify with: X.509 in base64, one line
 */
record SigningKey(PrivateKey privateKey, String publicKey) {

    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private static final String FORM =
            "must be an Ed25519 private key in PEM (PKCS#8), as made by openssl genpkey" + " -algorithm ed25519";

    /** As many as a worker takes. */
    private static final int MOST = 8;

    /** @return all that are in the text, each once, in its order; at least one */
    static List<SigningKey> parse(String pem) throws InvalidKeyFileException {
        var keys = new LinkedHashMap<String, SigningKey>();
        Matcher block = PEM.matcher(pem);
        while (block.find()) {
            SigningKey key = decode(block.group(1));
            keys.putIfAbsent(key.publicKey(), key);
        }
        if (keys.isEmpty()) {
            throw new InvalidKeyFileException(FORM + "; there is no PRIVATE KEY block in it");
        }
        if (keys.size() > MOST) {
            throw new InvalidKeyFileException(
                    "must have at most " + MOST + " keys; there are " + keys.size() + " in it");
        }
        return List.copyOf(keys.values());
    }

    private static SigningKey decode(String block) throws InvalidKeyFileException {
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(block);
            var privateKey = (EdECPrivateKey)
                    KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
            PublicKey publicKey = publicKey(privateKey);
            return new SigningKey(privateKey, Base64.getEncoder().encodeToString(publicKey.getEncoded()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new InvalidKeyFileException(FORM + "; " + e.getMessage(), e);
        }
    }

    /**
     * The JDK makes a public key only together with a private one, from random bytes; given those of the private key, it
     * makes the one that belongs to it. That this is so is tried out, for it is nowhere promised.
     */
    private static PublicKey publicKey(EdECPrivateKey privateKey) throws GeneralSecurityException {
        byte[] seed = privateKey.getBytes().orElseThrow(() -> new GeneralSecurityException("the key has no bytes"));
        var generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new Seed(seed));
        PublicKey publicKey = generator.generateKeyPair().getPublic();
        byte[] message = {1};
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(privateKey);
        signature.update(message);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(message);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("its public key cannot be found out with this version of Java");
        }
        return publicKey;
    }

    private static final class Seed extends SecureRandom {

        private static final long serialVersionUID = 1;

        private final transient byte[] seed;

        private Seed(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }

    /** A secret for one purpose, the same from every operator that has this key, from which nothing of the key can be told. */
    String derive(String purpose) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(privateKey.getEncoded(), "HmacSHA256"));
            byte[] derived = mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(derived);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HMAC with SHA-256", e);
        }
    }

    /** Never the private part. */
    @Override
    public String toString() {
        return "SigningKey[" + publicKey + "]";
    }
}
