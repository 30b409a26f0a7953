package dev.workerpool.worker.access;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/**
 * The identities of a replica, one after the other: TLS as it is spoken with the one in force. New connections have it,
 * those that are there go on with theirs. Thread-safe.
 */
final class Certificates {
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    /** Both ends are ours. */
    private static final String[] AMONG_PEERS = {"TLSv1.3"};

    private static final int REMEMBERED = 8;

    /** The JDK would keep twenty times as many of callers who speak an old version. */
    private static final int MOST_SESSIONS = 1000;

    private static final char[] NO_PASSWORD = {};

    /** Of this replica, the one in force last. */
    private List<X509Certificate> own = List.of();

    private volatile Spoken spoken;

    private record Spoken(Identity identity, SSLContext toCallers, SSLContext toPeers) {}

    /** @throws InvalidAccessException when that cannot be an identity; the one before stays in force */
    synchronized void take(Map<String, byte[]> files) throws InvalidAccessException {
        Identity identity = Identity.parse(files);
        if (spoken != null && inForce().isValid() && !identity.isValid()) {
            X509Certificate certificate = identity.certificate();
            throw new InvalidAccessException(Identity.CERTIFICATE + " is valid from "
                    + certificate.getNotBefore().toInstant() + " to "
                    + certificate.getNotAfter().toInstant() + ", and that of before is valid now");
        }
        List<X509Certificate> known = Stream.concat(own.stream(), Stream.of(identity.certificate()))
                .skip(Math.max(0, own.size() + 1 - REMEMBERED))
                .toList();
        try {
            var toCallers = SSLContext.getInstance("TLS");
            toCallers.init(keys(identity).getKeyManagers(), null, null);
            toCallers.getServerSessionContext().setSessionCacheSize(MOST_SESSIONS);
            var toPeers = SSLContext.getInstance("TLS");
            toPeers.init(null, new TrustManager[] {new PeerTrust(identity, known)}, null);
            spoken = new Spoken(identity, toCallers, toPeers);
            own = known;
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidAccessException(
                    Identity.CERTIFICATE + " and " + Identity.KEY + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyManagerFactory keys(Identity identity) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("own", identity.key(), NO_PASSWORD, identity.chain().toArray(new Certificate[0]));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory;
    }

    Identity inForce() {
        return spoken.identity();
    }

    /** For a connection that a caller made. */
    SSLEngine toCaller() {
        SSLEngine engine = spoken.toCallers().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(VERSIONS);
        return engine;
    }

    /** For a connection to a peer. */
    SSLEngine toPeer() {
        SSLEngine engine = spoken.toPeers().createSSLEngine();
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(AMONG_PEERS);
        return engine;
    }
}
