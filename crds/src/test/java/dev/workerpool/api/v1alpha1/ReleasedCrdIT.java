package dev.workerpool.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.workerpool.apiserver.ApiServer;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pools that were stored under the last release's CRD, after an upgrade to this one. */
@ExtendWith(ApiServer.class)
class ReleasedCrdIT {

    private static final ObjectMapper YAML = new YAMLMapper();

    private static final String POOLS = "/apis/workerpool.dev/v1alpha1/namespaces/released/workerpools";

    @Test
    void readBackTheSameAndCanBeWrittenAgain(ApiServer.Running server) throws IOException {
        server.client()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("released")
                        .endMetadata()
                        .build())
                .create();
        Map<String, JsonNode> stored = new LinkedHashMap<>();
        server.install(ReleasedCrdTest.RELEASED);
        try {
            List<ObjectNode> pools = SchemaIT.goodPools();
            for (ObjectNode pool : pools) {
                String name = "pool-" + stored.size();
                ((ObjectNode) pool.get("metadata")).put("name", name).put("namespace", "released");
                stored.put(name, YAML.readTree(server.client().raw(POOLS, "POST", pool)));
            }
        } finally {
            server.install(ApiServer.CRD);
        }

        assertThat(stored).isNotEmpty();
        for (var pool : stored.entrySet()) {
            String path = POOLS + "/" + pool.getKey();
            assertThat(YAML.readTree(server.client().raw(path))).isEqualTo(pool.getValue());
            assertThat(YAML.readTree(server.client().raw(path + "?dryRun=All", "PUT", pool.getValue()))
                            .get("spec"))
                    .isEqualTo(pool.getValue().get("spec"));
        }
    }
}
