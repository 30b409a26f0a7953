package dev.workerpool.worker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.workerpool.worker.control.MessageSection;
import dev.workerpool.worker.peers.Peers;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The field {@code peers}. A list of a lower version than the one in force is older news and changes nothing, so the answer
 * tells the version: a sender whose clock was put back learns that it has to count on from there.
 */
record PeersSection(Peers peers) implements MessageSection {
    @Override
    public Runnable read(JsonNode value, BiConsumer<String, String> complaint) {
        return peers.read(value, complaint);
    }

    @Override
    public Object inForce() {
        return Map.of("version", peers.version());
    }
}
