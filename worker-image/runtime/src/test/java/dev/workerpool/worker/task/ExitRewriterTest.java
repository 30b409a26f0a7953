package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.worker.TaskJars;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** If the rewriting fails, these tests end the JVM they run in, which no build takes for success. */
class ExitRewriterTest {
    @TempDir
    Path folder;

    private final TestHost host = new TestHost();
    private final List<Integer> exits = host.exits;

    @BeforeEach
    void answerForThisThread() {
        host.enter();
    }

    @AfterEach
    void leaveThisThread() {
        TaskHooks.enter(null);
    }

    private String run(String body) throws Exception {
        TaskJars.jar().task("Exit", "String", "String", body).writeTo(folder.resolve("exit.jar"));
        TaskCatalog catalog = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        assertThat(catalog.artifacts()).extracting(Artifact::state).containsExactly(Artifact.State.LOADED);
        return TaskCatalogTest.run(catalog.forThread(), catalog, "exit", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "System.exit(7);",
                "Runtime.getRuntime().exit(7);",
                "Runtime.getRuntime().halt(7);",
                "java.util.function.IntConsumer f = System::exit; f.accept(7);",
                "java.util.function.IntConsumer f = Runtime.getRuntime()::halt; f.accept(7);",
                "java.util.function.ObjIntConsumer<Runtime> f = Runtime::exit; f.accept(Runtime.getRuntime(), 7);",
                "Runnable r = () -> System.exit(7); r.run();",
                "for (Object o : List.of(1, \"a\")) { switch (o) { case String s -> System.exit(7); default -> {} } }",
            })
    void endsTheThreadHoweverExitIsCalled(String exit) {
        assertThatThrownBy(() -> run(exit + " return \"still here\";"))
                .isInstanceOf(ThreadExit.class)
                .hasMessage("Worker stopped with exit code 7");
        assertThat(exits).containsExactly(7);
    }

    @Test
    void tellsTheHostEvenWhenTaskCodeSwallowsTheError() throws Exception {
        assertThat(run("try { System.exit(3); } catch (Throwable t) { } return \"swallowed\";"))
                .isEqualTo("swallowed");
        assertThat(exits).containsExactly(3);
    }

    @Test
    void tellsTheHostOfThreadsThatTaskCodeStarted() throws Exception {
        String body = "Thread t = new Thread(() -> System.exit(4)); t.setUncaughtExceptionHandler((a, b) -> {});"
                + " t.start(); t.join(); return \"\";";

        run(body);

        assertThat(exits).containsExactly(4);
    }

    @Test
    void leavesMethodsAloneThatAreOnlyNamedExit() throws Exception {
        TaskJars.jar()
                .source("sample.Door", "package sample; public class Door { public static void exit(int n) {} }")
                .task("Exit", "String", "String", "Door.exit(1); return \"through\";")
                .writeTo(folder.resolve("exit.jar"));
        TaskCatalog catalog = TaskCatalog.load(List.of(folder), Isolation.SHARED);

        assertThat(TaskCatalogTest.run(catalog.forThread(), catalog, "exit", ""))
                .isEqualTo("through");
        assertThat(exits).isEmpty();
    }
}
