package dev.workerpool.e2e.harness;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** A server's certificate with its RSA key, as the contents of a Secret. */
public record ServerCertificate(X509Certificate certificate, PrivateKey key, X509Certificate authority) {

    /** The key as PKCS#8, {@code BEGIN PRIVATE KEY}, as OpenSSL 3 writes it. */
    public Map<String, String> secret() {
        try {
            return secret(pem(new JcaPKCS8Generator(key, null)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The key as PKCS#1, {@code BEGIN RSA PRIVATE KEY}, as cert-manager writes it unless told otherwise. */
    public Map<String, String> secretWithPkcs1Key() {
        return secret(pem(key));
    }

    private Map<String, String> secret(String keyPem) {
        return Map.of("tls.crt", pem(certificate), "tls.key", keyPem, "ca.crt", pem(authority));
    }

    private static String pem(Object object) {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
