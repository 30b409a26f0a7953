package dev.workerpool.e2e.harness;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority of the suite's own, as a cluster has one with cert-manager, and clients that trust it alone. */
public final class CertificateAuthority {
    private static final X500Name NAME = new X500Name("CN=workerpool e2e");

    private final KeyPair keys;
    private final X509Certificate certificate;

    public CertificateAuthority() {
        try {
            this.keys = newKeys();
            this.certificate = sign(NAME, keys.getPublic(), Extension.basicConstraints, new BasicConstraints(true));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new key, and its certificate for a server of this name. */
    public ServerCertificate issue(String server) {
        try {
            KeyPair of = newKeys();
            var names = new GeneralNames(new GeneralName(GeneralName.dNSName, server));
            return new ServerCertificate(
                    sign(new X500Name("CN=server"), of.getPublic(), Extension.subjectAlternativeName, names),
                    of.getPrivate(),
                    certificate);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connections over TLS to whatever address, at which the server of this name has to answer. */
    public Http.Opener connectionsTo(String server) {
        SSLContext trust = trust();
        return (host, port) -> Http.overTls(host, port, trust, server);
    }

    private SSLContext trust() {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate sign(X500Name subject, PublicKey key, ASN1ObjectIdentifier extension, ASN1Encodable value)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                        NAME,
                        new BigInteger(64, new SecureRandom()).setBit(64),
                        // The clocks of the node and of this machine may differ by a little.
                        Date.from(now.minus(Duration.ofHours(1))),
                        Date.from(now.plus(Duration.ofDays(1))),
                        subject,
                        key)
                .addExtension(extension, extension.equals(Extension.basicConstraints), value);
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate())));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }
}
