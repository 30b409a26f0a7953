package dev.workerpool.bench.figures;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of the table.
 *
 * @param bar null for a figure that only informs
 * @param spread of the samples that the value is the middle of; null where there is one
 * @param noise like against like, as a factor; 0 where it was not measured
 * @param detail everything behind it, for the file
 */
public record Figure(
        String row,
        String what,
        double value,
        String unit,
        Bar bar,
        Spread spread,
        double noise,
        Map<String, Object> detail) {

    public static Figure of(String row, String what, double value, String unit, Bar bar) {
        return new Figure(row, what, value, unit, bar, null, 0, new LinkedHashMap<>());
    }

    /** The median of samples. */
    public static Figure of(String row, String what, Spread spread, String unit, Bar bar) {
        return new Figure(row, what, spread.median(), unit, bar, spread, 0, new LinkedHashMap<>());
    }

    public Figure noise(double factor) {
        return new Figure(row, what, value, unit, bar, spread, factor, detail);
    }

    public Figure detail(String name, Object value) {
        detail.put(name, value);
        return this;
    }
}
