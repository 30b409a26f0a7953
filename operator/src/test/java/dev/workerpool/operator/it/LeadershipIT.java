package dev.workerpool.operator.it;

import static dev.workerpool.operator.it.Cluster.awaitThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.apiserver.ApiServer;
import dev.workerpool.operator.runtime.Candidate;
import dev.workerpool.operator.runtime.Settings;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two operators, one writer. */
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

        var seen = new CopyOnWriteArrayList<String>();
        try (var lease = lease().watch(new HolderWatch(seen))) {
            first.close();
            first = null;
            awaitThat(() -> assertThat(seen).contains("second"));
        }

        assertThat(seen).as("given back, not left to run out").containsSubsequence("first", "nobody", "second");
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

    private Resource<Lease> lease() {
        return cluster.admin().leases().inNamespace(cluster.namespace()).withName("workerpool-operator");
    }

    private String holder() {
        Lease lease = lease().get();
        return lease == null ? null : holder(lease);
    }

    private static String holder(Lease lease) {
        String holder = lease.getSpec().getHolderIdentity();
        return holder == null || holder.isEmpty() ? "nobody" : holder;
    }

    private record HolderWatch(List<String> seen) implements Watcher<Lease> {

        @Override
        public void eventReceived(Action action, Lease lease) {
            seen.add(holder(lease));
        }

        @Override
        public void onClose(WatcherException cause) {
            seen.add("watch broke: " + cause);
        }
    }

    private Candidate start(String name, Config config) {
        var candidate = new Candidate(config, new TestSettings(cluster.namespace(), name), new SimpleMeterRegistry());
        candidate.start();
        return candidate;
    }

    private record TestSettings(String operatorNamespace, String operatorPod) implements Settings {

        @Override
        public String workerImage() {
            return Cluster.RELEASE.workerImage();
        }

        @Override
        public Optional<Set<String>> watchNamespaces() {
            return Optional.of(Set.of(operatorNamespace));
        }

        @Override
        public boolean leaderElection() {
            return true;
        }
    }
}
