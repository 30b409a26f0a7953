package dev.workerpool.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.TaskJars;
import dev.workerpool.worker.task.Isolation;
import dev.workerpool.worker.task.MakerHost;
import dev.workerpool.worker.task.TaskCatalog;
import dev.workerpool.worker.task.TaskThreads;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs leave behind. Work that goes on counts a counter up; when it has ended, that stands still. */
class BelongingsTest {
    private static final Duration SOON = Duration.ofMillis(10);
    private static final String SPIN = "{ while (true) COUNT.incrementAndGet(); }";

    private static TaskCatalog tasks;
    private final AtomicLong count = new AtomicLong();

    @BeforeAll
    static void compile(@TempDir Path folder) {
        // It would take the place of the handler that is tested.
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
        TaskThreads.handleUncaught((thread, thrown) -> {});
        var jar = TaskJars.jar();
        define(jar, "Idle", "");
        define(jar, "Platform", "new Thread(() -> " + SPIN + ").start();");
        define(jar, "Subclass", "new Thread() { public void run() " + SPIN + " }.start();");
        define(
                jar,
                "Blocked",
                "new Thread(() -> { try { Thread.sleep(1_000_000); } catch (InterruptedException e) { COUNT.addAndGet(7); } }).start();");
        define(jar, "Built", "Thread.ofPlatform().daemon().start(() -> " + SPIN + ");");
        define(jar, "Virtual", "Thread.startVirtualThread(() -> " + SPIN + ");");
        define(jar, "Grandchild", "new Thread(() -> new Thread(() -> " + SPIN + ").start()).start();");
        define(
                jar,
                "Timed",
                "Timer t = new Timer(); t.schedule(new TimerTask() { public void run() { COUNT.incrementAndGet(); } }, 1, 1);");
        define(jar, "Fixed", "ExecutorService e = Executors.newFixedThreadPool(2); e.execute(() -> " + SPIN + ");");
        define(jar, "Single", "Executors.newSingleThreadExecutor().execute(() -> " + SPIN + ");");
        define(
                jar,
                "SingleOf",
                "Executors.newSingleThreadExecutor(Thread.ofVirtual().factory()).execute(() -> " + SPIN + ");");
        define(jar, "SingleScheduled", "Executors.newSingleThreadScheduledExecutor().execute(() -> " + SPIN + ");");
        define(
                jar,
                "SingleReference",
                "java.util.function.Supplier<ExecutorService> f = Executors::newSingleThreadExecutor; f.get().execute(() -> "
                        + SPIN + ");");
        String single =
                "Executors.newSingleThreadExecutor(r -> { var t = new Thread(r); ((Queue<Object>) System.getProperties().get(\"made\")).add(t); return t; })";
        define(jar, "SingleAbandoned", single + ".submit(() -> 1).get();");
        define(jar, "SingleClosed", "try (var e = " + single + ") { e.submit(() -> 1).get(); }");
        define(
                jar,
                "PerTask",
                "Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory()).execute(() -> " + SPIN + ");");
        define(
                jar,
                "PerTaskBare",
                "Executors.newThreadPerTaskExecutor(Thread.ofPlatform().inheritInheritableThreadLocals(false).factory())"
                        + ".submit(() -> " + SPIN + ");");
        define(jar, "VirtualPerTask", "Executors.newVirtualThreadPerTaskExecutor().execute(() -> " + SPIN + ");");
        define(
                jar,
                "PerTaskReference",
                "java.util.function.Function<ThreadFactory, ExecutorService> f = Executors::newThreadPerTaskExecutor;"
                        + " f.apply(Thread.ofVirtual().factory()).execute(() -> " + SPIN + ");");
        define(
                jar,
                "PerTaskOfAll",
                "class Holder { static final ExecutorService ALL = Executors.newVirtualThreadPerTaskExecutor(); }"
                        + " Holder.ALL.submit(() -> 1).get(); Holder.ALL.execute(() -> " + SPIN + ");");
        define(
                jar,
                "PerTaskWaits",
                "try (var e = Executors.newVirtualThreadPerTaskExecutor()) { e.execute(() -> " + SPIN + "); }");
        define(
                jar,
                "Made",
                "ExecutorService e = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()); e.execute(() -> "
                        + SPIN + ");");
        define(
                jar,
                "Periodic",
                "Executors.newScheduledThreadPool(1).scheduleAtFixedRate(() -> COUNT.incrementAndGet(), 1, 1, TimeUnit.MILLISECONDS);");
        define(
                jar,
                "OwnPool",
                "var e = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) { }; e.execute(() -> "
                        + SPIN + ");");
        define(jar, "OwnScheduled", "new ScheduledThreadPoolExecutor(1) { }.execute(() -> " + SPIN + ");");
        define(jar, "OwnForkJoin", "new ForkJoinPool(1) { }.execute(() -> " + SPIN + ");");
        define(
                jar,
                "OwnTimer",
                "Timer t = new Timer() { }; t.schedule(new TimerTask() { public void run() { COUNT.incrementAndGet(); } }, 1, 1);");
        String timedSpin =
                "schedule(new TimerTask() { public void run() " + SPIN + " }, 1); while (COUNT.get() == 0) { }";
        define(jar, "TimedSpin", "new Timer()." + timedSpin);
        define(jar, "OwnTimedSpin", "new Timer() { }." + timedSpin);
        define(jar, "CancelledSpin", "Timer t = new Timer(); t." + timedSpin + " t.cancel();");
        define(jar, "Staged", "Stage s = new Reader(() -> " + SPIN + "); s.start();");
        define(jar, "StagedReference", "Stage s = new Reader(() -> " + SPIN + "); Runnable r = s::start; r.run();");
        jar.source("sample.Stage", "package sample; public interface Stage { void start(); }");
        jar.source(
                "sample.Reader",
                "package sample; class Reader extends Thread implements Stage { Reader(Runnable r) { super(r); } }");
        // Asked by others than its run, it never answers.
        String mute = "while (!Thread.currentThread().getName().startsWith(\"worker-\")) COUNT.incrementAndGet();";
        define(
                jar,
                "Mute",
                "new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {"
                        + " public boolean isTerminated() { " + mute + " return super.isTerminated(); }"
                        + " public boolean isShutdown() { " + mute + " return super.isShutdown(); }"
                        + " public int getActiveCount() { " + mute + " return super.getActiveCount(); }"
                        + " public List<Runnable> shutdownNow() { " + mute + " return super.shutdownNow(); }"
                        + " }.execute(() -> " + SPIN + ");");
        define(
                jar,
                "MuteTimer",
                "new Timer() { public void cancel() { " + mute + " super.cancel(); } }"
                        + ".schedule(new TimerTask() { public void run() { COUNT.incrementAndGet(); } }, 1, 1);");
        define(
                jar,
                "Opens",
                "var made = (Queue<Object>) System.getProperties().get(\"made\"); for (int i = 0; i < 5_000; i++) {"
                        + " var e = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) { };"
                        + " made.add(new java.lang.ref.WeakReference<>(e)); e.shutdown();"
                        + " var t = new Timer() { }; made.add(new java.lang.ref.WeakReference<>(t)); t.cancel(); }"
                        + " COUNT.set(1); " + TaskJars.gate("release") + ".await();");
        define(
                jar,
                "Asked",
                "for (int i = 0; i < 100; i++) new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {"
                        + " public boolean isTerminated() { " + mute + " return super.isTerminated(); } }.shutdown();"
                        + " while (COUNT.get() == 0) { }");
        define(jar, "Spins", SPIN);
        define(
                jar,
                "Throwing",
                "Executors.newFixedThreadPool(1, r -> new Thread(r) { public void interrupt() { throw new IllegalStateException(); } })"
                        + ".execute(() -> " + SPIN + ");");
        define(
                jar,
                "Blocking",
                "Executors.newFixedThreadPool(1, r -> new Thread(r) { public void interrupt() { while (true) COUNT.get(); } })"
                        + ".execute(() -> " + SPIN + ");");
        define(
                jar,
                "Deaf",
                "new Thread() { public void run() " + SPIN
                        + " public void interrupt() { while (true) COUNT.get(); } }.start();");
        define(
                jar,
                "Counting",
                "new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>() {"
                        + " public int size() { throw new IllegalStateException(); } }).execute(() -> " + SPIN + ");");
        define(
                jar,
                "Comparing",
                "record Slow() implements Runnable, Comparable<Slow> { public void run() " + SPIN
                        + " public int compareTo(Slow other) { while (true) COUNT.incrementAndGet(); } }"
                        + " var e = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new PriorityBlockingQueue<>());"
                        + " e.execute(new Slow()); e.execute(new Slow()); new Thread(() -> e.execute(new Slow())).start();"
                        + " while (COUNT.get() == 0) { }");
        define(jar, "Common", "CompletableFuture.runAsync(() -> " + SPIN + ");");
        define(
                jar,
                "Chain",
                "var gate = new CountDownLatch(1); CompletableFuture.supplyAsync(() -> { try { gate.await(); } catch (Exception e) { }"
                        + " return 1; }).thenApply(n -> " + SPIN + "); gate.countDown();");
        define(jar, "ChainAsync", "CompletableFuture.completedFuture(1).thenAcceptAsync(n -> " + SPIN + ");");
        define(
                jar,
                "StageAsync",
                "CompletableFuture.completedStage(1).thenCombineAsync(CompletableFuture.completedStage(2),"
                        + " (a, b) -> " + SPIN + ");");
        define(
                jar,
                "Later",
                "CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS).execute(() -> " + SPIN + ");"
                        + " while (COUNT.get() == 0) { }");
        define(jar, "Reference", "List.of(new Thread(() -> " + SPIN + ")).forEach(Thread::start);");
        define(
                jar,
                "OwnReference",
                "class Own extends Thread { public void run() " + SPIN + " } List.of(new Own()).forEach(Own::start);");
        define(
                jar,
                "VirtualReference",
                "java.util.function.Consumer<Runnable> f = Thread::startVirtualThread; f.accept(() -> " + SPIN + ");");
        define(
                jar,
                "BuilderReference",
                "java.util.function.Consumer<Runnable> f = Thread.ofPlatform().daemon()::start; f.accept(() -> " + SPIN
                        + ");");
        define(
                jar,
                "ExecutorReference",
                "java.util.function.Supplier<ExecutorService> f = Executors::newCachedThreadPool; f.get().execute(() -> "
                        + SPIN + ");");
        define(
                jar,
                "MadeReference",
                "java.util.function.IntFunction<ForkJoinPool> f = ForkJoinPool::new; f.apply(1).execute(() -> " + SPIN
                        + ");");
        define(
                jar,
                "AsyncReference",
                "java.util.function.Consumer<Runnable> f = CompletableFuture::runAsync; f.accept(() -> " + SPIN + ");");
        define(
                jar,
                "Uninheriting",
                "Thread.ofPlatform().inheritInheritableThreadLocals(false).start(() -> " + SPIN + ");");
        define(jar, "Bare", "new Thread(null, () -> " + SPIN + ", \"bare\", 0, false).start();");
        jar.taskClass("Parallel", """
                @TaskType("parallel")
                public class Parallel implements Task<String, String> {
                    static final Set<String> THREADS = ConcurrentHashMap.newKeySet();
                    static int seen(int i) {
                        THREADS.add(Thread.currentThread().getName());
                        long end = System.nanoTime() + 1_000;
                        while (System.nanoTime() < end) { }
                        return i;
                    }
                    public String run(String input, TaskContext context) throws Exception {
                        List<Integer> numbers = new ArrayList<>();
                        for (int i = 0; i < 10_000; i++) numbers.add(i * 31 % 10_000);
                        numbers.parallelStream().forEach(Parallel::seen);
                        numbers.stream().parallel().map(Parallel::seen).toList();
                        java.util.stream.IntStream.range(0, 10_000).parallel().map(Parallel::seen).sum();
                        java.util.stream.StreamSupport.stream(numbers.spliterator(), true).forEach(Parallel::seen);
                        java.util.function.Function<List<Integer>, java.util.stream.Stream<Integer>> f = List::parallelStream;
                        f.apply(numbers).forEach(Parallel::seen);
                        Integer[] array = numbers.toArray(Integer[]::new);
                        Arrays.parallelSort(array, (a, b) -> Integer.compare(seen(a), seen(b)));
                        Arrays.parallelSort(array);
                        Arrays.parallelSetAll(array, Parallel::seen);
                        return THREADS.toString();
                    }
                }
                """);
        define(jar, "Supply", "CompletableFuture.supplyAsync(() -> " + SPIN + ");");
        define(jar, "Waits", "Thread t = new Thread(() -> " + SPIN + "); t.start(); t.join();");
        define(
                jar,
                "Fails",
                "Thread t = new Thread(() -> { throw new IllegalStateException(\"in a thread\"); }); t.start(); Thread.sleep(1_000_000);");
        define(
                jar,
                "Errs",
                "Thread.startVirtualThread(() -> { throw new AssertionError(\"virtual\"); }); while (true) { COUNT.get(); }");
        keeps(jar, "Keeps", "newFixedThreadPool(1)");
        keeps(jar, "KeepsSingle", "newSingleThreadExecutor()");
        keeps(jar, "KeepsSingleScheduled", "newSingleThreadScheduledExecutor()");
        keeps(jar, "KeepsPerTask", "newThreadPerTaskExecutor(Executors.defaultThreadFactory())");
        lends(jar, "Lends", "newFixedThreadPool(1)");
        lends(jar, "LendsScheduled", "newScheduledThreadPool(1)");
        jar.writeTo(folder.resolve("tasks.jar"));
        tasks = TaskCatalog.load(List.of(folder), Isolation.SHARED);
        assertThat(tasks.artifacts()).extracting(artifact -> artifact.reason()).containsOnlyNulls();
    }

    @AfterAll
    static void reset() {
        Thread.setDefaultUncaughtExceptionHandler(null);
        Awaitility.reset();
    }

    private static void define(TaskJars jar, String name, String body) {
        jar.taskClass(name, """
                @TaskType("%s")
                public class %s implements Task<String, String> {
                    static java.util.concurrent.atomic.AtomicLong COUNT;
                    public String run(String input, TaskContext context) throws Exception {
                        COUNT = (java.util.concurrent.atomic.AtomicLong) System.getProperties().get("count");
                        if (input != null) { %s }
                        return input;
                    }
                }
                """.formatted(name.toLowerCase(), name, body));
    }

    private static void keeps(TaskJars jar, String name, String executor) {
        jar.taskClass(name, """
                @TaskType("%s")
                public class %s implements Task<String, String> {
                    static final java.util.concurrent.atomic.AtomicReference<String> BY = new java.util.concurrent.atomic.AtomicReference<>();
                    static final ExecutorService STATIC = Executors.%3$s;
                    static ExecutorService lazy;
                    final ExecutorService own = Executors.%3$s;
                    static { Thread t = new Thread(() -> { while (true) try { Thread.sleep(5); BY.set("alive"); } catch (InterruptedException e) { } }); t.setDaemon(true); t.start(); }
                    public String run(String input, TaskContext context) throws Exception {
                        if (lazy == null) lazy = Executors.%3$s;
                        BY.set(null);
                        while (BY.get() == null) Thread.sleep(1);
                        return STATIC.submit(() -> "a").get() + lazy.submit(() -> "b").get() + own.submit(() -> "c").get();
                    }
                }
                """.formatted(name.toLowerCase(), name, executor));
    }

    private static void lends(TaskJars jar, String name, String executor) {
        jar.taskClass(name, """
                @TaskType("%s")
                public class %s implements Task<String, String> {
                    static ExecutorService lazy;
                    static long spin(long nanos) { long end = System.nanoTime() + nanos; long n = 0; while (System.nanoTime() < end) n++; return n; }
                    public String run(String input, TaskContext context) throws Exception {
                        if (lazy == null) lazy = Executors.%s;
                        lazy.submit(() -> 1).get();
                        while (((ThreadPoolExecutor) lazy).getActiveCount() > 0) { }
                        if (input.equals("first")) { new Thread(() -> spin(Long.MAX_VALUE / 4)).start(); return input; }
                        return lazy.submit(() -> spin(300_000_000) > 0 ? "worked" : "").get();
                    }
                }
                """.formatted(name.toLowerCase(), name, executor));
    }

    private PoolFixture start() {
        System.getProperties().put("count", count);
        return PoolFixture.settings()
                .patience(SOON)
                .grace(Duration.ofSeconds(10))
                .start(tasks);
    }

    /** For a while: what goes on may have no core just now. */
    private void awaitStandstill() {
        var before = new AtomicLong(-1);
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .during(Duration.ofMillis(300))
                .until(() -> before.getAndSet(count.get()) == count.get());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "platform",
                "subclass",
                "blocked",
                "built",
                "virtual",
                "grandchild",
                "timed",
                "fixed",
                "single",
                "singleof",
                "singlescheduled",
                "singlereference",
                "pertask",
                "pertaskbare",
                "virtualpertask",
                "pertaskreference",
                "pertaskofall",
                "made",
                "ownpool",
                "ownscheduled",
                "ownforkjoin",
                "owntimer",
                "timedspin",
                "owntimedspin",
                "cancelledspin",
                "staged",
                "stagedreference",
                "periodic",
                "common",
                "supply",
                "chain",
                "chainasync",
                "stageasync",
                "later",
                "reference",
                "ownreference",
                "virtualreference",
                "builderreference",
                "executorreference",
                "madereference",
                "asyncreference",
                "uninheriting",
                "bare"
            })
    void stopsAndReportsWhatGoesOnAfterTheRun(String type) throws Exception {
        try (var fixture = start()) {
            assertThat(fixture.submit(type, "done").output()).isEqualTo("done");

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(fixture.counted("workerpool_left_behind", "task", type))
                            .isEqualTo(1));
            awaitStandstill();
            await().atMost(Duration.ofSeconds(30)).until(() -> fixture.pool.threadsLeftBehind() == 0);
            assertThat(fixture.submit("idle", "next").output()).isEqualTo("next");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"throwing", "blocking", "deaf", "counting", "comparing", "mute", "mutetimer"})
    void leavesTheTimeLimitsAloneWhateverTaskCodeDoesWhenItIsStopped(String type) throws Exception {
        try (var fixture = start()) {
            assertThat(fixture.submit(type, "done").output()).isEqualTo("done");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(fixture.counted("workerpool_left_behind", "task", type))
                            .isPositive());
            awaitStandstill();
            await().atMost(Duration.ofSeconds(30)).until(() -> fixture.pool.threadsLeftBehind() == 0);

            var run = fixture.submit("spins", "");
            await().atMost(Duration.ofSeconds(30)).until(() -> run.run().thread() != null);
            fixture.pool.cancel(run.run());

            assertThat(run.await()).isEqualTo(new Outcome.Cancelled());
            assertThat(fixture.submit("idle", "next").output()).isEqualTo("next");
        }
    }

    @Test
    void looksAgainAtAnExecutorThatMayJustHaveTakenUpATask() {
        var looks = new AtomicInteger();
        try (var executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
            // With a task that it took out of its queue and does not execute yet, it looks idle.
            @Override
            public int getActiveCount() {
                return looks.getAndIncrement() == 0 ? 0 : 1;
            }
        }) {
            executor.prestartAllCoreThreads();
            var belongings = new Belongings(MakerHost.RESOURCE);
            belongings.opened(executor);

            belongings.look();

            assertThat(belongings.kept()).isEmpty();
            assertThat(belongings.alive()).hasSize(1);
        }
    }

    @Test
    void keepsAtOnceAnExecutorThatMayJustHaveEndedATask() {
        var looks = new AtomicInteger();
        try (var executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
            // Whoever waited for the task may know of its end before.
            @Override
            public int getActiveCount() {
                return looks.getAndIncrement() == 0 ? 1 : 0;
            }
        }) {
            executor.prestartAllCoreThreads();
            var belongings = new Belongings(MakerHost.RESOURCE);
            belongings.opened(executor);

            belongings.look();

            assertThat(belongings.kept()).extracting(OwnExecutor::executor).containsExactly(executor);
            assertThat(belongings.mayGoOn()).isFalse();
        }
    }

    @Test
    void forgetsWhatARunHasClosedWhileItGoesOn() throws Exception {
        var made = new ConcurrentLinkedQueue<WeakReference<?>>();
        System.getProperties().put("made", made);
        try (var fixture = start()) {
            var run = fixture.submit("opens", "done");
            await().atMost(Duration.ofSeconds(60)).until(() -> count.get() > 0);

            await().atMost(Duration.ofSeconds(30)).until(() -> {
                System.gc();
                return made.stream().filter(one -> one.get() != null).count() < made.size() / 4;
            });
            fixture.release();
            assertThat(run.output()).isEqualTo("done");
        }
    }

    @Test
    void endsWithTheRunWhatItsExecutorsAreAskedMeanwhile() throws Exception {
        try (var fixture = start()) {
            assertThat(fixture.submit("asked", "done").output()).isEqualTo("done");

            awaitStandstill();
            assertThat(fixture.submit("idle", "next").output()).isEqualTo("next");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"waits", "pertaskwaits"})
    void killsTheThreadsOfARunWithIt(String type) throws Exception {
        try (var fixture = start()) {
            var run = fixture.submit(type, "");
            await().atMost(Duration.ofSeconds(30)).until(() -> count.get() > 0);

            fixture.pool.cancel(run.run());

            assertThat(run.await()).isEqualTo(new Outcome.Cancelled());
            awaitStandstill();
        }
    }

    @Test
    void doesOnTheThreadOfTheRunWhatIsToBeDoneInParallel() throws Exception {
        try (var fixture = start()) {
            assertThat(fixture.submit("parallel", "").output()).isEqualTo("[worker-1]");
        }
    }

    @Test
    void failsTheRunWithTheExceptionThatEndsOneOfItsThreads() throws Exception {
        try (var fixture = start()) {
            assertThat(fixture.submit("fails", "").await())
                    .isEqualTo(new Outcome.Failed("java.lang.IllegalStateException", "in a thread"));
            assertThat(fixture.submit("errs", "").await())
                    .isEqualTo(new Outcome.Failed("java.lang.AssertionError", "virtual"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lends", "lendsscheduled"})
    void leavesAloneTheThreadsOfAnExecutorThatWorkForALaterRun(String type) throws Exception {
        try (var fixture = start()) {
            // It leaves a thread behind, too, which is killed meanwhile.
            assertThat(fixture.submit(type, "first").output()).isEqualTo("first");

            assertThat(fixture.submit(type, "second").output()).isEqualTo("worked");
            assertThat(fixture.counted("workerpool_left_behind", "task", type)).isEqualTo(1);
        }
    }

    @Test
    void forgetsARunThoughThreadsOfItsExecutorLast() throws Exception {
        try (var fixture = start()) {
            WeakReference<RunObserver> observer = submitObserved(fixture, "keeps");

            await().atMost(Duration.ofSeconds(30)).until(() -> {
                System.gc();
                return observer.get() == null;
            });
        }
    }

    private static WeakReference<RunObserver> submitObserved(PoolFixture fixture, String type) throws Exception {
        var done = new CountDownLatch(1);
        RunObserver observer = (run, outcome) -> done.countDown();
        fixture.submit(type, "", observer);
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        return new WeakReference<>(observer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"keeps", "keepssingle", "keepssinglescheduled", "keepspertask"})
    void leavesAloneWhatATaskKeepsForItsRuns(String type) throws Exception {
        try (var fixture = start()) {
            for (int i = 0; i < 5; i++) {
                assertThat(fixture.submit(type, "").output()).isEqualTo("abc");
                // Longer than it takes to stop what is left behind.
                await().pollDelay(SOON.multipliedBy(5)).until(() -> true);
            }

            assertThat(fixture.counted("workerpool_left_behind", "task", type)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"singleabandoned", "singleclosed"})
    void endsTheThreadOfASingleThreadExecutorThatNobodyCanReach(String type) throws Exception {
        var made = new ConcurrentLinkedQueue<Thread>();
        System.getProperties().put("made", made);
        try (var fixture = start()) {
            assertThat(fixture.submit(type, "done").output()).isEqualTo("done");

            await().atMost(Duration.ofSeconds(30)).until(() -> {
                System.gc();
                return made.stream().noneMatch(Thread::isAlive);
            });
            assertThat(made).hasSize(1);
            assertThat(fixture.counted("workerpool_left_behind", "task", type)).isZero();
        }
    }
}
