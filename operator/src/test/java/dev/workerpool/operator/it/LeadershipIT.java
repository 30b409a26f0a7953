package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import dev.workerpool.operator.runtime.Candidate;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Two operators, one writer. */
@Isolated("Measures how long a takeover takes")
@ExtendWith(ApiServer.class)
class LeadershipIT {

    private Cluster cluster;
    private Candidate first;
    private Candidate second;

    @BeforeEach
    void makeCluster(ApiServer.Running server) {
        cluster = new Cluster(server);
    }

    @AfterEach
    void closeCluster() {
        if (first != null) {
            first.close();
        }
        if (second != null) {
            second.close();
        }
        cluster.close();
    }

    @Test
    void theSecondTakesOverAtOnceWhenTheFirstStops() {
        first = start("first", cluster.config());
        awaitThat(() -> assertThat(holder()).isEqualTo("first"));
        second = start("second", cluster.config());
        cluster.apply("thumbnails", "{}");
        cluster.awaitReconciled("thumbnails");
        awaitThat(() -> {
            assertThat(first.isReady()).as("it leads and sees").isTrue();
            assertThat(second.isReady()).as("it stands by").isTrue();
        });
        assertThat(holder()).isEqualTo("first");

        first.close();
        first = null;

        // Given back: otherwise it would have to run out first, which takes 15 s.
        Instant stopped = Instant.now();
        awaitThat(() -> assertThat(holder()).isEqualTo("second"));
        assertThat(Duration.between(stopped, Instant.now())).isLessThan(Duration.ofSeconds(14));
        cluster.apply("later", "{}");
        cluster.awaitReconciled("later");
    }

    @Test
    void theSecondTakesOverFromAFirstThatIsCutOffAndTheFirstStandsAgain() throws Exception {
        try (var api = new FaultyApi(cluster.config())) {
            first = start("first", api.config());
            awaitThat(() -> assertThat(holder()).isEqualTo("first"));
            second = start("second", cluster.config());

            api.goAway();
            awaitThat(() -> assertThat(holder()).isEqualTo("second"));
            awaitThat(() -> assertThat(first.isReady()).as("it stands by").isTrue());

            api.recover();
            second.close();
            second = null;
            awaitThat(() -> assertThat(holder()).isEqualTo("first"));
            cluster.apply("thumbnails", "{}");
            cluster.awaitReconciled("thumbnails");
        }
    }

    /** Helm's hook, applied as a plain object, makes one before any operator is there. */
    @Test
    void leadsOverALeaseThatSaysNothing() {
        cluster.admin()
                .resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("workerpool-operator")
                        .withNamespace(cluster.namespace())
                        .endMetadata()
                        .build())
                .create();

        first = start("first", cluster.config());

        awaitThat(() -> assertThat(holder()).isEqualTo("first"));
        cluster.apply("thumbnails", "{}");
        cluster.awaitReconciled("thumbnails");
    }

    private String holder() {
        var lease = cluster.admin()
                .leases()
                .inNamespace(cluster.namespace())
                .withName("workerpool-operator")
                .get();
        return lease == null ? null : lease.getSpec().getHolderIdentity();
    }

    private Candidate start(String name, Config config) {
        var candidate = new Candidate(
                config,
                new TestSettings(cluster.namespace(), name, true),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        candidate.start();
        return candidate;
    }
}
