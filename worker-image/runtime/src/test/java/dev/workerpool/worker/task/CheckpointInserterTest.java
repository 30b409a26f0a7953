package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.TaskJars;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointInserterTest {
    @TempDir
    Path folder;

    private volatile boolean killed;

    private final TaskHost host = new TestHost() {
        @Override
        public boolean isKilled() {
            return killed;
        }
    };

    private TaskCatalog catalog(String body) {
        TaskJars.jar().taskClass("Loop", """
                        @TaskType("loop")
                        public class Loop implements Task<String, String> {
                            static final CountDownLatch STARTED = (CountDownLatch) System.getProperties().get("started");
                            static final CountDownLatch CLEANED = (CountDownLatch) System.getProperties().get("cleaned");
                            static long sink;
                            record Resource() implements AutoCloseable {
                                public void close() { CLEANED.countDown(); }
                            }
                            record Refusing() implements AutoCloseable {
                                public void close() { CLEANED.countDown(); throw new IllegalStateException(); }
                            }
                            static String check(String s) throws InvalidInputException {
                                if (s.length() > 99) throw new InvalidInputException("s", "must be short");
                                return s;
                            }
                            static Resource perhaps(boolean there) { return there ? new Resource() : null; }
                            int spins;
                            void swallow(int n) { try { if (n < 2000) swallow(n + 1); sink++; } catch (Throwable t) { sink--; } }
                            long recurse(int n) { return n == 0 ? 1 : recurse(n - 1) + recurse(n - 1); }
                            public String run(String input, TaskContext context) throws Exception {
                                STARTED.countDown();
                                %s
                            }
                        }
                        """.formatted(body)).writeTo(folder.resolve("loop.jar"));
        TaskCatalog catalog = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        assertThat(catalog.artifacts()).extracting(Artifact::reason).containsOnlyNulls();
        return catalog;
    }

    private Throwable kill(String body) throws Exception {
        return kill(body, 1);
    }

    /** @param starts how often the code has to tell of itself before it is killed */
    private Throwable kill(String body, int starts) throws Exception {
        var started = new CountDownLatch(starts);
        System.getProperties().put("started", started);
        TaskCatalog catalog = catalog(body);
        var thrown = new AtomicReference<Throwable>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            host.enter();
            try {
                TaskCatalogTest.run(catalog.forThread(), catalog, "loop", "");
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        killed = true;
        TestHost.strike(thread);
        return thrown.get();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while (true) { }",
                "for (long x = 1; ; x = x * 6364136223846793005L + 1) { if (x == 0) return \"\"; }",
                "do { sink++; } while (sink != -1); return \"\";",
                "for (int i = 0; i < 2_000_000_000; i++) for (int j = 0; j < 2_000_000_000; j++) sink += i ^ j; return \"\";",
                "double[] a = new double[1 << 20]; while (true) { for (int i = 0; i < a.length; i++) a[i] = a[i] * 2 + 1; }",
                "return \"\" + recurse(60);",
                "outer: while (true) { switch ((int) (sink++ & 3)) { case 0: continue outer; case 1: break; default: continue; } }",
                "while (true) { try { recurse(10); } catch (Throwable t) { } }",
                "while (true) { try { throw new Error(); } catch (Error e) { } }",
                "while (true) { try { while (true) { } } catch (Throwable t) { } finally { sink++; } }",
                "while (true) { try { while (true) { } } finally { continue; } }",
                "while (true) { try (var r = perhaps(false)) { while (true) sink++; } catch (Throwable t) { sink--; } }",
                "while (true) { var r = new Thread(); try { while (true) sink++; } catch (Throwable t) { r.interrupt(); } }",
                "while (true) { AutoCloseable r = String::new; try { while (true) sink++; } catch (Throwable t) { r.close(); } }",
                "try { while (true) sink++; } catch (Throwable t) { sink--; } return \"\";",
                "try { String s = check(input); sink += s.length(); } catch (InvalidInputException e) { sink--; } while (true) sink++;",
                "Object o = input.isEmpty() ? new InvalidInputException(\"a\", \"b\") : input; while (o != null) sink++; return \"\";",
                "synchronized (this) { while (true) { synchronized (STARTED) { sink++; } } }",
                "java.util.stream.LongStream.iterate(0, x -> x + 1).forEach(x -> sink += x); return \"\";",
                "Runnable r = () -> { while (true) { } }; r.run(); return \"\";",
                "List<Integer> l = new ArrayList<>(List.of(3, 1, 2)); while (true) l.sort((a, b) -> a - b);",
                "new Random().ints().map(x -> x | 1).forEach(x -> sink += x); return \"\";",
                "var p = (Runnable) java.lang.reflect.Proxy.newProxyInstance(getClass().getClassLoader(),"
                        + " new Class<?>[] {Runnable.class}, (o, m, a) -> { while (true) { } }); p.run(); return \"\";",
                "swallow(0); while (true) { swallow(0); }",
                "var l = new java.util.concurrent.locks.ReentrantLock(); l.lock(); try { while (true) { } } finally { l.unlock(); }",
                "Iterator<Integer> it = new Iterator<>() { public boolean hasNext() { return true; } public Integer next() { return 1; } };"
                        + " it.forEachRemaining(x -> sink += x); return \"\";",
                "byte[][] a = new byte[64][1 << 20]; while (true) for (byte[] b : a) Arrays.fill(b, (byte) sink++);",
                "while (true) { try { Thread.sleep(10); } catch (InterruptedException e) { } }",
                "for (long[] a = new long[1024]; ; ) for (int i = 0; i < a.length; i++) a[i] += a[a.length - 1 - i];",
                "char[] c = new char[100]; while (true) for (char x : c) switch (x) { case 0 -> sink++; case 1 -> sink--; default -> { } }",
            })
    void killsWhateverTheCodeDoes(String body) throws Exception {
        assertThat(kill(body)).isInstanceOf(TaskKilled.class);
    }

    @Test
    void releasesMonitorsAndRunsFinally() throws Exception {
        var cleaned = new CountDownLatch(1);
        System.getProperties().put("cleaned", cleaned);

        kill("synchronized (STARTED) { try { while (true) { } } finally { CLEANED.countDown(); } }");

        assertThat(cleaned.getCount()).isZero();
        synchronized (System.getProperties().get("started")) {
            assertThat(Thread.holdsLock(System.getProperties().get("started"))).isTrue();
        }
    }

    /** First how many are open. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | try (var r = new Resource()) { spin }",
                "1 | try (var r = perhaps(true)) { spin }",
                "1 | var r = perhaps(true); try (r) { spin }",
                "1 | try (AutoCloseable r = CLEANED::countDown) { spin }",
                "2 | try (var r = new Resource(); var s = perhaps(true)) { spin }",
                "2 | try (var r = new Resource(); var none = perhaps(false); var s = new Resource()) { spin }",
                "2 | try (var r = new Resource(); var s = new Refusing()) { spin }",
                "2 | try (var r = new Resource()) { try (var s = new Resource()) { spin } finally { sink--; } }",
                "1 | try (var r = new Resource()) { spin } catch (RuntimeException e) { sink--; } finally { sink++; } return \"\";",
                "2 | try (var r = new Resource()) { spin } catch (Throwable t) { sink--; } finally { CLEANED.countDown(); } return \"\";",
                "1 | var r = new Resource(); try { spin } catch (Throwable t) { r.close(); throw t; }",
                "1 | var r = new Resource(); Throwable p = null; try { spin } catch (Throwable t) { p = t; throw t; }"
                        + " finally { if (p == null) r.close(); else try { r.close(); } catch (Throwable x) { p.addSuppressed(x); } }",
            })
    void closesResources(int open, String body) throws Exception {
        var cleaned = new CountDownLatch(open);
        System.getProperties().put("cleaned", cleaned);

        // Before all are open it must not die.
        assertThat(kill(body.replace("spin", "STARTED.countDown(); while (true) sink++;"), 2))
                .isInstanceOf(TaskKilled.class);

        assertThat(cleaned.getCount()).isZero();
    }

    @Test
    void leavesCodeAloneThatIsNotToDie() throws Exception {
        System.getProperties().put("started", new CountDownLatch(1));
        host.enter();
        var checkpoints = new Checkpoints();
        checkpoints.armAll();
        try {
            TaskCatalog catalog = catalog("for (int i = 0; i < 1000; i++) sink++; return \"\" + recurse(5);");

            assertThat(TaskCatalogTest.run(catalog.forThread(), catalog, "loop", ""))
                    .isEqualTo("32");
        } finally {
            checkpoints.disarm();
            TaskHooks.enter(null);
        }
    }

    @Test
    void loadsClassesWhoseRelativesAreMissingWithoutCheckpoints() throws Exception {
        TaskJars.jar()
                .source("sample.Round", "package sample; public class Round {}")
                .source("sample.Square", "package sample; public class Square {}")
                .task(
                        "Optional",
                        "String",
                        "String",
                        "Object s = input; if (!input.equals(\"none\"))"
                                + " s = input.equals(\"round\") ? new Round() : new Square(); return s.toString();")
                .without("sample.Round")
                .without("sample.Square")
                .writeTo(folder.resolve("optional.jar"));
        TaskCatalog catalog = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        assertThat(catalog.artifacts()).extracting(Artifact::reason).containsOnlyNulls();

        assertThat(TaskCatalogTest.run(catalog.forThread(), catalog, "optional", "none"))
                .isEqualTo("none");
    }
}
