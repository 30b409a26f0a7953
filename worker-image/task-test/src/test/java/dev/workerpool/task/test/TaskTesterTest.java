package dev.workerpool.task.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.workerpool.task.InvalidInputException;
import dev.workerpool.task.Task;
import dev.workerpool.task.TaskContext;
import dev.workerpool.task.TaskType;
import dev.workerpool.task.test.TaskAnswer.FieldError;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TaskTesterTest {
    public record Input(int n) {
        public Input {
            if (n < 0) {
                throw new InvalidInputException("n", "must not be negative");
            }
        }
    }

    public record Output(int twice) {}

    @TaskType("twice")
    public static final class Twice implements Task<Input, Output> {
        private int runs;

        @Override
        public Output run(Input input, TaskContext context) throws Exception {
            runs++;
            if (input.n() == 0) {
                throw new IllegalStateException("zero on run " + runs);
            }
            return input.n() == 1 ? null : new Output(2 * input.n());
        }
    }

    @TaskType("context")
    public static final class InContext implements Task<String, String> {
        @Override
        public String run(String input, TaskContext context) throws Exception {
            return switch (input) {
                case "config" ->
                    context.config().get("k") + context.parameters().get("p") + context.waitTime();
                case "time" -> context.runTime().toString();
                case "who" -> context.replica() + context.thread();
                case "emit" -> {
                    context.emit(new Output(4));
                    context.emit("text");
                    yield "";
                }
                case "receive" ->
                    context.receive(Input.class, Duration.ofMinutes(1))
                            .map(Input::n)
                            .orElseThrow()
                            .toString();
                case "look" -> context.receive(Duration.ZERO).toString();
                case "loop" -> {
                    int checks = 1;
                    while (!context.isCancelled()) {
                        checks++;
                    }
                    yield checks + " " + Thread.currentThread().isInterrupted();
                }
                case "listen" -> {
                    var heard = new StringBuilder();
                    context.onConfigChange(config -> heard.append(config.get("k")));
                    context.receive(Duration.ofMinutes(1)).orElseThrow();
                    yield heard.toString();
                }
                case "memory" -> {
                    context.sharedMemory("m", 8).set(ValueLayout.JAVA_INT, 0, 5);
                    yield "" + context.sharedMemory("m", 8).get(ValueLayout.JAVA_INT, 0);
                }
                default -> throw new IllegalArgumentException(input);
            };
        }
    }

    @TaskType("blocks")
    public static final class Blocks implements Task<CountDownLatch, String> {
        @Override
        public String run(CountDownLatch started, TaskContext context) throws Exception {
            started.countDown();
            new CountDownLatch(1).await();
            return "";
        }
    }

    @TaskType("resource")
    public static final class Resource implements Task<CountDownLatch, AutoCloseable> {
        @Override
        public AutoCloseable run(CountDownLatch closed, TaskContext context) throws Exception {
            return context.<AutoCloseable>shared("closeable", () -> closed::countDown);
        }
    }

    @TaskType("lines")
    public static final class Lines implements Task<Void, Stream<Output>> {
        @Override
        public Stream<Output> run(Void input, TaskContext context) {
            return Stream.of(new Output(1), new Output(2));
        }
    }

    @TaskType("hidden")
    public static final class Hidden implements Task<Void, Void> {
        Hidden() {}

        @Override
        public Void run(Void input, TaskContext context) {
            return null;
        }
    }

    @TaskType("bottomless")
    public static final class Bottomless implements Task<Void, Integer> {
        @Override
        public Integer run(Void input, TaskContext context) {
            return 1 + run(input, context);
        }
    }

    @TaskType("interface")
    public static final class OfInterface implements Task<Runnable, Void> {
        @Override
        public Void run(Runnable input, TaskContext context) {
            return null;
        }
    }

    @Test
    void runsWithTheInputAsTheTaskGetsIt() throws Exception {
        try (var tester = TaskTester.of(Twice.class)) {
            assertThat(tester.run(new Input(3))).isEqualTo(new Output(6));
            assertThatThrownBy(() -> tester.run(new Input(0))).hasMessage("zero on run 2");
        }
    }

    @Test
    void answersAsTheWorkerDoes() {
        try (var tester = TaskTester.of(Twice.class)) {
            TaskAnswer answer = tester.call("{\"n\":3}");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.mediaType()).isEqualTo("application/json");
            assertThat(answer.text()).isEqualTo("{\"twice\":6}");
            assertThat(tester.call("{\"n\":1}").status()).isEqualTo(204);
            assertThat(tester.call("{\"n\":\"x\"}").errors())
                    .containsExactly(new FieldError("n", "must be a whole number of 32 bits"));
            assertThat(tester.call("{\"n\":-1}").status()).isEqualTo(400);
            assertThat(tester.call("{\"n\":0}").status()).isEqualTo(422);
            assertThat(tester.call("{\"n\":0}").thrown()).isInstanceOf(IllegalStateException.class);
        }
        try (var tester = TaskTester.of(Lines.class)) {
            assertThat(tester.call("").text()).isEqualTo("{\"twice\":1}\n{\"twice\":2}\n");
        }
    }

    @Test
    void answersAnErrorAsTheWorkerDoes() {
        try (var tester = TaskTester.of(Bottomless.class)) {
            TaskAnswer answer = tester.call("");

            assertThat(answer.status()).isEqualTo(422);
            assertThat(answer.thrown()).isInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void givesTheContextThatTheTestSays() throws Exception {
        try (var tester = TaskTester.of(InContext.class)) {
            tester.config("k", "v").parameter("p", "q").waitTime(Duration.ofSeconds(2));

            assertThat(tester.run("config")).isEqualTo("vqPT2S");
            assertThat(tester.config("k", "w").run("config")).startsWith("w");
            long start = System.nanoTime();
            assertThat(Duration.parse(tester.run("time")))
                    .isBetween(Duration.ZERO, Duration.ofNanos(System.nanoTime() - start));
            assertThat(tester.run("who")).isEqualTo("test1");
            assertThat(tester.run("memory")).isEqualTo("5");
        }
    }

    @Test
    void tellsARunOfAnotherConfig() throws Exception {
        try (var tester = TaskTester.of(InContext.class).config("k", "old")) {
            var run = CompletableFuture.supplyAsync(() -> tester.call("listen").text());
            await(() -> Thread.getAllStackTraces().values().stream()
                    .flatMap(Stream::of)
                    .anyMatch(frame -> frame.getMethodName().equals("receive")));

            tester.config("k", "new").message("{}");

            assertThat(run.get(20, TimeUnit.SECONDS)).isEqualTo("new");
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void keepsWhatIsEmittedAndHandsMessagesIn() throws Exception {
        try (var tester = TaskTester.of(InContext.class)) {
            tester.run("emit");
            assertThat(tester.emitted()).containsExactly("{\"twice\":4}", "\"text\"");

            assertThat(tester.run("look")).isEqualTo(Optional.empty().toString());
            assertThat(tester.message("{\"n\":7}").run("receive")).isEqualTo("7");
            tester.message("{\"n\":-7}");
            assertThat(tester.call("receive").errors()).containsExactly(new FieldError("n", "must not be negative"));
        }
    }

    @Test
    void cancelsAtTheCheckThatTheTestSays() throws Exception {
        try (var tester = TaskTester.of(InContext.class)) {
            tester.cancelAtCheck(3);

            assertThat(tester.run("loop")).isEqualTo("3 true");
            assertThat(tester.run("loop")).isEqualTo("3 true");
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void interruptsWhatIsCancelledFromAnotherThread() throws Exception {
        try (var tester = TaskTester.of(Blocks.class)) {
            var started = new CountDownLatch(1);
            var run = CompletableFuture.supplyAsync(() -> {
                try {
                    return tester.run(started);
                } catch (Exception e) {
                    return e.getClass().getSimpleName();
                }
            });
            started.await();

            tester.cancel();

            assertThat(run.get(20, TimeUnit.SECONDS)).isEqualTo("InterruptedException");
        }
    }

    @Test
    void sharesBetweenThreadsAndClosesAtTheEnd() throws Exception {
        var closed = new CountDownLatch(1);
        try (var tester = TaskTester.of(Resource.class)) {
            AutoCloseable first = tester.run(closed);
            var second = new CompletableFuture<AutoCloseable>();
            Thread.ofPlatform().start(() -> {
                try {
                    second.complete(tester.run(closed));
                } catch (Exception e) {
                    second.completeExceptionally(e);
                }
            });

            assertThat(second.get(20, TimeUnit.SECONDS)).isSameAs(first);
            assertThat(closed.getCount()).isOne();
        }
        assertThat(closed.getCount()).isZero();
    }

    @Test
    void saysWhatNoWorkerWouldLoad() {
        try (var tester = TaskTester.of(Hidden.class)) {
            assertThatThrownBy(() -> tester.run(null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not public");
        }
        assertThatThrownBy(() -> TaskTester.of(OfInterface.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Runnable");
    }
}
