package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Nothing is kept of a pool that is gone, nor by an operator that leads no longer. */
@Isolated("Listens to the log, in which others would write too")
@ExtendWith(ApiServer.class)
class DeletedPoolIT {

    private static final Logger LOG = Logger.getLogger("io.javaoperatorsdk.operator");

    @AutoClose
    private Cluster cluster;

    @BeforeEach
    void makeCluster(ApiServer.Running server) {
        cluster = new Cluster(server);
    }

    @Test
    void ofAPoolThatIsDeletedDuringAPassNothingStays() throws InterruptedException {
        var writes = new HeldWrite("/services/thumbnails");
        cluster.startOperator(cluster.config(), writes);
        cluster.apply("thumbnails", "{}");
        cluster.awaitReconciled("thumbnails");
        awaitThat(() -> assertThat(desired()).isEqualTo(1));

        writes.hold();
        cluster.admin()
                .services()
                .inNamespace(cluster.namespace())
                .withName("thumbnails")
                .edit(service -> {
                    service.getSpec().getPorts().getFirst().setTargetPort(new IntOrString("other"));
                    return service;
                });
        writes.awaitHeld();
        delete();
        // What the operator is told later, it was told after the deletion.
        cluster.apply("later", "{}");
        cluster.awaitReconciled("later");
        writes.release();

        await().atMost(Duration.ofSeconds(60)).during(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(desired())
                .isNull());
    }

    @Test
    void thatThereIsNoMorePoolToWriteAStatusToIsNoTrouble() throws InterruptedException {
        var writes = new HeldWrite("/workerpools/thumbnails/status");
        cluster.startOperator(cluster.config(), writes);
        cluster.apply("thumbnails", "{}");
        cluster.awaitReconciled("thumbnails");
        var complaints = new Complaints();

        LOG.addHandler(complaints);
        try {
            writes.hold();
            cluster.apply("thumbnails", "{threads: 3}");
            writes.awaitHeld();
            delete();
            writes.release();
            cluster.apply("later", "{}");
            cluster.awaitReconciled("later");
        } finally {
            LOG.removeHandler(complaints);
        }

        assertThat(complaints.texts).isEmpty();
    }

    @Test
    void ofAPoolThatIsDeletedNothingStaysInTheMetrics() {
        cluster.startOperator();
        cluster.apply("thumbnails", "{}");
        cluster.awaitReconciled("thumbnails");
        // The gauges follow the status by a step: they are set at the end of the pass that wrote it.
        awaitThat(() -> assertThat(cluster.metric("workerpool_pool_replicas", "thumbnails"))
                .isNotNull());

        cluster.admin()
                .resources(WorkerPool.class)
                .inNamespace(cluster.namespace())
                .withName("thumbnails")
                .delete();

        awaitThat(() -> {
            assertThat(cluster.pool("thumbnails")).isNull();
            assertThat(cluster.metric("workerpool_pool_replicas", "thumbnails")).isNull();
        });
    }

    @Test
    void anOperatorThatLeadsAgainShowsWhatIsNow() {
        cluster.startOperator();
        cluster.apply("thumbnails", "{replicas: 1}");
        awaitThat(() -> assertThat(desired()).isEqualTo(1));

        cluster.stopOperator();
        assertThat(desired()).isNull();
        cluster.startOperator();
        cluster.apply("thumbnails", "{replicas: 3}");

        awaitThat(() -> assertThat(desired()).isEqualTo(3));
        // The framework's own, too, which the registry holds weakly.
        System.gc();
        cluster.apply("later", "{}");
        awaitThat(() -> assertThat(cluster.frameworkGauge("custom_resources")).isEqualTo(2));
        assertThat(cluster.frameworkGauge("reconciliations_active")).isNotNaN();
        assertThat(cluster.frameworkGauge("reconciliations_queue")).isNotNaN();
    }

    private void delete() {
        cluster.admin()
                .resources(WorkerPool.class)
                .inNamespace(cluster.namespace())
                .withName("thumbnails")
                .delete();
    }

    private Double desired() {
        return cluster.metric("workerpool_pool_desired_replicas", "thumbnails");
    }

    /** What the framework warns of. */
    private static final class Complaints extends Handler {

        private final Queue<String> texts = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                texts.add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    /** Holds up the next write to one path. */
    private static final class HeldWrite implements Interceptor {

        private final String path;
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private volatile boolean holds;

        private HeldWrite(String path) {
            this.path = path;
        }

        private void hold() {
            holds = true;
        }

        private void awaitHeld() throws InterruptedException {
            assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
        }

        private void release() {
            released.countDown();
        }

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            if (holds
                    && !request.method().equals("GET")
                    && request.uri().getPath().endsWith(path)) {
                held.countDown();
                try {
                    assertThat(released.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
