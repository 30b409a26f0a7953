package dev.workerpool.e2e.harness;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/** The key with which the operator signs what it tells replicas, as one has it who got hold of its Secret. */
public final class ControlKey {
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final PrivateKey key;

    private ControlKey(PrivateKey key) {
        this.key = key;
    }

    public static ControlKey of(Cluster cluster) {
        String encoded = cluster.kubectl(
                        "-n",
                        Operator.NAMESPACE,
                        "get",
                        "secret",
                        Operator.NAME + "-control-key",
                        "-o",
                        "jsonpath={.data.control\\.key}")
                .out();
        String pem = new String(Base64.getDecoder().decode(encoded), StandardCharsets.US_ASCII);
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        try {
            return new ControlKey(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request to change a replica's settings. Its token is good for this body, that pod, once, and for half a minute. */
    public Http.Request signed(Pod pod, String body) {
        return unsigned(body).with("Authorization", "Bearer " + token(pod, body));
    }

    public static Http.Request unsigned(String body) {
        return new Http.Request(
                "PUT", "/settings", Map.of("Content-Type", "application/json"), body.getBytes(StandardCharsets.UTF_8));
    }

    private String token(Pod pod, String body) {
        var meta = pod.getMetadata();
        long now = Instant.now().getEpochSecond();
        String claims = """
                {"iss":"workerpool-operator","aud":"%s/%s/%s","iat":%d,"exp":%d,"jti":"%s","body":"%s"}""".formatted(
                meta.getNamespace(), meta.getName(), meta.getUid(), now, now + 30, UUID.randomUUID(), digest(body));
        String payload = base64url("{\"alg\":\"EdDSA\"}") + "." + base64url(claims);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(payload.getBytes(StandardCharsets.US_ASCII));
            return payload + "." + BASE64URL.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String digest(String body) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return BASE64URL.encodeToString(sha256.digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64url(String text) {
        return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
