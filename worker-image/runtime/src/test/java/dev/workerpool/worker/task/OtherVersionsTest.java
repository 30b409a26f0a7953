package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.TaskJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task jar with the very libraries of the worker, woven, in versions that the worker could not run with. */
class OtherVersionsTest {
    private static final Path LIBRARIES = Path.of("target/other-versions");

    @TempDir
    Path folder;

    private TaskCatalog catalog;

    @BeforeEach
    void load() throws IOException {
        TaskJars jar = TaskJars.jar()
                .taskClass("Jackson", """
                        @TaskType("jackson")
                        public class Jackson implements Task<Jackson.Input, String> {
                            public record Input(String name) {}
                            public static class Renamed {
                                @com.fasterxml.jackson.annotation.JsonProperty("renamed") public String name;
                            }
                            public String run(Input input, TaskContext context) throws Exception {
                                var json = new com.fasterxml.jackson.databind.ObjectMapper();
                                var renamed = new Renamed();
                                renamed.name = input.name();
                                return json.version() + " " + json.writeValueAsString(renamed);
                            }
                        }
                        """)
                .task(
                        "Netty",
                        "String",
                        "String",
                        "var buffer = io.netty.buffer.Unpooled.copiedBuffer(input, java.nio.charset.StandardCharsets.UTF_8);"
                                + " try { return buffer.readableBytes() + \" \" + Class.forName(\"io.netty.buffer.ByteBuf\")"
                                + ".getClassLoader().getName(); } finally { buffer.release(); }")
                .task(
                        "Metrics",
                        "String",
                        "String",
                        "var counter = io.prometheus.client.Counter.build(\"c\", \"help\").create(); counter.inc(2);"
                                + " return \"\" + counter.get();");
        try (Stream<Path> libraries = Files.list(LIBRARIES)) {
            libraries.forEach(jar::library);
        }
        jar.writeTo(folder.resolve("old.jar"));
        TaskJars.jar().taskClass("Other", """
                        @TaskType("other")
                        public class Other implements Task<Other.Input, Other.Input> {
                            public record Input(int n) {}
                            public Input run(Input input, TaskContext context) { return input; }
                        }
                        """).writeTo(folder.resolve("other.jar"));
        Files.writeString(folder.resolve("broken.jar"), "no jar");
        catalog = TaskCatalog.load(List.of(folder), Isolation.SHARED);
    }

    private String run(String type, String input) throws Exception {
        return TaskCatalogTest.run(catalog.forThread(), catalog, type, input);
    }

    @Test
    void areUsedByTheTaskWhileTheWorkerMapsWithItsOwn() throws Exception {
        assertThat(run("jackson", "{\"name\":\"x\"}")).isEqualTo("2.13.5 {\"renamed\":\"x\"}");
        assertThat(run("netty", "abc")).isEqualTo("3 old.jar");
        assertThat(run("metrics", "")).isEqualTo("2.0");
    }

    @Test
    void leaveOtherJarsAloneAndOneThatFailsIsReported() throws Exception {
        assertThat(run("jackson", "{\"name\":\"x\"}")).startsWith("2.13.5");
        assertThat(run("other", "{\"n\":1}")).isEqualTo("{\"n\":1}");
        assertThat(catalog.artifacts())
                .extracting(Artifact::state)
                .containsExactly(Artifact.State.FAILED, Artifact.State.LOADED, Artifact.State.LOADED);
    }
}
