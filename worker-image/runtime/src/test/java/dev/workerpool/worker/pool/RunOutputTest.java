package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.TaskJars;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.TaskCatalog;
import dev.workerpool.worker.task.TaskOutput;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunOutputTest {
    private static TaskCatalog tasks;

    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final List<TaskLine> lines = new CopyOnWriteArrayList<>();
    private final Logger log = Logger.getLogger("dev.workerpool.task.output");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            lines.add((TaskLine) entry.getParameters()[0]);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeAll
    static void compile(@TempDir Path folder) {
        TaskJars.jar()
                .task(
                        "Prints",
                        "String",
                        "String",
                        "System.out.println(input); System.err.print(\"and\\r\\nmore\"); return context.runId();")
                .task(
                        "Floods",
                        "String",
                        "String",
                        "for (int i = 0; i < 10_000; i++) System.out.println(\"line \" + i); return input;")
                .task("Long", "String", "String", "System.out.println(\"x\".repeat(10_000)); return input;")
                .task(
                        "Threads",
                        "String",
                        "String",
                        "Thread t = new Thread(() -> System.out.println(input)); t.start(); t.join(); return input;")
                .taskClass("Keeps", """
                        @TaskType("keeps")
                        public class Keeps implements Task<String, String> {
                            static ExecutorService lazy;
                            public String run(String input, TaskContext context) throws Exception {
                                if (lazy == null) lazy = Executors.newFixedThreadPool(1);
                                lazy.submit(() -> System.out.println(input)).get();
                                return input;
                            }
                        }
                        """)
                .writeTo(folder.resolve("tasks.jar"));
        tasks = TaskCatalog.load(List.of(folder), Isolation.SHARED);
    }

    @BeforeEach
    void listen() {
        log.setUseParentHandlers(false);
        log.addHandler(handler);
        TaskOutput.capture();
    }

    @AfterEach
    void stopListening() {
        System.setOut(out);
        System.setErr(err);
        log.removeHandler(handler);
        log.setUseParentHandlers(true);
    }

    private void awaitLines(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> lines.size() >= count);
    }

    @Test
    void logsEachLineWithTaskRunAndThread() throws Exception {
        try (var fixture = PoolFixture.settings().start(tasks)) {
            String run = fixture.submit("prints", "grüße").output();

            awaitLines(3);
            assertThat(lines)
                    .containsExactly(
                            new TaskLine("prints", run, 1, "grüße"),
                            new TaskLine("prints", run, 1, "and"),
                            new TaskLine("prints", run, 1, "more"));
        }
    }

    @Test
    void logsWhatThreadsOfTheRunPrint() throws Exception {
        try (var fixture = PoolFixture.settings().start(tasks)) {
            fixture.submit("threads", "from a thread").await();

            awaitLines(1);
            assertThat(lines).extracting(TaskLine::text).containsExactly("from a thread");
        }
    }

    @Test
    void takesWhatThreadsPrintThatLastForNoRunsOutput() throws Exception {
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true));
        TaskOutput.capture();
        try (var fixture = PoolFixture.settings().patience(Duration.ofMillis(5)).start(tasks)) {
            var first = fixture.submit("keeps", "of the run");
            first.output();
            awaitLines(1);
            await().until(first.run()::isReleased);

            fixture.submit("keeps", "of nobody knows which").output();

            assertThat(lines).extracting(TaskLine::text).containsExactly("of the run");
            assertThat(printed.toString()).contains("of nobody knows which");
        }
    }

    @Test
    void dropsWhatARunPrintsBeyond64KiBAndSaysSo() throws Exception {
        try (var fixture = PoolFixture.settings().start(tasks)) {
            fixture.submit("floods", "").await();

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !lines.isEmpty() && lines.getLast().text().startsWith("("));
            assertThat(lines.getLast().text()).matches("\\(\\d+ bytes more were printed and dropped\\)");
            assertThat(lines.stream().mapToInt(line -> line.text().length() + 1).sum())
                    .isBetween(60_000, (64 << 10) + 100);
        }
    }

    @Test
    void cutsLongLines() throws Exception {
        try (var fixture = PoolFixture.settings().start(tasks)) {
            fixture.submit("long", "").await();

            awaitLines(3);
            assertThat(lines).extracting(line -> line.text().length()).containsExactly(4096, 4096, 1808);
        }
    }

    @Test
    void letsAllTasksTogetherPrintSoMuch() {
        var rate = new OutputRate();
        int allowed = 0;
        while (allowed < 10_000 && rate.allows(900)) {
            allowed++;
        }

        assertThat(allowed).isBetween(1000, 5000);
    }

    @Test
    void leavesOtherThreadsAlone() {
        System.out.println("printed by no task");

        assertThat(lines).isEmpty();
    }
}
