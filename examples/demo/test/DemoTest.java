import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** The demo client, in a process of its own, against pools with faults. Prints a line for each check. */
final class DemoTest {

    private static final List<Scenario> SCENARIOS = List.of(
            DemoTest::everyTileComesToItsPlace,
            DemoTest::aConnectionThatDiedIsTriedAgain,
            DemoTest::aTaskThatWasLostWithAPeerIsTriedAgain,
            DemoTest::aTaskThatWasLostWithItsWorkerIsTriedAgain,
            DemoTest::aRefusalIsTriedAgainAfterItsTime,
            DemoTest::patienceHasAnEnd,
            DemoTest::aTaskThatFailsIsLost,
            DemoTest::aTileOfTheWrongSizeIsLost,
            DemoTest::aBrokenTileIsLostAlone,
            DemoTest::theCommandAtHalfRunsOnce,
            DemoTest::theCommandsFailureIsTheDemosFailure);

    private static int failed;

    private interface Scenario {
        void run() throws Exception;
    }

    private record Run(int status, String output, BufferedImage picture) {}

    static void main(String[] arguments) throws Exception {
        Lanes.run(3, SCENARIOS.size(), number -> SCENARIOS.get(number).run());
        System.exit(failed == 0 ? 0 : 1);
    }

    private static void everyTileComesToItsPlace() throws Exception {
        Run run = run(FakePool.Fault.NONE);
        boolean inPlace = run.picture() != null && run.picture().getWidth() == 1024;
        for (int tile = 0; inPlace && tile < 16; tile++) {
            for (int offset : new int[] {0, 255}) {
                int pixel = run.picture().getRGB(tile % 4 * 256 + offset, tile / 4 * 256 + offset);
                inPlace &= (pixel & 0xffffff) == FakePool.colour(tile);
            }
        }
        check("every tile comes to its place in the picture", run, 0, inPlace, "tiles lost      0");
        check("tells who did what", run, 0, run.output().matches("(?s).*total +16 +1 +2 +19 +4\\.8 s.*"), "fake-0");
    }

    private static void aConnectionThatDiedIsTriedAgain() throws Exception {
        Run run = run(FakePool.Fault.DIES_ONCE);
        check("a connection that died is tried again", run, 0, true, "retries         1", "tiles lost      0");
    }

    private static void aTaskThatWasLostWithAPeerIsTriedAgain() throws Exception {
        Run run = run(FakePool.Fault.IS_LOST_WITH_A_PEER_ONCE);
        check("a task lost with a peer is tried again", run, 0, true, "retries         1", "tiles lost      0");
    }

    private static void aTaskThatWasLostWithItsWorkerIsTriedAgain() throws Exception {
        Run run = run(FakePool.Fault.IS_LOST_WITH_ITS_WORKER_ONCE);
        check("a task lost with its worker is tried again", run, 0, true, "retries         1", "tiles lost      0");
    }

    private static void aRefusalIsTriedAgainAfterItsTime() throws Exception {
        long started = System.nanoTime();
        Run run = run(FakePool.Fault.REFUSES_ONCE);
        boolean waited = System.nanoTime() - started > 1_000_000_000;
        check("a refusal is tried again after its Retry-After", run, 0, waited, "retries         1");
    }

    private static void patienceHasAnEnd() throws Exception {
        Run run = run(FakePool.Fault.REFUSES_ALWAYS, "--patience", "2");
        check("patience has an end", run, 1, true, "tile 6 is lost: HTTP 503 queue-full", "tiles lost      1");
    }

    private static void aTaskThatFailsIsLost() throws Exception {
        Run run = run(FakePool.Fault.FAILS);
        boolean black = run.picture() != null && (run.picture().getRGB(600, 300) & 0xffffff) == 0;
        check("a task that fails is lost, at once", run, 1, black, "HTTP 422 task-failed", "retries         0");
    }

    private static void aTileOfTheWrongSizeIsLost() throws Exception {
        Run run = run(FakePool.Fault.ANSWERS_HALF_A_TILE);
        check("a tile of the wrong size is lost", run, 1, true, "256 × 128 pixels, not 256 × 256", "tiles lost      1");
    }

    private static void aBrokenTileIsLostAlone() throws Exception {
        Run run = run(FakePool.Fault.ANSWERS_A_BROKEN_TILE);
        boolean rest = run.picture() != null && (run.picture().getRGB(0, 300) & 0xffffff) == FakePool.colour(4);
        check("a broken tile is lost, and it alone", run, 1, rest, "tile 6 is lost: the answer is no picture");
    }

    private static void theCommandAtHalfRunsOnce() throws Exception {
        Run run = run(FakePool.Fault.NONE, "--at-half", "echo it runs");
        boolean once = run.output().split("it runs", -1).length == 2;
        check("the command at half runs once", run, 0, once, "half of the picture is done");
    }

    private static void theCommandsFailureIsTheDemosFailure() throws Exception {
        Run run = run(FakePool.Fault.NONE, "--at-half", "exit 3");
        check("the command's failure is the demo's", run, 1, true, "failed with exit code 3", "tiles lost      0");
    }

    private static Run run(FakePool.Fault fault, String... more) throws IOException, InterruptedException {
        Path out = Files.createTempDirectory("demo-test");
        try (FakePool pool = new FakePool(fault)) {
            List<String> command = new ArrayList<>(List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "Demo",
                    "--url",
                    pool.url(),
                    "--out",
                    out.toString(),
                    "--size",
                    "1024",
                    "--photos",
                    "1"));
            command.addAll(List.of(more));
            Process demo = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(demo.getInputStream().readAllBytes());
            Path picture = out.resolve("mandelbrot.png");
            return new Run(demo.waitFor(), output, Files.exists(picture) ? ImageIO.read(picture.toFile()) : null);
        } finally {
            delete(out);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    private static synchronized void check(String what, Run run, int status, boolean holds, String... said) {
        boolean saidIt = List.of(said).stream().allMatch(run.output()::contains);
        boolean good = run.status() == status && holds && saidIt;
        System.out.println((good ? "  ok    " : "  FAIL  ") + what);
        if (!good) {
            failed++;
            System.out.printf(
                    "status %d, expected %d; %s; expected %s in:%n%s%n",
                    run.status(),
                    status,
                    holds ? "the rest holds" : "the rest does not hold",
                    String.join(" and ", said),
                    run.output().indent(8));
        }
    }
}
