package dev.workerpool.worker.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key in PEM (RFC 7468). The JDK reads PKCS #8 (RFC 5958) alone; what OpenSSL and cert-manager also write is put into
 * that: PKCS #1 of RSA (RFC 8017) and SEC 1 of elliptic curves (RFC 5915). A library for it is ten megabytes of signed jars,
 * whose checking takes longer than all else at the start.
 */
final class PrivateKeyPem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+([^-]*(?:-[^-]+)*)-----END \\1-----");

    private static final String[] ALGORITHMS = {"RSA", "EC", "EdDSA"};

    private static final byte[] VERSION_0 = {Der.INTEGER, 1, 0};

    /** 1.2.840.113549.1.1.1 rsaEncryption, and its parameters: none. */
    private static final byte[] RSA = {
        Der.IDENTIFIER, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, Der.NULL, 0
    };

    /** 1.2.840.10045.2.1 ecPublicKey; its parameters, the curve, come behind. */
    private static final byte[] CURVES = {Der.IDENTIFIER, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private PrivateKeyPem() {}

    /** @throws InvalidAccessException when there is none that can be used as it is; the message begins with the verb */
    static PrivateKey parse(byte[] pem) throws InvalidAccessException {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        byte[] curve = null;
        while (block.find()) {
            String label = block.group(1);
            if (label.equals("ENCRYPTED PRIVATE KEY") || block.group(2).contains("ENCRYPTED")) {
                throw new InvalidAccessException("must not be encrypted: nobody is there to be asked for a password");
            }
            try {
                byte[] content = Base64.getMimeDecoder().decode(block.group(2));
                switch (label) {
                    case "PRIVATE KEY" -> {
                        return key(content);
                    }
                    case "RSA PRIVATE KEY" -> {
                        return key(pkcs8(RSA, content));
                    }
                    case "EC PARAMETERS" -> curve = content;
                    case "EC PRIVATE KEY" -> {
                        return key(pkcs8(Der.join(CURVES, curve(content, curve)), content));
                    }
                    default -> {
                        // Certificates may be in the file as well.
                    }
                }
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new InvalidAccessException("must hold a private key in PEM", e);
            }
        }
        throw new InvalidAccessException("holds no private key in PEM");
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return Der.of(
                Der.SEQUENCE, Der.join(VERSION_0, Der.join(Der.of(Der.SEQUENCE, algorithm), Der.of(Der.OCTETS, key))));
    }

    /** @param before the file; null when it does not name it there */
    private static byte[] curve(byte[] key, byte[] before) {
        byte[] named = Der.find(key, Der.CONTEXT_0);
        if (named == null && before == null) {
            throw new IllegalArgumentException("No curve is named");
        }
        return named == null ? before : named;
    }

    private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        var spec = new PKCS8EncodedKeySpec(pkcs8);
        InvalidKeySpecException wrong = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                wrong = e; // Of another kind, or of none.
            }
        }
        throw wrong;
    }
}
