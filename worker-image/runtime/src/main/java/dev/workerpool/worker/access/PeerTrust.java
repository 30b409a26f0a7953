package dev.workerpool.worker.access;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Whom a replica takes for one of its pool. They are called by addresses, which no certificate names; but all have theirs from
 * the same Secret. So it is one with the very certificate of this replica, now or before, or one for the same names by the same
 * authorities, while a new one gets around.
 */
final class PeerTrust extends X509ExtendedTrustManager {
    private final Identity own;
    private final Collection<X509Certificate> known;

    /** Null where there is no authority but the certificate itself. */
    private final X509TrustManager authorities;

    /** @param known certificates of this replica, now and before */
    PeerTrust(Identity own, Collection<X509Certificate> known) throws GeneralSecurityException {
        this.own = own;
        this.known = known;
        var trusted = new ArrayList<>(own.chain().subList(1, own.chain().size()));
        trusted.addAll(own.authorities());
        this.authorities = trusted.isEmpty() ? null : trusting(trusted);
    }

    private static X509TrustManager trusting(List<X509Certificate> certificates) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try {
            store.load(null, null);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry(Integer.toString(i), certificates.get(i));
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("No trust manager for X.509");
    }

    private void check(X509Certificate[] chain, String keyExchange) throws CertificateException {
        if (known.contains(chain[0])) {
            return;
        }
        if (authorities == null || !Identity.names(chain[0]).equals(own.names())) {
            throw new CertificateException("Not a certificate of this pool");
        }
        authorities.checkServerTrusted(chain, keyExchange);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
        check(chain, keyExchange);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
            throws CertificateException {
        check(chain, keyExchange);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
            throws CertificateException {
        check(chain, keyExchange);
    }

    /** Callers show tokens, not certificates. */
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
        throw new CertificateException("Certificates of callers are not asked for");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, keyExchange);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String keyExchange, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, keyExchange);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
