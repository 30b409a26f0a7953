package dev.workerpool.worker.access;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.worker.access.TestAuthority.Server;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerTrustTest {
    private TestAuthority authority;
    private Server own;

    @BeforeEach
    void certify() throws Exception {
        authority = new TestAuthority("authority");
        own = authority.certify("pool.example");
    }

    private static PeerTrust trust(Server own, Server... before) throws Exception {
        var known = new java.util.ArrayList<>(List.of(own.certificate()));
        List.of(before).forEach(each -> known.add(each.certificate()));
        List<X509Certificate> authorities = own.authority() == null ? List.of() : List.of(own.authority());
        return new PeerTrust(new Identity(own.keys().getPrivate(), List.of(own.certificate()), authorities), known);
    }

    private static void check(PeerTrust trust, Server peer) throws CertificateException {
        trust.checkServerTrusted(new X509Certificate[] {peer.certificate()}, "ECDHE_ECDSA");
    }

    @Test
    void isForTheVeryCertificate() {
        assertThatCode(() -> check(trust(own), own)).doesNotThrowAnyException();
    }

    @Test
    void isForTheCertificateOfBefore() throws Exception {
        Server before = TestAuthority.selfSigned("pool.example");
        Server now = TestAuthority.selfSigned("pool.example");

        assertThatCode(() -> check(trust(now, before), before)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(trust(before), now)).isInstanceOf(CertificateException.class);
    }

    @Test
    void isForTheNextCertificateByTheSameAuthority() {
        assertThatCode(() -> check(trust(own), authority.certify("pool.example")))
                .doesNotThrowAnyException();
    }

    @Test
    void isNotForOthersOfTheAuthority() {
        assertThatThrownBy(() -> check(trust(own), authority.certify("other.example")))
                .isInstanceOf(CertificateException.class);
        assertThatThrownBy(() -> check(trust(own), authority.certify("pool.example", "other.example")))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void isNotForTheNameByAnotherAuthority() {
        assertThatThrownBy(() -> check(trust(own), new TestAuthority("authority").certify("pool.example")))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void isNotForACertificateThatHasEnded() {
        assertThatThrownBy(() -> check(
                        trust(own),
                        authority.certify(TestAuthority.keys("EC"), Duration.ofMinutes(-1), "pool.example")))
                .isInstanceOf(CertificateException.class);
    }
}
