package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.task.TaskEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminationLogTest {
    @TempDir
    static Path folder;

    private final TaskEntry primes = new TaskEntry(0, "primes", "json", "json", 0);
    private final TaskEntry thumbnail = new TaskEntry(1, "thumbnail", "bytes", "bytes", 0);
    private Path file;

    @BeforeEach
    void createFile() throws Exception {
        file = Files.writeString(folder.resolve("message"), "of the one before");
    }

    private TerminationLog open() throws Exception {
        return TerminationLog.open(file, 0, List.of(primes, thumbnail));
    }

    @Test
    void hasALineForEachThreadThatIsBlankWhenItIsIdle() throws Exception {
        try (var log = open()) {
            log.slot(1).executing(primes);
            log.slot(3).executing(thumbnail);

            assertThat(Files.readString(file))
                    .isEqualTo("executing primes   \n" + " ".repeat(19) + "\nexecuting thumbnail\n");
        }
    }

    @Test
    void keepsWhatThePrimaryNotedOfEarlierDeaths() throws Exception {
        String noted = "died 1 137 signal 2026-01-01T10:00:00.000Z primes\n";
        Files.writeString(file, noted + "executing primes   \n");

        try (var log = TerminationLog.open(file, noted.length(), List.of(primes, thumbnail))) {
            log.slot(2).executing(thumbnail);
            assertThat(Files.readString(file)).isEqualTo(noted + " ".repeat(19) + "\nexecuting thumbnail\n");
            log.slot(2).idle();
        }
        assertThat(Files.readString(file)).isEqualTo(noted);
    }

    @Test
    void hasLinesForAsManyThreadsAsFitBehindWhatIsKept() throws Exception {
        try (var log = TerminationLog.open(file, 4096 - 2 * 20, List.of(primes, thumbnail))) {
            assertThat(log.slot(2)).isNotNull();
            assertThat(log.slot(3)).isNull();
        }
    }

    @Test
    void blanksTheLineWhenTheRunIsOver() throws Exception {
        try (var log = open()) {
            var slot = log.slot(1);
            slot.executing(thumbnail);
            slot.idle();

            assertThat(Files.readString(file)).isBlank().hasSize(20);
        }
    }

    @Test
    void growsWhenAThreadWithAHigherNumberComesAndKeepsWhatIsThere() throws Exception {
        try (var log = open()) {
            log.slot(2).executing(primes);
            log.slot(1);
            log.slot(5).executing(thumbnail);

            assertThat(Files.readAllLines(file).stream().map(String::strip))
                    .containsExactly("", "executing primes", "", "", "executing thumbnail");
        }
    }

    @Test
    void leavesOutThreadsThatDoNotFitIntoWhatThePlatformReads() throws Exception {
        try (var log = open()) {
            assertThat(log.slot(204)).isNotNull();
            assertThat(log.slot(205)).isNull();
            assertThat(Files.size(file)).isEqualTo(204 * 20).isLessThanOrEqualTo(4096);
        }
    }

    @Test
    void leavesNoMessageAfterACleanEnd() throws Exception {
        try (var log = open()) {
            var slot = log.slot(1);
            slot.executing(primes);
            slot.idle();
        }

        assertThat(file).isEmptyFile();
    }

    @Test
    void keepsTheMessageWhenARunIsStillExecuting() throws Exception {
        try (var log = open()) {
            log.slot(1).executing(primes);
        }

        assertThat(file).hasContent("executing primes   \n");
    }

    @Test
    void hasALineForEachRunThatTheWorkerEndsBecauseOf() throws Exception {
        String noted = "died 1 137 signal 2026-01-01T10:00:00.000Z primes\n";
        Files.writeString(file, noted);
        try (var log = TerminationLog.open(file, noted.length(), List.of(primes, thumbnail))) {
            log.slot(3).executing(primes);
            log.slot(3).idle();
            log.endsBecauseOf(List.of(thumbnail, primes, thumbnail));
        }

        assertThat(file).hasContent(noted + "executing thumbnail\nexecuting primes   \nexecuting thumbnail\n");
    }

    @Test
    void hasNoMoreLinesAtTheEndThanThePlatformReads() throws Exception {
        try (var log = open()) {
            log.slot(1).executing(primes);
            log.endsBecauseOf(Collections.nCopies(500, thumbnail));
        }

        assertThat(Files.readString(file)).hasSize(204 * 20).startsWith("executing primes   \nexecuting thumbnail\n");
    }

    /** Stands for a worker that dies in the middle of a run. */
    static final class Victim {
        public static void main(String[] arguments) throws Exception {
            var task = new TaskEntry(0, "poison", "json", "json", 0);
            TerminationLog.open(Path.of(arguments[0]), 0, List.of(task)).slot(1).executing(task);
            System.out.println("executing");
            new CountDownLatch(1).await();
        }
    }

    @Test
    void outlivesAProcessThatIsKilled() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process victim = new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = victim.inputReader()) {
            assertThat(output.readLine()).isEqualTo("executing");
        } finally {
            victim.destroyForcibly().waitFor();
        }

        assertThat(victim.exitValue()).isEqualTo(128 + 9);
        assertThat(file).hasContent("executing poison\n");
    }

    @Test
    void givesNoLinesWhenItIsOff() {
        assertThat(TerminationLog.OFF.slot(1)).isNull();
    }

    @Test
    void tellsWhatThePoolExecutes() throws Exception {
        try (var fixture = PoolFixture.settings().threads(2).start(folder)) {
            Path message = PoolFixture.lastMessage(folder);
            assertThat(Files.readString(message)).isBlank();
            fixture.occupy("gate");
            assertThat(Files.readString(message).strip()).isEqualTo("executing gate");

            fixture.release();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(Files.readString(message)).isBlank());
        }
    }

    @Test
    void tellsWhatTheThreadExecutesThatTookTheNumberOfALostOne() throws Exception {
        var soon = Duration.ofMillis(20);
        try (var fixture =
                PoolFixture.settings().timeout(soon).patience(soon).grace(soon).start(folder)) {
            fixture.submit("deaf", "").await();
            await().atMost(Duration.ofSeconds(20)).until(() -> fixture.pool.lost() == 1);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(fixture.submit("echo", "").output()).isEmpty());

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(Files.readString(PoolFixture.lastMessage(folder)))
                            .isBlank());
        }
    }
}
