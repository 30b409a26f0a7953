package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.workerpool.worker.TaskJars;
import java.lang.classfile.AccessFlags;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.MethodBuilder;
import java.lang.classfile.MethodElement;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes that come in other ways than usual: each spins, and has to die. */
class TaskWeaverTest {
    private static final String SPINS =
            "package sample; public class Other implements Runnable { static long sink; public void run() { while (true) sink++; } }";
    private static final String BYTES =
            "byte[] b = getClass().getResourceAsStream(\"/sample/Other.class\").readAllBytes();";

    @TempDir
    Path folder;

    private final CountDownLatch started = new CountDownLatch(1);
    private volatile boolean killed;

    private TaskJars jar(String body) {
        System.getProperties().put("started", started);
        return TaskJars.jar()
                .source("sample.Other", SPINS)
                .source("sample.Child", """
                        package sample;
                        public class Child extends ClassLoader {
                            public Child(ClassLoader parent) { super(parent); }
                            public Class<?> define(String name, byte[] b) {
                                byte[] padded = new byte[b.length + 9];
                                System.arraycopy(b, 0, padded, 5, b.length);
                                return defineClass(name, padded, 5, b.length);
                            }
                            public Class<?> defineIn(byte[] b, java.security.ProtectionDomain domain) {
                                return defineClass(null, b, 0, b.length, domain);
                            }
                            @SuppressWarnings("deprecation")
                            public Class<?> defineUnnamed(byte[] b) { return defineClass(b, 0, b.length); }
                            public Class<?> defineBuffered(java.nio.ByteBuffer b) {
                                return super.defineClass("sample.Other", b, (java.security.ProtectionDomain) null);
                            }
                        }
                        """)
                .source("sample.Secure", """
                        package sample;
                        public class Secure extends java.security.SecureClassLoader {
                            public Secure(ClassLoader parent) { super(parent); }
                            public Class<?> define(byte[] b) {
                                return defineClass("sample.Other", b, 0, b.length, (java.security.CodeSource) null);
                            }
                            public Class<?> defineBuffered(java.nio.ByteBuffer b) {
                                return defineClass("sample.Other", b, (java.security.CodeSource) null);
                            }
                        }
                        """)
                .task(
                        "Spin",
                        "String",
                        "String",
                        "((CountDownLatch) System.getProperties().get(\"started\")).countDown(); " + body
                                + " return input;");
    }

    private Throwable kill() throws Exception {
        TaskCatalog catalog = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        assertThat(catalog.artifacts()).extracting(Artifact::reason).containsOnlyNulls();
        var thrown = new AtomicReference<Throwable>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            new TestHost() {
                @Override
                public boolean isKilled() {
                    return killed;
                }
            }.enter();
            try {
                TaskCatalogTest.run(catalog.forThread(), catalog, "spin", "");
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        killed = true;
        TestHost.strike(thread);
        // Reflection wraps whatever a constructor throws.
        return thrown.get() instanceof InvocationTargetException wrapped ? wrapped.getCause() : thrown.get();
    }

    /** From Java 1.2, 1.4, 5 and 6, which have no invokedynamic, and 7, which has. */
    @ParameterizedTest
    @ValueSource(ints = {46, 48, 49, 50, 51})
    void killsWhatOldClassFilesDo(int version) throws Exception {
        Path jar = jar("new Other().run();").writeTo(folder.resolve("old.jar"));
        try (var files = FileSystems.newFileSystem(jar)) {
            Path other = files.getPath("sample/Other.class");
            byte[] bytes = Files.readAllBytes(other);
            bytes[7] = (byte) version;
            Files.write(other, bytes);
        }

        assertThat(kill()).isInstanceOf(TaskKilled.class);
    }

    /** In javac 9 and 10 that is done by a method of the class's own. */
    @Test
    void closesTheResourcesOfClassesThatJavac9Made() throws Exception {
        var closed = new CountDownLatch(1);
        System.getProperties().put("closed", closed);
        Path jar = jar("Nine.spin(" + TaskJars.gate("closed") + "::countDown);")
                .source("sample.Nine", """
                        package sample;
                        public class Nine {
                            static long sink;
                            private static void $closeResource(Throwable t, AutoCloseable r) throws Exception {
                                if (t != null) { try { r.close(); } catch (Throwable x) { t.addSuppressed(x); } }
                                else r.close();
                            }
                            public static void spin(AutoCloseable r) throws Exception {
                                Throwable primary = null;
                                try { while (true) sink++; }
                                catch (Throwable t) { primary = t; throw t; }
                                finally { $closeResource(primary, r); }
                            }
                        }
                        """)
                .writeTo(folder.resolve("nine.jar"));
        try (var files = FileSystems.newFileSystem(jar)) {
            Path nine = files.getPath("sample/Nine.class");
            ClassFile format = ClassFile.of();
            Files.write(nine, format.transformClass(format.parse(nine), (builder, element) -> {
                if (element instanceof MethodModel method && method.methodName().equalsString("$closeResource")) {
                    builder.transformMethod(method, TaskWeaverTest::asSynthetic);
                } else {
                    builder.with(element);
                }
            }));
        }

        assertThat(kill()).isInstanceOf(TaskKilled.class);
        assertThat(closed.getCount()).isZero();
    }

    private static void asSynthetic(MethodBuilder method, MethodElement element) {
        if (element instanceof AccessFlags flags) {
            method.withFlags(flags.flagsMask() | ClassFile.ACC_SYNTHETIC);
        } else {
            method.with(element);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "var l = java.lang.invoke.MethodHandles.lookup().defineHiddenClass(b, true);"
                        + " ((Runnable) l.lookupClass().getConstructor().newInstance()).run();",
                "var l = java.lang.invoke.MethodHandles.lookup().defineHiddenClassWithClassData(b, 1, true);"
                        + " ((Runnable) l.lookupClass().getConstructor().newInstance()).run();",
                "((Runnable) java.lang.invoke.MethodHandles.lookup().defineClass(b).getConstructor().newInstance()).run();",
                "((Runnable) new Child(getClass().getClassLoader()).define(\"sample.Other\", b).getConstructor().newInstance()).run();",
                "((Runnable) new Child(getClass().getClassLoader()).defineIn(b, null).getConstructor().newInstance()).run();",
                "((Runnable) new Child(getClass().getClassLoader()).defineUnnamed(b).getConstructor().newInstance()).run();",
                "((Runnable) new Child(getClass().getClassLoader()).defineBuffered(ByteBuffer.wrap(b)).getConstructor().newInstance()).run();",
                "var d = ByteBuffer.allocateDirect(b.length + 3).position(3).put(b).position(3);"
                        + " ((Runnable) new Child(getClass().getClassLoader()).defineBuffered(d).getConstructor().newInstance()).run();",
                "((Runnable) new Secure(getClass().getClassLoader()).define(b).getConstructor().newInstance()).run();",
                "((Runnable) new Secure(getClass().getClassLoader()).defineBuffered(ByteBuffer.wrap(b)).getConstructor().newInstance()).run();",
            })
    void killsWhatClassesDoThatTaskCodeDefines(String body) throws Exception {
        jar(BYTES + body).writeTo(folder.resolve("defines.jar"));

        assertThat(kill()).isInstanceOf(TaskKilled.class);
    }

    /** Nobody but the class itself can say what it extends. */
    @Test
    void killsInAClassMadeAtRunTimeThatIsOneOfTwoThingsItself() throws Exception {
        jar("byte[] b = getClass().getResourceAsStream(\"/made\").readAllBytes();"
                        + " var l = java.lang.invoke.MethodHandles.lookup().defineHiddenClass(b, true);"
                        + " ((Runnable) l.lookupClass().getConstructor().newInstance()).run();")
                .source("sample.Made", """
                        package sample;
                        public class Made extends Thread {
                            static long sink;
                            public void run() { Object o = sink > 0 ? this : "x"; while (o != null) sink++; }
                        }
                        """)
                .writeTo(folder.resolve("made.jar"));
        try (var files = FileSystems.newFileSystem(folder.resolve("made.jar"))) {
            Files.move(files.getPath("sample/Made.class"), files.getPath("made"));
        }

        assertThat(kill()).isInstanceOf(TaskKilled.class);
    }

    @Test
    void weavesWhatManyThreadsLoadAtOnce() throws Exception {
        int classes = 400;
        int threads = 8;
        TaskJars jar = jar("");
        for (int i = 0; i < classes; i++) {
            jar.source("sample.Kind" + i, "package sample; public class Kind" + i + " extends Thread { }");
            jar.source(
                    "sample.Merging" + i,
                    "package sample; public class Merging%1$d { Object one(int n) { Object o = n > 0 ? new Kind%1$d() : n < 0 ? \"x\" : new Kind%2$d(); return o; } }"
                            .formatted(i, (i * 7 + 1) % classes));
        }
        Path path = jar.writeTo(folder.resolve("many.jar"));
        var barrier = new CyclicBarrier(threads);
        try (var loader = new TaskClassLoader(path, new TaskApiLoader());
                var executor = Executors.newFixedThreadPool(threads)) {
            var loading = IntStream.range(0, threads)
                    .mapToObj(thread -> executor.submit(() -> {
                        barrier.await();
                        for (int i = thread; i < classes; i += threads) {
                            loader.loadClass("sample.Merging" + i);
                        }
                        return null;
                    }))
                    .toList();

            for (Future<?> one : loading) {
                one.get();
            }
        }
    }

    @Test
    void tellsOfAJarOnceWhoseCodeItCannotMakeKillable() throws Exception {
        String merges =
                "package sample; public class %s { Object one(int n) { Object o = n > 0 ? new Round() : new Square(); return o; } }";
        // Of another name each time: it is once in the life of a worker.
        String name = folder.getFileName() + ".jar";
        Path path = jar("").source("sample.Round", "package sample; public class Round {}")
                .source("sample.Square", "package sample; public class Square {}")
                .source("sample.First", merges.formatted("First"))
                .source("sample.Second", merges.formatted("Second"))
                .without("sample.Round")
                .without("sample.Square")
                .writeTo(folder.resolve(name));
        var told = new ArrayList<Object>();
        Filter filter = entry -> {
            if (entry.getLevel() == Level.WARNING) {
                told.add(entry.getParameters()[0]);
            }
            return false;
        };
        Logger log = Logger.getLogger(TaskWeaver.class.getName());
        log.setFilter(filter);
        try (var loader = new TaskClassLoader(path, new TaskApiLoader())) {
            loader.loadClass("sample.First");
            loader.loadClass("sample.Second");
        } finally {
            log.setFilter(null);
        }

        assertThat(told).containsExactly(name);
    }

    /** A thousand loops in one method of almost 64 KiB: with a checkpoint in each it would be too long. */
    @Test
    void killsInAClassThatHasAMethodTooLargeToAddTo() throws Exception {
        String loop = "for (int i = 0; i < 9; i++) { " + "x = x * 7 + i; ".repeat(5) + "} ";
        jar("new Large().spin();")
                .source(
                        "sample.Large",
                        "package sample; public class Large { static int x; void all() { " + loop.repeat(890)
                                + "} void spin() { while (true) x++; } }")
                .writeTo(folder.resolve("large.jar"));

        assertThat(kill()).isInstanceOf(TaskKilled.class);
    }

    /** As no compiler of Java does: begun once, and made in one way or another. */
    @Test
    void killsInAClassThatMakesATimerOnTwoBranches() throws Exception {
        Path jar = jar("Two.timer(true).cancel(); Two.timer(false).cancel(); Two.spin();")
                .source("sample.Two", """
                        package sample;
                        public class Two {
                            static long sink;
                            static java.util.Timer timer(boolean daemon) { return null; }
                            static void spin() { while (true) sink++; }
                        }
                        """)
                .writeTo(folder.resolve("two.jar"));
        try (var files = FileSystems.newFileSystem(jar)) {
            Path two = files.getPath("sample/Two.class");
            ClassFile format = ClassFile.of();
            Files.write(two, format.transformClass(format.parse(two), (builder, element) -> {
                if (element instanceof MethodModel method && method.methodName().equalsString("timer")) {
                    builder.withMethodBody(
                            method.methodName(),
                            method.methodType(),
                            method.flags().flagsMask(),
                            TaskWeaverTest::makeATimerOnTwoBranches);
                } else {
                    builder.with(element);
                }
            }));
        }

        assertThat(kill()).isInstanceOf(TaskKilled.class);
    }

    private static void makeATimerOnTwoBranches(CodeBuilder code) {
        ClassDesc timer = ClassDesc.of("java.util.Timer");
        Label other = code.newLabel();
        Label made = code.newLabel();
        code.new_(timer)
                .dup()
                .iload(0)
                .ifeq(other)
                .iconst_1()
                .invokespecial(
                        timer,
                        ConstantDescs.INIT_NAME,
                        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_boolean))
                .goto_(made)
                .labelBinding(other)
                .invokespecial(timer, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                .labelBinding(made)
                .areturn();
    }
}
