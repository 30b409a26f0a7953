package dev.workerpool.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.task.Content;
import dev.workerpool.worker.TaskJars;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskCatalogTest {
    @TempDir
    Path folder;

    private static TaskJars echo() {
        return TaskJars.jar().task("Echo", "String", "String", "return input;");
    }

    private TaskCatalog load(Isolation isolation) {
        return TaskCatalog.load(List.of(folder), isolation);
    }

    private Artifact only() {
        return load(Isolation.SHARED).artifacts().getFirst();
    }

    static String run(ThreadTasks tasks, TaskCatalog catalog, String type, String input) throws Exception {
        var body = new Content("text/plain", ByteBuffer.wrap(input.getBytes(StandardCharsets.UTF_8)));
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try {
            Content output = tasks.run(catalog.find(type), body, null, null);
            return StandardCharsets.UTF_8.decode(output.bytes()).toString();
        } finally {
            Thread.currentThread().setContextClassLoader(before); // Other tests look for their engine through it.
        }
    }

    @Test
    void runsATaskOfAJar() throws Exception {
        echo().writeTo(folder.resolve("echo.jar"));

        TaskCatalog catalog = load(Isolation.SHARED);

        assertThat(run(catalog.forThread(), catalog, "echo", "hello")).isEqualTo("hello");
        assertThat(catalog.find("other")).isNull();
    }

    @Test
    void findsJarsOneFolderDeeperAndNotInAConfigMapsOldVersions() throws IOException {
        Path data = Files.createDirectories(folder.resolve("0/..2026/"));
        echo().writeTo(data.resolve("echo.jar"));
        Files.createSymbolicLink(folder.resolve("0/..data"), data);
        Files.createSymbolicLink(folder.resolve("0/echo.jar"), folder.resolve("0/..data/echo.jar"));
        Files.createSymbolicLink(folder.resolve("..data"), data);

        assertThat(load(Isolation.SHARED).artifacts())
                .containsExactly(Artifact.loaded(folder.resolve("0/echo.jar").toString(), List.of("echo")));
    }

    @Test
    void worksWithoutAnyFolder() {
        assertThat(TaskCatalog.load(List.of(folder.resolve("none")), Isolation.SHARED)
                        .entries())
                .isEmpty();
    }

    @Test
    void reportsWhatIsNoJarAndLoadsTheOthers() throws IOException {
        Files.writeString(folder.resolve("broken.jar"), "not a zip");
        echo().writeTo(folder.resolve("echo.jar"));

        TaskCatalog catalog = load(Isolation.SHARED);

        assertThat(catalog.artifacts())
                .extracting(Artifact::state)
                .containsExactly(Artifact.State.FAILED, Artifact.State.LOADED);
        assertThat(catalog.artifacts().getFirst().reason()).contains("cannot be read as a jar");
        assertThat(catalog.entries()).extracting(TaskEntry::type).containsExactly("echo");
    }

    @Test
    void saysThatAJarHasNoTasks() {
        TaskJars.jar()
                .source("sample.Other", "package sample; public class Other {}")
                .writeTo(folder.resolve("a.jar"));

        assertThat(only().reason()).contains("META-INF/services/dev.workerpool.task.Task");
    }

    @Test
    void saysThatAProviderIsMissing() {
        TaskJars.jar().provider("sample.Missing").writeTo(folder.resolve("a.jar"));

        assertThat(only().reason()).contains("sample.Missing");
    }

    @Test
    void saysThatAClassTheTaskNeedsIsMissing() {
        TaskJars.jar()
                .source("sample.Base", "package sample; public class Base {}")
                .taskClass(
                        "Needy",
                        "@TaskType(\"needy\") public class Needy extends Base implements Task<String, String> {"
                                + " public String run(String s, TaskContext c) { return s; } }")
                .without("sample.Base")
                .writeTo(folder.resolve("a.jar"));

        assertThat(only().reason()).contains("sample/Base");
    }

    @Test
    void saysThatATaskHasNoType() {
        TaskJars.jar()
                .taskClass(
                        "Nameless",
                        "public class Nameless implements Task<String, String> {"
                                + " public String run(String s, TaskContext c) { return s; } }")
                .writeTo(folder.resolve("a.jar"));

        assertThat(only().reason()).isEqualTo("sample.Nameless has no @TaskType");
    }

    @Test
    void saysWhatATypeMustLookLike() {
        TaskJars.jar()
                .taskClass(
                        "Odd",
                        "@TaskType(\"Not/Good\") public class Odd implements Task<String, String> {"
                                + " public String run(String s, TaskContext c) { return s; } }")
                .writeTo(folder.resolve("a.jar"));

        assertThat(only().reason()).contains("sample.Odd").contains("lower-case letters");
    }

    @Test
    void saysThatATaskDoesNotTellItsInput() {
        TaskJars.jar()
                .taskClass(
                        "Raw",
                        "@TaskType(\"raw\") @SuppressWarnings(\"rawtypes\") public class Raw implements Task {"
                                + " public Object run(Object s, TaskContext c) { return s; } }")
                .writeTo(folder.resolve("a.jar"));

        assertThat(only().reason()).contains("sample.Raw").contains("Task<Input, Output>");
    }

    @Test
    void refusesTheSecondJarWithAType() {
        echo().writeTo(folder.resolve("a.jar"));
        echo().writeTo(folder.resolve("b.jar"));

        Artifact second = load(Isolation.SHARED).artifacts().getLast();

        assertThat(second.reason()).contains("'echo'").contains("a.jar");
    }

    @Test
    void hidesTheWorkerAndItsLibrariesFromTasks() throws Exception {
        TaskJars.jar()
                .task("Spy", "String", "String", "Class.forName(input); return \"seen\";")
                .writeTo(folder.resolve("spy.jar"));
        TaskCatalog catalog = load(Isolation.SHARED);
        ThreadTasks tasks = catalog.forThread();

        for (String hidden : List.of(
                "dev.workerpool.worker.task.TaskCatalog",
                "com.fasterxml.jackson.databind.ObjectMapper",
                "io.netty.buffer.ByteBuf")) {
            assertThatThrownBy(() -> run(tasks, catalog, "spy", hidden)).isInstanceOf(ClassNotFoundException.class);
        }
        assertThat(run(tasks, catalog, "spy", "java.sql.Connection")).isEqualTo("seen");
    }

    @Test
    void letsAJarBringItsOwnVersionOfALibraryOfTheWorker() throws Exception {
        TaskJars.jar()
                .source(
                        "com.fasterxml.jackson.databind.ObjectMapper",
                        "package com.fasterxml.jackson.databind;"
                                + " public class ObjectMapper { public String version() { return \"the jar's own\"; } }")
                .task("Own", "String", "String", "return new com.fasterxml.jackson.databind.ObjectMapper().version();")
                .writeTo(folder.resolve("own.jar"));
        TaskCatalog catalog = load(Isolation.SHARED);

        assertThat(run(catalog.forThread(), catalog, "own", "")).isEqualTo("the jar's own");
    }

    private void counter() {
        TaskJars.jar().taskClass("Counter", """
                        @TaskType("counter")
                        public class Counter implements Task<String, String> {
                            static int shared;
                            int own;
                            public String run(String s, TaskContext c) { return ++shared + " " + ++own; }
                        }
                        """).writeTo(folder.resolve("counter.jar"));
    }

    @Test
    void sharesStaticsButNotTaskObjectsBetweenThreads() throws Exception {
        counter();
        TaskCatalog catalog = load(Isolation.SHARED);
        ThreadTasks first = catalog.forThread();
        ThreadTasks second = catalog.forThread();

        assertThat(run(first, catalog, "counter", "")).isEqualTo("1 1");
        assertThat(run(second, catalog, "counter", "")).isEqualTo("2 1");
        assertThat(run(first, catalog, "counter", "")).isEqualTo("3 2");
    }

    @Test
    void sharesNothingBetweenThreadsWhenIsolatedPerThread() throws Exception {
        counter();
        TaskCatalog catalog = load(Isolation.PER_THREAD);
        ThreadTasks first = catalog.forThread();
        ThreadTasks second = catalog.forThread();

        assertThat(run(first, catalog, "counter", "")).isEqualTo("1 1");
        assertThat(run(second, catalog, "counter", "")).isEqualTo("1 1");
        assertThat(run(first, catalog, "counter", "")).isEqualTo("2 2");
    }

    @Test
    void givesTasksTheJarsLoaderAndResourcesAsContext() throws Exception {
        TaskJars.jar()
                .task(
                        "Find",
                        "String",
                        "String",
                        "return String.valueOf(Thread.currentThread().getContextClassLoader()"
                                + ".getResource(\"META-INF/services/dev.workerpool.task.Task\") != null);")
                .writeTo(folder.resolve("find.jar"));
        TaskCatalog catalog = load(Isolation.SHARED);

        assertThat(run(catalog.forThread(), catalog, "find", "")).isEqualTo("true");
    }
}
