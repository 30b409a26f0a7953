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
class ProcessCallRewriterTest {
    private static final String LOOKUP = "var l = java.lang.invoke.MethodHandles.lookup();"
            + " var exit = java.lang.invoke.MethodType.methodType(void.class, int.class);";

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
        TaskJars.jar().taskClass("Exit", """
                        @TaskType("exit")
                        public class Exit implements Task<String, String> {
                            private static String secret(String a, int b) { return a + b; }
                            public String run(String input, TaskContext context) throws Exception {
                                try { if (input != null) { %s } }
                                catch (Exception | Error e) { throw e; }
                                catch (Throwable e) { throw new AssertionError(e); }
                                return null;
                            }
                        }
                        """.formatted(body)).writeTo(folder.resolve("exit.jar"));
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
                "System.class.getMethod(\"exit\", int.class).invoke(null, 7);",
                "Runtime.class.getMethod(\"halt\", int.class).invoke(Runtime.getRuntime(), 7);",
                LOOKUP + "l.findStatic(System.class, \"exit\", exit).invokeWithArguments(7);",
                LOOKUP + "l.findVirtual(Runtime.class, \"halt\", exit).invokeWithArguments(Runtime.getRuntime(), 7);",
                LOOKUP + "l.bind(Runtime.getRuntime(), \"exit\", exit).invokeWithArguments(7);",
                LOOKUP + "l.unreflect(System.class.getMethod(\"exit\", int.class)).invokeWithArguments(7);",
                LOOKUP
                        + "l.unreflect(Runtime.class.getMethod(\"exit\", int.class)).invokeWithArguments(Runtime.getRuntime(), 7);",
                "for (Object o : List.of(1, \"a\")) { switch (o) { case String s -> System.exit(7); default -> {} } }",
            })
    void endsTheThreadHoweverExitIsCalled(String exit) {
        assertThatThrownBy(() -> run(exit + " return \"still here\";"))
                .isInstanceOf(ThreadExit.class)
                .hasMessage("Worker stopped with exit code 7");
        assertThat(exits).containsExactly(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "var m = Exit.class.getDeclaredMethod(\"secret\", String.class, int.class); return (String) m.invoke(null, \"a\", 1);",
                LOOKUP
                        + "return (String) l.findStatic(Exit.class, \"secret\", java.lang.invoke.MethodType.methodType(String.class, String.class, int.class)).invokeWithArguments(\"a\", 1);",
                LOOKUP
                        + "return (String) l.bind(\"a\", \"concat\", java.lang.invoke.MethodType.methodType(String.class, String.class)).invokeWithArguments(\"1\");",
            })
    void leavesOtherReflectionWithItsRights(String reflects) throws Exception {
        assertThat(run(reflects)).isEqualTo("a1");
        assertThat(exits).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "System.setOut(null);",
                "System.setErr(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));",
                "System.setIn(java.io.InputStream.nullInputStream());",
                "java.util.function.Consumer<java.io.PrintStream> f = System::setOut; f.accept(null);",
            })
    void refusesToChangeTheStreamsOfAllRuns(String change) {
        var before = List.of(System.out, System.err, System.in);

        assertThatThrownBy(() -> run(change + " return \"\";"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("System.in, out and err are those of all runs");
        assertThat(List.of(System.out, System.err, System.in)).isEqualTo(before);
    }

    @Test
    void tellsTheHostEvenWhenTaskCodeSwallowsTheError() throws Exception {
        assertThat(run("try { System.exit(3); } catch (Throwable t) { } return \"swallowed\";"))
                .isEqualTo("swallowed");
        assertThat(exits).containsExactly(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Thread t = new Thread(() -> System.exit(4)); t.setUncaughtExceptionHandler((a, b) -> {}); t.start(); t.join();",
                "Thread t = Thread.ofPlatform().inheritInheritableThreadLocals(false).unstarted(() -> System.exit(4));"
                        + " t.setUncaughtExceptionHandler((a, b) -> {}); t.start(); t.join();",
                "Thread t = new Thread(() -> System.exit(4)); t.setUncaughtExceptionHandler((a, b) -> {});"
                        + " List.of(t).forEach(Thread::start); t.join();",
                "try { CompletableFuture.supplyAsync(() -> 4).thenAcceptAsync(System::exit).join(); } catch (CompletionException e) { }",
            })
    void tellsTheHostOfThreadsThatTaskCodeStarted(String body) throws Exception {
        run(body + " return \"\";");

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
