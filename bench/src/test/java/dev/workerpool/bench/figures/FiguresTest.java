package dev.workerpool.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {
    @Test
    void aSpreadHasMedianAndQuartilesBetweenItsValues() {
        var spread = Spread.of(4, 1, 3, 2);

        assertThat(spread).isEqualTo(new Spread(2.5, 1.75, 3.25, 1, 4, 4));
    }

    @Test
    void noiseIsTheFactorBetweenNeighbours() {
        assertThat(Spread.noise(List.of(100.0, 110.0, 100.0, 110.0))).isCloseTo(1.1, within(1e-9));
        assertThat(Spread.noise(List.of(100.0))).isEqualTo(1);
    }

    @Test
    void aBarIsMetFromItsOwnSideOnly() {
        var more = Bar.atLeast(3, 5);
        var less = Bar.atMost(0.3, 0.2);

        assertThat(List.of(more.judge(2.9), more.judge(3), more.judge(5)))
                .containsExactly(Bar.Verdict.MISSED, Bar.Verdict.MET, Bar.Verdict.STRETCH);
        assertThat(List.of(less.judge(0.31), less.judge(0.3), less.judge(0.1)))
                .containsExactly(Bar.Verdict.MISSED, Bar.Verdict.MET, Bar.Verdict.STRETCH);
    }

    @Test
    void theReportTellsAMissedBarAndKeepsTheSamples(@TempDir Path folder) throws Exception {
        var printed = new ByteArrayOutputStream();
        var report = new Report(new PrintStream(printed, true, StandardCharsets.UTF_8));
        report.add(Figure.of("empty", "requests/s, against Node", Spread.of(2, 2.5, 2.2), "×", Bar.atLeast(3, 5))
                .noise(1.04)
                .detail("samples", List.of(1, 2)));

        report.print();
        report.write(folder.resolve("result.json"), Map.of("benchmark", "worker"));

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("2.20 ×", "≥ 3.00", "NO", "± 4.0%");
        var json = new ObjectMapper().readTree(folder.resolve("result.json").toFile());
        assertThat(json.at("/figures/0/value").doubleValue()).isEqualTo(2.2);
        assertThat(json.at("/figures/0/detail/samples/1").intValue()).isEqualTo(2);
        assertThat(json.at("/benchmark").textValue()).isEqualTo("worker");
    }
}
