package dev.workerpool.worker.control;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Consumer;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;

/** Signs control messages as the operator does, or nearly so: tests change one claim of a valid token. */
public final class OperatorKey {
    private final KeyPair pair;

    public OperatorKey() {
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    KeyPair pair() {
        return pair;
    }

    /** As in WORKERPOOL_CONTROL_KEY. */
    public String encoded() {
        return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    }

    public String sign(String audience, String body, Instant now) {
        return sign(audience, body, now, claims -> {});
    }

    public String sign(String audience, String body, Instant now, Consumer<JwtClaims> change) {
        return signed(claims(audience, body, now, change), "EdDSA", pair.getPrivate());
    }

    static JwtClaims claims(String audience, String body, Instant now, Consumer<JwtClaims> change) {
        var claims = new JwtClaims();
        claims.setIssuer("workerpool-operator");
        claims.setAudience(audience);
        claims.setIssuedAt(NumericDate.fromMilliseconds(now.toEpochMilli()));
        claims.setExpirationTime(
                NumericDate.fromMilliseconds(now.plusSeconds(60).toEpochMilli()));
        claims.setJwtId(UUID.randomUUID().toString());
        claims.setStringClaim("body", digest(body));
        change.accept(claims);
        return claims;
    }

    static String signed(JwtClaims claims, String algorithm, java.security.Key key) {
        var signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.NO_CONSTRAINTS);
        signature.setPayload(claims.toJson());
        signature.setAlgorithmHeaderValue(algorithm);
        signature.setKey(key);
        signature.setDoKeyValidation(false);
        try {
            return signature.getCompactSerialization();
        } catch (JoseException e) {
            throw new AssertionError(e);
        }
    }

    static String digest(String body) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
