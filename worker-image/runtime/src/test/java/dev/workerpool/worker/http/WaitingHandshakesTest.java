package dev.workerpool.worker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.access.TestAuthority;
import dev.workerpool.worker.io.Port;
import dev.workerpool.worker.io.Tls;
import dev.workerpool.worker.kept.KeptConnections;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients whose handshake waits behind another one, as behind those of very many: that one ends when the test says so. */
class WaitingHandshakesTest extends ServerTestCase {
    private static final int MOST = 4;

    private final Set<SSLEngine> computed = ConcurrentHashMap.newKeySet();
    private final CountDownLatch isWaitedFor = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final List<Socket> clients = new ArrayList<>();
    private SSLContext trust;
    private Tls tls;
    private HttpServer first;

    @BeforeEach
    void listen() throws Exception {
        trust = TestAuthority.trusting(new TestAuthority("authority"));
        var context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new Waiting()}, null, null);
        tls = Tls.of(
                () -> {
                    SSLEngine engine = context.createSSLEngine();
                    engine.setUseClientMode(false);
                    return engine;
                },
                () -> {
                    throw new AssertionError();
                },
                () -> {},
                () -> {});
        first = listening();
        server = listening();
        clients.add(greet(first));
        isWaitedFor.await();
    }

    private HttpServer listening() throws IOException {
        var limits = new HttpLimits(1000, MOST, LONG, LONG, LONG);
        var listening = new HttpServer(Port.of(0), tls, new TestRoutes(), limits, budget, KeptConnections.NONE, loops);
        listening.start();
        return listening;
    }

    @AfterEach
    void goOn() throws Exception {
        mayGoOn.countDown();
        first.close(Duration.ZERO);
        for (Socket each : clients) {
            each.close();
        }
        tls.close();
    }

    private Socket greet(HttpServer to) throws Exception {
        SSLEngine engine = trust.createSSLEngine("localhost", to.port());
        engine.setUseClientMode(true);
        var hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        var socket = new Socket("localhost", to.port());
        socket.getOutputStream().write(hello.array(), 0, hello.position());
        return socket;
    }

    @Test
    void aClientThatGoesOnSendingIsCutOff() throws Exception {
        Socket flood = greet(server);
        clients.add(flood);
        flood.setSoTimeout(10_000);

        try {
            byte[] more = new byte[64 * 1024];
            for (int i = 0; i < 100; i++) {
                flood.getOutputStream().write(more);
            }
            assertThat(flood.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
            // Cut off as well.
        }
        await().until(() -> server.connections() == 0);
    }

    /** Were each closed with a goodbye, that would wait for its handshake, and one would make room in a second. */
    @Test
    void thoseThatAreTooManyMakeRoomAtOnce() throws Exception {
        for (int i = 0; i < 5 * MOST; i++) {
            clients.add(greet(server));
        }

        await().atMost(Duration.ofSeconds(5)).until(() -> ClosedSockets.among(clients) >= 4 * MOST);
        assertThat(server.connections()).isLessThanOrEqualTo(MOST);
    }

    /** Else the queue would have no bound, and those who come later would wait for those who have gone. */
    @Test
    void nothingIsComputedForThoseThatHaveGone() throws Exception {
        for (int i = 0; i < 5 * MOST; i++) {
            clients.add(greet(server));
        }
        await().until(() -> ClosedSockets.among(clients) >= 4 * MOST);

        mayGoOn.countDown();

        await().until(() -> server.connections() == 0); // None of them has a key to go on with.
        assertThat(computed).as("handshakes").hasSizeLessThanOrEqualTo(1 + MOST);
    }

    /** Has no key, and takes its time to say so. */
    private final class Waiting extends X509ExtendedKeyManager {
        @Override
        public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
            computed.add(engine); // Asked once for each kind of key.
            isWaitedFor.countDown();
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
