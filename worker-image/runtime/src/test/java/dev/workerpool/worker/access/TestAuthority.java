package dev.workerpool.worker.access;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** Certifies whom a test wants, and is trusted by its clients. */
public final class TestAuthority {
    private static long serial;

    private final KeyPair keys = keys("EC");
    private final X500Name name;
    private final X509Certificate certificate;

    public TestAuthority(String name) throws Exception {
        this.name = new X500Name("CN=" + name);
        X509v3CertificateBuilder builder = builder(this.name, this.name, keys, Duration.ofDays(30));
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        this.certificate = signed(builder, keys, "SHA256withECDSA");
    }

    /** What a server shows, with its key in PKCS #8. */
    public record Server(KeyPair keys, X509Certificate certificate, X509Certificate authority) {
        /** With the names of the files that a Secret has. */
        public Server writeTo(Path folder) {
            return write(folder, pkcs8(keys));
        }

        Server write(Path folder, String key) {
            try {
                Files.createDirectories(folder);
                Files.writeString(folder.resolve(Identity.CERTIFICATE), pem(certificate));
                Files.writeString(folder.resolve(Identity.KEY), key);
                if (authority == null) {
                    Files.deleteIfExists(folder.resolve(Identity.AUTHORITY));
                } else {
                    Files.writeString(folder.resolve(Identity.AUTHORITY), pem(authority));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }
    }

    public Server certify(String... names) throws Exception {
        return certify(keys("EC"), Duration.ofDays(30), names);
    }

    Server certify(KeyPair server, Duration validity, String... names) throws Exception {
        X509v3CertificateBuilder builder = builder(name, new X500Name("CN=server"), server, validity);
        builder.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
        return new Server(server, signed(builder, keys, "SHA256withECDSA"), certificate);
    }

    /** Whose certificate nobody vouches for but itself. */
    public static Server selfSigned(String... names) throws Exception {
        KeyPair keys = keys("EC");
        var self = new X500Name("CN=self");
        X509v3CertificateBuilder builder = builder(self, self, keys, Duration.ofDays(30));
        builder.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
        return new Server(keys, signed(builder, keys, "SHA256withECDSA"), null);
    }

    /** @param algorithm RSA, EC or Ed25519 */
    static KeyPair keys(String algorithm) throws Exception {
        var generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("RSA")) {
            generator.initialize(2048);
        } else if (algorithm.equals("EC")) {
            generator.initialize(256);
        }
        return generator.generateKeyPair();
    }

    private static GeneralNames alternatives(String... names) {
        return new GeneralNames(Arrays.stream(names)
                .map(each ->
                        new GeneralName(each.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, each))
                .toArray(GeneralName[]::new));
    }

    private static synchronized X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, KeyPair keys, Duration validity) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(++serial),
                Date.from(now.minusSeconds(3600)),
                Date.from(now.plus(validity)),
                subject,
                keys.getPublic());
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, KeyPair by, String algorithm)
            throws Exception {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(by.getPrivate())));
    }

    /** Of clients that trust whom these authorities certify. */
    public static SSLContext trusting(TestAuthority... authorities) throws Exception {
        return trusting(Stream.of(authorities).map(each -> each.certificate).toList());
    }

    public static SSLContext trusting(List<X509Certificate> certificates) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("" + i, certificates.get(i));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    static String pkcs8(KeyPair keys) {
        return pem(write -> write.writeObject(new JcaPKCS8Generator(keys.getPrivate(), null)));
    }

    /** PKCS #1 of RSA keys, SEC 1 of those on curves. */
    static String traditional(KeyPair keys) {
        return pem(keys.getPrivate() instanceof ECPrivateKey key ? sec1(key) : keys.getPrivate());
    }

    static String withParametersBefore(KeyPair keys) throws IOException {
        var curve = PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded())
                .getPrivateKeyAlgorithm()
                .getParameters();
        byte[] named = curve.toASN1Primitive().getEncoded();
        return pem(new PemObject("EC PARAMETERS", named)) + pem(keys.getPrivate());
    }

    /** With the name of the curve, as OpenSSL and Go write it. */
    private static PemObject sec1(ECPrivateKey key) {
        try {
            var info = PrivateKeyInfo.getInstance(key.getEncoded());
            var named = new org.bouncycastle.asn1.sec.ECPrivateKey(
                    256, key.getS(), info.getPrivateKeyAlgorithm().getParameters());
            return new PemObject("EC PRIVATE KEY", named.getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String pem(Object object) {
        return pem(writer -> writer.writeObject(object));
    }

    private interface Writing {
        void to(JcaPEMWriter writer) throws IOException;
    }

    private static String pem(Writing writing) {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writing.to(writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    X509Certificate certificate() {
        return certificate;
    }
}
