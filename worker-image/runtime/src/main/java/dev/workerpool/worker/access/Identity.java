package dev.workerpool.worker.access;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who a replica is to those who call it by TLS.
 *
 * @param chain its certificate, and those by which that is trusted
 * @param authorities by which peers' certificates are trusted too; perhaps none
 */
record Identity(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities) {
    static final String CERTIFICATE = "tls.crt";
    static final String KEY = "tls.key";
    static final String AUTHORITY = "ca.crt";
    static final List<String> FILES = List.of(CERTIFICATE, KEY, AUTHORITY);

    /**
     * Reads what Secrets of the type {@code kubernetes.io/tls} hold, in PEM. The key may be in PKCS #8, PKCS #1 or SEC 1.
     *
     * @param files by name
     */
    static Identity parse(Map<String, byte[]> files) throws InvalidAccessException {
        List<X509Certificate> chain = certificates(CERTIFICATE, files);
        List<X509Certificate> authorities = files.containsKey(AUTHORITY) ? certificates(AUTHORITY, files) : List.of();
        PrivateKey key = key(file(KEY, files));
        if (!belongTogether(key, chain.getFirst().getPublicKey())) {
            throw new InvalidAccessException(KEY + " is not the key of the first certificate in " + CERTIFICATE);
        }
        return new Identity(key, chain, authorities);
    }

    private static byte[] file(String name, Map<String, byte[]> files) throws InvalidAccessException {
        byte[] content = files.get(name);
        if (content == null) {
            throw new InvalidAccessException(name + " is missing");
        }
        return content;
    }

    private static List<X509Certificate> certificates(String name, Map<String, byte[]> files)
            throws InvalidAccessException {
        Collection<? extends Certificate> certificates;
        try {
            certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(file(name, files)));
        } catch (CertificateException e) {
            throw new InvalidAccessException(name + " must hold X.509 certificates in PEM", e);
        }
        if (certificates.isEmpty()) {
            throw new InvalidAccessException(name + " holds no certificate");
        }
        return certificates.stream().map(X509Certificate.class::cast).toList();
    }

    private static PrivateKey key(byte[] pem) throws InvalidAccessException {
        try {
            return PrivateKeyPem.parse(pem);
        } catch (InvalidAccessException e) {
            throw new InvalidAccessException(KEY + " " + e.getMessage(), e);
        }
    }

    private static boolean belongTogether(PrivateKey secret, PublicKey open) throws InvalidAccessException {
        String algorithm =
                switch (secret.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC", "ECDSA" -> "SHA256withECDSA";
                    case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
                    default ->
                        throw new InvalidAccessException(
                                KEY + " must be a key for RSA, ECDSA or EdDSA, but is for " + secret.getAlgorithm());
                };
        byte[] sample = CERTIFICATE.getBytes(StandardCharsets.US_ASCII);
        try {
            var signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(sample);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // Keys of two kinds.
        }
    }

    X509Certificate certificate() {
        return chain.getFirst();
    }

    /** Is it the certificate's time? */
    boolean isValid() {
        try {
            certificate().checkValidity();
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    /** When the first of the chain ends. */
    Instant notAfter() {
        return chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** Whose the certificate is. */
    Set<String> names() {
        return names(certificate());
    }

    /** Kinds of names that the JDK does not read come as they are encoded. */
    private static String text(Object name) {
        return name instanceof byte[] encoded ? HexFormat.of().formatHex(encoded) : name.toString();
    }

    /** The names that a certificate is for: the alternative ones, or that of the subject where there are none. */
    static Set<String> names(X509Certificate certificate) {
        var names = new TreeSet<String>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.forEach(name -> names.add(text(name.get(1))));
            }
        } catch (CertificateException e) {
            // As if there were none.
        }
        if (names.isEmpty()) {
            names.add(certificate.getSubjectX500Principal().getName());
        }
        return names;
    }
}
