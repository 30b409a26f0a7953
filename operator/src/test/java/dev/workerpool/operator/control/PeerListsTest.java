package dev.workerpool.operator.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.workerpool.api.v1alpha1.WorkerPool;
import dev.workerpool.operator.status.Pods;
import dev.workerpool.operator.status.Replica;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerListsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T10:00:00Z");

    @TempDir
    private Path folder;

    private ControlKey key;
    private PeerLists lists;

    @BeforeEach
    void haveAKey() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
                -----END PRIVATE KEY-----
                """);
        key = new ControlKey(Optional.of(file));
        lists = new PeerLists(key, at(NOW));
    }

    private static Clock at(Instant instant) {
        return Clock.fixed(instant, ZoneOffset.UTC);
    }

    private static WorkerPool pool(String uid) {
        var pool = new WorkerPool();
        pool.setMetadata(new ObjectMetaBuilder()
                .withName("thumbnails")
                .withNamespace("images")
                .withUid(uid)
                .build());
        return pool;
    }

    private static Replica ready(String name, String address) {
        return at(address, Pods.pod(name, true, 0, Pods.RUNNING));
    }

    private static Replica at(String address, Pod pod) {
        pod.getStatus().setPodIP(address);
        return new Replica(pod);
    }

    private JsonNode peers(PeerLists from, Replica... replicas) {
        return new ObjectMapper()
                .valueToTree(from.section(pool("uid-1"), List.of(replicas)))
                .path("peers");
    }

    @Test
    void tellsWhoIsReadyAndWhere() {
        JsonNode peers = peers(
                lists,
                ready("b", "fd00::2"),
                ready("a", "10.0.0.1"),
                at("10.0.0.3", Pods.pod("unready", false, 0, Pods.RUNNING)));

        assertThat(peers.path("replicas").toString())
                .contains("\"10.0.0.1:8000\"", "\"[fd00::2]:8000\"")
                .doesNotContain("unready");
        assertThat(peers.at("/replicas/0/replica").asText()).isEqualTo("a");
        assertThat(peers.at("/replicas/1/replica").asText()).isEqualTo("b");
        assertThat(peers.path("version").asLong()).isEqualTo(NOW.toEpochMilli());
        assertThat(peers.path("token").asText()).matches("[A-Za-z0-9_-]{43}");
    }

    @Test
    void keepsAReplicaThatDrainsWhileItsWorkerRuns() {
        Pod draining = Pods.pod("b", true, 0, Pods.RUNNING);
        draining.getMetadata().setDeletionTimestamp("2026-01-01T12:00:00Z");

        assertThat(peers(lists, ready("a", "10.0.0.1"), at("10.0.0.2", draining))
                        .path("replicas"))
                .hasSize(2);
        assertThat(peers(lists, ready("a", "10.0.0.1"), Pods.left("b")).path("replicas"))
                .hasSize(1);
    }

    @Test
    void aReplicaOnALostNodeIsNobodysPeer() {
        Pod lost = Pods.pod("b", true, 0, Pods.RUNNING);
        lost.getMetadata().setDeletionTimestamp("2026-01-01T09:59:30Z");

        JsonNode peers = peers(lists, ready("a", "10.0.0.1"), at("10.0.0.2", lost), ready("c", "10.0.0.3"));

        assertThat(peers.path("replicas")).hasSize(2);
        assertThat(peers.at("/replicas/1/replica").asText()).isEqualTo("c");
    }

    @Test
    void tellsALoneReplicaNothingUntilItHasHadPeers() {
        assertThat(lists.section(pool("uid-1"), List.of(ready("a", "10.0.0.1"))))
                .isEmpty();

        peers(lists, ready("a", "10.0.0.1"), ready("b", "10.0.0.2"));
        assertThat(peers(lists, ready("a", "10.0.0.1")).path("replicas")).hasSize(1);
    }

    @Test
    void countsTheVersionUpOnlyWhenSomethingChanges() {
        long first = peers(lists, ready("a", "10.0.0.1"), ready("b", "10.0.0.2"))
                .path("version")
                .asLong();
        assertThat(peers(lists, ready("b", "10.0.0.2"), ready("a", "10.0.0.1"))
                        .path("version")
                        .asLong())
                .isEqualTo(first);
        assertThat(peers(lists, ready("a", "10.0.0.1"), ready("b", "10.0.0.9"))
                        .path("version")
                        .asLong())
                .isEqualTo(first + 1);
    }

    @Test
    void goesOnFromALaterVersionThatAReplicaKnows() {
        JsonNode first = peers(lists, ready("a", "10.0.0.1"), ready("b", "10.0.0.2"));
        long later = NOW.plusSeconds(3600).toEpochMilli();

        lists.outbid("uid-1", later);
        lists.outbid("uid-1", later - 1);
        lists.outbid("uid-1", Long.MAX_VALUE);
        lists.outbid("unknown", later);

        JsonNode told = peers(lists, ready("a", "10.0.0.1"), ready("b", "10.0.0.2"));
        assertThat(told.path("version").asLong()).isEqualTo(later + 1);
        assertThat(told.path("replicas")).isEqualTo(first.path("replicas"));
        assertThat(told.path("token")).isEqualTo(first.path("token"));
        assertThat(peers(lists, ready("a", "10.0.0.1")).path("version").asLong())
                .isEqualTo(later + 2);
    }

    @Test
    void theNextLeaderHasTheSameTokenAndALaterVersion() {
        JsonNode before = peers(lists, ready("a", "10.0.0.1"), ready("b", "10.0.0.2"));
        var next = new PeerLists(key, at(NOW.plusSeconds(60)));
        JsonNode after = peers(next, ready("a", "10.0.0.1"), ready("b", "10.0.0.2"));

        assertThat(after.path("token")).isEqualTo(before.path("token"));
        assertThat(after.path("version").asLong())
                .isGreaterThan(before.path("version").asLong());
        var other = next.section(pool("uid-2"), List.of(ready("a", "10.0.0.1"), ready("b", "10.0.0.2")));
        assertThat(other.toString()).doesNotContain(before.path("token").asText());
    }

    @Test
    void tellsNothingWithoutAKey() {
        var keyless = new PeerLists(new ControlKey(Optional.empty()), at(NOW));

        assertThat(keyless.section(pool("uid-1"), List.of(ready("a", "10.0.0.1"), ready("b", "10.0.0.2"))))
                .isEmpty();
    }
}
