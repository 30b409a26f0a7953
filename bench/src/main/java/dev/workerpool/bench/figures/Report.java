package dev.workerpool.bench.figures;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All figures of one call, as a table for people and as JSON for programs. */
public final class Report {
    private static final String LINE = "  %-44s %13s  %8s %8s  %-8s %-20s %s%n";

    private final List<Figure> figures = new ArrayList<>();
    private final PrintStream out;

    public Report(PrintStream out) {
        this.out = out;
    }

    /** Told at once as well: whoever waits half an hour wants to see it grow. */
    public void add(Figure figure) {
        figures.add(figure);
        out.printf(
                Locale.ROOT,
                "  %s: %s %s%s%n",
                figure.row(),
                figure.what(),
                number(figure.value()) + unit(figure),
                figure.bar() == null ? "" : ", " + verdict(figure));
    }

    public void note(String text) {
        out.println("  " + text);
    }

    public boolean isEmpty() {
        return figures.isEmpty();
    }

    public void print() {
        out.println();
        out.printf(LINE, "figure", "value", "target", "stretch", "met", "quartiles", "noise");
        String row = "";
        for (Figure figure : figures) {
            if (!figure.row().equals(row)) {
                row = figure.row();
                out.println("  " + row);
            }
            print(figure);
        }
        out.println();
    }

    private void print(Figure figure) {
        Bar bar = figure.bar();
        Spread spread = figure.spread();
        out.printf(
                Locale.ROOT,
                LINE,
                "  " + figure.what(),
                number(figure.value()) + unit(figure),
                bar == null ? "" : bar.sign() + " " + number(bar.target()),
                bar == null ? "" : bar.sign() + " " + number(bar.stretch()),
                bar == null ? "" : verdict(figure),
                spread == null ? "" : number(spread.low()) + "–" + number(spread.high()),
                figure.noise() == 0 ? "" : "± %.1f%%".formatted(figure.noise() * 100 - 100));
    }

    private static String verdict(Figure figure) {
        return switch (figure.bar().judge(figure.value())) {
            case STRETCH -> "stretch";
            case MET -> "yes";
            case MISSED -> "NO";
        };
    }

    private static String unit(Figure figure) {
        return figure.unit().isEmpty() ? "" : " " + figure.unit();
    }

    /** Three digits that mean something. */
    static String number(double value) {
        double size = Math.abs(value);
        if (size >= 1000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(
                Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }

    public void write(Path file, Map<String, Object> about) throws IOException {
        var whole = new LinkedHashMap<>(about);
        whole.put("figures", figures);
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), whole);
    }
}
